#include <gtest/gtest.h>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::IsOk;
using ::roofscape::testing::product_network;
using ::roofscape::testing::recurrent_network;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

Result<Draft> limited(const Network& network, const std::string& layer, Knobs knobs, Recipe also) {
  also.push_back({layer, "accumulator", std::move(knobs)});
  return apply_recipe(draft_of(network), also, 1);
}

TEST(AccumulatorMethod, GivesIntegerLayersARegister) {
  const Recipe integers = {{"fc1", "integer", {}}};
  RS_ASSERT_OK_AND_ASSIGN(const Draft plain, apply_recipe(draft_of(chain_network()), integers, 1));
  RS_ASSERT_OK_AND_ASSIGN(const Draft draft, limited(chain_network(), "fc1", {}, integers));
  const Layer& fc1 = draft.network.layer(*draft.network.find("fc1"));
  EXPECT_EQ(fc1.arithmetic.accumulator, (Accumulator{16, Accumulator::Overflow::kWrap}));
  EXPECT_NE(draft.network.key(), plain.network.key());
  RS_ASSERT_OK_AND_ASSIGN(const Draft cut, limited(chain_network(), "fc1",
                                                   {{"bits", 12.0}, {"overflow", std::string("saturate")}}, integers));
  EXPECT_EQ(cut.network.layer(*cut.network.find("fc1")).arithmetic.accumulator,
            (Accumulator{12, Accumulator::Overflow::kSaturate}));
}

TEST(AccumulatorMethod, TakesEveryLayerThatAddsIntegerProducts) {
  for (const char* layer : {"conv1", "conv2", "fc2"})
    EXPECT_THAT(limited(chain_network(), layer, {}, {{layer, "integer", {}}}), IsOk());
  EXPECT_THAT(limited(testing::decoding_network(), "up2", {}, {{"up2", "integer", {}}}), IsOk());
  EXPECT_THAT(limited(product_network(), "product", {}, {{"product", "integer", {}}}), IsOk());
  const Knobs weights_stay = {{"weight_bits", 32.0}};
  EXPECT_THAT(limited(chain_network(), "fc1", {}, {{"fc1", "ternary", {}}, {"fc1", "integer", weights_stay}}), IsOk());
}

TEST(AccumulatorMethod, RefusesWhatIsNoSumOfIntegersAndSaysWhatItFound) {
  EXPECT_THAT(limited(chain_network(), "fc1", {}, {}).status(),
              StatusIs(Code::kFailedPrecondition,
                       HasSubstr("layer 'fc1', method 'accumulator': an accumulator adds integers, but the layer "
                                 "multiplies weights fp32, inputs fp32; give both integer formats")));
  EXPECT_THAT(limited(chain_network(), "fc1", {}, {{"fc1", "integer", {{"activation_bits", 32.0}}}}).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("multiplies weights int8, inputs fp32;")));
  EXPECT_THAT(limited(chain_network(), "fc1", {}, {{"fc1", "minifloat", {}}}).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("multiplies weights e4m3fn")));
  EXPECT_THAT(limited(product_network(), "product", {}, {}).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("multiplies inputs fp32 and fp32;")));
  EXPECT_THAT(limited(recurrent_network(), "lstm", {}, {{"lstm", "integer", {}}}).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("LSTM adds up no integer products; take Conv")));
}

}  // namespace
}  // namespace roofscape::approx
