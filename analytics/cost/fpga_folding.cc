#include "analytics/cost/fpga_folding.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <queue>
#include <tuple>

namespace roofscape::cost {
namespace {

constexpr std::size_t kMostDivisors = 32;     // of each dimension; more are thinned out evenly
constexpr std::int64_t kMostLanes = 1 << 18;  // no device has room for more
constexpr std::size_t kCachedChains = 1 << 14;
// Networks of more units than this look at a design only when it is 2 % faster than the one before.
constexpr std::size_t kManyUnits = 64;
constexpr double kCoarseStep = 0.98;

std::vector<std::int64_t> divisors(std::int64_t number) {
  std::vector<std::int64_t> low, high;
  for (std::int64_t d = 1; d * d <= number; ++d) {
    if (number % d != 0) continue;
    low.push_back(d);
    if (d * d != number) high.push_back(number / d);
  }
  low.insert(low.end(), high.rbegin(), high.rend());
  if (low.size() <= kMostDivisors) return low;
  std::vector<std::int64_t> thinned;
  for (std::size_t i = 0; i < kMostDivisors; ++i) thinned.push_back(low[i * (low.size() - 1) / (kMostDivisors - 1)]);
  return thinned;
}

// Follows one path of designs and keeps the best that fits.
class Solver {
 public:
  Solver(const std::vector<Unit>& units, const Fabric& fabric, double fixed_bram, double fixed_cycles,
         double cycles_per_byte)
      : units_(units),
        fabric_(fabric),
        fixed_bram_(fixed_bram),
        fixed_cycles_(fixed_cycles),
        cycles_per_byte_(cycles_per_byte),
        fold_(units.size(), 0),
        dsp_order_(units.size()) {
    std::iota(dsp_order_.begin(), dsp_order_.end(), std::size_t{0});
    std::stable_sort(dsp_order_.begin(), dsp_order_.end(), [&](std::size_t a, std::size_t b) {
      return std::make_tuple(!must_be_dsp(a), -bits(a)) < std::make_tuple(!must_be_dsp(b), -bits(b));
    });
    for (std::size_t i = 0; i < units.size(); ++i)
      if (units[i].shape.matrix) stream_order_.push_back(i);
    std::stable_sort(stream_order_.begin(), stream_order_.end(), [&](std::size_t a, std::size_t b) {
      return std::make_tuple(units_[a].shape.vectors, -units_[a].weight_bytes) <
             std::make_tuple(units_[b].shape.vectors, -units_[b].weight_bytes);
    });
  }

  Design run() {
    using Entry = std::pair<double, std::size_t>;  // cycles, then the later unit first: any fixed rule would do
    std::priority_queue<Entry> slowest;
    for (std::size_t i = 0; i < units_.size(); ++i) slowest.emplace(cost(i).cycles, i);
    consider(slowest.empty() ? 0 : slowest.top().first);
    double looked_at = slowest.empty() ? 0 : slowest.top().first;
    while (!slowest.empty()) {
      const std::size_t unit = slowest.top().second;
      if (fold_[unit] + 1 >= units_[unit].chain->size() || slowest.top().first <= fixed_cycles_) break;
      slowest.pop();
      ++fold_[unit];
      slowest.emplace(cost(unit).cycles, unit);
      const double now = slowest.top().first;
      if (now >= looked_at || (units_.size() > kManyUnits && now > looked_at * kCoarseStep)) continue;
      looked_at = now;
      consider(now);
    }
    return std::move(best_);
  }

 private:
  const UnitCost& cost(std::size_t unit) const { return (*units_[unit].chain)[fold_[unit]]; }
  bool must_be_dsp(std::size_t unit) const { return units_[unit].shape.matrix && units_[unit].shape.floating; }
  int bits(std::size_t unit) const {
    const UnitShape& shape = units_[unit].shape;
    return shape.matrix ? shape.weight_bits + shape.activation_bits : 0;
  }
  bool may_be_dsp(std::size_t unit) const {
    return must_be_dsp(unit) || (units_[unit].shape.matrix && cost(unit).lut_in_dsp < cost(unit).lut_in_lut);
  }

  // The split between look-up tables and DSP blocks that leaves most room in the fuller of the two.
  std::size_t place_multipliers(Design* design) const {
    double lut = 0, dsp = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) lut += cost(i).lut_in_lut;
    std::size_t count = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k <= dsp_order_.size(); ++k) {
      if (k > 0) {
        const std::size_t unit = dsp_order_[k - 1];
        if (!may_be_dsp(unit)) continue;
        lut += cost(unit).lut_in_dsp - cost(unit).lut_in_lut;
        dsp += cost(unit).dsp;
      }
      if (k < dsp_order_.size() && must_be_dsp(dsp_order_[k])) continue;
      const double fullest =
          std::max(lut / std::max(fabric_.usable_lut, 1e-9), dsp / std::max(fabric_.usable_dsp, 1e-9));
      if (fullest >= least) continue;
      least = fullest;
      count = k;
      design->lut = lut;
      design->dsp = dsp;
    }
    design->fits = least <= 1;
    return count;
  }

