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
// So many times too large, no later design fits.
constexpr double kHopeless = 2;

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
  Solver(const std::vector<Unit>& units, const Fabric& fabric, double fixed_bram, const Transfers& transfers)
      : units_(units),
        fabric_(fabric),
        fixed_bram_(fixed_bram),
        transfers_(transfers),
        fold_(units.size(), 0),
        dsp_order_(units.size()) {
    std::iota(dsp_order_.begin(), dsp_order_.end(), std::size_t{0});
    std::stable_sort(dsp_order_.begin(), dsp_order_.end(), [&](std::size_t a, std::size_t b) {
      return std::make_tuple(!must_be_dsp(a), -bits(a)) < std::make_tuple(!must_be_dsp(b), -bits(b));
    });
  }

  Design run() {
    follow_path();
    if (candidates_.empty()) {
      rewind(0);
      Design design;
      const std::size_t in_dsp = place_multipliers(&design);
      return finished(in_dsp, slowest_cycles(), std::move(design));
    }
    return best_candidate();
  }

 private:
  const UnitCost& cost(std::size_t unit) const { return (*units_[unit].chain)[fold_[unit]]; }
  bool must_be_dsp(std::size_t unit) const { return only_in_dsp(units_[unit].shape); }
  int bits(std::size_t unit) const {
    const UnitShape& shape = units_[unit].shape;
    return shape.matrix ? shape.weight_bits + shape.activation_bits : 0;
  }
  bool may_be_dsp(std::size_t unit) const {
    return must_be_dsp(unit) || (!only_in_lut(units_[unit].shape) && cost(unit).lut_in_dsp < cost(unit).lut_in_lut);
  }

  struct Candidate {
    std::size_t steps;  // along the path
    double cycles;      // of the slowest unit
  };

  // From the slowest foldings on; remembers the designs whose multipliers fit.
  void follow_path() {
    using Entry = std::pair<double, std::size_t>;  // cycles, then the later unit first: any fixed rule would do
    std::priority_queue<Entry> slowest;
    for (std::size_t i = 0; i < units_.size(); ++i) slowest.emplace(cost(i).cycles, i);
    double looked_at = slowest.empty() ? 0 : slowest.top().first;
    if (look(looked_at) > kHopeless) return;
    while (!slowest.empty()) {
      const std::size_t unit = slowest.top().second;
      if (fold_[unit] + 1 >= units_[unit].chain->size()) return;
      slowest.pop();
      ++fold_[unit];
      path_.push_back(unit);
      slowest.emplace(cost(unit).cycles, unit);
      const double now = slowest.top().first;
      if (now >= looked_at || (units_.size() > kManyUnits && now > looked_at * kCoarseStep)) continue;
      looked_at = now;
      if (look(now) > kHopeless) return;
    }
  }

  // How full the design makes the device, 1 where it just fits.
  double look(double cycles) {
    Design design;
    place_multipliers(&design);
    if (design.fits) candidates_.push_back({path_.size(), cycles});
    return std::max(design.lut / std::max(fabric_.usable_lut, 1e-9), design.dsp / std::max(fabric_.usable_dsp, 1e-9));
  }

  void rewind(std::size_t steps) {
    while (path_.size() > steps) {
      --fold_[path_.back()];
      path_.pop_back();
    }
  }

  double slowest_cycles() const {
    double slowest = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) slowest = std::max(slowest, cost(i).cycles);
    return slowest;
  }

  // From the fastest on, since only those that memory holds up leave anything to the ones before; of equals the first.
  Design best_candidate() {
    Design best;
    for (std::size_t i = candidates_.size(); i-- > 0;) {
      if (best.fits && candidates_[i].cycles > best.interval) break;
      rewind(candidates_[i].steps);
      Design design;
      const std::size_t in_dsp = place_multipliers(&design);
      design = finished(in_dsp, candidates_[i].cycles, std::move(design));
      if (i + 1 == candidates_.size() || !best.fits || (design.fits && design.interval <= best.interval))
        best = std::move(design);
    }
    return best;
  }

  Design finished(std::size_t in_dsp, double cycles, Design design) const {
    design.memory_cycles = (transfers_.bytes + place_weights(&design)) * transfers_.cycles_per_byte;
    design.interval = std::max({cycles, transfers_.cycles, design.memory_cycles});
    design.fold = fold_;
    design.in_dsp.assign(units_.size(), false);
    for (std::size_t k = 0; k < in_dsp; ++k) design.in_dsp[dsp_order_[k]] = may_be_dsp(dsp_order_[k]);
    return design;
  }

  // The split between look-up tables and DSP blocks that leaves most room in the fuller of the two.
  std::size_t place_multipliers(Design* design) const {
    double lut = 0, dsp = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) lut += kWholeOverUnits * cost(i).lut_in_lut;
    std::size_t count = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k <= dsp_order_.size(); ++k) {
      if (k > 0) {
        const std::size_t unit = dsp_order_[k - 1];
        if (!may_be_dsp(unit)) continue;
        lut += kWholeOverUnits * (cost(unit).lut_in_dsp - cost(unit).lut_in_lut);
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

  // One step of a unit's weights towards DRAM.
  struct Move {
    std::size_t unit;
    double bram, bytes;  // freed, and read for it
  };

  std::vector<Move> moves(const std::vector<bool>& in_uram) const {
    std::vector<Move> all;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (!units_[i].shape.matrix || in_uram[i]) continue;
      const std::vector<WeightPlace> places = weight_places(units_[i].shape, cost(i));
      for (std::size_t k = 1; k < places.size(); ++k)
        all.push_back({i, places[k - 1].bram - places[k].bram, places[k].bytes - places[k - 1].bytes});
    }
    // Places are convex: a unit's moves stay in their order.
    std::stable_sort(all.begin(), all.end(),
                     [](const Move& a, const Move& b) { return a.bram * b.bytes > b.bram * a.bytes; });
    return all;
  }

  // Moves weights to UltraRAM until the rest fits or there is none left. Stops at the first for which there is none
  // left, or more UltraRAM could come to hold less.
  std::vector<bool> fill_uram(Design* design) const {
    std::vector<bool> in_uram(units_.size(), false);
    if (!(fabric_.usable_uram > 0)) return in_uram;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < units_.size(); ++i)
      if (cost(i).weight_uram > 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return cost(a).weight_bram * cost(b).weight_uram > cost(b).weight_bram * cost(a).weight_uram;
    });
    for (const std::size_t unit : order) {
      if (design->bram18 <= fabric_.usable_bram18 || design->uram + cost(unit).weight_uram > fabric_.usable_uram) break;
      design->bram18 -= cost(unit).weight_bram;
      design->uram += cost(unit).weight_uram;
      in_uram[unit] = true;
    }
    return in_uram;
  }

  // Moves weights to UltraRAM, then out to DRAM until the rest fits; returns the bytes then read for an image.
  double place_weights(Design* design) const {
    design->streamed.assign(units_.size(), false);
    design->bram18 = fixed_bram_;
    for (std::size_t i = 0; i < units_.size(); ++i) design->bram18 += cost(i).weight_bram + cost(i).buffer_bram;
    double bytes = 0;
    if (design->bram18 <= fabric_.usable_bram18) return bytes;
    const std::vector<bool> in_uram = fill_uram(design);
    if (design->bram18 > fabric_.usable_bram18)
      for (const Move& move : moves(in_uram)) {
        design->bram18 -= move.bram;
        bytes += move.bytes;
        design->streamed[move.unit] = true;
        if (design->bram18 <= fabric_.usable_bram18) break;
      }
    design->fits = design->fits && design->bram18 <= fabric_.usable_bram18;
    return bytes;
  }

  const std::vector<Unit>& units_;
  const Fabric& fabric_;
  const double fixed_bram_;
  const Transfers transfers_;
  std::vector<std::size_t> fold_, dsp_order_;
  std::vector<std::size_t> path_;  // units sped up so far
  std::vector<Candidate> candidates_;
};

}  // namespace

