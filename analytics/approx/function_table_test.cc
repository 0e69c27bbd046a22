#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/approx/function_fit.h"
#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using Kind = op::Activation::Kind;
using ::roofscape::testing::bending_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

constexpr Kind kKinds[] = {Kind::kSigmoid, Kind::kTanh, Kind::kErf,      Kind::kGelu, Kind::kGeluTanh,
                           Kind::kSilu,    Kind::kElu,  Kind::kSoftplus, Kind::kExp};

struct Error {
  double largest = 0, square = 0;
};
Error error_of(const FunctionTable& table, Kind kind, double low, double high) {
  constexpr int kSamples = 20'000;
  Error error;
  for (int i = 0; i < kSamples; ++i) {
    const auto x = static_cast<float>(low + (high - low) * (i + 0.5) / kSamples);
    const double off = static_cast<double>(table(x)) - exact_function(kind, 1, static_cast<double>(x));
    error.largest = std::max(error.largest, std::abs(off));
    error.square += off * off / kSamples;
  }
  return error;
}
FunctionTable fitted(Kind kind, FunctionForm form, int segments, bool by_curvature = false, int bits = 32) {
  return fit_function(kind, 1, {.form = form, .segments = segments, .by_curvature = by_curvature, .entry_bits = bits});
}

TEST(FunctionFit, OutsideItsRangeEachFunctionIsNearItsAsymptote) {
  for (const Kind kind : kKinds) {
    const FunctionTable table = fitted(kind, FunctionForm::kUniformLinear, 256);
    const FunctionRange range = *function_range(kind);
    EXPECT_LE(error_of(table, kind, -40, range.low == 0 ? -range.high : range.low).largest, 1 / 1024.0) << int(kind);
    if (kind == Kind::kExp) continue;  // it grows
    EXPECT_LE(error_of(table, kind, range.high, 40).largest, 1 / 1024.0) << int(kind);
  }
}

// Doubling the segments keeps every line, so that least squares cannot get worse; elsewhere the error ends at what the
// asymptotes leave.
TEST(FunctionFit, ErrorsFallWithSegments) {
  constexpr double kAtAsymptote = 1 / 1024.0;
  for (const Kind kind : kKinds) {
    const FunctionRange range = *function_range(kind);
    const double low = range.low == 0 ? -range.high : range.low;
    for (const FunctionForm form :
         {FunctionForm::kUniformLinear, FunctionForm::kLeastSquaresLinear, FunctionForm::kTable}) {
      Error before{1e9, 1e9};
      for (int segments = 2; segments <= 256; segments *= 2) {
        const Error error = error_of(fitted(kind, form, segments), kind, low, range.high);
        if (form == FunctionForm::kLeastSquaresLinear) {
          EXPECT_LE(error.square, before.square * (1 + 1e-3) + 1e-12) << int(kind) << " " << segments;
        } else {
          EXPECT_LE(error.largest, std::max(before.largest, kAtAsymptote)) << int(kind) << " " << segments;
        }
        before = error;
      }
      // A value stands for half a step to both sides: 1/2 · 16/255 · slope at most.
      EXPECT_LE(before.largest, form == FunctionForm::kTable ? 0.02 : kAtAsymptote) << int(kind) << " " << int(form);
    }
  }
}

TEST(FunctionFit, LeastSquaresBeatsInterpolationAndCurvatureEvenPoints) {
  for (const Kind kind : kKinds) {
    const FunctionRange range = *function_range(kind);
    const auto square = [&](FunctionForm form, bool by_curvature) {
      return error_of(fitted(kind, form, 8, by_curvature), kind, range.low, range.high).square;
    };
    const double best = square(FunctionForm::kLeastSquaresLinear, false);
    EXPECT_LT(best, square(FunctionForm::kUniformLinear, false)) << int(kind);
    EXPECT_LT(square(FunctionForm::kLeastSquaresLinear, true), best) << int(kind);
  }
}

