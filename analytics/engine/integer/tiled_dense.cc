// Integer matrix product on a micro-kernel: every row of activations is one run.
#include <algorithm>
#include <vector>

#include "analytics/engine/integer/packed_weights.h"
#include "analytics/engine/integer/staging.h"
#include "analytics/engine/integer/tiled.h"

namespace roofscape::engine {
namespace {

constexpr std::int64_t kRowsAtOnce = 64;  // staged together: enough to reuse the weights, small enough for a cache

PackedWeights pack(const MacTile& tile, const Site& site) {
  const Shape& shape = site.layer->weight()->shape();
  const std::int32_t zero = staged_zero(tile.operand, *site.layer->arithmetic.input(0));
  return pack_weights(tile, integer_weights(*site.layer), 0, shape[0], {{0}, shape[1]}, zero,
                      [&](auto o, auto, auto i) { return o * shape[1] + i; });
}

class TiledDenseStep final : public Step {
 public:
  TiledDenseStep(const MacTile& tile, const Site& site, const Epilogue& epilogue)
      : tile_(tile),
        epilogue_(epilogue),
        inputs_(site.layer->weight()->shape()[1]),
        outputs_(site.layer->weight()->shape()[0]),
        rows_(element_count(site.inputs[0]) / inputs_),
        element_(code_element(site.layer->arithmetic.input(0)->format)),
        zero_point_(site.layer->arithmetic.input(0)->zero_point[0]) {
    packed_ = pack(tile, site);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(kRowsAtOnce * row_bytes() + 64 +
                                    (epilogue_.quantiser ? kRowsAtOnce * outputs_ * std::int64_t{sizeof(float)} : 0));
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    auto* staged = static_cast<std::byte*>(buffers.scratch);
    // What lies behind a row's last activation meets weights of 0 only, but must not be left to chance for checkers.
    std::fill(staged, staged + kRowsAtOnce * row_bytes() + 64, std::byte{0});
    const std::byte* pixels[kRowsAtOnce];
    for (std::int64_t r = 0; r < kRowsAtOnce; ++r) pixels[r] = staged + r * row_bytes();
    const std::int64_t code_bytes = static_cast<std::int64_t>(element_bytes(element_)) * inputs_;
    for (std::int64_t first = 0; first < count * rows_; first += kRowsAtOnce) {
      const std::int64_t rows = std::min(kRowsAtOnce, count * rows_ - first);
      for (std::int64_t r = 0; r < rows; ++r)
        stage(tile_.operand, element_, static_cast<const std::byte*>(buffers.inputs[0]) + (first + r) * code_bytes,
              inputs_, zero_point_, staged + r * row_bytes());
      std::byte* output = static_cast<std::byte*>(buffers.output) + first * outputs_ * output_bytes(epilogue_);
      float* result = epilogue_.quantiser ? reinterpret_cast<float*>(staged + kRowsAtOnce * row_bytes() + 64)
                                          : reinterpret_cast<float*>(output);
      buffers.count_overflows(run_tiles(tile_, packed_, std::span(pixels, static_cast<std::size_t>(rows)),
                                        is_relu(epilogue_), result, outputs_));
      finish_values(epilogue_, std::span(result, static_cast<std::size_t>(rows * outputs_)), output);
    }
  }

 private:
  // A staged row, rounded so that every row is aligned and its last group has room.
  std::int64_t row_bytes() const { return (inputs_ * operand_bytes(tile_.operand) + 4 + 63) / 64 * 64; }

  const MacTile& tile_;
  Epilogue epilogue_;
  std::int64_t inputs_, outputs_, rows_;
  Element element_;
  std::int32_t zero_point_;
  PackedWeights packed_;
};

class TiledDense final : public Kernel {
 public:
  explicit TiledDense(const MacTile& tile) : tile_(tile) {}
  std::string_view id() const override { return tile_.id; }
  MaybeDecline declines(const Site& site) const override {
    MaybeDecline decline = tile_declines(tile_, *site.layer);
    return decline || tile_.pair_limit == 0 ? decline : split_declines(tile_, pack(tile_, site));
  }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kPlain)}, Layout::kPlain};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    return std::unique_ptr<Step>(std::make_unique<TiledDenseStep>(tile_, site, epilogue));
  }

 private:
  const MacTile& tile_;
};

}  // namespace

std::span<const Kernel* const> tiled_dense_kernels() {
  static const TileKernels<TiledDense> kernels;
  return kernels.list();
}

}  // namespace roofscape::engine
