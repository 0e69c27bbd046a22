// Layers over values that lie channels last: the channels of a pixel side by side, so that vectors run along them.
#include <algorithm>
#include <limits>

#include "analytics/engine/vector/chunks.h"
#include "analytics/engine/vector/kernels.h"

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

// A window's sum or maximum in row-major order, as the reference has it.
class PoolStep final : public Step {
 public:
  PoolStep(const Site& site, const Epilogue& epilogue)
      : pool_(*site.layer->as<op::Pool>()), in_(site.inputs[0]), out_(site.output()), epilogue_(epilogue) {}

  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(in_[0]) * sizeof(float); }

  void run(std::int64_t count, const Buffers& buffers) const override {
    const std::int64_t channels = in_[0];
    const auto* image = static_cast<const float*>(buffers.inputs[0]);
    auto* output = static_cast<std::byte*>(buffers.output);
    for (std::int64_t n = 0; n < count; ++n, image += channels * in_[1] * in_[2])
      for (std::int64_t y = 0; y < out_[1]; ++y)
        for (std::int64_t x = 0; x < out_[2]; ++x, output += channels * output_bytes(epilogue_)) {
          auto* results = static_cast<float*>(epilogue_.quantiser ? buffers.scratch : static_cast<void*>(output));
          window(image, y, x, results);
          const std::span<float> values(results, static_cast<std::size_t>(channels));
          if (is_relu(epilogue_)) relu_values(values);
          finish_values(epilogue_, values, output);
        }
  }

 private:
  void window(const float* image, std::int64_t y, std::int64_t x, float* results) const {
    const std::int64_t channels = in_[0];
    const bool is_max = pool_.kind == op::Pool::Kind::kMax;
    std::fill_n(results, channels, is_max ? -std::numeric_limits<float>::infinity() : 0.0F);
    std::int64_t seen = 0;
    std::int64_t padded = 0;
    for (std::int64_t i = 0; i < pool_.kernel[0]; ++i)
      for (std::int64_t j = 0; j < pool_.kernel[1]; ++j) {
        const std::int64_t row = y * pool_.stride[0] - pool_.pad[0] + i * pool_.dilation[0];
        const std::int64_t column = x * pool_.stride[1] - pool_.pad[1] + j * pool_.dilation[1];
        if (row < in_[1] + pool_.pad[2] && column < in_[2] + pool_.pad[3]) ++padded;
        if (row < 0 || row >= in_[1] || column < 0 || column >= in_[2]) continue;
        ++seen;
        const float* pixel = image + (row * in_[2] + column) * channels;
        if (is_max)
          for (std::int64_t c = 0; c < channels; ++c) results[c] = pixel[c] > results[c] ? pixel[c] : results[c];
        else
          for (std::int64_t c = 0; c < channels; ++c) results[c] += pixel[c];
      }
    if (is_max) return;
    const auto divisor = static_cast<float>(std::max<std::int64_t>(1, pool_.count_include_pad ? padded : seen));
    for (std::int64_t c = 0; c < channels; ++c) results[c] /= divisor;
  }

  op::Pool pool_;
  Shape in_, out_;
  Epilogue epilogue_;
};

class ChannelsLastPool final : public ChannelsLast {
 public:
  MaybeDecline declines(const Site& site) const override { return unless_channels_last(site); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
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
