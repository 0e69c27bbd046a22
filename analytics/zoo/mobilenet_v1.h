// The convolutions of MobileNet v1, which detectors build on.
#pragma once

#include <functional>

#include "analytics/zoo/builder.h"

namespace roofscape::zoo {

// All that comes before the classifier, at `width` times the channels; `visit` sees each of the 13 blocks' results,
// numbered from 1.
LayerId mobilenet_v1_features(Builder& b, double width, const std::function<void(int, LayerId)>& visit);

}  // namespace roofscape::zoo
