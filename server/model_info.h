// Models for people: what GetModel and ListModels say of a network.
#pragma once

#include <string>
#include <vector>

#include "analytics/network/dataset.h"
#include "analytics/network/onnx_import.h"
#include "roofscape/v1/model.pb.h"

namespace roofscape::server {

// All but where it came from and its layers.
v1::Model describe_model(const std::string& id, const Imported& imported, const Preparation& preparation);
// Its layers: GetModel's `layers`.
std::vector<v1::LayerInfo> describe_layers(const Network& network);

}  // namespace roofscape::server
