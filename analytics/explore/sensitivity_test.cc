#include "analytics/explore/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/anchors.h"
#include "analytics/explore/damage.h"
#include "analytics/explore/layer_noise.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

using testing::MemorySink;
using testing::numbers;
using testing::small_job;

// The job's space with what measuring its choices needs.
struct Bench {
  explicit Bench(std::vector<Rule> rules)
      : job(small_job()), space(Space::create(job.network, rules).value()), builder(draft(job, space), job.seed) {}

  static approx::Draft draft(const Job& job, const Space& space) {
    const approx::CalibrationNeeds needs = space.needs();
    return {job.network, engine::calibrate(job.network, job.calibration, job.preparation, {}, nullptr,
                                           {.second_moments = needs.moments, .exit_features = needs.exit_features})
                             .value()};
  }
  Result<Sensitivities> measure(MemorySink& store, const SensitivityOptions& options = {}) {
    return measure_sensitivities(space, builder, job.network, job.calibration, job.preparation, engine::Engine({}),
                                 store, options);
  }
  std::vector<std::optional<double>> noise(MemorySink& store, const Sensitivities& found) {
    return measure_layer_noise(space, builder, job.network, found.probes, job.calibration, job.preparation,
                               engine::Engine({}), store, {})
        .value();
  }

  Job job;
  Space space;
  CandidateBuilder builder;
};

std::vector<Rule> weight_bits(std::initializer_list<double> bits) {
  return {{"*", "", {{"integer", {{"weight_bits", numbers(bits)}}}}}};
}

TEST(Sensitivity, MeasuresEachChoiceAloneAndNothingTwice) {
  Bench bench(weight_bits({2, 8}));
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities first, bench.measure(store));
  EXPECT_EQ(first.images, 16);
  ASSERT_EQ(first.probes.size(), 6U) << "three layers, two choices each";
  EXPECT_EQ(first.images_seen, 6 * 16);
  EXPECT_EQ(first.base.divergence_fixed, 0);
  EXPECT_EQ(store.probes.size(), 7U) << "the base network is one of them";
  for (std::size_t v = 0; v < 3; ++v) {
    const engine::Counts &coarse = first.probes[2 * v].counts, &fine = first.probes[2 * v + 1].counts;
    EXPECT_GT(coarse.divergence_fixed, fine.divergence_fixed) << v;
    EXPECT_EQ(first.probes[2 * v].variable, v);
  }
  Bench again(weight_bits({2, 8}));
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities second, again.measure(store));
  EXPECT_EQ(second.images_seen, 0);
  ASSERT_EQ(second.probes.size(), first.probes.size());
  for (std::size_t i = 0; i < first.probes.size(); ++i) {
    EXPECT_EQ(second.probes[i].counts, first.probes[i].counts);
    EXPECT_EQ(second.probes[i].network_key, first.probes[i].network_key);
  }
}

TEST(Sensitivity, ThreadsThatBuildNetworksChangeNothing) {
  Bench one(testing::rules_of_every_stage()), three(testing::rules_of_every_stage());
  MemorySink first, second;
  SensitivityOptions threads;
  threads.threads = 3;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities a, one.measure(first));
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities b, three.measure(second, threads));
  EXPECT_GT(a.probes.size(), 10U);
  EXPECT_EQ(first.probes, second.probes);
  EXPECT_EQ(a.probes.size(), b.probes.size());
}

TEST(Sensitivity, TakesFewerChoicesWhereTheBudgetIsSmall) {
  Bench bench(weight_bits({2, 3, 4, 5, 6, 7, 8}));
  MemorySink store;
  SensitivityOptions options;
  options.budget = 16 * 5;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store, options));
  EXPECT_EQ(found.probes.size(), 5U);
  EXPECT_EQ(damage_table(bench.space, found)[0].size(), 8U) << "the others are filled in";
}

