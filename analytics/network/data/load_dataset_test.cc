#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/data/file_makers.h"
#include "analytics/network/dataset.h"

namespace roofscape {
namespace {

using ::roofscape::testing::Bytes;
using ::roofscape::testing::gzip;
using ::roofscape::testing::idx_file;
using ::roofscape::testing::npy_file;
using ::roofscape::testing::npy_with_header;
using ::roofscape::testing::raw;
using ::roofscape::testing::StatusIs;
using ::roofscape::testing::zip_file;
using ::testing::AllOf;
using ::testing::HasSubstr;

Bytes counting(std::size_t count) {
  Bytes values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<std::byte>(i);
  return values;
}

Result<Dataset> load(const Bytes& images, const Bytes& labels = {}, std::int64_t limit = 0,
                     std::int64_t bytes = 1 << 20) {
  return load_dataset(
      {.images_name = "x.bin", .labels_name = "y.bin", .images = images, .labels = labels, .limit = limit},
      {.bytes = bytes});
}

std::vector<float> floats_of(const Dataset& dataset) {
  std::vector<float> values(dataset.raw.size() / sizeof(float));
  std::memcpy(values.data(), dataset.raw.data(), dataset.raw.size());
  return values;
}

TEST(LoadIdx, ReadsImagesAndLabelsPlainAndGzipped) {
  const Bytes images = idx_file(8, {3, 2, 2}, counting(12));
  const Bytes labels = idx_file(8, {3}, counting(3));
  for (const bool zipped : {false, true}) {
    RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(zipped ? gzip(images) : images, zipped ? gzip(labels) : labels));
    EXPECT_EQ(set.image_shape, (Shape{1, 2, 2}));
    EXPECT_EQ(set.element, Dataset::Element::kUint8);
    EXPECT_EQ(set.count, 3);
    EXPECT_EQ(set.raw, counting(12));
    EXPECT_EQ(set.labels, (std::vector<std::int32_t>{0, 1, 2}));
    EXPECT_EQ(set.class_count(), 3);
  }
}

TEST(LoadIdx, KeepsChannelsAndReadsBigEndianNumbers) {
  Bytes values;
  for (const float v : {1.5F, -2.0F, 3.25F, 0.0F}) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &v, 4);
    testing::append_big(values, bits, 4);
  }
  RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(idx_file(0x0D, {1, 2, 1, 2}, values)));
  EXPECT_EQ(set.image_shape, (Shape{2, 1, 2}));
  EXPECT_EQ(set.element, Dataset::Element::kFloat32);
  EXPECT_EQ(floats_of(set), (std::vector<float>{1.5F, -2.0F, 3.25F, 0.0F}));
  EXPECT_FALSE(set.labelled());
  EXPECT_EQ(set.class_count(), 0);

  Bytes shorts;
  testing::append_big(shorts, 300, 2);
  testing::append_big(shorts, 0xFFFE, 2);
  RS_ASSERT_OK_AND_ASSIGN(const Dataset wide, load(idx_file(0x0B, {1, 2}, shorts)));
  EXPECT_EQ(wide.image_shape, (Shape{2}));
  EXPECT_EQ(floats_of(wide), (std::vector<float>{300, -2}));
}

TEST(LoadIdx, LimitKeepsTheFirstImagesButStillChecksTheCounts) {
  const Bytes images = idx_file(8, {4, 2, 2}, counting(16));
  RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(images, idx_file(8, {4}, counting(4)), 2));
  EXPECT_EQ(set.count, 2);
  EXPECT_EQ(set.raw, counting(8));
  EXPECT_EQ(set.labels, (std::vector<std::int32_t>{0, 1}));
  EXPECT_THAT(load(images, idx_file(8, {2}, counting(2)), 2),
              StatusIs(Code::kInvalidArgument,
                       HasSubstr("images 'x.bin' holds 4 images but there are 2 labels in labels 'y.bin'")));
  EXPECT_THAT(load(images, {}, -1), StatusIs(Code::kInvalidArgument, HasSubstr("limit is -1")));
}

