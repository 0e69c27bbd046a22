#include "analytics/network/network.h"

#include <gtest/gtest.h>

#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/network/integer_layer.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TensorPtr filled(const Shape& shape, float value) {
  return make_tensor(shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), value));
}

// input [4] → dense → relu
Result<Network> small(float weight, const std::string& name = "fc") {
  NetworkBuilder builder;
  const LayerId x = builder.input({4});
  const LayerId fc = builder.add(name, op::Dense{}, {x}, {filled({3, 4}, weight), nullptr});
  return builder.finish(builder.add("relu", op::Activation{}, {fc}));
}

TEST(Network, KeysFollowWhatIsComputedAndNothingElse) {
  RS_ASSERT_OK_AND_ASSIGN(const Network a, small(1));
  RS_ASSERT_OK_AND_ASSIGN(const Network renamed, small(1, "other"));
  RS_ASSERT_OK_AND_ASSIGN(const Network heavier, small(2));
  EXPECT_EQ(a.key(), renamed.key());
  EXPECT_NE(a.key(), heavier.key());
  EXPECT_EQ(a.layer_keys()[0], heavier.layer_keys()[0]);

  std::vector<Layer> layers(a.layers().begin(), a.layers().end());
  layers[1].storage.encoding = Storage::Encoding::kBitmap;
  RS_ASSERT_OK_AND_ASSIGN(const Network packed, Network::create(layers, a.output()));
  EXPECT_EQ(a.key(), packed.key());
  EXPECT_NE(a.design_key(), packed.design_key());

  Quantiser quantiser{NumberFormat::integer(8, Signedness::kSigned), {0.5F}, {0}};
  layers[1].arithmetic.inputs = {std::make_shared<Quantiser>(quantiser)};
  RS_ASSERT_OK_AND_ASSIGN(const Network quantised, Network::create(layers, a.output()));
  EXPECT_NE(a.key(), quantised.key());
}

TEST(Network, DropsWhatLeadsNowhere) {
  NetworkBuilder builder;
  const LayerId x = builder.input({4});
  builder.add("dead", op::Activation{}, {x});
  const LayerId live = builder.add("live", op::Activation{}, {x});
  RS_ASSERT_OK_AND_ASSIGN(const Network network, builder.finish(live));
  EXPECT_EQ(network.size(), 2);
  EXPECT_FALSE(network.find("dead"));
  EXPECT_EQ(network.find("live"), network.output());
  EXPECT_EQ(network.consumers()[0], std::vector<LayerId>{1});
}

TEST(Network, RefusesWhatIsNotANetwork) {
  Layer input;
  input.name = "x";
  input.operation = op::Input{{4}};
  Layer forward;
  forward.name = "y";
  forward.operation = op::Activation{};
  forward.inputs = {1};
  EXPECT_THAT(Network::create({input, forward}, 1), StatusIs(Code::kInvalidArgument, HasSubstr("come before")));
  forward.inputs = {0};
  forward.name = "x";
  EXPECT_THAT(Network::create({input, forward}, 1),
              StatusIs(Code::kInvalidArgument, HasSubstr("two layers are named 'x'")));
  EXPECT_THAT(Network::create({forward}, 0), StatusIs(Code::kInvalidArgument, HasSubstr("come before")));
  EXPECT_THAT(Network::create({}, 0), StatusIs(Code::kInvalidArgument, HasSubstr("does not exist")));
  input.operation = op::Input{{1 << 20, 1 << 20}};
  EXPECT_THAT(Network::create({input}, 0), StatusIs(Code::kResourceExhausted, HasSubstr("elements")));
  input.operation = op::Input{{0}};
  EXPECT_THAT(Network::create({input}, 0), StatusIs(Code::kInvalidArgument, HasSubstr("at least 1")));
}

