// Convolution in fp32 of few input channels (the first layer of most networks), which libraries for many channels leave
// slow: tiles of output pixels × output channels in registers, one fused multiply-add a product.
//
// Each output is bias + Σ x·w in ascending (row, column, channel) of the window, however pixels are grouped. The image
// is staged with its padding, so that each product of a tile is a broadcast at a fixed offset.
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/tiled.h"
#include "analytics/engine/vector/chunks.h"
#include "analytics/engine/vector/kernels.h"

namespace roofscape::engine {
namespace {

constexpr std::int64_t kMostChannels = 4;

struct Tile {
  const float* pixels;          // of the first output's window
  std::int64_t pixel_step;      // from one output to the next
  const std::int32_t* offsets;  // of each product
  std::int64_t products;
  const float* weights;  // [products][8·Vectors]
  const float* bias;     // [8·Vectors]
  bool relu;
  float* output;
  std::int64_t output_step;  // from one output pixel to the next
};

// Computes `Pixels` outputs of 8·Vectors channels; whole vectors are stored.
template <int Pixels, int Vectors>
__attribute__((target("avx2,fma"))) void run_tile(const Tile& tile) {
  __m256 sums[Pixels][Vectors];
#pragma GCC unroll 16
  for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) sums[p][v] = _mm256_loadu_ps(tile.bias + 8 * v);
  const float* weights = tile.weights;
  for (std::int64_t k = 0; k < tile.products; ++k, weights += 8 * Vectors) {
    const float* from = tile.pixels + tile.offsets[k];
    __m256 w[Vectors];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) w[v] = _mm256_loadu_ps(weights + 8 * v);
#pragma GCC unroll 16
    for (int p = 0; p < Pixels; ++p) {
      const __m256 x = _mm256_broadcast_ss(from + p * tile.pixel_step);
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) sums[p][v] = _mm256_fmadd_ps(x, w[v], sums[p][v]);
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < Pixels; ++p)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      const __m256 sum = tile.relu ? _mm256_max_ps(sums[p][v], _mm256_setzero_ps()) : sums[p][v];
      _mm256_storeu_ps(tile.output + p * tile.output_step + 8 * v, sum);
    }
}

class FmaConvStep final : public Step {
 public:
  FmaConvStep(const Site& site, const Epilogue& epilogue)
      : conv_(*site.layer->as<op::Conv>()), in_(site.inputs[0]), out_(site.output()), epilogue_(epilogue) {
    // Windows may end before the padded image does, never beyond it.
    staged_height_ = in_[1] + conv_.pad[0] + conv_.pad[2];
    staged_width_ = in_[2] + conv_.pad[1] + conv_.pad[3];
    pack(*site.layer);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(staged_values() + out_[2] * out_[0] + lanes_) * sizeof(float);
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* staged = static_cast<float*>(buffers.scratch);
    float* row = staged + staged_values();
    std::fill_n(staged, staged_values(), 0.0F);
    const std::int64_t row_values = out_[2] * out_[0];
    auto* output = static_cast<std::byte*>(buffers.output);
    for (std::int64_t n = 0; n < count; ++n) {
      stage(static_cast<const float*>(buffers.inputs[0]) + n * in_[0] * in_[1] * in_[2], staged);
      for (std::int64_t y = 0; y < out_[1]; ++y, output += row_values * output_bytes(epilogue_)) {
        for (std::int64_t o = 0; o < out_[0]; o += lanes_) compute_row(staged, y, o, row);
        const std::span<float> values(row, static_cast<std::size_t>(row_values));
        if (!epilogue_.quantiser) {
          std::memcpy(output, row, values.size_bytes());
          finish_values(epilogue_, std::span(reinterpret_cast<float*>(output), values.size()), output);
        } else {
          finish_values(epilogue_, values, output);
        }
      }
    }
  }

 private:
  // Rounded up to whole cache lines, so that what follows is aligned.
  std::int64_t staged_values() const { return (staged_height_ * staged_width_ * in_[0] + 15) / 16 * 16; }

