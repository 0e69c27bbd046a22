#include "analytics/approx/storage_choice.h"

#include <gtest/gtest.h>

#include "analytics/base/rng.h"
#include "analytics/network/packed/packed.h"

namespace roofscape::approx {
namespace {

using Encoding = Storage::Encoding;

Layer dense_layer(std::int64_t rows, std::int64_t columns, const std::function<float(std::int64_t, std::int64_t)>& f) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) values.push_back(f(i, j));
  Layer layer;
  layer.name = "fc";
  layer.operation = op::Dense{};
  layer.constants = {make_tensor({rows, columns}, std::move(values)), nullptr};
  return layer;
}

std::int64_t bits_under(Layer layer, const Storage& storage) {
  layer.storage = storage;
  return packed::count_bits(layer).value();
}

TEST(SmallestStorage, NoOtherTakesFewerBits) {
  Rng rng(3);
  for (const int percent : {0, 20, 50, 80, 95, 99, 100}) {
    const Layer layer = dense_layer(32, 48, [&](std::int64_t, std::int64_t) {
      return static_cast<int>(rng.below(100)) < percent ? 0.0F : static_cast<float>(rng.normal());
    });
    const std::int64_t least = bits_under(layer, smallest_storage(layer));
    EXPECT_LE(least, bits_under(layer, {}));
    EXPECT_LE(least, bits_under(layer, {.encoding = Encoding::kBitmap}));
    EXPECT_LE(least, bits_under(layer, {.encoding = Encoding::kCsr}));
    for (int k = 1; k <= 16; ++k)
      EXPECT_LE(least, bits_under(layer, {.encoding = Encoding::kRelative, .gap_bits = k})) << percent << " " << k;
  }
}

TEST(SmallestStorage, FindsStructure) {
  const Layer blocks =
      dense_layer(32, 32, [](std::int64_t i, std::int64_t j) { return (i / 8 + j / 8) % 3 ? 0.0F : 1; });
  const Storage found = smallest_storage(blocks);
  EXPECT_EQ(found.encoding, Encoding::kBlocks);
  EXPECT_EQ(found.block_rows, 8);
  // Two of four at places of their own: three bits a group instead of four.
  Rng rng(4);
  const Layer groups = dense_layer(16, 32, [&](std::int64_t i, std::int64_t j) {
    return (j + i) % 4 < 2 ? static_cast<float>(rng.normal()) : 0.0F;
  });
  const Storage pattern = smallest_storage(groups);
  EXPECT_EQ(pattern.encoding, Encoding::kGroups);
  EXPECT_EQ(pattern.kept * 2, pattern.group);
}

TEST(SmallestStorage, LeavesCodesOfValuesAsTheyAreAskedFor) {
  Layer layer = dense_layer(16, 16, [](std::int64_t i, std::int64_t j) { return (i + j) % 8 ? 0.0F : 1.0F + i % 3; });
  EXPECT_EQ(smallest_storage(layer).values, Storage::Values::kPlain);
  layer.storage = {.values = Storage::Values::kCodebook, .codebook_entries = 4, .huffman_values = true};
  const Storage shared = smallest_storage(layer);
  EXPECT_EQ(shared.values, Storage::Values::kCodebook);
  EXPECT_TRUE(shared.huffman_values);
  EXPECT_NE(shared.encoding, Encoding::kDense);
  // More values than the codebook has entries: back to plain ones.
  layer.storage.codebook_entries = 2;
  EXPECT_EQ(smallest_storage(layer).values, Storage::Values::kPlain);
}

TEST(SmallestStorage, KeepsCirculantBlocksWhileTheyAre) {
  Layer layer = dense_layer(16, 16, [](std::int64_t i, std::int64_t j) { return 1.0F + (16 + i - j) % 4; });
  layer.storage = {.encoding = Encoding::kCirculant, .block_rows = 4};
  EXPECT_EQ(smallest_storage(layer).encoding, Encoding::kCirculant);
  layer.constants[0] = dense_layer(16, 16, [](std::int64_t i, std::int64_t j) { return 1.0F + i * j; }).constants[0];
  EXPECT_EQ(smallest_storage(layer).encoding, Encoding::kDense);
}

TEST(SmallestStorage, FormatsWithoutZeroStoreEveryWeight) {
  Layer layer = dense_layer(8, 8, [](std::int64_t i, std::int64_t) { return i == 0 ? 1.0F : 0.0F; });
  layer.arithmetic.weight = std::make_shared<Quantiser>(Quantiser{.format = NumberFormat::bipolar()});
  EXPECT_EQ(smallest_storage(layer).encoding, Encoding::kDense);
}

}  // namespace
}  // namespace roofscape::approx
