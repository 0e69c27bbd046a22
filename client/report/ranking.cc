#include "client/report/ranking.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

// Those without energy come last.
int basis_rank(RankBy by, const v1::PlatformEstimate& row) {
  if (by != RankBy::kEnergy) return 0;
  const v1::EnergyBasis basis = row.estimate().energy_basis();
  return basis == v1::ENERGY_BASIS_UNSPECIFIED ? std::numeric_limits<int>::max() : basis;
}

auto key_of(RankBy by, const v1::PlatformEstimate& row) {
  const v1::Estimate& estimate = row.estimate();
  const bool by_name = by == RankBy::kName;
  double value = by_name ? 0 : ranked_value(by, estimate).value_or(std::numeric_limits<double>::infinity());
  if (by == RankBy::kThroughput) value = -value;
  return std::tuple(basis_rank(by, row), !by_name && cannot_fit(estimate), value, estimate.platform());
}

}  // namespace

const std::vector<std::string>& rank_names() {
  static const std::vector<std::string> kNames = {"latency", "throughput", "energy", "weight_bytes", "name"};
  return kNames;
}

RankBy rank_by(std::string_view name) {
  const auto& names = rank_names();
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? RankBy::kLatency : static_cast<RankBy>(found - names.begin());
}

std::optional<double> ranked_value(RankBy by, const v1::Estimate& estimate) {
  switch (by) {
    case RankBy::kThroughput: return estimate.throughput_per_second();
    case RankBy::kEnergy: return estimate.has_energy_joules() ? std::optional(estimate.energy_joules()) : std::nullopt;
    case RankBy::kWeightBytes: return estimate.weight_bytes();
    case RankBy::kLatency:
    case RankBy::kName: break;
  }
  return estimate.latency_seconds();
}

Ranking ranked(std::string network, const v1::EstimateOnPlatformsResponse& response, RankBy by, std::size_t limit) {
  Ranking ranking{std::move(network), by, {}, 0, {response.unpriced().begin(), response.unpriced().end()}};
  std::vector<v1::PlatformEstimate> rows(response.estimates().begin(), response.estimates().end());
  std::sort(rows.begin(), rows.end(), [by](const auto& a, const auto& b) { return key_of(by, a) < key_of(by, b); });
  std::size_t in_group = 0;
  int group = -1;
  for (v1::PlatformEstimate& row : rows) {
    if (std::exchange(group, basis_rank(by, row)) != basis_rank(by, row)) in_group = 0;
    if (limit == 0 || in_group++ < limit) ranking.rows.push_back(std::move(row));
  }
  ranking.left_out = rows.size() - ranking.rows.size();
  return ranking;
}

std::vector<RankedGroup> comparable_groups(const Ranking& ranking) {
  std::vector<RankedGroup> groups;
  for (std::size_t i = 0; i < ranking.rows.size(); ++i) {
    const bool same = i > 0 && basis_rank(ranking.by, ranking.rows[i]) == basis_rank(ranking.by, ranking.rows[i - 1]);
    if (!same) groups.push_back({i, 0});
    ++groups.back().count;
  }
  return groups;
}

}  // namespace roofscape::client
