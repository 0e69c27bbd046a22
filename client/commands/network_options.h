// Which network a price is asked of: a model, or totals of a network without one.
#pragma once

#include <vector>

#include "client/arguments.h"
#include "client/command.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// --model, and --macs, --parameters, --activations, --input, --name.
std::vector<OptionSpec> network_options();
// Fails where neither or both are given.
Status read_network(const Arguments& given, v1::EstimateModelRequest* request);

}  // namespace roofscape::client
