// Layers over values that lie channels last: the channels of a pixel side by side, so that vectors run along them.
#include <algorithm>
#include <cstring>
#include <limits>

#include "analytics/engine/vector/chunks.h"
#include "analytics/engine/vector/code_pool.h"
#include "analytics/engine/vector/kernels.h"
#include "analytics/engine/vector/reach.h"

namespace roofscape::engine {
namespace {

MaybeDecline unless_channels_last(const Site& site) {
  if (std::find(site.layouts.begin(), site.layouts.end(), Layout::kChannelsLast) != site.layouts.end())
    return std::nullopt;
  return Decline{"channels-last", DeclineReason::kStructure, "no input is produced channels last"};
}

// What the kernels here share.
class ChannelsLast : public Kernel {
 public:
  std::string_view id() const override { return "channels-last"; }
  Forms forms(const Site& site) const override {
    Forms forms;
    for (std::size_t i = 0; i < site.inputs.size(); ++i)
      forms.inputs.push_back(input_form(*site.layer, i, Layout::kChannelsLast));
    forms.output = Layout::kChannelsLast;
    return forms;
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
};

using Lanes = float __attribute__((vector_size(16)));
constexpr std::int64_t kLanes = 8;  // in two vectors

struct Block {
  Lanes low, high;
};
Block load(const float* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

// A window's sum or maximum in row-major order, as the reference has it, for eight channels at a time.
class PoolStep final : public Step {
 public:
  PoolStep(const Site& site, const Epilogue& epilogue)
      : pool_(*site.layer->as<op::Pool>()), in_(site.inputs[0]), out_(site.output()), epilogue_(epilogue) {
    rows_ = reaches(out_[1], in_[1], pool_.kernel[0], pool_.stride[0], pool_.dilation[0], pool_.pad[0], pool_.pad[2]);
    columns_ =
        reaches(out_[2], in_[2], pool_.kernel[1], pool_.stride[1], pool_.dilation[1], pool_.pad[1], pool_.pad[3]);
  }

  // A row of outputs, and room for the last vector.
  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(out_[2] * out_[0] + kLanes) * sizeof(float);
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    const std::int64_t row_values = out_[2] * out_[0];
    auto* row = static_cast<float*>(buffers.scratch);
    auto* output = static_cast<std::byte*>(buffers.output);
    for (std::int64_t n = 0; n < count; ++n) {
      const float* image = static_cast<const float*>(buffers.inputs[0]) + n * in_[0] * in_[1] * in_[2];
      for (std::int64_t y = 0; y < out_[1]; ++y, output += row_values * output_bytes(epilogue_)) {
        for (std::int64_t x = 0; x < out_[2]; ++x) window(image, y, x, row + x * out_[0]);
        const std::span<float> values(row, static_cast<std::size_t>(row_values));
        if (is_relu(epilogue_)) relu_values(values);
        if (!epilogue_.quantiser) std::memcpy(output, row, values.size_bytes());
        finish_values(epilogue_, values, output);
      }
    }
  }

 private:
  // Writes whole vectors: what lies beyond the last channel is overwritten by the next window.
  void window(const float* image, std::int64_t y, std::int64_t x, float* results) const {
    for (std::int64_t c = 0; c < in_[0]; c += kLanes) {
      const Block block = pool_.kind == op::Pool::Kind::kMax ? maximum(image + c, y, x) : mean(image + c, y, x);
      std::memcpy(results + c, &block, sizeof block);
    }
  }

  template <typename Take>
  void for_each_pixel(const float* image, std::int64_t y, std::int64_t x, Take take) const {
    const Reach& rows = rows_[static_cast<std::size_t>(y)];
    const Reach& columns = columns_[static_cast<std::size_t>(x)];
    const std::int64_t down = pool_.dilation[0] * in_[2] * in_[0];
    const std::int64_t across = pool_.dilation[1] * in_[0];
    const std::int64_t corner =
        ((y * pool_.stride[0] - pool_.pad[0]) * in_[2] + x * pool_.stride[1] - pool_.pad[1]) * in_[0];
    for (std::int64_t i = rows.first; i < rows.last; ++i)
      for (std::int64_t j = columns.first; j < columns.last; ++j) take(load(image + corner + i * down + j * across));
  }

  Block maximum(const float* image, std::int64_t y, std::int64_t x) const {
    const Lanes lowest = Lanes{} - std::numeric_limits<float>::infinity();
    Block largest{lowest, lowest};
    for_each_pixel(image, y, x, [&](const Block& pixel) {
      largest.low = pixel.low > largest.low ? pixel.low : largest.low;
      largest.high = pixel.high > largest.high ? pixel.high : largest.high;
    });
    return largest;
  }

  Block mean(const float* image, std::int64_t y, std::int64_t x) const {
    Block sum{};
    for_each_pixel(image, y, x, [&](const Block& pixel) {
      sum.low += pixel.low;
      sum.high += pixel.high;
    });
    const Reach& rows = rows_[static_cast<std::size_t>(y)];
    const Reach& columns = columns_[static_cast<std::size_t>(x)];
    const std::int64_t seen =
        std::max<std::int64_t>(0, rows.last - rows.first) * std::max<std::int64_t>(0, columns.last - columns.first);
    const std::int64_t counted = pool_.count_include_pad ? rows.padded * columns.padded : seen;
    const auto divisor = static_cast<float>(std::max<std::int64_t>(1, counted));
    return {sum.low / divisor, sum.high / divisor};
  }

  op::Pool pool_;
  Shape in_, out_;
  Epilogue epilogue_;
  std::vector<Reach> rows_, columns_;
};

class ChannelsLastPool final : public ChannelsLast {
 public:
  MaybeDecline declines(const Site& site) const override { return unless_channels_last(site); }
  bool keeps_codes(const Site& site, Element code) const override {
    return site.layer->as<op::Pool>()->kind == op::Pool::Kind::kMax && element_bytes(code) == 1;
  }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    if (epilogue.input_coded) {
      const NumberFormat& format = epilogue.quantiser->format;
      return code_pool_step(site, code_element(format), static_cast<std::int32_t>(format.lowest()));
    }
    return std::unique_ptr<Step>(std::make_unique<PoolStep>(site, epilogue));
  }
};

class ChannelsLastAffine final : public ChannelsLast {
 public:
  MaybeDecline declines(const Site& site) const override {
    if (site.layer->as<op::Affine>()->axis != 0)
      return Decline{"channels-last", DeclineReason::kShape, "the axis is not that of the channels"};
    return unless_channels_last(site);
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return epilogue.empty(); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    return make_step([scale = site.layer->constants[0], shift = site.layer->constants[1], channels = site.output()[0],
                      pixels = site.output()[1] * site.output()[2]](std::int64_t count, const Buffers& buffers) {
      const auto* in = static_cast<const float*>(buffers.inputs[0]);
      auto* out = static_cast<float*>(buffers.output);
      const float* scales = scale->values().data();
      const float* shifts = shift->values().data();
      for (std::int64_t p = 0; p < count * pixels; ++p, in += channels, out += channels)
        for (std::int64_t c = 0; c < channels; ++c) out[c] = scales[c] * in[c] + shifts[c];
    });
  }
};

class ChannelsLastConcat final : public ChannelsLast {
 public:
  MaybeDecline declines(const Site& site) const override {
    if (site.layer->as<op::Concat>()->axis != 0)
      return Decline{"channels-last", DeclineReason::kShape, "the axis is not that of the channels"};
    return unless_channels_last(site);
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return epilogue.empty(); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    std::vector<std::int64_t> channels;
    for (const Shape& in : site.inputs) channels.push_back(in[0]);
    return make_step(
        [channels, pixels = site.output()[1] * site.output()[2]](std::int64_t count, const Buffers& buffers) {
          auto* out = static_cast<float*>(buffers.output);
          for (std::int64_t p = 0; p < count * pixels; ++p)
            for (std::size_t i = 0; i < channels.size(); ++i)
              out = std::copy_n(static_cast<const float*>(buffers.inputs[i]) + p * channels[i], channels[i], out);
        });
  }
};

// [H, W, C] plain holds the bytes of [C, H, W] channels last, and the other way round.
class ChannelsView final : public Kernel {
 public:
  std::string_view id() const override { return "channels-view"; }
  MaybeDecline declines(const Site& site) const override {
    const bool channels_last = site.layouts[0] == Layout::kChannelsLast;
    const std::vector<std::int64_t> wanted =
        channels_last ? std::vector<std::int64_t>{1, 2, 0} : std::vector<std::int64_t>{2, 0, 1};
    if (site.layer->as<op::Transpose>()->permutation == wanted) return std::nullopt;
    return Decline{"channels-view", DeclineReason::kOther, "the permutation does not just move the channels"};
  }
  Forms forms(const Site& site) const override {
    const bool channels_last = site.layouts[0] == Layout::kChannelsLast;
    return {{input_form(*site.layer, 0, site.layouts[0])}, channels_last ? Layout::kPlain : Layout::kChannelsLast};
  }
  bool is_view(const Site&) const override { return true; }
  Result<std::unique_ptr<Step>> prepare(const Site&, const Epilogue&, std::int64_t) const override {
    return internal_error("a view is never run");
  }
};

}  // namespace

const Kernel& channels_last_pool() {
  static const ChannelsLastPool kernel;
  return kernel;
}

const Kernel& channels_last_affine() {
  static const ChannelsLastAffine kernel;
  return kernel;
}

const Kernel& channels_last_concat() {
  static const ChannelsLastConcat kernel;
  return kernel;
}

const Kernel& channels_view_transpose() {
  static const ChannelsView kernel;
  return kernel;
}

}  // namespace roofscape::engine