TEST(Sensitivity, IsWhatTheEngineSaysOfEachChoiceAlone) {
  Bench bench(weight_bits({3, 8}));
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store));
  for (const Probe& probe : found.probes) {
    search::Point point = bench.space.base();
    point[probe.variable] = probe.choice;
    RS_ASSERT_OK_AND_ASSIGN(const Network network, bench.builder.build(bench.space.recipe(point)));
    const std::vector<const Network*> set = {&bench.job.network, &network};
    RS_ASSERT_OK_AND_ASSIGN(const auto alone,
                            engine::Engine({}).measure(set, 0, bench.job.calibration, bench.job.preparation));
    EXPECT_EQ(probe.counts, alone[1]);
    EXPECT_EQ(probe.network_key, network.key());
  }
}

// What only moves factors is nothing alone; beside a uniform setting it is what the engine says of both.
TEST(Sensitivity, WhatMovesFactorsIsJudgedBesideAUniformSetting) {
  std::vector<Rule> rules = weight_bits({2, 3});
  rules.push_back({"", "Conv", {{"smooth", {}}}});
  Bench bench(rules);
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store));
  ASSERT_FALSE(found.factors.empty());
  const auto table = damage_table(bench.space, found);
  const std::vector<bool> balances = bench.space.balances();
  int effective = 0;
  for (const Factor& factor : found.factors) {
    EXPECT_TRUE(balances[factor.variable]);
    EXPECT_EQ(table[factor.variable][0], 0);
    EXPECT_EQ(table[factor.variable][factor.choice], factor.logarithm);
    EXPECT_LT(std::abs(factor.logarithm), 3);
    effective += factor.logarithm != 0 ? 1 : 0;
  }
  EXPECT_GT(effective, 0);
  Bench again(rules);
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities second, again.measure(store));
  EXPECT_EQ(second.images_seen, 0);
  ASSERT_EQ(second.factors.size(), found.factors.size());
  for (std::size_t i = 0; i < second.factors.size(); ++i)
    EXPECT_EQ(second.factors[i].logarithm, found.factors[i].logarithm);
}

TEST(SensitiveLayers, AreThoseThatDoMostOfTheDamage) {
  Bench bench(weight_bits({2, 8}));
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store));
  const auto table = damage_table(bench.space, found);
  const SensitiveLayers layers = sensitive_layers(bench.space, table);
  EXPECT_TRUE(layers.setting == "integer {weight_bits: 2}" || layers.setting == "integer {weight_bits: 8}")
      << layers.setting;
  ASSERT_EQ(layers.shares.size(), 3U);
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    sum += layers.shares[i].second;
    if (i > 0) {
      EXPECT_LE(layers.shares[i].second, layers.shares[i - 1].second);
    }
  }
  EXPECT_NEAR(sum, 1, 1e-9);
}

// Of many settings few are measured; what is filled in still knows that few bits do more than many.
TEST(DamageTable, FillsInByWhatKnobsDo) {
  std::vector<Rule> rules = weight_bits({2, 3, 4, 6, 8});
  auto& knobs = rules[0].methods[0].knobs;
  knobs.push_back({"activation_bits", numbers({4, 5, 6, 7, 8})});
  knobs.push_back({"ranges", {std::string("min-max"), std::string("mse"), std::string("percentile")}});
  Bench bench(rules);
  MemorySink store;
  SensitivityOptions options;
  options.budget = 16 * 40;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store, options));
  EXPECT_EQ(found.probes.size(), 40U);
  const auto table = damage_table(bench.space, found);
  for (std::size_t v = 0; v < table.size(); ++v) {
    double coarse = 0, fine = 0;
    for (std::size_t c = 1; c < table[v].size(); ++c) {
      const double bits = approx::number(bench.space.variables()[v].choices[c - 1][0].knobs, "weight_bits");
      if (bits <= 3) coarse += table[v][c] / 2;
      if (bits >= 6) fine += table[v][c] / 2;
    }
    EXPECT_GT(coarse, fine) << v;
  }
}