// The dense layer of small() with integers on both sides.
Result<Network> with_accumulator(std::optional<Accumulator> accumulator, bool integers = true) {
  RS_ASSIGN(const Network network, small(1));
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  const auto quantiser =
      std::make_shared<const Quantiser>(Quantiser{NumberFormat::integer(8, Signedness::kSigned), {0.5F}, {0}});
  layers[1].arithmetic.weight = quantiser;
  if (integers) layers[1].arithmetic.inputs = {quantiser};
  layers[1].arithmetic.accumulator = accumulator;
  return Network::create(std::move(layers), network.output());
}

TEST(Network, OnlyWeightsHaveAScaleForEachSign) {
  Quantiser two{NumberFormat::integer(2, Signedness::kSigned, true), {1}, {0}};
  two.negative_scale = {0.5F};
  const auto quantiser = std::make_shared<const Quantiser>(two);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, small(1));
  Layer layer = network.layer(1);
  layer.arithmetic.weight = quantiser;
  RS_ASSERT_OK_AND_ASSIGN(const Network changed, network.with_layer(1, layer));
  EXPECT_NE(changed.key(), network.key());
  EXPECT_FALSE(is_integer_layer(changed.layer(1)));
  layer.arithmetic.inputs = {quantiser};
  EXPECT_THAT(network.with_layer(1, layer), StatusIs(Code::kInvalidArgument, HasSubstr("only weights can have two")));
}

TEST(Network, AccumulatorsBelongToIntegerSumsAndToTheKey) {
  using Overflow = Accumulator::Overflow;
  RS_ASSERT_OK_AND_ASSIGN(const Network none, with_accumulator(std::nullopt));
  RS_ASSERT_OK_AND_ASSIGN(const Network wraps, with_accumulator(Accumulator{16, Overflow::kWrap}));
  RS_ASSERT_OK_AND_ASSIGN(const Network saturates, with_accumulator(Accumulator{16, Overflow::kSaturate}));
  RS_ASSERT_OK_AND_ASSIGN(const Network wider, with_accumulator(Accumulator{17, Overflow::kWrap}));
  EXPECT_EQ((std::set<Digest>{none.key(), wraps.key(), saturates.key(), wider.key()}.size()), 4U);
  EXPECT_THAT(with_accumulator(Accumulator{3, Overflow::kWrap}),
              StatusIs(Code::kInvalidArgument, HasSubstr("layer 'fc' has an accumulator of 3 bits; use 4 to 32")));
  EXPECT_THAT(with_accumulator(Accumulator{33, Overflow::kWrap}),
              StatusIs(Code::kInvalidArgument, HasSubstr("layer 'fc' has an accumulator of 33 bits; use 4 to 32")));
  EXPECT_THAT(with_accumulator(Accumulator{16, Overflow::kWrap}, false),
              StatusIs(Code::kInvalidArgument,
                       HasSubstr("layer 'fc' has an accumulator of 16 bits, but adds no integer products; only")));
}

TEST(Network, OneLayerIsReplacedAsIfTheNetworkWereMadeAnew) {
  NetworkBuilder b;
  const LayerId x = b.input({2});
  const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({3, 2}, {1, 2, 3, 4, 5, 6}), nullptr});
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(b.add("relu", op::Activation{}, {fc})));

  Layer other = network.layer(fc);
  for (const std::int64_t rows : {3, 5}) {  // the output shape stays, and changes
    other.constants[0] = make_tensor({rows, 2}, std::vector<float>(static_cast<std::size_t>(2 * rows), 0.5F));
    std::vector<Layer> layers(network.layers().begin(), network.layers().end());
    layers[static_cast<std::size_t>(fc)] = other;
    RS_ASSERT_OK_AND_ASSIGN(const Network expected, Network::create(std::move(layers), network.output()));
    RS_ASSERT_OK_AND_ASSIGN(const Network changed, network.with_layer(fc, other));
    EXPECT_EQ(changed.design_key(), expected.design_key());
    EXPECT_EQ(changed.output_shape(), Shape{rows});
  }
  other.constants[0] = make_tensor({3, 1}, {1, 2, 3});
  EXPECT_THAT(network.with_layer(fc, other), StatusIs(Code::kInvalidArgument, HasSubstr("'fc'")));
}

}  // namespace
}  // namespace roofscape
