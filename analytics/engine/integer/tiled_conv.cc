// Integer convolution, channels last, on a micro-kernel.
#include <array>
#include <vector>

#include "analytics/engine/integer/packed_weights.h"
#include "analytics/engine/integer/staging.h"
#include "analytics/engine/integer/tiled.h"

namespace roofscape::engine {
namespace {

// The sizes of one convolution, padding included.
struct Geometry {
  op::Conv conv;
  std::int64_t channels, height, width;         // input
  std::int64_t filters, out_height, out_width;  // output
  std::int64_t kernel_height, kernel_width;
  std::int64_t staged_height, staged_width;  // input with padding

  explicit Geometry(const Site& site)
      : conv(*site.layer->as<op::Conv>()),
        channels(site.inputs[0][0]),
        height(site.inputs[0][1]),
        width(site.inputs[0][2]),
        filters(site.output()[0]),
        out_height(site.output()[1]),
        out_width(site.output()[2]),
        kernel_height(site.layer->weight()->shape()[2]),
        kernel_width(site.layer->weight()->shape()[3]),
        staged_height(height + conv.pad[0] + conv.pad[2]),
        staged_width(width + conv.pad[1] + conv.pad[3]) {}

  std::int64_t group_channels() const { return channels / conv.groups; }
  std::int64_t group_filters() const { return filters / conv.groups; }
  std::int64_t staged_count() const { return staged_height * staged_width * channels; }
  std::int64_t out_pixels() const { return out_height * out_width; }

  // A whole row of the window is one run where nothing lies between its pixels; else each pixel is one.
  bool whole_rows() const { return conv.groups == 1 && (conv.dilation[1] == 1 || kernel_width == 1); }
  ProductRuns runs() const {
    ProductRuns runs;
    runs.length = whole_rows() ? kernel_width * channels : group_channels();
    for (std::int64_t y = 0; y < kernel_height; ++y)
      for (std::int64_t x = 0; x < (whole_rows() ? 1 : kernel_width); ++x)
        runs.offsets.push_back((y * conv.dilation[0] * staged_width + x * conv.dilation[1]) * channels);
    return runs;
  }
  // Place in the weight tensor [O, C/g, kh, kw] of the i-th weight of a run.
  std::int64_t weight_index(std::int64_t filter, std::int64_t run, std::int64_t i) const {
    const std::int64_t y = whole_rows() ? run : run / kernel_width;
    const std::int64_t x = whole_rows() ? i / channels : run % kernel_width;
    const std::int64_t c = whole_rows() ? i % channels : i;
    return ((filter * group_channels() + c) * kernel_height + y) * kernel_width + x;
  }
};

class TiledConvStep final : public Step {
 public:
  TiledConvStep(const MacTile& tile, const Site& site, const Epilogue& epilogue)
      : tile_(tile),
        geometry_(site),
        epilogue_(epilogue),
        element_(code_element(site.layer->arithmetic.input(0)->format)),
        zero_point_(site.layer->arithmetic.input(0)->zero_point[0]),
        zero_(staged_zero(tile.operand, *site.layer->arithmetic.input(0))) {
    const IntegerWeights weights = integer_weights(*site.layer);
    const ProductRuns runs = geometry_.runs();
    for (const std::int64_t offset : runs.offsets) offset_bytes_.push_back(offset * operand_bytes(tile.operand));
    for (std::int64_t g = 0; g < geometry_.conv.groups; ++g)
      packed_.push_back(pack_weights(tile, weights, g * geometry_.group_filters(), geometry_.group_filters(), runs,
                                     zero_,
                                     [&](auto o, auto run, auto i) { return geometry_.weight_index(o, run, i); }));
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(staged_bytes() + pointer_bytes() + (epilogue_.quantiser ? value_bytes() : 0));
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* staged = static_cast<std::byte*>(buffers.scratch);
    auto* pixels = reinterpret_cast<const std::byte**>(staged + staged_bytes());
    point_at_pixels(staged, pixels);
    stage_zeros(tile_.operand, zero_, staged_bytes() / operand_bytes(tile_.operand), staged);
    const std::int64_t in_bytes =
        geometry_.channels * geometry_.height * geometry_.width * static_cast<std::int64_t>(element_bytes(element_));
    const std::int64_t values = geometry_.out_pixels() * geometry_.filters;
    for (std::int64_t n = 0; n < count; ++n) {
      stage_image(static_cast<const std::byte*>(buffers.inputs[0]) + n * in_bytes, staged);
      std::byte* output = static_cast<std::byte*>(buffers.output) + n * values * output_bytes(epilogue_);
      float* result = epilogue_.quantiser ? reinterpret_cast<float*>(staged + staged_bytes() + pointer_bytes())
                                          : reinterpret_cast<float*>(output);
      convolve(pixels, result);
      finish_values(epilogue_, std::span(result, static_cast<std::size_t>(values)), output);
    }
  }