TEST(LoadIdx, RefusesWhatDoesNotFit) {
  const Bytes whole = idx_file(8, {3, 2, 2}, counting(12));
  EXPECT_THAT(
      load(Bytes(whole.begin(), whole.end() - 1)),
      StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("images 'x.bin'"), HasSubstr("truncated"), HasSubstr("11"))));
  EXPECT_THAT(load(Bytes(whole.begin(), whole.begin() + 10)),
              StatusIs(Code::kInvalidArgument, HasSubstr("header of rank 3 is truncated")));
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  EXPECT_THAT(load(longer), StatusIs(Code::kInvalidArgument, HasSubstr("too long")));
  EXPECT_THAT(load(idx_file(8, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {})),
              StatusIs(Code::kInvalidArgument, HasSubstr("2^63 bytes")));
  EXPECT_THAT(load(idx_file(8, {0xFFFFFFFF, 28, 28}, counting(4))),
              StatusIs(Code::kInvalidArgument, HasSubstr("truncated")));
  EXPECT_THAT(load(idx_file(8, {0, 28, 28}, {})), StatusIs(Code::kInvalidArgument, HasSubstr("holds no values")));
  EXPECT_THAT(load(idx_file(8, {3}, counting(3)), whole),
              StatusIs(Code::kInvalidArgument, HasSubstr("were images and labels swapped?")));
  EXPECT_THAT(load(whole, whole),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("labels 'y.bin'"), HasSubstr("shape [3, 2, 2]"))));
  EXPECT_THAT(load({}), StatusIs(Code::kInvalidArgument, HasSubstr("the file is empty")));
}

