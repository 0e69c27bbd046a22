#include "analytics/network/function_table.h"

#include <gtest/gtest.h>

#include <limits>

#include "analytics/base/status_matchers.h"
#include "analytics/network/network.h"

namespace roofscape {
namespace {

using Kind = op::Activation::Kind;
using Symmetry = FunctionTable::Symmetry;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

FunctionTable table(Symmetry symmetry, std::vector<float> breakpoints, std::vector<float> slopes,
                    std::vector<float> intercepts) {
  FunctionTable result;
  result.symmetry = symmetry;
  result.breakpoints = std::move(breakpoints);
  result.slopes = std::move(slopes);
  result.intercepts = std::move(intercepts);
  return result;
}

TEST(FunctionTable, PiecesStartAtTheirBreakpoints) {
  const FunctionTable f = table(Symmetry::kNone, {-1, 2}, {0, 3, 0.5F}, {-7, 1, 4});
  EXPECT_EQ(f(-1.5F), -7);
  EXPECT_EQ(f(-1), -2);
  EXPECT_EQ(f(2), 5);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(f(-kInfinity), -7);
  EXPECT_EQ(f(kInfinity), kInfinity);
  EXPECT_NE(f(std::numeric_limits<float>::quiet_NaN()), f(std::numeric_limits<float>::quiet_NaN()));
}

TEST(FunctionTable, SymmetriesFillInTheOtherHalf) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const FunctionTable odd = table(Symmetry::kOdd, {1}, {1, 0}, {0, 1});
  EXPECT_EQ(odd(-0.5F), -0.5F);
  EXPECT_EQ(odd(-kInfinity), -1);
  const FunctionTable complement = table(Symmetry::kComplement, {2}, {0.25F, 0}, {0.5F, 1});
  EXPECT_EQ(complement(-1), 0.25F);
  EXPECT_EQ(complement(-kInfinity), 0);
  const FunctionTable ramp = table(Symmetry::kRamp, {2}, {0.5F, 1}, {1, 0});
  EXPECT_EQ(ramp(-1), 0.5F);
  EXPECT_EQ(ramp(-kInfinity), 0);
  EXPECT_EQ(ramp(kInfinity), kInfinity);
}

TEST(FunctionTable, CountsBitsAndSaysWhatItNeeds) {
  FunctionTable steps = table(Symmetry::kNone, {0}, {0, 1}, {2, 3});
  steps.entry_bits = 16;
  EXPECT_TRUE(steps.is_steps());
  EXPECT_FALSE(steps.multiplies());
  EXPECT_EQ(steps.bits(), 32);
  const FunctionTable shifts = table(Symmetry::kNone, {0}, {0.25F, -2}, {0, 0});
  EXPECT_FALSE(shifts.multiplies());
  EXPECT_EQ(shifts.bits(), 128);
  EXPECT_TRUE(table(Symmetry::kNone, {0}, {0.3F, 0}, {0, 0}).multiplies());
}

TEST(FunctionTable, RefusesWhatIsNoTable) {
  const auto error = [](const FunctionTable& f, const char* text) {
    EXPECT_THAT(f.validate(), StatusIs(Code::kInvalidArgument, HasSubstr(text)));
  };
  error(table(Symmetry::kNone, {0}, {1}, {1}), "1 slopes and 1 intercepts for 1 breakpoints; it needs 2 of each");
  error(table(Symmetry::kNone, {1, 1}, {1, 1, 1}, {0, 0, 0}), "must ascend");
  error(table(Symmetry::kOdd, {-1}, {1, 1}, {0, 0}), "keeps x >= 0 only, but has a breakpoint at -1");
  error(table(Symmetry::kNone, {}, {std::numeric_limits<float>::infinity()}, {0}), "not finite");
}

TEST(FunctionTable, BelongsToTheLayerAndItsKey) {
  NetworkBuilder b;
  op::Activation tanh;
  tanh.kind = Kind::kTanh;
  const LayerId x = b.input({4});
  const LayerId y = b.add("tanh", tanh, {x});
  const Network exact = b.finish(y).value();
  const auto with = [&](const FunctionTable& f) {
    std::vector<Layer> layers(exact.layers().begin(), exact.layers().end());
    layers[1].arithmetic.functions = {std::make_shared<const FunctionTable>(f)};
    return Network::create(std::move(layers), y);
  };
  FunctionTable f = table(Symmetry::kOdd, {1}, {1, 0}, {0, 1});
  EXPECT_THAT(with(f).status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("layer 'tanh' has function tables that do not stand for")));
  f.function = Kind::kTanh;
  const Digest key = with(f).value().key();
  EXPECT_NE(key, exact.key());
  f.intercepts[1] = 0.9F;
  EXPECT_NE(with(f).value().key(), key);
}

}  // namespace
}  // namespace roofscape
