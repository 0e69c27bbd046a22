// Networks in which images may leave early: with the scores of a head on the way, or of a smaller network before.
//
//   RS_ASSIGN(Network both, cascade(small, large, {.confidence = 0.9F, .leaving = 0.7}));
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape::approx {

struct ExitOptions {
  float confidence = 0.9F;  // see op::Select
  double leaving = 0;       // share of images that leave, for the price: share_leaving() of scores that were measured
};

// Of images whose scores are [images, classes], the share that is at least so confident.
double share_leaving(std::span<const float> scores, std::int64_t classes, float confidence, bool probabilities);

// Whether a layer's values are probabilities: a Softmax that is not a logarithm.
bool gives_probabilities(const Layer& layer);

// The layers with a Select named `name` after them, which is the output.
Result<Network> with_select(std::vector<Layer> layers, const std::string& name, LayerId early, LayerId late,
                            const ExitOptions& options);

// Both networks, in which an image that the small one is confident about never sees the large one. They take the same
// input, give as many scores of the same meaning, and share the layers in which they agree; of two layers of one name
// that differ the large one's is renamed.
Result<Network> cascade(const Network& small, const Network& large, const ExitOptions& options);

}  // namespace roofscape::approx
