#include "analytics/cost/ceilings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analytics/arith/element.h"
#include "analytics/base/text.h"
#include "analytics/network/packed/packed.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

int pair_bits(const Ceiling& ceiling) { return ceiling.weight.bits() + ceiling.activation.bits(); }

// Significant bits of the largest magnitude that an integer format spans.
int magnitude_bits(const NumberFormat& format) {
  return format.is_bipolar() ? 1 : format.bits() - (format.is_signed() ? 1 : 0);
}

// In integers a power of two is a shifted 1.
bool holds_in_integers(const NumberFormat& wide, const NumberFormat& narrow) {
  if (wide.is_bipolar()) return narrow.is_bipolar();
  if (narrow.is_bipolar()) return wide.bits() >= 2;
  if (narrow.is_integer()) return wide.bits() >= narrow.bits();
  if (!narrow.is_logarithmic() || narrow.base() != NumberFormat::Base::kTwo) return false;
  return wide.bits() >= exponent_span(narrow) + 1 + (narrow.is_signed() ? 1 : 0);
}

bool holds_in_powers(const NumberFormat& wide, const NumberFormat& narrow) {
  if (narrow.is_bipolar()) return wide.is_signed();
  return narrow.is_logarithmic() && wide.is_signed() >= narrow.is_signed() && wide.base() == narrow.base() &&
         wide.exponent_bits() >= narrow.exponent_bits();
}

bool holds_in_floats(const NumberFormat& wide, const NumberFormat& narrow) {
  if (narrow.is_logarithmic() && narrow.base() != NumberFormat::Base::kTwo) return false;
  if (!narrow.is_integer()) {
    // A scale moves all exponents alike: how many there are counts.
    return wide.mantissa_bits() >= narrow.mantissa_bits() && largest_element(wide) >= largest_element(narrow) &&
           smallest_element(wide) <= smallest_element(narrow);
  }
  // Magnitudes up to 2^bits need as many significant bits, and an exponent that reaches them.
  const int magnitude = magnitude_bits(narrow);
  return wide.mantissa_bits() + 1 >= magnitude && magnitude <= top_exponent(wide);
}

// Blocks run on units for such blocks, or as floats whose exponent spans the shared one.
bool holds_blocks(const NumberFormat& wide, const NumberFormat& narrow) {
  if (wide.block() != 0) return narrow.block() % wide.block() == 0 && holds(wide.element(), narrow.element());
  constexpr int kSharedExponentBits = 8;
  return wide.kind() == NumberFormat::Kind::kFloat && wide.exponent_bits() >= kSharedExponentBits &&
         holds_in_floats(wide, narrow.element());
}

bool keeps(const SparsityPattern& pattern, const Layer& layer) {
  return layer.has_weight() && layer.weight() != nullptr && packed::fullest_group(layer, pattern.group) <= pattern.kept;
}

bool is_float(const NumberFormat& format) { return format.kind() == NumberFormat::Kind::kFloat; }

bool same_width(const NumberFormat& a, const NumberFormat& b) {
  return a == b || (a.block() == 0 && b.block() == 0 && a.is_bipolar() == b.is_bipolar() && a.is_integer() &&
                    b.is_integer() && a.bits() == b.bits());
}

}  // namespace

bool holds(const NumberFormat& wide, const NumberFormat& narrow) {
  if (wide == narrow) return true;
  if (wide.is_fp32()) return !narrow.is_integer() || magnitude_bits(narrow) <= 24;
  if (narrow.block() != 0) return holds_blocks(wide, narrow);
  if (wide.block() != 0) return false;  // its values would need one exponent for each block
  if (wide.is_integer()) return holds_in_integers(wide, narrow);
  if (wide.is_logarithmic()) return holds_in_powers(wide, narrow);
  return holds_in_floats(wide, narrow);
}

bool suits_winograd(const Layer& layer) {
  const auto* conv = layer.as<op::Conv>();
  if (conv == nullptr || layer.weight() == nullptr || layer.weight()->shape().size() != 4) return false;
  const Shape& shape = layer.weight()->shape();
  constexpr std::array<std::int64_t, 2> kOne = {1, 1};
  return conv->stride == kOne && conv->dilation == kOne && conv->groups == 1 && shape[2] == 3 && shape[3] == 3;
}

