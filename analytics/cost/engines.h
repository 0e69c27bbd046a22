// Machines of several engines that each take an image of their own, as the cores of a DPU do: more engines shorten no
// single image, and what one does not share with the others it reads for itself.
//
//   a batch of B images on C engines takes ⌈B / C⌉ rounds, each of as many images as any other or one more
//
// In a round every engine has its share of the peaks and of the outermost memory, the latter among those at work and at
// most what its ports move. Other memories are each engine's own. Weights are read for every image, or, where engines
// share them, once for every round: so a batch saves none on one engine.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

// Of a machine that has been read but for its engines and calibration. Fails where there is no number of engines.
Result<std::optional<ImageEngines>> read_engines(const v1::Platform& platform, const Machine& machine);

// What of a batch runs alike: so many times, so many images side by side, each on such an engine.
struct Rounds {
  const Machine& one;
  double times = 1, images = 1;
};
// The fuller ones first.
std::vector<Rounds> rounds_of(const ImageEngines& engines, std::int64_t batch);

// Times, operations, bytes and energies of a batch, of which `price` gives those of one image on one engine, without
// energies.
Result<NetworkCost> price_on_engines(const ImageEngines& engines, const Demand& demand, std::int64_t batch,
                                     const std::function<Result<NetworkCost>(const Machine&)>& price);

}  // namespace roofscape::cost
