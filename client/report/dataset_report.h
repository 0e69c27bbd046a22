// Data sets as tables and CSV.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

std::string datasets_table(const v1::ListDatasetsResponse& datasets, const Console& console);
std::string datasets_csv(const v1::ListDatasetsResponse& datasets);
std::string dataset_text(const v1::Dataset& dataset, const Console& console);

}  // namespace roofscape::client