TEST(FunctionFit, LinesAreContinuousAndSymmetriesExact) {
  for (const Kind kind : kKinds) {
    for (const FunctionForm form : {FunctionForm::kUniformLinear, FunctionForm::kLeastSquaresLinear}) {
      for (const bool by_curvature : {false, true}) {
        const FunctionTable table = fitted(kind, form, 13, by_curvature);
        for (const float at : table.breakpoints) {
          EXPECT_NEAR(table(std::nextafter(at, -100.0F)), table(at), 2e-6) << int(kind) << " at " << at;
          if (table.symmetry == FunctionTable::Symmetry::kNone) continue;
          EXPECT_NEAR(table(std::nextafter(-at, -100.0F)), table(-at), 4e-6) << int(kind) << " at -" << at;
        }
      }
    }
  }
  for (const FunctionForm form : {FunctionForm::kLeastSquaresLinear, FunctionForm::kTable, FunctionForm::kPlan}) {
    const FunctionTable tanh = fitted(Kind::kTanh, form, 7, false, 12);
    const FunctionTable sigmoid = fitted(Kind::kSigmoid, form, 7, false, 12);
    EXPECT_EQ(tanh(0), 0);
    EXPECT_EQ(sigmoid(0), 0.5F);
    for (float x = -9; x < 9; x += 0.0625F) {
      EXPECT_EQ(tanh(-x), -tanh(x));
      EXPECT_EQ(sigmoid(-x), 1 - sigmoid(x));
    }
  }
}

TEST(FunctionFit, PlanIsThePublishedOne) {
  const FunctionTable plan = fitted(Kind::kSigmoid, FunctionForm::kPlan, 2);
  EXPECT_EQ(plan(0.5F), 0.625F);
  EXPECT_EQ(plan(1), 0.75F);
  EXPECT_EQ(plan(2), 0.875F);
  EXPECT_EQ(plan(3), 0.9375F);
  EXPECT_EQ(plan(5), 1);
  EXPECT_EQ(plan(-3), 0.0625F);
  EXPECT_FALSE(plan.multiplies());
  EXPECT_NEAR(error_of(plan, Kind::kSigmoid, -10, 10).largest, 0.0189, 1e-4);
  const FunctionTable tanh = fitted(Kind::kTanh, FunctionForm::kPlan, 2);
  for (float x = -4; x < 4; x += 0.03125F) EXPECT_EQ(tanh(x), 2 * plan(2 * x) - 1);
}

TEST(FunctionFit, EntriesLieOnTheirGrid) {
  const FunctionTable table = fitted(Kind::kGelu, FunctionForm::kLeastSquaresLinear, 16, false, 10);
  EXPECT_EQ(table.bits(), 17 * 2 * 10);
  const auto step = [](const std::vector<float>& values) {
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::abs(value));
    return std::ldexp(1.0F, std::ilogb(largest) + 1 - 9);
  };
  for (const auto* values : {&table.slopes, &table.intercepts})
    for (const float value : *values) EXPECT_EQ(std::nearbyint(value / step(*values)) * step(*values), value);
  EXPECT_LE(error_of(table, Kind::kGelu, -6, 6).largest, 0.02);
  // Values of a table add x themselves.
  EXPECT_TRUE(fitted(Kind::kGelu, FunctionForm::kTable, 16).is_steps());
  EXPECT_TRUE(fitted(Kind::kSilu, FunctionForm::kTable, 16, false, 8).is_steps());
}

TEST(FunctionTableMethod, GivesEachFunctionOfALayerItsTable) {
  const Draft draft = draft_of(bending_network());
  const auto layer_with = [&](const std::string& name, const Knobs& knobs) {
    const Draft result = apply_recipe(draft, {{name, "function_table", knobs}}, 1).value();
    return result.network.layer(*result.network.find(name));
  };
  const Layer gru = layer_with("gru", {{"form", std::string("plan")}});
  ASSERT_EQ(gru.arithmetic.functions.size(), 2U);
  EXPECT_EQ((*gru.arithmetic.functions[0])(2), 0.875F);
  EXPECT_EQ((*gru.arithmetic.functions[1])(1), 0.75F);
  EXPECT_EQ(layer_with("softmax", {{"segments", 8.0}}).arithmetic.functions[0]->breakpoints.size(), 9U);
  EXPECT_TRUE(layer_with("softmax", {{"form", std::string("exact")}}).arithmetic.functions.empty());
  EXPECT_THAT(
      apply_recipe(draft, {{"softmax", "function_table", {{"form", std::string("plan")}}}}, 1).status(),
      StatusIs(Code::kFailedPrecondition, HasSubstr("form plan is for the sigmoid and tanh; Softmax needs another")));
  EXPECT_THAT(apply_recipe(draft, {{"fc", "function_table", {}}}, 1).status(),
              StatusIs(Code::kFailedPrecondition, HasSubstr("Gemm computes no function that bends")));
}

}  // namespace
}  // namespace roofscape::approx
