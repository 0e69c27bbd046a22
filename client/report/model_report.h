// Models as tables and CSV.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

std::string models_table(const v1::ListModelsResponse& models, const Console& console);
std::string models_csv(const v1::ListModelsResponse& models);
// Facts, then one row a layer with totals.
std::string model_text(const v1::Model& model, const Console& console);
std::string layers_csv(const v1::Model& model);

}  // namespace roofscape::client
