// Pruning: weights become 0 and need not be stored, those of smallest magnitude or those whose loss the others can make
// good.
#include <algorithm>
#include <cmath>

#include "analytics/approx/format_steps.h"
#include "analytics/approx/prune_masks.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/storage_choice.h"

namespace roofscape::approx {
namespace {

constexpr double kMostFraction = 0.95;

std::optional<linear::NOfM> pattern_of(const Knobs& knobs) {
  const std::string& pattern = word(knobs, "pattern");
  if (pattern == "unstructured" || pattern == "block") return {};
  return linear::NOfM{static_cast<std::size_t>(pattern[0] - '0'), static_cast<std::size_t>(pattern[2] - '0')};
}

PrunePlan plan_of(const Knobs& knobs) {
  const std::string& criterion = word(knobs, "criterion");
  PrunePlan plan;
  plan.criterion = criterion == "magnitude"      ? PrunePlan::Criterion::kMagnitude
                   : criterion == "second-order" ? PrunePlan::Criterion::kSecondOrder
                                                 : PrunePlan::Criterion::kExact;
  plan.fraction = number(knobs, "fraction");
  plan.pattern = pattern_of(knobs);
  plan.block = word(knobs, "pattern") == "block" ? static_cast<std::size_t>(whole_number(knobs, "block")) : 1;
  return plan;
}

// N:M is what hardware asks for, so that code stays even where another takes fewer bits.
Storage storage_of(const Layer& layer, const PrunePlan& plan) {
  Storage storage = layer.storage;
  if (plan.pattern) {
    storage.encoding = Storage::Encoding::kGroups;
    storage.kept = static_cast<int>(plan.pattern->keep);
    storage.group = static_cast<int>(plan.pattern->of);
    return storage;
  }
  return smallest_storage(layer);
}

class Prune final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "prune",
        .version = 2,
        .stage = Stage::kSparsity,
        .summary = "Sets weights to 0, one by one or in patterns, and stores the rest in the smallest code.",
        .knobs =
            {
                KnobSpec::real("fraction", "Share of the layer's weights that become 0; N:M patterns say it themselves",
                               0, kMostFraction, 0.5),
                KnobSpec::choice("pattern",
                                 "unstructured: any; N:M: N of every M neighbours stay; block: runs of `block`",
                                 {"unstructured", "1:2", "2:4", "1:4", "4:8", "block"}, "unstructured"),
                KnobSpec::integer("block", "Neighbours that leave together; for pattern: block", 2, 64, 4),
                KnobSpec::choice("criterion",
                                 "magnitude: the smallest leave; second-order (SparseGPT) and exact (Optimal Brain "
                                 "Surgeon): those that the outputs miss least, and the others make good",
                                 {"magnitude", "second-order", "exact"}, "magnitude")
                    .about_values_alone(),
                KnobSpec::choice(
                    "budget", "layer: each loses the fraction; network: all layers with this budget lose it together",
                    {"layer", "network"}, "layer"),
            },
        .identity = {{"fraction", 0.0}, {"pattern", std::string("unstructured")}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_weights(info().id, network, id);
  }

  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    const Layer& layer = network.layer(id);
    if (pattern_of(knobs) && layer.as<op::ConvTranspose>())
      return Decline{info().id, DeclineReason::kStructure,
                     "a transposed convolution has its inputs along the outer axis, where N:M patterns are not stored; "
                     "use pattern: unstructured"};
    return needs_moments(knobs) ? declines_moments(info().id, layer) : MaybeDecline();
  }

  bool needs_moments(const Knobs& knobs) const override { return word(knobs, "criterion") != "magnitude"; }

  Effects effects(const Knobs&) const override { return {.decides = Aspect::kZeros, .undoes = Aspect::kTies}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const PrunePlan plan = plan_of(knobs);
    if (plan.fraction == 0 && !plan.pattern) return draft;
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      RS_TRY(prune_weights(draft, layer, plan));
      layer.storage = storage_of(layer, plan);
      return {};
    });
  }

  // Weights of all layers compete by what their loss costs relative to what their layer gives out.
  Result<std::vector<Knobs>> spread(const Draft& draft, std::span<const LayerId> layers,
                                    const Knobs& knobs) const override {
    const PrunePlan plan = plan_of(knobs);
    std::vector<std::vector<double>> losses;
    std::vector<double> all;
    for (const LayerId id : layers) {
      RS_ASSIGN(std::vector<double> own, relative_losses(draft, draft.network.layer(id), plan));
      all.insert(all.end(), own.begin(), own.end());
      losses.push_back(std::move(own));
    }
    const auto leaving = static_cast<std::size_t>(std::floor(plan.fraction * static_cast<double>(all.size())));
    const auto border = all.begin() + static_cast<std::ptrdiff_t>(leaving);
    if (border != all.end()) std::nth_element(all.begin(), border, all.end());
    std::vector<Knobs> spread;
    for (const std::vector<double>& own : losses) {
      const auto below = std::count_if(own.begin(), own.end(), [&](double loss) { return loss < *border; });
      const double share = own.empty() ? 0 : static_cast<double>(below) / static_cast<double>(own.size());
      Knobs& layer_knobs = spread.emplace_back(knobs);
      layer_knobs["budget"] = std::string("layer");
      layer_knobs["fraction"] = std::min(share, kMostFraction);
    }
    return spread;
  }
};

}  // namespace

const Method& prune_method() {
  static const Prune kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