 private:
  static std::int64_t rounded(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }
  // 64 bytes more than the image: the last group of a run may read past it.
  std::int64_t staged_bytes() const { return rounded(geometry_.staged_count() * operand_bytes(tile_.operand)) + 64; }
  std::int64_t pointer_bytes() const {
    return rounded(geometry_.out_pixels() * static_cast<std::int64_t>(sizeof(void*)));
  }
  std::int64_t value_bytes() const {
    return rounded(geometry_.out_pixels() * geometry_.filters * static_cast<std::int64_t>(sizeof(float)));
  }

  void point_at_pixels(const std::byte* staged, const std::byte** pixels) const {
    const Geometry& g = geometry_;
    for (std::int64_t y = 0; y < g.out_height; ++y)
      for (std::int64_t x = 0; x < g.out_width; ++x)
        *pixels++ = staged + (y * g.conv.stride[0] * g.staged_width + x * g.conv.stride[1]) * g.channels *
                                 operand_bytes(tile_.operand);
  }

  // The image into the middle of the padding, which stays as it is from image to image.
  void stage_image(const std::byte* codes, std::byte* staged) const {
    const Geometry& g = geometry_;
    const std::int64_t row = g.width * g.channels;
    const std::int64_t row_bytes = row * static_cast<std::int64_t>(element_bytes(element_));
    for (std::int64_t y = 0; y < g.height; ++y) {
      const std::int64_t at = ((y + g.conv.pad[0]) * g.staged_width + g.conv.pad[1]) * g.channels;
      stage(tile_.operand, element_, codes + y * row_bytes, row, zero_point_,
            staged + at * operand_bytes(tile_.operand));
    }
  }

  void convolve(const std::byte** pixels, float* result) const {
    const Geometry& g = geometry_;
    const auto count = static_cast<std::size_t>(g.out_pixels());
    for (std::int64_t group = 0; group < g.conv.groups; ++group) {
      run_tiles(tile_, packed_[static_cast<std::size_t>(group)], offset_bytes_, std::span(pixels, count),
                is_relu(epilogue_), result + group * g.group_filters(), g.filters);
      if (g.conv.groups > 1) shift(pixels, count, g.group_channels());
    }
    if (g.conv.groups > 1) shift(pixels, count, -g.channels);
  }

  void shift(const std::byte** pixels, std::size_t count, std::int64_t activations) const {
    for (std::size_t i = 0; i < count; ++i) pixels[i] += activations * operand_bytes(tile_.operand);
  }

  const MacTile& tile_;
  Geometry geometry_;
  Epilogue epilogue_;
  Element element_;
  std::int32_t zero_point_, zero_;
  std::vector<std::int64_t> offset_bytes_;
  std::vector<PackedWeights> packed_;  // one a group
};

class TiledConv final : public Kernel {
 public:
  explicit TiledConv(const MacTile& tile) : tile_(tile) {}
  std::string_view id() const override { return tile_.id; }
  MaybeDecline declines(const Site& site) const override { return tile_declines(tile_, *site.layer); }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kChannelsLast)}, Layout::kChannelsLast};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    return std::unique_ptr<Step>(std::make_unique<TiledConvStep>(tile_, site, epilogue));
  }

 private:
  const MacTile& tile_;
};

}  // namespace

std::span<const Kernel* const> tiled_conv_kernels() {
  static const TileKernels<TiledConv> kernels;
  return kernels.list();
}

}  // namespace roofscape::engine