TEST(LoadIdx, FloatImagesCountAgainstTheLimitAsTheyAreKept) {
  Bytes doubles(8 * 4 * 4);
  EXPECT_THAT(load(idx_file(0x0B, {8, 4, 2}, doubles), {}, 0, 200),
              StatusIs(Code::kResourceExhausted, HasSubstr("take 256 bytes; the limit is 200")));
  EXPECT_THAT(load(gzip(idx_file(8, {1000, 10, 10}, Bytes(100'000))), {}, 0, 50'000),
              StatusIs(Code::kResourceExhausted, HasSubstr("limit of 50,000 bytes")));
}

TEST(LoadLabels, RefusesNegativeHugeAndFractionalOnes) {
  const Bytes images = idx_file(8, {2, 1, 1}, counting(2));
  EXPECT_THAT(load(images, npy_file("<i4", "(2,)", raw(std::vector<std::int32_t>{0, -1}))),
              StatusIs(Code::kOutOfRange, AllOf(HasSubstr("labels 'y.bin'"), HasSubstr("label 1 is -1"))));
  EXPECT_THAT(load(images, npy_file("<i8", "(2,)", raw(std::vector<std::int64_t>{1'000'000, 0}))),
              StatusIs(Code::kOutOfRange, HasSubstr("label 0 is 1000000")));
  EXPECT_THAT(load(images, npy_file("<u8", "(2,)", raw(std::vector<std::uint64_t>{~0ULL, 0}))),
              StatusIs(Code::kOutOfRange, HasSubstr("far too large")));
  EXPECT_THAT(load(images, npy_file("<f4", "(2,)", raw(std::vector<float>{0, 1}))),
              StatusIs(Code::kInvalidArgument, HasSubstr("float32 values; labels are class indices")));
  EXPECT_THAT(load(images, testing::bytes_of("0 1")),
              StatusIs(Code::kInvalidArgument, HasSubstr("neither IDX, NPY nor NPZ")));
}

TEST(LoadNpy, ReadsEveryIntegerTypeOfLabels) {
  const Bytes images = idx_file(8, {2, 1, 1}, counting(2));
  const std::vector<std::int32_t> expected = {7, 100};
  const auto labels_of = [&](const std::string& descr, const Bytes& values) {
    return load(images, npy_file(descr, "(2,)", values)).value().labels;
  };
  EXPECT_EQ(labels_of("|u1", raw(std::vector<std::uint8_t>{7, 100})), expected);
  EXPECT_EQ(labels_of("|i1", raw(std::vector<std::int8_t>{7, 100})), expected);
  EXPECT_EQ(labels_of("<i2", raw(std::vector<std::int16_t>{7, 100})), expected);
  EXPECT_EQ(labels_of("<u4", raw(std::vector<std::uint32_t>{7, 100})), expected);
  EXPECT_EQ(labels_of("<i8", raw(std::vector<std::int64_t>{7, 100})), expected);
  Bytes big;
  testing::append_big(big, 7, 4);
  testing::append_big(big, 100, 4);
  EXPECT_EQ(labels_of(">i4", big), expected);
  EXPECT_EQ(load(images, npy_file("<i4", "(2, 1)", raw(expected))).value().labels, expected);
}

TEST(LoadNpy, ReadsVersionsTypesAndShapes) {
  for (int version = 1; version <= 3; ++version) {
    RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(npy_file("|u1", "(2, 2, 3)", counting(12), false, version)));
    EXPECT_EQ(set.image_shape, (Shape{1, 2, 3}));
    EXPECT_EQ(set.raw, counting(12));
  }
  RS_ASSERT_OK_AND_ASSIGN(const Dataset last, load(npy_file("|u1", "(1, 2, 2, 3)", counting(12))));
  EXPECT_EQ(last.image_shape, (Shape{2, 2, 3}));
  RS_ASSERT_OK_AND_ASSIGN(const Dataset doubles, load(npy_file("<f8", "(1, 2)", raw(std::vector<double>{0.1, -5}))));
  EXPECT_EQ(floats_of(doubles), (std::vector<float>{0.1F, -5}));
  RS_ASSERT_OK_AND_ASSIGN(const Dataset ints, load(npy_file("<i2", "(1, 2)", raw(std::vector<std::int16_t>{-3, 9}))));
  EXPECT_EQ(floats_of(ints), (std::vector<float>{-3, 9}));
}

TEST(LoadNpy, FortranOrderBecomesRowMajor) {
  // a[i, j, k] = 6i + 3j + k, first axis fastest in the file.
  Bytes bytes(12);
  std::vector<float> floats(12);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        bytes[i + 2 * j + 4 * k] = static_cast<std::byte>(6 * i + 3 * j + k);
        floats[i + 2 * j + 4 * k] = static_cast<float>(6 * i + 3 * j + k);
      }
    }
  }
  RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(npy_file("|u1", "(2, 2, 3)", bytes, true)));
  EXPECT_EQ(set.raw, counting(12));
  RS_ASSERT_OK_AND_ASSIGN(const Dataset wide, load(npy_file("<f4", "(2, 2, 3)", raw(floats), true)));
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(floats_of(wide)[i], static_cast<float>(i));
}

TEST(LoadNpy, RefusesWhatItDoesNotKnow) {
  const Bytes four = counting(4);
  const auto header = [&](const std::string& text) { return load(npy_with_header(text, four)); };
  EXPECT_THAT(load(npy_file("<c8", "(2, 2)", four)), StatusIs(Code::kUnimplemented, HasSubstr("holds '<c8' values")));
  EXPECT_THAT(header("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,)}"),
              StatusIs(Code::kUnimplemented, HasSubstr("record array")));
  EXPECT_THAT(header("{'descr': '|u1', 'fortran_order': False}"),
              StatusIs(Code::kInvalidArgument, HasSubstr("lacks 'shape'")));
  EXPECT_THAT(header("{'descr': '|u1', 'descr': '|u1'}"),
              StatusIs(Code::kInvalidArgument, HasSubstr("repeated key 'descr'")));
  EXPECT_THAT(header("{'shape': (2, -2)}"),
              StatusIs(Code::kInvalidArgument, HasSubstr("reads '-2)}' where a size belongs")));
  EXPECT_THAT(header("{'shape': (99999999999999999999,)}"),
              StatusIs(Code::kInvalidArgument, HasSubstr("a size belongs")));
  EXPECT_THAT(header("{'shape"), StatusIs(Code::kInvalidArgument, HasSubstr("a quoted word belongs")));
  EXPECT_THAT(header("nonsense"), StatusIs(Code::kInvalidArgument, HasSubstr("'{' belongs")));
  EXPECT_THAT(load(npy_file("|u1", "(9223372036854775807, 9223372036854775807)", four)),
              StatusIs(Code::kInvalidArgument, HasSubstr("2^63")));
  EXPECT_THAT(load(npy_file("|u1", "(2, 2, 2)", four)),
              StatusIs(Code::kInvalidArgument, HasSubstr("NPY file is truncated")));
  EXPECT_THAT(load(npy_file("|u1", "(4, 0)", {})), StatusIs(Code::kInvalidArgument, HasSubstr("holds no values")));
  EXPECT_THAT(load(npy_file("|u1", "()", std::span(four).first(1))),
              StatusIs(Code::kInvalidArgument, HasSubstr("shape []")));
  EXPECT_THAT(load(npy_with_header("{}", four, 9)), StatusIs(Code::kUnimplemented, HasSubstr("NPY version 9")));
  Bytes lying = npy_file("|u1", "(2, 2)", four);
  lying[9] = std::byte{0xFF};
  EXPECT_THAT(load(lying), StatusIs(Code::kInvalidArgument, HasSubstr("NPY header claims")));
  const float bad = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(load(npy_file("<f4", "(3, 1)", raw(std::vector<float>{0, 1, bad}))),
              StatusIs(Code::kInvalidArgument, HasSubstr("image 2 holds nan")));
}

