// Ceilings of single kinds of layers, beside those of arithmetic: what an engine's own loops reach.
//
//   RS_ASSIGN(const LayerCeilings ceilings, LayerCeilings::create(platform));
//   const Seconds least = ceilings.bound(layer, demand, /*images=*/8);     // 0: nothing is stated of its kind
//
// A layer takes operations / rate and, once a batch, weights / rate of reading them; one that only moves values takes
// values written / rate. Of ceilings in several formats the narrowest that holds the layer's counts, be it the slowest:
// an engine computes in the formats that it is given.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/base/units.h"
#include "analytics/cost/demand.h"
#include "analytics/network/layer.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

// "Conv", "pointwise Conv", "depthwise Conv", "grouped Conv"; else the operation as ONNX calls it: "Gemm", "Clip" …
std::string kind_of_layer(const Layer& layer);

class LayerCeilings {
 public:
  // Fails on a format that is none.
  static Result<LayerCeilings> create(const v1::Platform& platform);

  bool empty() const { return by_kind_.empty(); }
  // The least time that a layer of its kind takes for so many images.
  Seconds bound(const Layer& layer, const LayerDemand& demand, double images) const;

 private:
  struct Ceiling {
    NumberFormat format;
    bool any_format = true;
    double ops = 0, values = 0, weights = 0;  // a second; 0: not stated
  };
  const Ceiling* find(const Layer& layer, const LayerDemand& demand) const;

  std::map<std::string, std::vector<Ceiling>, std::less<>> by_kind_;  // each from the narrowest to any format
};

}  // namespace roofscape::cost
