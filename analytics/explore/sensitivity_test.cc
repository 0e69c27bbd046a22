#include "analytics/explore/sensitivity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/candidate_builder.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/scoring.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

using testing::MemorySink;
using testing::numbers;
using testing::small_job;

// A space over the small network, with what measuring its choices needs.
struct Bench {
  explicit Bench(std::vector<Rule> rules) : job(small_job()) {
    job.rules = std::move(rules);
    space.emplace(Space::create(job.network, job.rules).value());
    Calibration calibration = engine::calibrate(job.network, job.calibration, job.preparation, {}).value();
    builder.emplace(approx::Draft{job.network, std::move(calibration)}, job.seed);
    platforms.emplace(PlatformPrices::create(job).value());
    const std::vector<cost::Totals> base = platforms->totals(job.network).value();
    scoring.emplace(Scoring::create(job, base).value());
    prices.emplace(*platforms, *scoring, *space, *builder);
  }
  Sensitivities measure(SensitivityOptions options = {}) {
    return measure_sensitivities(*space, *prices, job.network, job.calibration, job.preparation, engine::Engine({}),
                                 sink, options)
        .value();
  }

  Job job;
  std::optional<Space> space;
  std::optional<CandidateBuilder> builder;
  std::optional<PlatformPrices> platforms;
  std::optional<Scoring> scoring;
  std::optional<PriceList> prices;
  MemorySink sink;
};

std::vector<Rule> integers() {
  return {{"*", "", {{"integer", {{"weight_bits", numbers({2, 4, 8})}, {"activation_bits", numbers({8})}}}}}};
}

TEST(Sensitivities, AreWhatTheEngineSaysOfEachChoiceAlone) {
  Bench bench(integers());
  const Sensitivities found = bench.measure();
  EXPECT_EQ(found.images, bench.job.calibration.count);
  EXPECT_EQ(found.base.divergence_fixed, 0);
  std::size_t choices = 0;
  for (const Variable& variable : bench.space->variables()) choices += variable.choices.size();
  ASSERT_EQ(found.probes.size(), choices);
  for (const Probe& probe : found.probes) {
    search::Point point = bench.space->base();
    point[probe.variable] = probe.choice;
    const Network network = bench.prices->network(point).value();
    const std::vector<const Network*> set = {&bench.job.network, &network};
    const auto alone = engine::Engine({}).measure(set, 0, bench.job.calibration, bench.job.preparation).value();
    EXPECT_EQ(probe.counts, alone[1]);
    EXPECT_EQ(probe.network_key, network.key());
  }
}

TEST(Sensitivities, FewerBitsDoMoreDamage) {
  Bench bench(integers());
  const auto table = damage_table(*bench.space, bench.measure());
  for (std::size_t v = 0; v < table.size(); ++v) {
    ASSERT_EQ(table[v].size(), 4U);
    EXPECT_EQ(table[v][0], 0);            // left alone
    EXPECT_GT(table[v][1], table[v][3]);  // 2 bits against 8
  }
}

TEST(Sensitivities, WhatIsKnownIsNotMeasuredAgain) {
  Bench bench(integers());
  const Sensitivities first = bench.measure();
  EXPECT_GT(first.images_seen, 0);
  const Sensitivities again = bench.measure();
  EXPECT_EQ(again.images_seen, 0);
  ASSERT_EQ(again.probes.size(), first.probes.size());
  for (std::size_t i = 0; i < first.probes.size(); ++i) EXPECT_EQ(again.probes[i].counts, first.probes[i].counts);
}

TEST(Sensitivities, KeepToTheirBudgetAndFillInWhatItLeavesOut) {
  Bench bench(integers());
  SensitivityOptions options;
  options.budget = 4 * bench.job.calibration.count;
  const Sensitivities few = bench.measure(options);
  EXPECT_EQ(few.probes.size(), 4U);
  EXPECT_LE(few.images_seen, options.budget);
  for (const search::Values& damages : damage_table(*bench.space, few)) {
    EXPECT_EQ(damages[0], 0);
    for (std::size_t c = 1; c < damages.size(); ++c) {
      EXPECT_TRUE(std::isfinite(damages[c]));
      EXPECT_GT(damages[c], 0);
    }
  }
}

TEST(DamageTable, CombinationsDoWhatTheirPartsDo) {
  Bench bench({{"*",
                "",
                {{"integer", {{"weight_bits", numbers({8})}}},
                 {"prune", {{"fraction", numbers({0.5})}}},
                 {"share", {{"clusters", numbers({4})}}}}}});
  const auto table = damage_table(*bench.space, bench.measure());
  int combined = 0;
  for (std::size_t v = 0; v < table.size(); ++v) {
    const Variable& variable = bench.space->variables()[v];
    std::map<std::string, double> alone;
    for (std::size_t c = 0; c < variable.choices.size(); ++c)
      if (variable.choices[c].size() == 1) alone[variable.choices[c][0].method] = table[v][c + 1];
    for (std::size_t c = 0; c < variable.choices.size(); ++c) {
      if (variable.choices[c].size() < 2) continue;
      double sum = 0;
      for (const Use& use : variable.choices[c]) sum += alone.at(use.method);
      EXPECT_NEAR(table[v][c + 1], sum, 1e-12);
      ++combined;
    }
  }
  EXPECT_GT(combined, 0);
}

}  // namespace
}  // namespace roofscape::explore