TEST(LoadNpz, PicksArraysByNameStoredAndDeflated) {
  const Bytes images = npy_file("|u1", "(2, 2, 2)", counting(8));
  const Bytes labels = npy_file("<i8", "(2,)", raw(std::vector<std::int64_t>{3, 4}));
  const Bytes other = npy_file("|u1", "(1,)", counting(1));
  for (const bool deflate : {false, true}) {
    for (const bool zip64 : {false, true}) {
      const Bytes file = zip_file({{"extra.npy", other}, {"y_test.npy", labels}, {"x_test.npy", images}},
                                  {.deflate = deflate, .zip64 = zip64});
      RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(file));
      EXPECT_EQ(set.raw, counting(8));
      EXPECT_EQ(set.labels, (std::vector<std::int32_t>{3, 4}));
      // Separate labels win over those inside; an NPZ may bring labels alone.
      RS_ASSERT_OK_AND_ASSIGN(const Dataset mixed,
                              load(file, zip_file({{"anything.npy", npy_file("|u1", "(2,)", counting(2))}})));
      EXPECT_EQ(mixed.labels, (std::vector<std::int32_t>{0, 1}));
    }
  }
  EXPECT_EQ(load(zip_file({{"arr_0.npy", images}, {"arr_1.npy", labels}})).value().labels.size(), 2U);
  EXPECT_FALSE(load(zip_file({{"whatever.npy", images}})).value().labelled());
}

TEST(LoadNpz, ListsWhatItFoundWhenNothingFits) {
  const Bytes array = npy_file("|u1", "(2, 2, 2)", counting(8));
  EXPECT_THAT(load(zip_file({{"pictures.npy", array}, {"te\x1bxt.npy", array}})),
              StatusIs(Code::kInvalidArgument,
                       HasSubstr("no images: name the array 'images' or 'x_test'; found 'pictures', 'te\\x1bxt'")));
  EXPECT_THAT(load(zip_file({})), StatusIs(Code::kInvalidArgument, HasSubstr("found none")));
  EXPECT_THAT(load(zip_file({{"images.txt", testing::bytes_of("hello")}})),
              StatusIs(Code::kInvalidArgument, HasSubstr("not an NPY array")));
}

