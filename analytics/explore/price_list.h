// Prices of a job's candidates on all its platforms, remembered by point; and how many the searcher had to drop.
//
//   PriceList prices(pricers, scoring, space, builder, batch);
//   search::Priced p = prices.of(point);       // infeasible where the recipe cannot be applied
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
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
  PriceList(const PlatformPrices& platforms, const Scoring& scoring, const Space& space, CandidateBuilder& builder,
            int threads = 1, const CancelToken* cancel = nullptr)
      : platforms_(platforms),
        scoring_(scoring),
        space_(space),
        builder_(builder),
        threads_(threads),
        cancel_(cancel),
        base_(space.base()),
        balances_(space.balances()) {}

  search::Priced of(const search::Point& point);
  // The same for a searcher: counts the point as rejected where its price is in the way.
  search::Priced offered(const search::Point& point);
  // The price of what CandidateBuilder::build_roughly makes: it differs by what coding the stored weights takes.
  search::Priced roughly(const search::Point& point);
  // The same for a searcher, as `offered`.
  search::Priced roughly_offered(const search::Point& point);
  // Prices points that will be asked for, on several threads.
  void prepare(std::span<const search::Point> points);
  void prepare_roughly(std::span<const search::Point> points);
  // The candidate itself.
  Result<Network> network(const search::Point& point) { return builder_.build(space_.recipe(point)); }
  // Different points that were offered and are infeasible by their price; counts to a million.
  std::int64_t rejected() const { return std::ssize(rejected_); }

 private:
  struct Entry {
    search::Priced priced;
    bool dropped = false;  // because of its price; a recipe that cannot be applied has none
  };
  using Entries = std::unordered_map<search::Point, Entry, search::PointHash>;
  enum class Accuracy { kExact, kRough };
  const Entry& entry(const search::Point& point, Accuracy accuracy);
  void prepare(std::span<const search::Point> points, Accuracy accuracy);
  Entry compute(const search::Point& point, Accuracy accuracy);
  search::Priced counted(const search::Point& point, const Entry& entry);
  search::Point unbalanced(search::Point point) const;
  Entries& known(Accuracy accuracy) { return accuracy == Accuracy::kExact ? known_ : roughly_known_; }

  const PlatformPrices& platforms_;
  const Scoring& scoring_;
  const Space& space_;
  CandidateBuilder& builder_;
  int threads_;
  const CancelToken* cancel_;  // once it is cancelled, prices mean nothing any more
  const search::Point base_;
  const std::vector<bool> balances_;  // variables that only move factors
  Entries known_;
  Entries roughly_known_;                       // by unbalanced points
  std::unordered_set<std::uint64_t> rejected_;  // hashes of points
};

}  // namespace roofscape::explore
