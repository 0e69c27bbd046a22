#include "analytics/calibrate/parts_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::calibrate {
namespace {

using cost::Part;
using linear::Matrix;

constexpr std::size_t kRows = 60;

// Arithmetic takes e, launches twice what is stated; the mix runs from all of one to all of the other.
std::vector<PartsModel::Row> rows(std::uint64_t seed) {
  Rng rng(seed);
  std::vector<PartsModel::Row> out;
  for (std::size_t i = 0; i < kRows; ++i) {
    const double arithmetic = std::pow(10.0, -3 + 3 * rng.uniform()), launch = std::pow(10.0, -3 + 2 * rng.uniform());
    PartsModel::Row row;
    row.seconds[static_cast<std::size_t>(Part::kArithmetic)] = arithmetic;
    row.seconds[static_cast<std::size_t>(Part::kLaunch)] = launch;
    row.log_seconds = std::log(arithmetic * std::exp(1) + launch * 2) + 0.02 * rng.normal();
    out.push_back(row);
  }
  return out;
}

Matrix ones() {
  Matrix out(kRows, 1);
  for (double& value : out.values) value = 1;
  return out;
}

PartsModel model_of(const std::vector<PartsModel::Row>& rows, const std::vector<int>& groups) {
  PartsModel model(rows, 1e-3);
  model.add({.part = Part::kArithmetic, .variances = {4}, .features = ones(), .groups = groups});
  model.add({.part = Part::kLaunch, .variances = {4}, .features = ones(), .groups = groups});
  return model;
}

TEST(PartsModel, TellsTheStretchesOfPartsApart) {
  PartsModel model = model_of(rows(1), std::vector<int>(kRows, 0));
  ASSERT_TRUE(model.fit().ok());
  EXPECT_NEAR(model.coefficients(0, 0)[0], 1, 0.03);
  EXPECT_NEAR(model.coefficients(1, 0)[0], std::log(2), 0.03);
}

TEST(PartsModel, ARowWithoutAPartSaysNothingOfIt) {
  std::vector<PartsModel::Row> some = rows(2);
  for (PartsModel::Row& row : some) {
    row.seconds[static_cast<std::size_t>(Part::kArithmetic)] = 0;
    row.log_seconds = std::log(3 * row.seconds[static_cast<std::size_t>(Part::kLaunch)]);
  }
  PartsModel model = model_of(some, std::vector<int>(kRows, 0));
  ASSERT_TRUE(model.fit().ok());
  EXPECT_EQ(model.coefficients(0, 0)[0], 0);
  EXPECT_NEAR(model.coefficients(1, 0)[0], std::log(3), 0.01);
}

TEST(PartsModel, LeavingOutEqualsFittingWithoutThem) {
  const std::vector<PartsModel::Row> all = rows(3);
  std::vector<int> blocks;
  for (std::size_t i = 0; i < kRows; ++i) blocks.push_back(static_cast<int>(i / 10));
  PartsModel model = model_of(all, std::vector<int>(kRows, 0));
  ASSERT_TRUE(model.fit().ok());
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<double> residuals, model.residuals_without(blocks));
  for (int left_out = 0; left_out < 6; ++left_out) {
    std::vector<int> groups;
    for (const int block : blocks) groups.push_back(block == left_out ? -1 : 0);
    PartsModel without = model_of(all, groups);
    ASSERT_TRUE(without.fit().ok());
    for (std::size_t i = 0; i < kRows; ++i) {
      if (blocks[i] != left_out) continue;
      const double predicted = all[i].seconds[0] * std::exp(without.coefficients(0, 0)[0]) +
                               all[i].seconds[3] * std::exp(without.coefficients(1, 0)[0]);
      EXPECT_NEAR(residuals[i], all[i].log_seconds - std::log(predicted), 1e-3) << i;
    }
  }
}

TEST(PartsModel, KeepsBounds) {
  PartsModel model(rows(4), 0.05);
  model.add({.part = Part::kArithmetic, .variances = {4}, .features = ones(), .groups = std::vector<int>(kRows, 0)});
  model.keep({{{.effect = 0, .group = 0, .feature = 0, .weight = -1}}, -0.5});
  ASSERT_TRUE(model.fit().ok());
  EXPECT_NEAR(model.coefficients(0, 0)[0], 0.5, 0.06);  // 1 without
}

// Rows of two kinds and of both by halves: of the last, half of what each of the first adds.
TEST(PartsModel, AMixtureAddsWhatItsGroupsDoByTheirShares) {
  std::vector<PartsModel::Row> some = rows(6);
  PartsModel::Mixture mixture{Part::kArithmetic, 4, 2, {}};
  for (std::size_t i = 0; i < some.size(); ++i) {
    const double first = i % 3 == 0 ? 1 : i % 3 == 1 ? 0 : 0.5;
    some[i].seconds[static_cast<std::size_t>(Part::kLaunch)] = 0;
    some[i].log_seconds =
        std::log(some[i].seconds[static_cast<std::size_t>(Part::kArithmetic)]) + first * 0.8 - (1 - first) * 0.4;
    mixture.shares.push_back({{0, first}, {1, 1 - first}});
  }
  PartsModel model(some, 1e-3);
  const std::size_t at = model.add(mixture);
  ASSERT_TRUE(model.fit().ok());
  EXPECT_NEAR(model.coefficient(at, 0), 0.8, 0.01);
  EXPECT_NEAR(model.coefficient(at, 1), -0.4, 0.01);
  // Without the rows of the first alone, those of both still tell what it adds.
  std::vector<int> first_alone;
  for (std::size_t i = 0; i < some.size(); ++i) first_alone.push_back(i % 3 == 0 ? 0 : -1);
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<double> residuals, model.residuals_without(first_alone));
  EXPECT_NEAR(residuals[0], 0, 0.02);
}

}  // namespace
}  // namespace roofscape::calibrate
