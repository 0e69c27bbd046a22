// What export writes, import reads back: every operation gives the same outputs.
#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/engine.h"
#include "analytics/network/onnx_export.h"
#include "analytics/network/onnx_import.h"
#include "tests/conformance/onnx/sample_networks.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::Sample;
using testing::StatusIs;

constexpr std::int64_t kImages = 3;

class RoundTripTest : public ::testing::TestWithParam<Sample> {};

TEST_P(RoundTripTest, GivesTheSameOutputs) {
  const Network& network = GetParam().network;
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes, export_onnx(network));
  RS_ASSERT_OK_AND_ASSIGN(const Imported again, import_onnx(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  EXPECT_EQ(again.opset, 13);
  EXPECT_EQ(again.input_batch_axis, 0U);
  EXPECT_EQ(again.network.input_shape(), network.input_shape());
  EXPECT_EQ(again.network.output_shape(), network.output_shape());

  const engine::Engine engine({});
  const std::vector<float> images = testing::sample_images(network, kImages);
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> expected, engine.run(network, images, kImages));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> got, engine.run(again.network, images, kImages));
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], expected[i], 1e-5F * (1 + std::fabs(expected[i]))) << "output " << i;
}

INSTANTIATE_TEST_SUITE_P(Operations, RoundTripTest, ::testing::ValuesIn(testing::float_samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST(ExportTest, ExportingTwiceGivesTheSameBytes) {
  for (const Sample& sample : testing::quantised_samples()) {
    RS_ASSERT_OK_AND_ASSIGN(const std::string first, export_onnx(sample.network));
    RS_ASSERT_OK_AND_ASSIGN(const std::string second, export_onnx(sample.network));
    EXPECT_EQ(first, second) << sample.name;
  }
}

TEST(ExportTest, AFormatWithoutStandardFormIsRefusedByLayer) {
  NetworkBuilder b;
  const LayerId relu = b.add("act3", op::Activation{}, {b.input({4})});
  b.layer(relu).arithmetic.inputs = {
      std::make_shared<const Quantiser>(Quantiser{.format = NumberFormat::minifloat(4, 3)})};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(relu));
  EXPECT_THAT(export_onnx(network), StatusIs(Code::kUnimplemented, HasSubstr("layer 'act3'")));
}

}  // namespace
}  // namespace roofscape
