// Huffman coding: frequent codes of the stored weights become short ones.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

constexpr int kMostCodeBits = 16;

class Huffman final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "huffman",
        .version = 1,
        .stage = Stage::kStorage,
        .summary = "Stores the codes or indexes of the weights, and the gaps between them, as Huffman codes.",
        .knobs = {KnobSpec::flag("gaps", "Whether relative indexes of pruned weights are coded so, too", true)},
    };
    return kInfo;
  }
  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_weights(info().id, network, id);
  }
  Effects effects(const Knobs&) const override { return {.decides = Aspect::kCode, .undoes = {}}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      const int bits = layer.arithmetic.weight ? layer.arithmetic.weight->format.bits() : 32;
      // Hardly two of many wide numbers are equal: a list of their codes would be longer than they are.
      if (layer.storage.values == Storage::Values::kPlain && bits > kMostCodeBits) return {};
      layer.storage.huffman_values = true;
      layer.storage.huffman_gaps = flag(knobs, "gaps") && layer.storage.encoding == Storage::Encoding::kRelative;
      return {};
    });
  }
};

}  // namespace

const Method& huffman_method() {
  static const Huffman kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