FoldingChain folding_chain(const UnitShape& shape) {
  std::map<std::int64_t, UnitCost> by_lanes;
  const std::vector<std::int64_t> columns = shape.matrix ? divisors(shape.columns) : std::vector<std::int64_t>{1};
  for (const std::int64_t pe : divisors(shape.rows)) {
    for (const std::int64_t simd : columns) {
      if (pe > kMostLanes / simd) break;
      if (!can_fold(shape, pe, simd)) continue;
      const UnitCost cost = unit_cost(shape, pe, simd);
      const auto [found, fresh] = by_lanes.try_emplace(pe * simd, cost);
      // Of equal speed the one with fewer rows: long sums are cheaper than accumulators and thresholds. That holds in
      // every format, so that narrower ones are folded alike.
      if (!fresh &&
          (cost.cycles < found->second.cycles || (cost.cycles == found->second.cycles && pe < found->second.pe)))
        found->second = cost;
    }
  }
  FoldingChain chain;
  for (const auto& [lanes, cost] : by_lanes)
    if (chain.empty() || cost.cycles < chain.back().cycles) chain.push_back(cost);
  return chain;
}

std::size_t FoldingCache::Hash::operator()(const UnitShape& shape) const {
  std::size_t hash = (shape.matrix ? 1 : 0) + (shape.depthwise ? 2 : 0) + 4 * static_cast<std::size_t>(shape.pool);
  const auto mix = [&](double value) { hash = hash * 0x9E3779B97F4A7C15U + std::hash<double>()(value); };
  mix(static_cast<double>(shape.rows));
  mix(static_cast<double>(shape.columns));
  mix(shape.vectors);
  mix(shape.weight_bits * 64 * 64 + shape.activation_bits * 64 + shape.output_bits);
  mix(shape.table_entries * shape.table_bits);
  mix(shape.window.pixels_in());
  mix(shape.window.reach());
  mix(shape.padded_pixels);
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

Design solve_folding(const std::vector<Unit>& units, const Fabric& fabric, double fixed_bram,
                     const Transfers& transfers) {
  return Solver(units, fabric, fixed_bram, transfers).run();
}

}  // namespace roofscape::cost
