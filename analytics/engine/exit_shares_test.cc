#include "analytics/engine/exit_shares.h"

#include "analytics/base/status_matchers.h"
#include "analytics/network/network.h"

namespace roofscape::engine {
namespace {

// Passes the input's two values on as scores.
LayerId scores(NetworkBuilder& builder, LayerId input, float factor) {
  return builder.add("scores" + std::to_string(static_cast<int>(factor)), op::Dense{}, {input},
                     {make_tensor({2, 2}, {factor, 0, 0, factor})});
}

LayerId select(NetworkBuilder& builder, const std::string& name, LayerId early, LayerId late, float confidence) {
  return builder.add(name, op::Select{.confidence = confidence, .probabilities = false, .leaving = 0.25},
                     {early, late});
}

Dataset four_images() {
  // Differences of the two values: 0, 1, 2, 3.
  Dataset data;
  data.image_shape = {2};
  data.count = 4;
  for (const int value : {0, 0, 1, 0, 2, 0, 3, 0}) data.raw.push_back(static_cast<std::byte>(value));
  return data;
}

// The exit that comes last sees what the one before it left; images that left are not counted there.
TEST(ExitShares, CountsOnlyImagesThatGetThere) {
  NetworkBuilder builder;
  const LayerId input = builder.input({2}, "x");
  const LayerId first = scores(builder, input, 1);
  const LayerId second = scores(builder, input, 2);
  const LayerId last = scores(builder, input, 3);
  const LayerId inner = select(builder, "inner", second, last, 0.85F);  // softmax of 2·d: from d = 1 on
  const LayerId outer = select(builder, "outer", first, inner, 0.85F);  // of d: from d = 2 on
  RS_ASSERT_OK_AND_ASSIGN(const Network network, std::move(builder).finish(outer));
  RS_ASSERT_OK_AND_ASSIGN(const auto shares, exit_shares(network, four_images(), {}, {}));
  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0].layer, "inner");
  EXPECT_EQ(shares[0].reached, 2);
  EXPECT_EQ(shares[0].left, 1);
  EXPECT_EQ(shares[0].priced, 0.25);
  EXPECT_EQ(shares[1].layer, "outer");
  EXPECT_EQ(shares[1].reached, 4);
  EXPECT_EQ(shares[1].left, 2);
}

TEST(ExitShares, AnExitBeforeAnotherIsAlwaysReached) {
  NetworkBuilder builder;
  const LayerId input = builder.input({2}, "x");
  const LayerId one = scores(builder, input, 1);
  const LayerId two = scores(builder, input, 2);
  const LayerId three = scores(builder, input, 3);
  const LayerId small = select(builder, "small", one, two, 0.85F);
  const LayerId both = select(builder, "both", small, three, 0.85F);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, std::move(builder).finish(both));
  RS_ASSERT_OK_AND_ASSIGN(const auto shares, exit_shares(network, four_images(), {}, {}));
  EXPECT_EQ(shares[0].reached, 4);
  EXPECT_EQ(shares[0].left, 2);
  EXPECT_EQ(shares[1].left, 3);  // 2·1 is confident, too
}

TEST(ExitShares, NetworksWithoutExitsHaveNone) {
  NetworkBuilder builder;
  const LayerId input = builder.input({2}, "x");
  const LayerId out = scores(builder, input, 1);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, std::move(builder).finish(out));
  RS_ASSERT_OK_AND_ASSIGN(const auto shares, exit_shares(network, four_images(), {}, {}));
  EXPECT_TRUE(shares.empty());
}

}  // namespace
}  // namespace roofscape::engine
