#include "analytics/engine/integer/shallow.h"

#include <vector>

#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/staged_image.h"
#include "analytics/engine/integer/tiled.h"

namespace roofscape::engine {

#if defined(__x86_64__)
void shallow_row_avx2(const ShallowRow& row);

namespace {

constexpr std::int64_t kMostChannels = 4;

class ShallowStep final : public Step {
 public:
  ShallowStep(const Site& site, const Epilogue& epilogue)
      : image_(site, MacTile::Operand::kInt16, Layout::kPlain),
        epilogue_(epilogue),
        integers_(integer_weights(*site.layer)) {
    const ConvGeometry& g = image_.geometry();
    for (std::int64_t c = 0; c < g.channels; ++c)
      for (std::int64_t y = 0; y < g.kernel_height; ++y)
        for (std::int64_t x = 0; x < g.kernel_width; ++x)
          offsets_.push_back((c * g.staged_height + y * g.conv.dilation[0]) * g.staged_width + x * g.conv.dilation[1]);
    if (offsets_.size() % 2 != 0) offsets_.push_back(offsets_.back());  // times a weight of 0
    for (std::int64_t first = 0; first < g.filters; first += kShallowBlock) pack_block(first);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(image_.bytes() + unfinished_bytes(epilogue_, image_.geometry().out_values()));
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* staged = static_cast<std::byte*>(buffers.scratch);
    image_.clear(staged);
    for (std::int64_t n = 0; n < count; ++n) {
      image_.stage_image(buffers.inputs[0], n, staged);
      finish_image(epilogue_, n, image_.geometry().out_values(), staged + image_.bytes(), buffers.output,
                   [&](float* results) { convolve(reinterpret_cast<const std::int16_t*>(staged), results); });
    }
  }

 private:
  // Weights are [filter][product]; a pair lies in one 32-bit word, its first product in the low half.
  void pack_block(std::int64_t first) {
    const std::int64_t last = std::min(first + kShallowBlock, image_.geometry().filters);
    const std::int64_t products = integers_.terms;
    const auto weight = [&](std::int64_t filter, std::int64_t product) {
      return product < products ? integers_.centred[static_cast<std::size_t>(filter * products + product)] : 0;
    };
    for (std::int64_t p = 0; p < products; p += 2)
      for (std::int64_t f = first; f < last; ++f) {
        const auto low = static_cast<std::uint32_t>(weight(f, p)) & 0xffffU;
        const auto high = static_cast<std::uint32_t>(weight(f, p + 1)) << 16;
        weights_.push_back(static_cast<std::int32_t>(high | low));
      }
  }

  void convolve(const std::int16_t* staged, float* result) const {
    const ConvGeometry& g = image_.geometry();
    ShallowRow row;
    row.offsets = offsets_.data();
    row.pairs = static_cast<std::int64_t>(offsets_.size()) / 2;
    row.weights = weights_.data();
    row.pixels = g.out_width;
    row.filters = g.filters;
    row.scale = integers_.scale.data();
    row.bias = integers_.bias.data();
    row.relu = is_relu(epilogue_);
    for (std::int64_t y = 0; y < g.out_height; ++y) {
      row.input = staged + y * g.conv.stride[0] * g.staged_width;
      row.output = result + y * g.out_width * g.filters;
      row.room = (g.out_height - y) * g.out_width * g.filters;
      shallow_row_avx2(row);
    }
  }

  StagedImage image_;
  Epilogue epilogue_;
  IntegerWeights integers_;
  std::vector<std::int64_t> offsets_;  // of each product, and once more of the last where their number is odd
  std::vector<std::int32_t> weights_;
};

class Shallow final : public Kernel {
 public:
  std::string_view id() const override { return "avx2-shallow"; }

  MaybeDecline declines(const Site& site) const override {
    const auto decline = [&](DeclineReason reason, std::string because) {
      return Decline{std::string(id()), reason, std::move(because)};
    };
    const auto& conv = *site.layer->as<op::Conv>();
    const std::int64_t channels = site.inputs[0][0];
    if (conv.groups != 1 || channels > kMostChannels)
      return decline(DeclineReason::kShape, fmt::format("{} channels in {} groups; at most {} channels in one group",
                                                        channels, conv.groups, kMostChannels));
    if (conv.stride[1] != 1)
      return decline(DeclineReason::kShape,
                     fmt::format("steps of {} pixels across; only neighbouring pixels fill a vector", conv.stride[1]));
    if (!has_avx2()) return decline(DeclineReason::kInstructionSet, "this machine lacks AVX2");
    if (MaybeDecline declined = int16_declines(id(), *site.layer)) return declined;
    if (!site.layer->arithmetic.accumulator || !integer_weights(*site.layer).accumulator) return std::nullopt;
    return decline(DeclineReason::kRange, fmt::format("sums wrap at {} bits; this one keeps them whole",
                                                      site.layer->arithmetic.accumulator->bits));
  }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kPlain)}, Layout::kChannelsLast};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    return std::unique_ptr<Step>(std::make_unique<ShallowStep>(site, epilogue));
  }
};

}  // namespace

std::span<const Kernel* const> shallow_kernels() {
  static const Shallow kernel;
  static const Kernel* const kernels[] = {&kernel};
  return kernels;
}
#else
std::span<const Kernel* const> shallow_kernels() { return {}; }
#endif

}  // namespace roofscape::engine
