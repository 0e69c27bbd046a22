// What second-order methods derive from moments, kept under the moments' content for all drafts that share this:
// factoring a Hessian takes longer than most of what is done with it.
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
#include "analytics/network/statistics_digests.h"

namespace roofscape::approx {

struct Curvature {
  linear::Hessian hessian;     // of G, damped by 1 %
  linear::SweepFactor factor;  // of single columns in the order asked for
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
  // For others that need to know the statistics of the same drafts apart.
  StatisticsDigests& digests() { return digests_; }

 private:
  using Key = std::tuple<Digest, std::int64_t, CurvatureOrder>;
  static constexpr std::int64_t kMostBytes = std::int64_t{256} << 20;

  StatisticsDigests digests_;
  LruCache<Key, Curvature> kept_{kMostBytes};
};

}  // namespace roofscape::approx