  // Moves weights out to DRAM until the rest fits; returns how many units.
  std::size_t place_weights(Design* design, double* streamed_bytes) const {
    design->bram18 = fixed_bram_;
    for (std::size_t i = 0; i < units_.size(); ++i) design->bram18 += cost(i).weight_bram + cost(i).buffer_bram;
    std::size_t count = 0;
    while (design->bram18 > fabric_.usable_bram18 && count < stream_order_.size()) {
      const std::size_t unit = stream_order_[count++];
      design->bram18 -= cost(unit).weight_bram;
      *streamed_bytes += units_[unit].weight_bytes * units_[unit].shape.vectors;
    }
    design->fits = design->fits && design->bram18 <= fabric_.usable_bram18;
    return count;
  }

  void consider(double cycles) {
    Design design;
    const std::size_t in_dsp = place_multipliers(&design);
    double streamed_bytes = 0;
    const std::size_t streamed = place_weights(&design, &streamed_bytes);
    design.interval = std::max(cycles, fixed_cycles_ + streamed_bytes * cycles_per_byte_);
    if (considered_ && (!design.fits || (best_.fits && design.interval >= best_.interval))) return;
    considered_ = true;
    design.fold = fold_;
    design.in_dsp.assign(units_.size(), false);
    design.streamed.assign(units_.size(), false);
    for (std::size_t k = 0; k < in_dsp; ++k) design.in_dsp[dsp_order_[k]] = may_be_dsp(dsp_order_[k]);
    for (std::size_t k = 0; k < streamed; ++k)
      design.streamed[stream_order_[k]] = cost(stream_order_[k]).weight_bram > 0;
    best_ = std::move(design);
  }

  const std::vector<Unit>& units_;
  const Fabric& fabric_;
  const double fixed_bram_, fixed_cycles_, cycles_per_byte_;
  std::vector<std::size_t> fold_, dsp_order_, stream_order_;
  Design best_;
  bool considered_ = false;
};

}  // namespace

FoldingChain folding_chain(const UnitShape& shape) {
  std::map<std::int64_t, UnitCost> by_lanes;
  const std::vector<std::int64_t> columns = shape.matrix ? divisors(shape.columns) : std::vector<std::int64_t>{1};
  for (const std::int64_t pe : divisors(shape.rows)) {
    for (const std::int64_t simd : columns) {
      if (pe > kMostLanes / simd) break;
      const UnitCost cost = unit_cost(shape, pe, simd);
      const auto [found, fresh] = by_lanes.try_emplace(pe * simd, cost);
      const auto price = [&](const UnitCost& c) {
        return std::make_tuple(c.cycles, shape.floating ? c.lut_in_dsp : c.lut_in_lut, c.weight_bram + c.buffer_bram);
      };
      if (!fresh && price(cost) < price(found->second)) found->second = cost;
    }
  }
  FoldingChain chain;
  for (const auto& [lanes, cost] : by_lanes)
    if (chain.empty() || cost.cycles < chain.back().cycles) chain.push_back(cost);
  return chain;
}

std::size_t FoldingCache::Hash::operator()(const UnitShape& shape) const {
  std::size_t hash = shape.matrix ? 1 : 0;
  const auto mix = [&](double value) { hash = hash * 0x9E3779B97F4A7C15U + std::hash<double>()(value); };
  mix(static_cast<double>(shape.rows));
  mix(static_cast<double>(shape.columns));
  mix(shape.vectors);
  mix(shape.weight_bits * 64 * 64 + shape.activation_bits * 64 + shape.output_bits);
  mix(shape.table_entries * shape.table_bits);
  mix(shape.window_pixels);
  mix(shape.input_pixels);
  return hash;
}

std::shared_ptr<const FoldingChain> FoldingCache::chain(const UnitShape& shape) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = chains_.find(shape); found != chains_.end()) return found->second;
  }
  auto made = std::make_shared<const FoldingChain>(folding_chain(shape));
  const std::lock_guard lock(mutex_);
  if (chains_.size() >= kCachedChains) chains_.clear();
  return chains_.emplace(shape, std::move(made)).first->second;
}

Design solve_folding(const std::vector<Unit>& units, const Fabric& fabric, double fixed_bram, double fixed_cycles,
                     double cycles_per_byte) {
  return Solver(units, fabric, fixed_bram, fixed_cycles, cycles_per_byte).run();
}

}  // namespace roofscape::cost
