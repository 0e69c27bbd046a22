#include "analytics/cost/uniform_formats.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/demand.h"
#include "analytics/network/work.h"

namespace roofscape::cost {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

// Two convolutions with a residual sum, then a dense layer, none of whose weights has a value.
Result<Network> residual_network() {
  NetworkBuilder b;
  const LayerId x = b.input({8, 4, 4});
  const LayerId first = b.add("first", op::Conv{}, {x}, {shape_only_tensor({8, 8, 1, 1}), shape_only_tensor({8})});
  const LayerId second = b.add("second", op::Conv{}, {first}, {shape_only_tensor({8, 8, 1, 1}), nullptr});
  const LayerId sum = b.add("sum", op::Binary{}, {second, first});
  const LayerId flat = b.add("flat", op::Reshape{{128}}, {sum});
  return b.finish(b.add("fc", op::Dense{}, {flat}, {shape_only_tensor({10, 128}), shape_only_tensor({10})}));
}

Result<Network> residual_network_in(std::string_view text) {
  RS_ASSIGN(const Network network, residual_network());
  RS_ASSIGN(const UniformFormats formats, parse_formats(text));
  return with_formats(network, formats);
}

TEST(UniformFormats, AreReadAsOneOrAPair) {
  RS_ASSERT_OK_AND_ASSIGN(const UniformFormats one, parse_formats("int8"));
  EXPECT_EQ(one.weight.name(), "int8");
  EXPECT_EQ(one.activation.name(), "int8");
  RS_ASSERT_OK_AND_ASSIGN(const UniformFormats pair, parse_formats("int4 x fp16"));
  EXPECT_EQ(pair.weight.name(), "int4");
  EXPECT_EQ(pair.activation.name(), "fp16");
  EXPECT_THAT(parse_formats("int8 x nothing"), StatusIs(Code::kInvalidArgument, HasSubstr("nothing")));
  EXPECT_THAT(parse_formats(""), StatusIs(Code::kInvalidArgument, HasSubstr("''")));
}

TEST(UniformFormats, WeightsTakeTheFormatScalesAndBiases) {
  RS_ASSERT_OK_AND_ASSIGN(const Network int4, residual_network_in("int4 x int8"));
  EXPECT_EQ(stored_bits(int4.layer(1)), 64 * 4 + 8 * 32 + 8 * 32);
  EXPECT_EQ(stored_bits(int4.layer(2)), 64 * 4 + 8 * 32);
  RS_ASSERT_OK_AND_ASSIGN(const Network fp16, residual_network_in("fp16"));
  EXPECT_EQ(stored_bits(fp16.layer(1)), 64 * 16 + 32 + 8 * 32);
  RS_ASSERT_OK_AND_ASSIGN(const Network blocks, residual_network_in("mxfp4 x int8"));
  EXPECT_EQ(stored_bits(blocks.layer(2)), 64 * 4 + 8 * 8);
  for (const Layer& layer : int4.layers())
    for (const TensorPtr& constant : layer.constants)
      if (constant) {
        EXPECT_FALSE(constant->has_values()) << layer.name;
      }
}

TEST(UniformFormats, EveryValueIsKeptInTheFormat) {
  RS_ASSERT_OK_AND_ASSIGN(const Network int8, residual_network_in("int8"));
  const Demand demanded = demand(int8);
  for (const LayerDemand& layer : demanded.layers) {
    if (layer.kind != LayerDemand::Kind::kMatrix) continue;
    EXPECT_EQ(layer.weight.name(), "int8");
    EXPECT_EQ(layer.activation.name(), "int8");
  }
  EXPECT_DOUBLE_EQ(demanded.layers[3].input_bytes.value(), 2 * 128);
  EXPECT_DOUBLE_EQ(demanded.layers[3].output_bytes.value(), 128);
}

TEST(UniformFormats, Fp32TakesAwayWhatANetworkHad) {
  RS_ASSERT_OK_AND_ASSIGN(const Network int8, residual_network_in("int8"));
  RS_ASSERT_OK_AND_ASSIGN(const UniformFormats fp32, parse_formats("fp32"));
  RS_ASSERT_OK_AND_ASSIGN(const Network back, with_formats(int8, fp32));
  RS_ASSERT_OK_AND_ASSIGN(const Network plain, residual_network());
  EXPECT_EQ(back.design_key(), plain.design_key());
}

}  // namespace
}  // namespace roofscape::cost
