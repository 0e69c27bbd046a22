#include "server/dataset_codec.h"

#include <cstring>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

Dataset sample(Dataset::Element element, bool labelled) {
  Dataset dataset;
  dataset.image_shape = {2, 3, 4};
  dataset.element = element;
  dataset.count = 5;
  const std::size_t bytes = 5 * 24 * (element == Dataset::Element::kUint8 ? 1 : 4);
  Rng rng(1);
  for (std::size_t i = 0; i < bytes; ++i) dataset.raw.push_back(static_cast<std::byte>(rng.below(64)));
  if (labelled) dataset.labels = {0, 4, 2, 2, 1};
  return dataset;
}

TEST(DatasetCodec, GoesThereAndBack) {
  for (const auto element : {Dataset::Element::kUint8, Dataset::Element::kFloat32})
    for (const bool labelled : {true, false}) {
      const Dataset dataset = sample(element, labelled);
      RS_ASSERT_OK_AND_ASSIGN(const Dataset again, decode_dataset(encode_dataset(dataset)));
      EXPECT_EQ(again.image_shape, dataset.image_shape);
      EXPECT_EQ(again.element, dataset.element);
      EXPECT_EQ(again.count, dataset.count);
      EXPECT_EQ(again.raw, dataset.raw);
      EXPECT_EQ(again.labels, dataset.labels);
      EXPECT_EQ(again.key(), dataset.key());
    }
}

TEST(DatasetCodec, EveryTruncationIsDamage) {
  const auto blob = encode_dataset(sample(Dataset::Element::kUint8, true));
  for (std::size_t size = 0; size < blob.size(); ++size)
    EXPECT_THAT(decode_dataset(std::span(blob).first(size)), StatusIs(Code::kDataLoss, HasSubstr("damaged"))) << size;
}

TEST(DatasetCodec, HugeSizesInAHeaderAllocateNothing) {
  const auto blob = encode_dataset(sample(Dataset::Element::kFloat32, true));
  // Each 8-byte number of the header in turn becomes huge or negative.
  for (std::size_t at = 16; at + 8 <= 16 + 5 * 8; at += 8)
    for (const std::int64_t value : {std::int64_t{1} << 62, std::int64_t{-1}, std::int64_t{0x7fffffffffffffff}}) {
      auto hostile = blob;
      std::memcpy(hostile.data() + at, &value, sizeof value);
      EXPECT_THAT(decode_dataset(hostile), StatusIs(Code::kDataLoss, HasSubstr("damaged"))) << at << " " << value;
    }
}

}  // namespace
}  // namespace roofscape::server
