#include "analytics/engine/integer/depthwise.h"

#include <array>
#include <limits>
#include <vector>

#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/staged_image.h"
#include "analytics/engine/integer/tiled.h"

namespace roofscape::engine {

#if defined(__x86_64__)
void depthwise_row_avx2(const DepthwiseRow& row);
#endif
void depthwise_row_portable(const DepthwiseRow& row);

namespace {

using RowFunction = void (*)(const DepthwiseRow&);

class DepthwiseStep final : public Step {
 public:
  DepthwiseStep(RowFunction row, const Site& site, const Epilogue& epilogue)
      : row_(row),
        image_(site, MacTile::Operand::kInt16),
        epilogue_(epilogue),
        integers_(integer_weights(*site.layer)) {
    const ConvGeometry& g = image_.geometry();
    for (std::int64_t y = 0; y < g.kernel_height; ++y)
      for (std::int64_t x = 0; x < g.kernel_width; ++x) {
        offsets_.push_back((y * g.conv.dilation[0] * g.staged_width + x * g.conv.dilation[1]) * g.channels);
        for (std::int64_t c = 0; c < g.channels; ++c)
          weights_.push_back(static_cast<std::int16_t>(
              integers_.centred[static_cast<std::size_t>((c * g.kernel_height + y) * g.kernel_width + x)]));
      }
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(image_.bytes() + unfinished_bytes(epilogue_, image_.geometry().out_values()));
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* staged = static_cast<std::byte*>(buffers.scratch);
    image_.clear(staged);
    std::int64_t overflows = 0;
    for (std::int64_t n = 0; n < count; ++n) {
      image_.stage_image(buffers.inputs[0], n, staged);
      finish_image(
          epilogue_, n, image_.geometry().out_values(), staged + image_.bytes(), buffers.output,
          [&](float* results) { convolve(reinterpret_cast<const std::int16_t*>(staged), results, &overflows); });
    }
    buffers.count_overflows(overflows);
  }

 private:
  void convolve(const std::int16_t* staged, float* result, std::int64_t* overflows) const {
    const ConvGeometry& g = image_.geometry();
    DepthwiseRow row;
    row.pixel_stride = g.step_across();
    row.offsets = offsets_.data();
    row.weights = weights_.data();
    row.products = static_cast<std::int64_t>(offsets_.size());
    row.channels = g.channels;
    row.pixels = g.out_width;
    row.scale = integers_.scale.data();
    row.bias = integers_.bias.data();
    row.relu = is_relu(epilogue_);
    if (integers_.accumulator) row.wrap_bits = integers_.accumulator->bits;
    row.overflows = overflows;
    for (std::int64_t y = 0; y < g.out_height; ++y) {
      row.input = staged + y * g.step_down();
      row.output = result + y * g.out_width * g.channels;
      row_(row);
    }
  }

  RowFunction row_;
  StagedImage image_;
  Epilogue epilogue_;
  IntegerWeights integers_;
  std::vector<std::int64_t> offsets_;
  std::vector<std::int16_t> weights_;  // [product][channel]
};

class Depthwise final : public Kernel {
 public:
  Depthwise(std::string_view id, RowFunction row, bool (*supported)()) : id_(id), row_(row), supported_(supported) {}
  std::string_view id() const override { return id_; }

  MaybeDecline declines(const Site& site) const override {
    const auto decline = [&](DeclineReason reason, std::string because) {
      return Decline{std::string(id_), reason, std::move(because)};
    };
    const std::int64_t groups = site.layer->as<op::Conv>()->groups;
    if (groups == 1 || groups != site.inputs[0][0] || groups != site.output()[0])
      return decline(DeclineReason::kShape,
                     fmt::format("{} groups for {} channels and {} filters; all must be equal, and more than 1", groups,
                                 site.inputs[0][0], site.output()[0]));
    if (!supported_()) return decline(DeclineReason::kInstructionSet, "this machine lacks AVX2");
    return int16_declines(id_, *site.layer);
  }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kChannelsLast)}, Layout::kChannelsLast};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    return std::unique_ptr<Step>(std::make_unique<DepthwiseStep>(row_, site, epilogue));
  }

 private:
  std::string_view id_;
  RowFunction row_;
  bool (*supported_)();
};

}  // namespace

std::span<const Kernel* const> depthwise_kernels() {
#if defined(__x86_64__)
  static const Depthwise avx2("avx2-depthwise", depthwise_row_avx2, has_avx2);
#endif
  static const Depthwise portable("portable-depthwise", depthwise_row_portable, [] { return true; });
  static const std::array kernels = {
#if defined(__x86_64__)
    static_cast<const Kernel*>(&avx2),
#endif
    static_cast<const Kernel*>(&portable)
  };
  return kernels;
}

}  // namespace roofscape::engine
