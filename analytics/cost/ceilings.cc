#include "analytics/cost/ceilings.h"

#include <algorithm>

#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

int pair_bits(const Ceiling& ceiling) { return ceiling.weight.bits() + ceiling.activation.bits(); }

bool same_width(const NumberFormat& a, const NumberFormat& b) {
  return a == b || (a.is_integer() && b.is_integer() && a.bits() == b.bits());
}

}  // namespace

bool holds(const NumberFormat& wide, const NumberFormat& narrow) {
  if (wide.is_integer()) return narrow.is_integer() && wide.bits() >= narrow.bits();
  if (!narrow.is_integer())
    return wide.exponent_bits() >= narrow.exponent_bits() && wide.mantissa_bits() >= narrow.mantissa_bits();
  // Magnitudes up to 2^bits need as many significant bits, and an exponent that reaches them.
  const int magnitude = narrow.bits() - (narrow.is_signed() ? 1 : 0);
  return wide.mantissa_bits() + 1 >= magnitude && magnitude < (1 << (wide.exponent_bits() - 1));
}

std::string pair_name(const NumberFormat& weight, const NumberFormat& activation) {
  return weight.name() + " x " + activation.name();
}

Result<Ceilings> Ceilings::create(const v1::Platform& platform) {
  Ceilings ceilings;
  for (int i = 0; i < platform.compute_size(); ++i) {
    const v1::ComputeCeiling& given = platform.compute(i);
    Ceiling ceiling;
    RS_ASSIGN(ceiling.weight, NumberFormat::parse(given.weight()));
    RS_ASSIGN(ceiling.activation,
              NumberFormat::parse(given.activation().empty() ? given.weight() : given.activation()));
    ceiling.name = pair_name(ceiling.weight, ceiling.activation);
    ceiling.rate = OpsPerSecond(given.ops_per_second().value());
    if (!(ceiling.rate.value() > 0))
      return invalid_argument("the peak for {} is {}; it must be positive", ceiling.name, ceiling.rate.value())
          .at(fmt::format("compute[{}].ops_per_second", i));
    if (given.has_energy_joules_per_op()) ceiling.energy = JoulesPerOp(given.energy_joules_per_op().value());
    ceilings.all_.push_back(std::move(ceiling));
  }
  std::stable_sort(ceilings.all_.begin(), ceilings.all_.end(), [](const Ceiling& a, const Ceiling& b) {
    return a.rate != b.rate ? a.rate > b.rate : pair_bits(a) < pair_bits(b);
  });
  return ceilings;
}

int Ceilings::find(const NumberFormat& weight, const NumberFormat& activation) const {
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (holds(all_[i].weight, weight) && holds(all_[i].activation, activation)) return static_cast<int>(i);
  return -1;
}

DeclineTrail Ceilings::declined(const NumberFormat& weight, const NumberFormat& activation, int chosen) const {
  const auto exact = [&](const Ceiling& c) {
    return same_width(c.weight, weight) && same_width(c.activation, activation);
  };
  if (chosen >= 0 && exact(at(chosen))) return {};
  DeclineTrail trail;
  if (std::none_of(all_.begin(), all_.end(), exact))
    trail.push_back(
        {pair_name(weight, activation), DeclineReason::kMissingFigure, "the platform states no peak for it"});
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const Ceiling& ceiling = all_[i];
    const bool better = chosen < 0 || static_cast<int>(i) < chosen || pair_bits(ceiling) < pair_bits(at(chosen));
    if (!better || static_cast<int>(i) == chosen) continue;
    if (!holds(ceiling.weight, weight)) {
      trail.push_back({ceiling.name, DeclineReason::kFormat,
                       fmt::format("weights are {}; it takes {}", weight.name(), ceiling.weight.name())});
    } else if (!holds(ceiling.activation, activation)) {
      trail.push_back({ceiling.name, DeclineReason::kFormat,
                       fmt::format("activations are {}; it takes {}", activation.name(), ceiling.activation.name())});
    } else {
      trail.push_back({ceiling.name, DeclineReason::kOther, fmt::format("{} is faster here", at(chosen).name)});
    }
  }
  return trail;
}

}  // namespace roofscape::cost