  void pack(const Layer& layer) {
    const Shape& shape = layer.weight()->shape();  // [O, C, kh, kw]
    lanes_ = shape[0] <= 8 ? 8 : 16;
    const std::int64_t blocks = (shape[0] + lanes_ - 1) / lanes_;
    for (std::int64_t i = 0; i < shape[2]; ++i)
      for (std::int64_t j = 0; j < shape[3]; ++j)
        for (std::int64_t c = 0; c < shape[1]; ++c)
          offsets_.push_back(
              static_cast<std::int32_t>((i * conv_.dilation[0] * staged_width_ + j * conv_.dilation[1]) * in_[0] + c));
    const auto products = static_cast<std::int64_t>(offsets_.size());
    weights_.assign(static_cast<std::size_t>(blocks * products * lanes_), 0.0F);
    bias_.assign(static_cast<std::size_t>(blocks * lanes_), 0.0F);
    const std::span<const float> w = layer.weight()->values();
    const Tensor* bias = layer.constants.size() > 1 ? layer.constants[1].get() : nullptr;
    for (std::int64_t o = 0; o < shape[0]; ++o) {
      if (bias) bias_[static_cast<std::size_t>(o)] = bias->values()[static_cast<std::size_t>(o)];
      for (std::int64_t k = 0; k < products; ++k) {
        const std::int64_t channel = k % shape[1];
        const std::int64_t tap = k / shape[1];  // row-major in the window
        weights_[static_cast<std::size_t>((o / lanes_ * products + k) * lanes_ + o % lanes_)] =
            w[static_cast<std::size_t>((o * shape[1] + channel) * shape[2] * shape[3] + tap)];
      }
    }
  }

  void stage(const float* image, float* staged) const {
    const std::int64_t row = in_[2] * in_[0];
    for (std::int64_t y = 0; y < in_[1]; ++y)
      std::copy_n(image + y * row, row, staged + ((y + conv_.pad[0]) * staged_width_ + conv_.pad[1]) * in_[0]);
  }

  // One block of channels of one row. What vectors write beyond the first block is overwritten by the pixels after it
  // (beyond the row there is room); a later block that is not full goes by way of `partial`.
  void compute_row(const float* staged, std::int64_t y, std::int64_t o, float* row) const {
    const auto products = static_cast<std::int64_t>(offsets_.size());
    Tile tile{staged + y * conv_.stride[0] * staged_width_ * in_[0],
              conv_.stride[1] * in_[0],
              offsets_.data(),
              products,
              weights_.data() + o * products,
              bias_.data() + o,
              is_relu(epilogue_),
              row + o,
              out_[0]};
    const std::int64_t channels = out_[0] - o;
    const bool direct = o == 0 || channels >= lanes_;
    float partial[6 * 16];
    const std::int64_t widest = lanes_ == 8 ? 12 : 6;
    for (std::int64_t x = 0; x < out_[2];) {
      const std::int64_t left = out_[2] - x;
      const std::int64_t here = left >= widest ? widest : left >= 4 ? 4 : left >= 2 ? 2 : 1;
      if (!direct) {
        tile.output = partial;
        tile.output_step = lanes_;
      }
      run_tile_of(here, tile);
      if (!direct)
        for (std::int64_t p = 0; p < here; ++p)
          std::copy_n(partial + p * lanes_, channels, row + (x + p) * out_[0] + o);
      x += here;
      tile.pixels += here * tile.pixel_step;
      tile.output += here * tile.output_step;
    }
  }

  void run_tile_of(std::int64_t pixels, const Tile& tile) const {
    if (lanes_ == 8) {
      switch (pixels) {
        case 1: return run_tile<1, 1>(tile);
        case 2: return run_tile<2, 1>(tile);
        case 4: return run_tile<4, 1>(tile);
        default: return run_tile<12, 1>(tile);
      }
    }
    switch (pixels) {
      case 1: return run_tile<1, 2>(tile);
      case 2: return run_tile<2, 2>(tile);
      case 4: return run_tile<4, 2>(tile);
      default: return run_tile<6, 2>(tile);
    }
  }

  op::Conv conv_;
  Shape in_, out_;
  Epilogue epilogue_;
  std::int64_t staged_height_ = 0, staged_width_ = 0;
  std::int64_t lanes_ = 8;  // output channels of a tile
  std::vector<std::int32_t> offsets_;
  std::vector<float> weights_, bias_;
};

class FmaConv final : public Kernel {
 public:
  std::string_view id() const override { return "fma-conv"; }
  MaybeDecline declines(const Site& site) const override {
    const std::int64_t channels = site.inputs[0][0];
    if (is_integer_layer(*site.layer))
      return Decline{"fma-conv", DeclineReason::kFormat,
                     "weights and activations are integers, whose sums must be exact; this one sums in fp32"};
    if (site.layer->as<op::Conv>()->groups > 1 || channels > kMostChannels)
      return Decline{"fma-conv", DeclineReason::kShape,
                     fmt::format("{} input channels in {} groups; at most {} in one", channels,
                                 site.layer->as<op::Conv>()->groups, kMostChannels)};
    if (!has_avx2_fma()) return Decline{"fma-conv", DeclineReason::kInstructionSet, "this machine lacks AVX2 or FMA"};
    return std::nullopt;
  }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kChannelsLast)}, Layout::kChannelsLast};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    return std::unique_ptr<Step>(std::make_unique<FmaConvStep>(site, epilogue));
  }
};

}  // namespace

const Kernel& fma_conv() {
  static const FmaConv kernel;
  return kernel;
}

}  // namespace roofscape::engine
