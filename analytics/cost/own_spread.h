// How sure an estimate is near what somebody measured on the very platform, and that it is no surer elsewhere.
//
//   RS_ASSIGN(const OwnSpread own, OwnSpread::create(message));
//   own.narrowed(traits, arithmetic, batch, 0.6);   // 0.08 of a network like those measured, 0.6 of another kind
//
// Rows of a platform that agree with each other say how widely such networks lie there, and nothing of others: up to
// twice as large or small a network of the same kind, in the same arithmetic, counts as near; four times as large
// hardly more than half, eight times not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/cost/features.h"
#include "analytics/cost/relatives.h"
#include "analytics/cost/traits.h"

namespace roofscape::v1 {
class OwnSpread;
}

namespace roofscape::cost {

// The precision in which most of the arithmetic's time passes, as precision_name() has it; empty: there is none.
std::string_view main_arithmetic(const Load& load);

class OwnSpread {
 public:
  // Knows nothing, and narrows nothing.
  OwnSpread() = default;
  // Fails with kInvalidArgument where a point has no kind or no multiply-accumulates.
  static Result<OwnSpread> create(const v1::OwnSpread& message);

  // `spread`, or less: standard deviations of the logarithm of a time, as all here.
  double narrowed(const Traits& traits, std::string_view arithmetic, double batch, double spread) const;

 private:
  struct Point {
    Relative network;
    std::string arithmetic;
    double batch = 1;
  };
  double row_ = 0, network_ = 0;
  std::vector<Point> points_;
};

}  // namespace roofscape::cost
