#include <gtest/gtest.h>

#include <set>

#include "analytics/approx/method.h"
#include "analytics/approx/test_networks.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/work.h"

namespace roofscape::approx {
namespace {

Layer layer_after(const Draft& draft, const std::string& name, Recipe steps) {
  for (Step& step : steps) step.layer = name;
  const Draft result = apply_recipe(draft, steps, 1).value();
  return result.network.layer(*result.network.find(name));
}

// Σ over the calibration images of the squared change of the outputs, their mean aside.
double output_error(const Draft& draft, const Layer& now, const Layer& before) {
  double error = 0;
  const auto a = weight_matrices(draft, now);
  const auto b = weight_matrices(draft, before);
  for (std::size_t m = 0; m < a.size(); ++m) {
    linear::Matrix gram = a[m].gram();
    const auto totals = a[m].moments->totals_of(a[m].group);
    for (std::size_t i = 0; i < gram.rows; ++i)
      for (std::size_t j = 0; j < gram.columns; ++j)
        gram(i, j) -= totals[i] * totals[j] / static_cast<double>(a[m].moments->samples);
    error += linear::quadratic_form(linear::difference(a[m].values, b[m].values), gram);
  }
  return error;
}

TEST(Share, LeavesAtMostSoManyValuesAndZerosWhereTheyWere) {
  const Draft draft = testing::draft_of(testing::chain_network());
  for (const char* weighting : {"plain", "hessian"}) {
    for (const char* rounding : {"nearest", "second-order"}) {
      const Knobs knobs = {
          {"clusters", 6.0}, {"weighting", std::string(weighting)}, {"rounding", std::string(rounding)}};
      const Layer shared = layer_after(draft, "conv2", {{"", "share", knobs}});
      const auto values = shared.weight()->values();
      EXPECT_LE(std::set<float>(values.begin(), values.end()).size(), 6U) << weighting << " " << rounding;
      const Knobs half = {{"fraction", 0.5}};
      const Layer pruned = layer_after(draft, "conv2", {{"", "prune", half}});
      const Layer both = layer_after(draft, "conv2", {{"", "prune", half}, {"", "share", knobs}});
      for (std::int64_t i = 0; i < both.weight()->size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        EXPECT_EQ(both.weight()->values()[at] == 0, pruned.weight()->values()[at] == 0);
      }
    }
  }
}

TEST(Share, TheHessianMakesOutputsMissLess) {
  const Draft draft = testing::draft_of(testing::chain_network());
  for (const char* name : {"conv2", "fc1"}) {
    const Layer& before = draft.network.layer(*draft.network.find(name));
    const auto error = [&](const Knobs& knobs) {
      return output_error(draft, layer_after(draft, name, {{"", "share", knobs}}), before);
    };
    for (const double clusters : {4.0, 8.0}) {
      const double plain = error({{"clusters", clusters}});
      const double hessian = error({{"clusters", clusters}, {"weighting", std::string("hessian")}});
      const double swept = error(
          {{"clusters", clusters}, {"weighting", std::string("hessian")}, {"rounding", std::string("second-order")}});
      EXPECT_LT(hessian, plain) << name << " " << clusters;
      EXPECT_LT(swept, hessian) << name << " " << clusters;
    }
  }
}

TEST(Share, DeepCompressionStoresWhatItCounts) {
  const Draft draft = testing::draft_of(testing::chain_network());
  const Layer layer = layer_after(
      draft, "fc1", {{"", "prune", {{"fraction", 0.75}}}, {"", "share", {{"clusters", 8.0}}}, {"", "huffman", {}}});
  EXPECT_LT(stored_bits(layer), 128 * 12 * 4);
  EXPECT_EQ(layer.storage.values, Storage::Values::kCodebook);
  EXPECT_TRUE(layer.storage.huffman_values);
}

}  // namespace
}  // namespace roofscape::approx
