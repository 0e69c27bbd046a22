// Every format under every storage: what is packed comes back, takes the bits that are stated, and nothing else
// unpacks.
#include "analytics/network/packed/packed.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <set>

#include "analytics/arith/quantise_fast.h"
#include "analytics/arith/quantiser.h"
#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/packed/naive_bits.h"
#include "analytics/network/work.h"

namespace roofscape::packed {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::naive_bits;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;
using Encoding = Storage::Encoding;
using Values = Storage::Values;

const char* const kFormats[] = {"none",    "fp32",    "int4",      "uint3",   "int8",    "int2n",
                                "int16",   "int32",   "e4m3fn",    "fp16",    "bf16",    "log4",
                                "ulog3r2", "bipolar", "e2m1fn/32", "int8n/4", "log4/16", "e5m2/8"};

Layer layer_of(Operation operation, std::vector<TensorPtr> constants) {
  Layer layer;
  layer.name = "layer";
  layer.operation = std::move(operation);
  layer.constants = std::move(constants);
  return layer;
}

// Weights of every view: dense, convolution, transposed convolution, recurrent in two directions.
std::vector<Layer> skeletons(Rng& rng) {
  const auto dim = [&](int most) { return static_cast<std::int64_t>(1 + rng.below(static_cast<std::uint64_t>(most))); };
  const auto zeros = [](Shape shape) {
    const auto count = static_cast<std::size_t>(element_count(shape));
    return make_tensor(std::move(shape), std::vector<float>(count));
  };
  const std::int64_t hidden = dim(4), in = dim(9), out = dim(12);
  return {layer_of(op::Dense{}, {zeros({out, dim(40)}), zeros({out})}),
          layer_of(op::Conv{}, {zeros({out, in, dim(3), dim(3)}), nullptr}),
          layer_of(op::ConvTranspose{}, {zeros({in, out, dim(3), 2}), zeros({out})}),
          layer_of(op::Recurrent{.direction = op::Recurrent::Direction::kBidirectional},
                   {zeros({2, 4 * hidden, in}), zeros({2, 4 * hidden, hidden}), zeros({2, 8 * hidden})})};
}

QuantiserPtr quantiser_of(const std::string& name, const Tensor& weight, bool per_channel, Rng& rng) {
  if (name == "none") return nullptr;
  auto quantiser = std::make_shared<Quantiser>(Quantiser{.format = NumberFormat::parse(name).value()});
  const int axes = static_cast<int>(weight.shape().size());
  if (quantiser->format.block() > 0) {
    quantiser->axis = static_cast<int>(rng.below(static_cast<std::uint64_t>(axes)));
    return quantiser;
  }
  std::size_t channels = 1;
  if (per_channel) {
    quantiser->axis = axes == 3 ? 1 : 0;  // recurrent layers have one size along it in both weights
    channels = static_cast<std::size_t>(weight.shape()[static_cast<std::size_t>(quantiser->axis)]);
  }
  quantiser->scale.clear();
  quantiser->zero_point.clear();
  for (std::size_t c = 0; c < channels; ++c) {
    quantiser->scale.push_back(std::exp(static_cast<float>(rng.normal())));
    const bool affine = quantiser->format.is_integer() && !quantiser->format.is_signed();
    quantiser->zero_point.push_back(affine ? static_cast<std::int32_t>(rng.below(5)) : 0);
  }
  quantiser->rounding = static_cast<Rounding>(rng.below(7));
  const NumberFormat& format = quantiser->format;
  if (format.is_integer() && format.is_signed() && !format.is_bipolar() && rng.below(4) == 0)
    for (const float scale : quantiser->scale) quantiser->negative_scale.push_back(2 * scale);
  return quantiser;
}

TensorPtr random_weights(const Shape& shape, const Quantiser* quantiser, int zero_percent, Rng& rng) {
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  for (float& value : values) value = static_cast<float>(2 * rng.normal());
  if (quantiser != nullptr) fake_quantise_tensor(values, shape, *quantiser, values);
  if (quantiser == nullptr || !quantiser->format.is_bipolar())
    for (float& value : values)
      if (static_cast<int>(rng.below(100)) < zero_percent) value = 0;
  // Zeros may have changed what a block's exponent is.
  if (quantiser != nullptr) fake_quantise_tensor(values, shape, *quantiser, values);
  return make_tensor(shape, std::move(values));
}

Storage random_storage(Rng& rng) {
  const auto pick = [&](int low, int high) {
    return low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  Storage storage;
  storage.encoding = static_cast<Encoding>(pick(0, 6));
  storage.gap_bits = pick(1, 8);
  storage.group = pick(2, 12);
  storage.kept = pick(1, storage.group - 1);
  storage.block_rows = pick(1, 6);
  storage.block_columns = pick(1, 6);
  storage.values = static_cast<Values>(pick(0, 1));
  storage.codebook_entries = pick(1, 3) == 1 ? pick(1, 20) : 4000;
  storage.codebook_rows = pick(0, 5);
  storage.huffman_values = pick(0, 1) == 1;
  storage.huffman_gaps = pick(0, 1) == 1;
  return storage;
}

// Makes weights N:M or circulant as the storage asks.
TensorPtr fitted(const TensorPtr& tensor, const Storage& storage, bool stacked) {
  std::vector<float> values(tensor->values().begin(), tensor->values().end());
  const Shape& shape = tensor->shape();
  const std::int64_t matrix_rows = stacked ? shape[1] : shape[0];
  const std::int64_t rows = stacked ? shape[0] * shape[1] : shape[0];
  const std::int64_t columns = tensor->size() / rows;
  for (std::int64_t row = 0; row < rows; ++row) {
    int kept = 0;
    for (std::int64_t column = 0; column < columns; ++column) {
      float& value = values[static_cast<std::size_t>(row * columns + column)];
      if (column % storage.group == 0) kept = 0;
      if (storage.encoding == Encoding::kGroups && value != 0 && kept++ >= storage.kept) value = 0;
      if (storage.encoding == Encoding::kCirculant) {
        std::int64_t taps = 1;
        for (std::size_t axis = 2; axis < shape.size() && !stacked; ++axis) taps *= shape[axis];
        const std::int64_t channel = column / taps, tap = column % taps;
        const std::int64_t b = storage.block_rows, i = row % matrix_rows % b, j = channel % b;
        // The first element of each diagonal, in reading order, speaks for it.
        std::int64_t source = row * columns + column;
        for (std::int64_t y = 0; y <= i; ++y)
          for (std::int64_t x = 0; x < b && channel - j + x < columns / taps; ++x)
            if ((y - x + b) % b == (i - j + b) % b) {
              source = (row - i + y) * columns + (channel - j + x) * taps + tap;
              y = b;
              break;
            }
        value = values[static_cast<std::size_t>(source)];
      }
    }
  }
  return make_tensor(shape, std::move(values));
}

void same_weights(const Layer& layer, const UnpackedLayer& read) {
  ASSERT_EQ(layer.constants.size(), read.constants.size());
  for (std::size_t i = 0; i < layer.constants.size(); ++i) {
    ASSERT_EQ(layer.constants[i] == nullptr, read.constants[i] == nullptr);
    if (!layer.constants[i]) continue;
    ASSERT_EQ(layer.constants[i]->shape(), read.constants[i]->shape());
    for (std::size_t at = 0; at < layer.constants[i]->values().size(); ++at) {
      const float held = layer.constants[i]->values()[at] == 0 ? 0.0F : layer.constants[i]->values()[at];
      ASSERT_EQ(std::bit_cast<std::uint32_t>(held), std::bit_cast<std::uint32_t>(read.constants[i]->values()[at]))
          << at;
    }
  }
}

RC_GTEST_PROP(Packed, EveryStorageOfEveryFormatComesBackInTheStatedBits, (std::uint64_t seed)) {
  Rng rng(seed);
  for (Layer& layer : skeletons(rng)) {
    const std::string name = kFormats[rng.below(std::size(kFormats))];
    layer.storage = random_storage(rng);
    const bool circulant = layer.storage.encoding == Encoding::kCirculant;
    layer.arithmetic.weight = quantiser_of(name, *layer.constants[0], !circulant && rng.below(2) == 0, rng);
    const Quantiser* quantiser = layer.arithmetic.weight.get();
    if (circulant && quantiser != nullptr && quantiser->format.block() > 0) continue;
    const bool stacked = layer.as<op::Recurrent>() != nullptr;
    const int zeros = static_cast<int>(rng.below(101));
    for (std::size_t i = 0; i < (stacked ? 2U : 1U); ++i) {
      TensorPtr& weight = layer.constants[i];
      weight = fitted(random_weights(weight->shape(), quantiser, zeros, rng), layer.storage, stacked);
      if (quantiser != nullptr) {
        std::vector<float> values(weight->values().size());
        fake_quantise_tensor(weight->values(), weight->shape(), *quantiser, values);
        weight = make_tensor(weight->shape(), std::move(values));
      }
    }
    const auto packed = pack(layer);
    RC_CLASSIFY(packed.ok(), fmt::format("{}", int(layer.storage.encoding)));
    const NumberFormat format = quantiser ? quantiser->format : NumberFormat::fp32();
    if (format.is_bipolar() && layer.storage.is_sparse()) {
      RC_ASSERT(packed.status().code() == Code::kInvalidArgument);
      continue;
    }
    if (layer.storage.huffman_values && layer.storage.values == Values::kPlain && format.bits() > 16) {
      RC_ASSERT(packed.status().code() == Code::kInvalidArgument);
      continue;
    }
    if (!packed.ok()) {
      RC_LOG() << name << ": " << packed.status().message();
      RC_ASSERT(layer.storage.values == Values::kCodebook && layer.storage.codebook_entries < 4000);
      RC_ASSERT(!count_bits(layer).ok());
      continue;
    }
    RC_ASSERT(packed->bits == stored_bits(layer));
    RC_ASSERT(packed->bits == naive_bits(layer));
    RC_ASSERT(static_cast<std::int64_t>(packed->bytes.size()) == (packed->bits + 7) / 8);
    const auto read = unpack(packed->bytes, outline_of(layer));
    RC_ASSERT(read.ok());
    same_weights(layer, *read);
    if (quantiser != nullptr) RC_ASSERT(*read->weight == *quantiser);
  }
}

// No bytes make unpack() fail otherwise than by an error.
RC_GTEST_PROP(Packed, BytesThatNobodyPackedAreErrorsOrWeights, (std::uint64_t seed)) {
  Rng rng(seed);
  for (Layer& layer : skeletons(rng)) {
    layer.storage = random_storage(rng);
    layer.arithmetic.weight = quantiser_of(kFormats[rng.below(std::size(kFormats))], *layer.constants[0], false, rng);
    std::vector<std::uint8_t> bytes(rng.below(600));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.below(256));
    const auto read = unpack(bytes, outline_of(layer));
    if (!read.ok()) RC_ASSERT(!read.status().message().empty());
  }
}

RC_GTEST_PROP(Packed, TruncatedOrChangedBytesNeverCrash, (std::uint64_t seed)) {
  Rng rng(seed);
  for (Layer& layer : skeletons(rng)) {
    layer.storage = random_storage(rng);
    if (layer.storage.encoding == Encoding::kCirculant) layer.storage.encoding = Encoding::kRelative;
    layer.storage.codebook_entries = 4000;
    layer.storage.huffman_values = layer.storage.values == Values::kCodebook;
    const bool stacked = layer.as<op::Recurrent>() != nullptr;
    for (std::size_t i = 0; i < (stacked ? 2U : 1U); ++i)
      layer.constants[i] =
          fitted(random_weights(layer.constants[i]->shape(), nullptr, 60, rng), layer.storage, stacked);
    const auto packed = pack(layer);
    RC_ASSERT(packed.ok());
    const std::span<const std::uint8_t> bytes(packed->bytes);
    const auto cut = unpack(bytes.first(rng.below(bytes.size())), outline_of(layer));
    RC_ASSERT(!cut.ok());
    RC_ASSERT(cut.status().code() == Code::kDataLoss);
    std::vector<std::uint8_t> changed = packed->bytes;
    changed[rng.below(changed.size())] ^= static_cast<std::uint8_t>(1 + rng.below(255));
    static_cast<void>(unpack(changed, outline_of(layer)));
    changed = packed->bytes;
    changed.push_back(0);
    RC_ASSERT(!unpack(changed, outline_of(layer)).ok());
  }
}

// --- by hand ---

Layer row(std::vector<float> values, Storage storage) {
  const auto columns = static_cast<std::int64_t>(values.size());
  Layer layer = layer_of(op::Dense{}, {make_tensor({1, columns}, std::move(values))});
  layer.storage = storage;
  return layer;
}

QuantiserPtr grid(const char* format, float scale = 1) {
  return std::make_shared<Quantiser>(Quantiser{NumberFormat::parse(format).value(), {scale}, {0}});
}

TEST(PackedBits, DenseIntegersOneAfterAnother) {
  Layer layer = row({1, -1, 3, -4}, {});
  layer.arithmetic.weight = grid("int4", 1);
  RS_ASSERT_OK_AND_ASSIGN(const PackedLayer packed, pack(layer));
  EXPECT_EQ(packed.bits, 32 + 4 * 4);
  // The scale 1.0, then 0001 1111 0011 1100.
  EXPECT_EQ(packed.bytes, (std::vector<std::uint8_t>{0x3F, 0x80, 0, 0, 0x1F, 0x3C}));
}

TEST(PackedBits, RelativeIndexesPutAFillerWhereAGapOverflows) {
  Layer layer = row({0, 5, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0}, {.encoding = Encoding::kRelative, .gap_bits = 2});
  layer.arithmetic.weight = grid("uint4");
  RS_ASSERT_OK_AND_ASSIGN(const PackedLayer packed, pack(layer));
  // Gaps 1; 3 with a filler; 3 with the 7: three entries, counted in ⌈log2 13⌉ bits.
  EXPECT_EQ(packed.bits, 32 + 4 + 3 * 2 + 3 * 4);
  // 0011, 01 11 11, 0101 0000 0111, and two bits to fill the byte.
  EXPECT_EQ((std::vector<std::uint8_t>(packed.bytes.begin() + 4, packed.bytes.end())),
            (std::vector<std::uint8_t>{0x37, 0xD4, 0x1C}));
  layer.storage.gap_bits = 3;
  EXPECT_EQ(stored_bits(layer), 32 + 4 + 2 * 3 + 2 * 4);
}

TEST(PackedBits, TwoOfFourTakeThreeBitsAGroup) {
  Layer layer = row({1, 0, 2, 0, 0, 0, 0, 3, 4, 5}, {.encoding = Encoding::kGroups, .kept = 2, .group = 4});
  layer.arithmetic.weight = grid("uint4");
  RS_ASSERT_OK_AND_ASSIGN(const PackedLayer packed, pack(layer));
  // Two groups of C(4, 2) = 6 and a shorter one that is kept whole; six weights.
  EXPECT_EQ(packed.bits, 32 + 2 * 3 + 6 * 4);
  layer.constants[0] = make_tensor({1, 10}, {1, 0, 2, 0, 0, 6, 7, 3, 4, 5});
  EXPECT_THAT(pack(layer), StatusIs(Code::kInvalidArgument, HasSubstr("more than 2 of the 4 weights from 4 on")));
}

TEST(PackedBits, TheExamplesOfTheDocumentation) {
  const auto bits = [](Shape shape, std::vector<float> values, Storage storage, const char* format = "uint4") {
    Layer layer = layer_of(op::Dense{}, {make_tensor(std::move(shape), std::move(values))});
    layer.storage = storage;
    if (format != nullptr) layer.arithmetic.weight = grid(format);
    EXPECT_THAT(pack(layer), IsOk());
    return stored_bits(layer) - (format != nullptr ? 32 : 0);
  };
  EXPECT_EQ(bits({1, 4}, {0, 5, 0, 7}, {.encoding = Encoding::kBitmap}), 4 + 8);
  EXPECT_EQ(bits({1, 12}, {0, 5, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0}, {.encoding = Encoding::kRelative, .gap_bits = 2}), 22);
  EXPECT_EQ(bits({2, 4}, {0, 5, 0, 0, 0, 0, 7, 8}, {.encoding = Encoding::kCsr}), 24);
  EXPECT_EQ(bits({1, 4}, {1, 0, 2, 0}, {.encoding = Encoding::kGroups, .kept = 2, .group = 4}), 3 + 8);
  EXPECT_EQ(bits({4, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                 {.encoding = Encoding::kBlocks, .block_rows = 2, .block_columns = 2}),
            20);
  EXPECT_EQ(bits({3, 3}, {1, 3, 2, 2, 1, 3, 3, 2, 1}, {.encoding = Encoding::kCirculant, .block_rows = 3}), 12);
  std::vector<float> shared(1000);
  for (std::size_t i = 0; i < shared.size(); ++i) shared[i] = 0.37F * static_cast<float>(i % 16);
  EXPECT_EQ(bits({10, 100}, shared, {.values = Values::kCodebook}, nullptr), 4512);
  EXPECT_EQ(bits({1, 6}, {1, 1, 1, 0, 1, 2}, {.huffman_values = true}, "uint2"), 8 + 21);
}

TEST(PackedBits, CirculantBlocksKeepOneColumn) {
  Layer layer = layer_of(op::Dense{}, {make_tensor({3, 3}, {1, 3, 2, 2, 1, 3, 3, 2, 1})});
  layer.storage = {.encoding = Encoding::kCirculant, .block_rows = 3};
  layer.arithmetic.weight = grid("int4");
  EXPECT_EQ(stored_bits(layer), 32 + 3 * 4);
  EXPECT_THAT(pack(layer), IsOk());
  // Four blocks of 2 × 2 cover 3 × 3.
  layer.constants[0] = make_tensor({3, 3}, {1, 2, 3, 2, 1, 4, 5, 6, 7});
  layer.storage.block_rows = 2;
  EXPECT_EQ(stored_bits(layer), 32 + 4 * 2 * 4);
  EXPECT_THAT(pack(layer), IsOk());
  layer.constants[0] = make_tensor({3, 3}, {1, 2, 3, 2, 9, 4, 5, 6, 7});
  EXPECT_THAT(pack(layer), StatusIs(Code::kInvalidArgument, HasSubstr("weights 0 and 4 of a circulant block differ")));
}

// Two taps of 2 × 2 channels: each tap is circulant by itself, and the matrix of both is not.
TEST(PackedBits, EachTapOfAKernelHasCirculantBlocksOfItsOwn) {
  Layer layer = layer_of(op::Conv{}, {make_tensor({2, 2, 1, 2}, {1, 5, 2, 6, 2, 6, 1, 5})});
  layer.storage = {.encoding = Encoding::kCirculant, .block_rows = 2};
  layer.arithmetic.weight = grid("int4");
  EXPECT_EQ(stored_bits(layer), 32 + 2 * 2 * 4);
  EXPECT_THAT(pack(layer), IsOk());
  layer.constants[0] = make_tensor({2, 2, 1, 2}, {1, 5, 2, 6, 2, 6, 1, 4});
  EXPECT_THAT(pack(layer), StatusIs(Code::kInvalidArgument, HasSubstr("weights 1 and 7 of a circulant block differ")));
}

TEST(PackedBits, CodebooksHoldValuesInTheWeightsFormat) {
  Layer layer = layer_of(op::Dense{}, {make_tensor({2, 4}, {.5F, .25F, .5F, 3, 7, 7, 8, 9})});
  layer.storage = {.values = Values::kCodebook, .codebook_entries = 3, .codebook_rows = 1};
  EXPECT_EQ(stored_bits(layer), 2 * 3 * 32 + 8 * 2);
  EXPECT_THAT(pack(layer), IsOk());
  layer.storage.codebook_rows = 0;
  EXPECT_THAT(pack(layer), StatusIs(Code::kInvalidArgument, HasSubstr("codebook 0 has 3 entries")));
}

TEST(Packed, ZerosOfWeightsLoseTheirSignOthersKeepIt) {
  Layer layer = layer_of(op::Dense{}, {make_tensor({1, 2}, {-0.0F, 1}), make_tensor({1}, {-0.0F})});
  RS_ASSERT_OK_AND_ASSIGN(const PackedLayer packed, pack(layer));
  RS_ASSERT_OK_AND_ASSIGN(const UnpackedLayer read, unpack(packed.bytes, outline_of(layer)));
  EXPECT_FALSE(std::signbit(read.constants[0]->values()[0]));
  EXPECT_TRUE(std::signbit(read.constants[1]->values()[0]));
}

TEST(Packed, SpecialFloatsComeBackBitForBit) {
  const float nan = std::bit_cast<float>(0x7FA12345U);
  const Layer layer = row({nan, INFINITY, -INFINITY, 1e-42F}, {.encoding = Encoding::kBitmap});
  RS_ASSERT_OK_AND_ASSIGN(const PackedLayer packed, pack(layer));
  RS_ASSERT_OK_AND_ASSIGN(const UnpackedLayer read, unpack(packed.bytes, outline_of(layer)));
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(std::bit_cast<std::uint32_t>(read.constants[0]->values()[i]),
              std::bit_cast<std::uint32_t>(layer.constants[0]->values()[i]));
}

TEST(Packed, WeightsOffTheirGridAreNamed) {
  Layer layer = row({1, 2.5F}, {});
  layer.arithmetic.weight = grid("int4");
  EXPECT_THAT(pack(layer), StatusIs(Code::kInvalidArgument, HasSubstr("element 1 of constant 0 is 2.5")));
}

TEST(Packed, NetworksRefuseStoragesThatCannotHoldTheirWeights) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({1, 4}, {1, 2, 3, 4}), nullptr});
  b.layer(fc).storage = {.encoding = Encoding::kGroups, .kept = 2, .group = 4};
  EXPECT_THAT(b.finish(fc), StatusIs(Code::kInvalidArgument, HasSubstr("layer 'fc', storage: more than 2 of the 4")));
  EXPECT_THAT((Storage{.encoding = Encoding::kGroups, .kept = 4, .group = 4}).validate(),
              StatusIs(Code::kInvalidArgument, HasSubstr("kept of a storage is 4; use 1 to 3")));
}

TEST(Packed, EveryFieldOfAStorageMakesAnotherDesign) {
  const Storage base{.encoding = Encoding::kRelative};
  std::vector<Storage> all(12, base);
  all[1].encoding = Encoding::kCsr;
  all[2].gap_bits = 5;
  all[3].kept = 1;
  all[4].group = 8;
  all[5].block_rows = 8;
  all[6].block_columns = 8;
  all[7].values = Values::kCodebook;
  all[8].codebook_entries = 8;
  all[9].codebook_rows = 1;
  all[10].huffman_values = true;
  all[11].huffman_gaps = true;
  std::set<std::string> digests;
  for (const Storage& storage : all) {
    Hasher hasher("test");
    storage.hash_into(hasher);
    digests.insert(hasher.finish().hex());
  }
  EXPECT_EQ(digests.size(), all.size());
}

}  // namespace
}  // namespace roofscape::packed