TEST(LoadNpz, StopsBombsAndDamage) {
  const Bytes array = npy_file("|u1", "(2, 2, 2)", counting(8));
  const Bytes bomb = npy_file("|u1", "(1000, 100, 100)", Bytes(10'000'000));
  EXPECT_THAT(load(zip_file({{"x.npy", bomb}}, {.deflate = true})),
              StatusIs(Code::kResourceExhausted, HasSubstr("'x.npy' claims")));
  EXPECT_THAT(load(zip_file({{"x.npy", bomb}}, {.deflate = true, .claimed_size = 100})),
              StatusIs(Code::kResourceExhausted, HasSubstr("beyond the limit of 100 bytes")));
  EXPECT_THAT(load(zip_file({{"x.npy", array}}, {.crc_error = 1})),
              StatusIs(Code::kInvalidArgument, HasSubstr("does not match its size or checksum")));
  const Bytes whole = zip_file({{"x.npy", array}}, {.deflate = true});
  for (std::size_t length = 4; length < whole.size(); ++length) {
    EXPECT_FALSE(load(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))).ok()) << length;
  }
}

Bytes cifar_rows(int rows, int labels, Rng& rng) {
  Bytes file;
  for (int row = 0; row < rows; ++row) {
    if (labels == 2) file.push_back(static_cast<std::byte>(row % 20));
    file.push_back(static_cast<std::byte>(labels == 2 ? row % 100 : row % 10));
    for (int i = 0; i < 3072; ++i) file.push_back(static_cast<std::byte>(rng.next()));
  }
  return file;
}

TEST(LoadCifar, ReadsTenAndHundredClassesPlainAndGzipped) {
  Rng rng(5);
  for (const int labels : {1, 2}) {
    const Bytes file = cifar_rows(25, labels, rng);
    for (const Bytes& bytes : {file, gzip(file)}) {
      RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load(bytes));
      EXPECT_EQ(set.image_shape, (Shape{3, 32, 32}));
      EXPECT_EQ(set.count, 25);
      EXPECT_EQ(set.labels[13], labels == 2 ? 13 : 3);
      EXPECT_EQ(set.raw[3072], file[3072 + 2 * static_cast<std::size_t>(labels)]);
    }
    RS_ASSERT_OK_AND_ASSIGN(const Dataset few, load(file, {}, 4));
    EXPECT_EQ(few.count, 4);
    EXPECT_EQ(few.labels.size(), 4U);
    EXPECT_EQ(few.raw.size(), 4U * 3072);
  }
}

TEST(LoadCifar, IsNotMistakenForIdx) {
  Rng rng(6);
  Bytes file = cifar_rows(3, 1, rng);
  file[0] = std::byte{0};
  file[1] = std::byte{0};
  file[2] = std::byte{8};
  file[3] = std::byte{3};
  EXPECT_EQ(load(file).value().count, 3);
}

TEST(LoadCifar, RefusesOtherSizesOtherLabelsAndSecondLabels) {
  Rng rng(7);
  Bytes file = cifar_rows(3, 1, rng);
  EXPECT_THAT(load(file, idx_file(8, {3}, counting(3))),
              StatusIs(Code::kInvalidArgument, HasSubstr("carries its own labels")));
  file[3073] = std::byte{10};
  EXPECT_THAT(load(file), StatusIs(Code::kInvalidArgument, HasSubstr("labels lie outside 0 to 9")));
  file.pop_back();
  EXPECT_THAT(load(file),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("9,218 bytes"), HasSubstr("multiple of 3,073"))));
}

TEST(LoadDataset, RandomDamageNeverCrashes) {
  Rng rng(11);
  const Bytes npy = npy_file("<f4", "(2, 2, 2)", Bytes(32));
  const std::vector<Bytes> seeds = {idx_file(8, {3, 2, 2}, counting(12)), npy,
                                    zip_file({{"x.npy", npy}}, {.deflate = true}),
                                    zip_file({{"x.npy", npy}}, {.zip64 = true}), gzip(npy)};
  for (int round = 0; round < 20'000; ++round) {
    Bytes file = seeds[rng.below(seeds.size())];
    for (std::uint64_t change = rng.below(4); change-- > 0;)
      file[rng.below(file.size())] = static_cast<std::byte>(rng.next());
    if (rng.below(3) == 0) file.resize(rng.below(file.size()) + 1);
    const Result<Dataset> result = load(file, {}, 0, 1 << 16);
    EXPECT_TRUE(!result.ok() || result->count > 0);
  }
}

}  // namespace
}  // namespace roofscape
