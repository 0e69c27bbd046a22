// Networks and data that the benchmarks run on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"

namespace roofscape::bench {

// "lenet5" (the bundled example) or "resnet8" (../shared/data; absent on machines without it).
std::optional<Network> load_network(const std::string& name);

// Random images of the network's input shape, labelled 0: speed does not depend on what they show.
Dataset random_images(const Network& network, std::int64_t count);

// Every layer that takes it in integers of so many bits.
Network quantised(const Network& network, const Dataset& images, int weight_bits, int activation_bits);

// `count` recipes as an evolved population has them: each differs from its parent in one layer.
std::vector<Network> evolved(const Network& network, const Dataset& images, std::size_t count);

}  // namespace roofscape::bench
