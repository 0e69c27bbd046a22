#include "analytics/explore/price_list.h"

#include <limits>

#include "analytics/base/text.h"
#include "analytics/engine/workers.h"

namespace roofscape::explore {

Result<PlatformPrices> PlatformPrices::create(const Job& job) {
  PlatformPrices prices;
  prices.options_.batch = job.batch;
  // A network that a platform cannot compute (fp32 on an integer chip) is no point of that platform's front, no fault.
  prices.options_.unsupported = cost::EstimateOptions::Unsupported::kDoesNotFit;
  for (std::size_t p = 0; p < job.platforms.size(); ++p) {
    auto pricer = cost::Pricer::create(*job.platforms[p].platform);
    if (!pricer.ok()) return pricer.status().in(job.platforms[p].id).at(fmt::format("platforms[{}]", p));
    prices.pricers_.push_back(std::move(*pricer));
    prices.ids_.push_back(job.platforms[p].id);
  }
  return prices;
}

Result<std::vector<cost::Totals>> PlatformPrices::totals(const Network& network) const {
  std::vector<cost::Totals> all;
  for (std::size_t p = 0; p < pricers_.size(); ++p) {
    auto totals = pricers_[p].price(network, options_);
    if (!totals.ok()) return totals.status().in(ids_[p]).at(fmt::format("platforms[{}]", p));
    all.push_back(*totals);
  }
  return all;
}

Result<std::vector<cost::Estimate>> PlatformPrices::estimates(const Network& network) const {
  std::vector<cost::Estimate> all;
  for (std::size_t p = 0; p < pricers_.size(); ++p) {
    auto estimate = pricers_[p].estimate(network, options_);
    if (!estimate.ok()) return estimate.status().in(ids_[p]).at(fmt::format("platforms[{}]", p));
    all.push_back(std::move(*estimate));
  }
  return all;
}

search::Priced PriceList::of(const search::Point& point) { return entry(point, Accuracy::kExact).priced; }

search::Priced PriceList::offered(const search::Point& point) { return counted(point, entry(point, Accuracy::kExact)); }

search::Priced PriceList::roughly(const search::Point& point) {
  return entry(unbalanced(point), Accuracy::kRough).priced;
}

search::Priced PriceList::roughly_offered(const search::Point& point) {
  return counted(point, entry(unbalanced(point), Accuracy::kRough));
}

search::Priced PriceList::counted(const search::Point& point, const Entry& entry) {
  constexpr std::size_t kMostCounted = 1'000'000;
  if (entry.dropped && rejected_.size() < kMostCounted) rejected_.insert(search::PointHash()(point));
  return entry.priced;
}

search::Point PriceList::unbalanced(search::Point point) const {
  for (std::size_t v = 0; v < point.size(); ++v)
    if (balances_[v]) point[v] = base_[v];
  return point;
}

void PriceList::prepare(std::span<const search::Point> points) { prepare(points, Accuracy::kExact); }

void PriceList::prepare_roughly(std::span<const search::Point> points) {
  std::vector<search::Point> all;
  search::PointSet seen;
  for (const search::Point& point : points)
    if (search::Point without = unbalanced(point); seen.insert(without).second) all.push_back(std::move(without));
  prepare(all, Accuracy::kRough);
}

void PriceList::prepare(std::span<const search::Point> points, Accuracy accuracy) {
  std::vector<const search::Point*> unknown;
  for (const search::Point& point : points)
    if (!known(accuracy).contains(point)) unknown.push_back(&point);
  std::vector<Entry> entries(unknown.size());
  engine::BatchJob job;
  job.batches = std::ssize(unknown);
  job.make_worker = [&]() -> std::function<Status(std::int64_t)> {
    return [&](std::int64_t i) {
      entries[static_cast<std::size_t>(i)] = compute(*unknown[static_cast<std::size_t>(i)], accuracy);
      return Status();
    };
  };
  if (!engine::run_batches(threads_, job).ok()) return;  // what fails here does so again when it is asked for
  for (std::size_t i = 0; i < unknown.size(); ++i) known(accuracy).emplace(*unknown[i], std::move(entries[i]));
}

const PriceList::Entry& PriceList::entry(const search::Point& point, Accuracy accuracy) {
  // About 200 MB of points at most; forgetting costs time, never changes an answer.
  constexpr std::size_t kMostKnown = 1'000'000;
  Entries& known = this->known(accuracy);
  if (const auto found = known.find(point); found != known.end()) return found->second;
  Entry entry = compute(point, accuracy);
  if (known.size() >= kMostKnown) known.clear();
  return known.emplace(point, std::move(entry)).first->second;
}

PriceList::Entry PriceList::compute(const search::Point& point, Accuracy accuracy) {
  Entry impossible{{false, 1e9, {}}, false};
  for (const Column& column : scoring_.columns())
    impossible.priced.objectives.push_back(search::info(column.metric).measured
                                               ? std::numeric_limits<double>::quiet_NaN()
                                               : std::numeric_limits<double>::infinity());
  // A recipe may ask for what an earlier step made impossible: that is a point nobody can have, not a failure.
  if (cancel_ != nullptr && cancel_->cancelled()) return impossible;  // nobody will see it
  const approx::Recipe recipe = space_.recipe(point);
  const auto network = accuracy == Accuracy::kExact ? builder_.build(recipe) : builder_.build_roughly(recipe);
  if (!network.ok()) return impossible;
  const auto totals = platforms_.totals(*network);
  if (!totals.ok()) return impossible;
  search::Priced priced = scoring_.price(*network, *totals);
  if (accuracy == Accuracy::kExact) priced.content = network->key();
  const bool dropped = !priced.feasible;
  return {std::move(priced), dropped};
}

}  // namespace roofscape::explore
