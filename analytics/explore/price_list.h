// Prices of a job's candidates on all its platforms, remembered by point.
//
//   PriceList prices(pricers, scoring, space, builder, batch);
//   search::Priced p = prices.of(point);       // infeasible where the recipe cannot be applied
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "analytics/cost/estimate.h"
#include "analytics/explore/candidate_builder.h"
#include "analytics/explore/scoring.h"
#include "analytics/explore/space.h"

namespace roofscape::explore {

// A platform's prices of any network, built once for each platform of a job; errors at "platforms[i]".
class PlatformPrices {
 public:
  static Result<PlatformPrices> create(const Job& job);
  Result<std::vector<cost::Totals>> totals(const Network& network) const;
  Result<std::vector<cost::Estimate>> estimates(const Network& network) const;

 private:
  std::vector<cost::Pricer> pricers_;
  std::vector<std::string> ids_;
  cost::EstimateOptions options_;
};

class PriceList {
 public:
  PriceList(const PlatformPrices& platforms, const Scoring& scoring, const Space& space, CandidateBuilder builder)
      : platforms_(platforms), scoring_(scoring), space_(space), builder_(std::move(builder)) {}

  search::Priced of(const search::Point& point);
  // Different points that were found infeasible by their price.
  std::int64_t rejected() const { return rejected_; }

 private:
  struct PointHash {
    std::size_t operator()(const search::Point& point) const noexcept;
  };
  search::Priced compute(const search::Point& point);

  const PlatformPrices& platforms_;
  const Scoring& scoring_;
  const Space& space_;
  CandidateBuilder builder_;
  std::unordered_map<search::Point, search::Priced, PointHash> known_;
  std::int64_t rejected_ = 0;
};

}  // namespace roofscape::explore
