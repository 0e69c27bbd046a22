// Small inputs of a layer become 0, and hardware that skips zeros is told how many there are.
#include <algorithm>
#include <cmath>

#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

double share_of_zeros(const ValueStatistics& input) {
  double sum = 0;
  for (const double share : input.channel_zeros) sum += share;
  return input.channel_zeros.empty() ? 0 : sum / static_cast<double>(input.channel_zeros.size());
}

// What the histogram knows of values other than 0, which it holds in the bin that begins there.
class NonZeros {
 public:
  explicit NonZeros(const ValueStatistics& input)
      : histogram_(input.histogram), zeros_(share_of_zeros(input) * static_cast<double>(histogram_.total())) {}

  // Square root of the mean square of all values.
  double root_mean_square() const {
    double sum = 0;
    for (int bin = 0; bin < size(); ++bin) sum += count(bin) * histogram_.centre(bin) * histogram_.centre(bin);
    return size() == 0 ? 0 : std::sqrt(sum / static_cast<double>(histogram_.total()));
  }
  // Of those that are not 0, the share within ±threshold; bins are taken as evenly filled.
  double share_within(double threshold) const {
    const double width = 2 * histogram_.range() / Histogram::kBins;
    double within = 0, all = 0;
    for (int bin = 0; bin < size(); ++bin) {
      const double low = histogram_.centre(bin) - width / 2;
      const double overlap = std::min(low + width, threshold) - std::max(low, -threshold);
      within += count(bin) * std::clamp(overlap / width, 0.0, 1.0);
      all += count(bin);
    }
    return all > 0 ? within / all : 0;
  }

 private:
  int size() const { return histogram_.range() > 0 ? static_cast<int>(histogram_.bins().size()) : 0; }
  double count(int bin) const {
    const auto values = static_cast<double>(histogram_.bins()[static_cast<std::size_t>(bin)]);
    return bin == Histogram::kBins / 2 ? std::max(values - zeros_, 0.0) : values;
  }

  const Histogram& histogram_;
  double zeros_;
};

// Up to which magnitude an input is 0 when it is multiplied: an integer grid rounds the smallest to 0 as well.
double effective_threshold(const Layer& layer, double threshold) {
  const QuantiserPtr grid = layer.arithmetic.input(0);
  if (!grid || !grid->format.is_integer() || grid->per_channel()) return threshold;
  return std::max(threshold, static_cast<double>(grid->scale[0]) / 2);
}

class ZeroSkip final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "zero_skip",
        .version = 1,
        .stage = Stage::kFunction,
        .summary = "Small inputs become 0, and zeros cost nothing where the hardware skips them.",
        .knobs = {KnobSpec::real("threshold", "Inputs up to so many times their root mean square become 0", 0, 1, 0.1)},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (layer.has_weight() && !layer.as<op::Recurrent>()) return {};
    return Decline{info().id, DeclineReason::kOperation,
                   operation_name(layer.operation) +
                       " multiplies no inputs by weights alone; skip those of Conv, ConvTranspose or Gemm"};
  }

  Effects effects(const Knobs&) const override { return {.decides = Aspect::kSkips, .undoes = {}}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      const std::string& read = draft.network.layer(layer.inputs[0]).name;
      const ValueStatistics* input = draft.calibration.find(read);
      if (input == nullptr) return failed_precondition("there are no statistics of '{}', which the layer reads", read);
      const NonZeros others(*input);
      Skips skips;
      skips.threshold = static_cast<float>(number(knobs, "threshold") * others.root_mean_square());
      const double small = others.share_within(effective_threshold(layer, static_cast<double>(skips.threshold)));
      for (std::size_t c = 0; c < input->channel_mean.size(); ++c) {
        const double zeros = c < input->channel_zeros.size() ? input->channel_zeros[c] : 0;
        skips.zero_shares.push_back(static_cast<float>(std::clamp(zeros + (1 - zeros) * small, 0.0, 1.0)));
      }
      layer.arithmetic.skips = std::make_shared<const Skips>(std::move(skips));
      return {};
    });
  }
};

}  // namespace

const Method& zero_skip_method() {
  static const ZeroSkip kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
