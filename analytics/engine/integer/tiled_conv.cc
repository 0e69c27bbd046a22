// Integer convolution, channels last, on a micro-kernel.
#include <vector>

#include "analytics/engine/integer/packed_weights.h"
#include "analytics/engine/integer/staged_image.h"
#include "analytics/engine/integer/tiled.h"

namespace roofscape::engine {
namespace {

// Where the products of one output lie.
struct Window : ConvGeometry {
  using ConvGeometry::ConvGeometry;

  std::int64_t group_channels() const { return channels / conv.groups; }
  std::int64_t group_filters() const { return filters / conv.groups; }
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

PackedWeights pack_group(const MacTile& tile, const Window& window, const IntegerWeights& weights, std::int64_t group,
                         std::int32_t zero) {
  return pack_weights(tile, weights, group * window.group_filters(), window.group_filters(), window.runs(), zero,
                      [&](auto o, auto run, auto i) { return window.weight_index(o, run, i); });
}

// The same of all groups, but only for the groups of 4 bytes to be counted.
PackedWeights count_groups(const MacTile& tile, const Site& site) {
  const Window window(site);
  const IntegerWeights weights = integer_weights(*site.layer);
  PackedWeights total;
  for (std::int64_t g = 0; g < window.conv.groups; ++g) {
    const PackedWeights packed = pack_group(tile, window, weights, g, 0);
    total.groups += packed.groups;
    total.split_groups += packed.split_groups;
  }
  return total;
}

class TiledConvStep final : public Step {
 public:
  TiledConvStep(const MacTile& tile, const Site& site, const Epilogue& epilogue)
      : tile_(tile), window_(site), image_(site, tile.operand), epilogue_(epilogue) {
    const IntegerWeights weights = integer_weights(*site.layer);
    for (std::int64_t g = 0; g < window_.conv.groups; ++g)
      packed_.push_back(pack_group(tile, window_, weights, g, image_.zero()));
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(image_.bytes() + pointer_bytes() +
                                    unfinished_bytes(epilogue_, window_.out_values()));
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* staged = static_cast<std::byte*>(buffers.scratch);
    auto* pixels = reinterpret_cast<const std::byte**>(staged + image_.bytes());
    point_at_pixels(staged, pixels);
    image_.clear(staged);
    std::byte* unfinished = staged + image_.bytes() + pointer_bytes();
    std::int64_t overflows = 0;
    for (std::int64_t n = 0; n < count; ++n) {
      image_.stage_image(buffers.inputs[0], n, staged);
      finish_image(epilogue_, n, window_.out_values(), unfinished, buffers.output,
                   [&](float* results) { overflows += convolve(pixels, results); });
    }
    buffers.count_overflows(overflows);
  }

 private:
  std::int64_t pointer_bytes() const {
    return (window_.out_pixels() * static_cast<std::int64_t>(sizeof(void*)) + 63) / 64 * 64;
  }

  void point_at_pixels(const std::byte* staged, const std::byte** pixels) const {
    for (std::int64_t y = 0; y < window_.out_height; ++y)
      for (std::int64_t x = 0; x < window_.out_width; ++x)
        *pixels++ = staged + (y * window_.step_down() + x * window_.step_across()) * operand_bytes(tile_.operand);
  }

  // How many sums overflowed.
  std::int64_t convolve(const std::byte** pixels, float* result) const {
    const auto count = static_cast<std::size_t>(window_.out_pixels());
    std::int64_t overflows = 0;
    for (std::int64_t group = 0; group < window_.conv.groups; ++group) {
      overflows += run_tiles(tile_, packed_[static_cast<std::size_t>(group)], std::span(pixels, count),
                             is_relu(epilogue_), result + group * window_.group_filters(), window_.filters);
      if (window_.conv.groups > 1) shift(pixels, count, window_.group_channels());
    }
    if (window_.conv.groups > 1) shift(pixels, count, -window_.channels);
    return overflows;
  }

  void shift(const std::byte** pixels, std::size_t count, std::int64_t activations) const {
    for (std::size_t i = 0; i < count; ++i) pixels[i] += activations * operand_bytes(tile_.operand);
  }

  const MacTile& tile_;
  Window window_;
  StagedImage image_;
  Epilogue epilogue_;
  std::vector<PackedWeights> packed_;  // one a group
};

class TiledConv final : public Kernel {
 public:
  explicit TiledConv(const MacTile& tile) : tile_(tile) {}
  std::string_view id() const override { return tile_.id; }
  MaybeDecline declines(const Site& site) const override {
    MaybeDecline decline = tile_declines(tile_, *site.layer);
    return decline || tile_.pair_limit == 0 ? decline : split_declines(tile_, count_groups(tile_, site));
  }
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
