// What second-order methods derive from moments, each kept for the drafts that share them: factoring a Hessian takes
// longer than most of what is done with it.
//
//   RS_ASSIGN(const CurvaturePtr curvature, draft.curvatures->of(moments, group, CurvatureOrder::kDescending));
//   linear::sweep(weights, curvature->hessian, curvature->factor, {.descending = true});
//
// Thread-safe.
#pragma once

#include <memory>
#include <tuple>

#include "analytics/base/lru_cache.h"
#include "analytics/linear/sweep.h"
#include "analytics/network/statistics.h"

namespace roofscape::approx {

struct Curvature {
  linear::Hessian hessian;     // of G, damped by 1 %
  linear::SweepFactor factor;  // of single columns in the order asked for
  std::shared_ptr<const SecondMoments> moments;
};
using CurvaturePtr = std::shared_ptr<const Curvature>;

enum class CurvatureOrder : std::uint8_t { kNatural, kDescending };

// G = Σ x·xᵀ of one group.
linear::Matrix gram(const SecondMoments& moments, std::int64_t group = 0);

class Curvatures {
 public:
  // Fails where H is not positive definite (statistics that are not finite).
  Result<CurvaturePtr> of(const std::shared_ptr<const SecondMoments>& moments, std::int64_t group,
                          CurvatureOrder order);

 private:
  // A curvature keeps its moments, so that their address means no others while it is kept.
  using Key = std::tuple<const SecondMoments*, std::int64_t, CurvatureOrder>;
  static constexpr std::int64_t kMostBytes = std::int64_t{128} << 20;

  LruCache<Key, Curvature> kept_{kMostBytes};
};

}  // namespace roofscape::approx