bool has_channel_scales(const Layer& layer) {
  return layer.has_weight() && layer.arithmetic.weight != nullptr && layer.arithmetic.weight->per_channel();
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
    ceiling.precision = precision_of(ceiling.weight, ceiling.activation);
    if (!given.sparsity().empty()) {
      RS_ASSIGN(ceiling.sparsity, SparsityPattern::parse(given.sparsity()));
      ceiling.name += ", weights " + given.sparsity();
    }
    if (!given.algorithm().empty()) {
      if (given.algorithm() != "winograd")
        return invalid_argument("'{}' is no algorithm; use winograd", printable(given.algorithm(), 60))
            .at(fmt::format("compute[{}].algorithm", i));
      ceiling.winograd = true;
      ceiling.name += ", Winograd";
    }
    if (!given.weight_scales().empty()) {
      if (given.weight_scales() != "per-tensor")
        return invalid_argument("'{}' are no scales of weights; use per-tensor", printable(given.weight_scales(), 60))
            .at(fmt::format("compute[{}].weight_scales", i));
      ceiling.per_tensor = true;
      ceiling.name += ", per tensor";
    }
    const Result<Array> array = Array::create(given);
    if (!array.ok()) return array.status().at(fmt::format("compute[{}].{}", i, array.status().field()));
    ceiling.array = *array;
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

bool Ceilings::computes(int index, const NumberFormat& weight, const NumberFormat& activation,
                        const Layer& layer) const {
  const Ceiling& of = at(index);
  return holds(of.weight, weight) && holds(of.activation, activation) && (!of.sparsity || keeps(*of.sparsity, layer)) &&
         (!of.per_tensor || !has_channel_scales(layer)) &&
         (!of.winograd || (is_float(weight) && is_float(activation) && suits_winograd(layer)));
}

int Ceilings::find(const NumberFormat& weight, const NumberFormat& activation, const Layer& layer,
                   double images) const {
  int found = -1;
  OpsPerSecond best;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (!computes(static_cast<int>(i), weight, activation, layer)) continue;
    const OpsPerSecond rate = all_[i].rate * share_filled(all_[i].array, layer, images) / all_[i].stretch;
    if (found >= 0 && rate <= best) continue;
    found = static_cast<int>(i);
    best = rate;
  }
  return found;
}

bool Ceilings::reads(const NumberFormat& weight) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Ceiling& ceiling) {
    return ceiling.weight.bits() <= weight.bits() && holds(ceiling.weight, weight);
  });
}

int Ceilings::narrowest_read(const NumberFormat& weight) const {
  int bits = 0;
  for (const Ceiling& ceiling : all_)
    if (holds(ceiling.weight, weight) && (bits == 0 || ceiling.weight.bits() < bits)) bits = ceiling.weight.bits();
  return bits;
}

int Ceilings::fastest() const {
  const auto dense = std::find_if(all_.begin(), all_.end(),
                                  [](const Ceiling& ceiling) { return !ceiling.sparsity && !ceiling.winograd; });
  return dense == all_.end() ? 0 : static_cast<int>(dense - all_.begin());
}

OpsPerSecond Ceilings::fastest_rate(const NumberFormat& weight, const NumberFormat& activation) const {
  for (const Ceiling& ceiling : all_)  // fastest first
    if (!ceiling.sparsity && !ceiling.winograd && holds(ceiling.weight, weight) &&
        holds(ceiling.activation, activation))
      return ceiling.rate;
  return at(fastest()).rate;
}

Ceilings Ceilings::slowed(double times) const {
  Ceilings slow = *this;
  for (Ceiling& ceiling : slow.all_) ceiling.rate = ceiling.rate / times;
  return slow;
}

DeclineTrail Ceilings::declined(const NumberFormat& weight, const NumberFormat& activation, const Layer& layer,
                                int chosen) const {
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
    if (!better || static_cast<int>(i) == chosen || ceiling.winograd) continue;  // nobody expects Winograd elsewhere
    if (!holds(ceiling.weight, weight)) {
      trail.push_back({ceiling.name, DeclineReason::kFormat,
                       fmt::format("weights are {}; it takes {}", weight.name(), ceiling.weight.name())});
    } else if (!holds(ceiling.activation, activation)) {
      trail.push_back({ceiling.name, DeclineReason::kFormat,
                       fmt::format("activations are {}; it takes {}", activation.name(), ceiling.activation.name())});
    } else if (ceiling.per_tensor && has_channel_scales(layer)) {
      trail.push_back({ceiling.name, DeclineReason::kStructure,
                       "weights have a scale for each channel; it takes one for all of a tensor"});
    } else if (ceiling.sparsity && !keeps(*ceiling.sparsity, layer)) {
      // Of weights that are not pruned nobody expects it.
      if (layer.weight() != nullptr && layer.weight()->nonzero_count() < layer.weight()->size())
        trail.push_back({ceiling.name, DeclineReason::kStructure,
                         fmt::format("weights have more than {} of {} neighbours other than 0", ceiling.sparsity->kept,
                                     ceiling.sparsity->group)});
    } else {
      trail.push_back({ceiling.name, DeclineReason::kOther, fmt::format("{} is faster here", at(chosen).name)});
    }
  }
  return trail;
}

}  // namespace roofscape::cost