TEST(Anchors, ComeAsPeopleTryThem) {
  std::vector<Rule> rules = weight_bits({2, 3, 4, 5, 6, 7, 8, 12});
  auto& knobs = rules[0].methods[0].knobs;
  knobs.push_back({"activation_bits", numbers({2, 4, 6, 8, 12})});
  knobs.push_back({"ranges", {std::string("min-max"), std::string("mse"), std::string("percentile")}});
  knobs.push_back({"percentile", numbers({99, 99.9})});
  knobs.push_back({"rounding", {std::string("nearest"), std::string("second-order")}});
  knobs.push_back({"granularity", {std::string("tensor"), std::string("channel")}});
  const Job job = small_job();
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(job.network, rules));
  const Anchors found = anchors(space, {});
  ASSERT_FALSE(found.single.empty());
  ASSERT_LE(found.single.size(), kMostAnchors);
  std::size_t before = 0;
  bool four_bits = false;
  for (const search::Point& point : found.single) {
    const approx::Recipe recipe = space.recipe(point);
    const std::size_t away = departures({recipe[0].method, recipe[0].knobs});
    EXPECT_GE(away, before);
    before = away;
    four_bits |= approx::number(recipe[0].knobs, "weight_bits") == 4 &&
                 approx::word(recipe[0].knobs, "rounding") == "second-order" &&
                 approx::number(recipe[0].knobs, "activation_bits") == 8;
  }
  EXPECT_TRUE(four_bits);
}

TEST(Damage, NoiseTellsApartWhatProbabilitiesDoNot) {
  engine::Counts sure;
  sure.images = 10;
  sure.snr_fixed = std::int64_t{10} * 20 << 20;  // 20 dB
  engine::Counts surer = sure;
  surer.snr_fixed = std::int64_t{10} * 30 << 20;
  EXPECT_NEAR(damage(sure), 1e-4, 1e-9);
  EXPECT_NEAR(damage(surer), 1e-5, 1e-9);
  sure.divergence_fixed = 10 << 20;  // a nat an image
  EXPECT_NEAR(damage(sure), 1 + 1e-4, 1e-9);
}

TEST(DamageTable, CombinationsDoWhatTheirPartsDo) {
  Bench bench(testing::rules_of_every_stage());
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store));
  const auto table = damage_table(bench.space, found);
  const auto text = [](const Use& use) { return use.method + " " + approx::to_string(use.knobs); };
  int combined = 0;
  for (std::size_t v = 0; v < table.size(); ++v) {
    const Variable& variable = bench.space.variables()[v];
    std::map<std::string, double> alone;
    for (std::size_t c = 0; c < variable.choices.size(); ++c)
      if (variable.choices[c].size() == 1) alone[text(variable.choices[c][0])] = table[v][c + 1];
    for (std::size_t c = 0; c < variable.choices.size(); ++c) {
      if (variable.choices[c].size() < 2) continue;
      double sum = 0;
      for (const Use& use : variable.choices[c]) sum += alone.at(text(use));
      EXPECT_NEAR(table[v][c + 1], sum, 1e-9 * sum);
      ++combined;
    }
  }
  EXPECT_GT(combined, 0);
}

TEST(LayerNoise, FineSettingsMakeLessOfIt) {
  Bench bench(weight_bits({2, 8}));
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store));
  const auto noise = bench.noise(store, found);
  ASSERT_EQ(noise.size(), 6U);
  for (std::size_t v = 0; v < 3; ++v) {
    ASSERT_TRUE(noise[2 * v] && noise[2 * v + 1]) << v;
    EXPECT_LT(*noise[2 * v], *noise[2 * v + 1]) << v;
  }
  // The last layer's output is the network's, and the images are the same here.
  EXPECT_NEAR(*noise[4], engine::metrics(found.probes[4].counts).snr_db, 1e-9);
  const std::size_t known = store.probes.size();
  EXPECT_EQ(bench.noise(store, found), noise);
  EXPECT_EQ(store.probes.size(), known) << "it is kept";
}

TEST(LayerNoise, ThereIsNoneWhereTheShapeChanges) {
  Bench bench({{"conv1", "", {{"prune_filters", {{"fraction", numbers({0.5})}}}}}});
  MemorySink store;
  RS_ASSERT_OK_AND_ASSIGN(const Sensitivities found, bench.measure(store));
  ASSERT_EQ(found.probes.size(), 1U);
  EXPECT_EQ(bench.noise(store, found)[0], std::nullopt);
}

}  // namespace
}  // namespace roofscape::explore
