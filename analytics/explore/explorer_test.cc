#include "analytics/explore/explorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::HasSubstr;
using testing::MemorySink;
using testing::numbers;
using testing::small_job;

Status run(const Job& job, MemorySink& sink, int threads = 1) {
  engine::EngineOptions options;
  options.threads = threads;
  options.batch = 32;
  return Explorer(job, options, sink).run(sink.stop);
}

search::Constraint constraint(const char* text) { return search::parse_constraint(text).value(); }

TEST(Explorer, SameSeedSameBytesForAnyNumberOfThreads) {
  const Job job = small_job();
  MemorySink one, two, again;
  ASSERT_THAT(run(job, one, 1), IsOk());
  ASSERT_THAT(run(job, two, 2), IsOk());
  ASSERT_THAT(run(job, again, 1), IsOk());
  EXPECT_EQ(one.lines.size(), 60U);
  EXPECT_EQ(one.lines, two.lines);
  EXPECT_EQ(one.lines, again.lines);
  EXPECT_EQ(one.last.evaluations_done, 60);
  EXPECT_GT(one.last.hypervolume, 0);
  EXPECT_EQ(one.last.best_top1, 1.0);  // the network labelled the images itself
  EXPECT_TRUE(one.stored[0].recipe.empty());
  EXPECT_TRUE(one.stored[0].point.empty());
  EXPECT_EQ(one.stored[0].network_key, job.network.key());
  EXPECT_EQ(one.stored[0].estimates.size(), 2U);
}

// Candidates are priced on all threads, and share what is kept of each other.
TEST(Explorer, MethodsOfEveryStageGiveTheSameBytesForAnyNumberOfThreads) {
  Job job = small_job();
  job.rules = testing::rules_of_every_stage();
  job.evaluations = 40;
  MemorySink one, three;
  ASSERT_THAT(run(job, one, 1), IsOk());
  ASSERT_THAT(run(job, three, 3), IsOk());
  EXPECT_EQ(one.lines.size(), 40U);
  EXPECT_EQ(one.lines, three.lines);
}

TEST(Explorer, AnotherSeedIsAnotherRun) {
  Job job = small_job();
  MemorySink one, two;
  ASSERT_THAT(run(job, one), IsOk());
  job.seed = 2;
  ASSERT_THAT(run(job, two), IsOk());
  EXPECT_NE(one.lines, two.lines);
}

class EverySearcher : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, EverySearcher, ::testing::Values("surrogate", "nsga2", "random", "grid"),
                         [](const auto& searcher) { return searcher.param; });

TEST_P(EverySearcher, StoppedAfterEveryBatchAndResumedItEndsAsUndisturbedAndMeasuresNothingTwice) {
  Job job = small_job();
  job.searcher = GetParam();
  if (GetParam() == "grid") job.rules = {{"conv*", "", {{"integer", {{"weight_bits", numbers({2, 3, 4, 5, 6, 8})}}}}}};
  MemorySink undisturbed;
  ASSERT_THAT(run(job, undisturbed), IsOk());
  MemorySink sink;
  Status status = cancelled("not yet run");
  for (int stop = 1; !status.ok(); ++stop) {
    ASSERT_LT(stop, 40);
    MemorySink revived;  // a crash: only what was stored is left
    revived.remember(sink);
    revived.stop_after_stores = stop;
    status = run(job, revived);
    if (!status.ok()) {
      ASSERT_THAT(status, StatusIs(Code::kCancelled, HasSubstr("stopped")));
    }
    EXPECT_TRUE(revived.measured_again.empty());
    sink.remember(revived);
  }
  EXPECT_EQ(sink.lines, undisturbed.lines);
  // Each network stands for one measurement, however many evaluations have it.
  EXPECT_EQ(undisturbed.looked_up_in_vain.size(), undisturbed.measurements.size());
}

TEST_P(EverySearcher, NeverEvaluatesAPointTwice) {
  Job job = small_job();
  job.searcher = GetParam();
  if (GetParam() == "grid") job.rules = {{"conv*", "", {{"integer", {{"weight_bits", numbers({2, 3, 4, 5, 6, 8})}}}}}};
  MemorySink sink;
  ASSERT_THAT(run(job, sink), IsOk());
  std::set<search::Point> points;
  for (const Evaluation& evaluation : sink.stored) EXPECT_TRUE(points.insert(evaluation.point).second);
  EXPECT_EQ(sink.stored.size(), GetParam() == "grid" ? 49U : 60U);
}

TEST_P(EverySearcher, PassesOverAccumulatorsOfLayersThatAddNoIntegers) {
  Job job = small_job();
  job.searcher = GetParam();
  const bool grid = GetParam() == "grid";
  job.evaluations = grid ? 81 : 30;
  job.rules = {
      {"conv*", "", {{"integer", {{"weight_bits", numbers({4, 8})}}}, {"accumulator", {{"bits", numbers({10, 14})}}}}}};
  MemorySink sink;
  ASSERT_THAT(run(job, sink), IsOk());
  EXPECT_EQ(sink.stored.size(), grid ? 49U : 30U);  // of 9 choices a layer 2 are an accumulator alone
  int accumulators = 0;
  for (const Evaluation& evaluation : sink.stored)
    for (const approx::Step& step : evaluation.recipe) {
      if (step.method != "accumulator") continue;
      ++accumulators;
      EXPECT_TRUE(std::any_of(evaluation.recipe.begin(), evaluation.recipe.end(), [&](const approx::Step& other) {
        return other.method == "integer" && other.layer == step.layer;
      })) << step.layer;
    }
  EXPECT_GT(accumulators, 0);
}

// The points of the fronts: index and counts of those on all images and feasible, that no other beats on a platform.
std::set<search::Point> front_points(const Job& job, const MemorySink& sink) {
  std::set<search::Point> front;
  for (std::size_t p = 0; p < job.platforms.size(); ++p) {
    std::vector<search::Values> values;
    std::vector<const Evaluation*> rows;
    for (const Evaluation& evaluation : sink.stored) {
      if (evaluation.violation > 0 || evaluation.counts.images < job.evaluation.count) continue;
      values.push_back({-static_cast<double>(evaluation.counts.top1), evaluation.estimates[p].latency.value(),
                        evaluation.estimates[p].weight_bytes.value()});
      rows.push_back(&evaluation);
    }
    for (const std::size_t index : search::pareto_front(values)) front.insert(rows[index]->point);
  }
  return front;
}

Job racing_job() {
  Job job = small_job();
  job.evaluation = testing::labelled_images(job.network, 1000, 2);
  job.constraints = {constraint("top1 >= 0.9")};
  job.searcher = "random";  // asks the same whatever it is told
  return job;
}

TEST(Racing, EndsInTheSameFrontWithFewerImages) {
  Job job = racing_job();
  MemorySink raced, whole;
  ASSERT_THAT(run(job, raced), IsOk());
  job.racing = 1;
  ASSERT_THAT(run(job, whole), IsOk());
  EXPECT_EQ(front_points(job, raced), front_points(job, whole));
  EXPECT_LT(raced.last.images, 0.8 * static_cast<double>(whole.last.images));
  EXPECT_EQ(raced.last.hypervolume, whole.last.hypervolume);
  std::size_t partial = 0;
  for (std::size_t i = 0; i < raced.stored.size(); ++i) {
    const engine::Counts& some = raced.stored[i].counts;
    EXPECT_EQ(raced.stored[i].network_key, whole.stored[i].network_key);
    EXPECT_EQ(whole.stored[i].counts.images, 1000);
    if (some.images == 1000) {
      EXPECT_EQ(some, whole.stored[i].counts);
    } else {
      ++partial;
    }
  }
  EXPECT_GT(partial, 5U);
}

// Whoever finds whole measurements with their looks decides as one who measures.
TEST(Racing, IsTheSameRunWhateverIsKnownAlready) {
  for (const char* searcher : {"random", "surrogate"}) {
    Job job = racing_job();
    job.searcher = searcher;
    MemorySink first, other, second;
    ASSERT_THAT(run(job, first), IsOk());
    Job lenient = job;
    lenient.constraints.clear();  // measures more of the same candidates on more images
    lenient.searcher = "random";
    ASSERT_THAT(run(lenient, other), IsOk());
    second.measurements = other.measurements;
    ASSERT_THAT(run(job, second), IsOk());
    EXPECT_EQ(first.lines, second.lines) << searcher;
    MemorySink third;  // knows whole measurements that nobody looked at: of `evaluate`, or of a run without racing
    third.measurements = other.measurements;
    for (auto& [key, measured] : third.measurements)
      if (measured.counts.images == job.evaluation.count) measured.looks.clear();
    ASSERT_THAT(run(job, third), IsOk());
    EXPECT_EQ(first.lines, third.lines) << searcher;
  }
}

TEST(Explorer, StartsWithUniformSettingsAndForecastsWhatFollows) {
  Job job = small_job();
  job.constraints = {constraint("top1 >= 0.8")};
  MemorySink sink;
  ASSERT_THAT(run(job, sink), IsOk());
  EXPECT_FALSE(sink.probes.empty());
  ASSERT_TRUE(sink.last.rank_correlation.has_value());
  EXPECT_GT(*sink.last.rank_correlation, 0.7);
  // The first batch: the same setting in each layer that takes it, or in all but the first and the last.
  for (std::size_t i = 1; i <= 3; ++i) {
    const approx::Recipe& recipe = sink.stored[i].recipe;
    std::set<std::string> settings;
    for (std::size_t step = 1; step + 1 < recipe.size(); ++step)
      settings.insert(recipe[step].method + approx::to_string(recipe[step].knobs));
    EXPECT_EQ(settings.size(), 1U) << i;
  }
}

TEST(Explorer, ExtendedItGoesOnAsIfItHadWantedMoreFromTheStart) {
  Job job = small_job();
  job.evaluations = 33;  // ends within a batch
  MemorySink first;
  ASSERT_THAT(run(job, first), IsOk());
  EXPECT_EQ(first.lines.size(), 33U);
  MemorySink extended;
  extended.remember(first);
  extended.wanted = 57;
  ASSERT_THAT(run(job, extended), IsOk());
  EXPECT_EQ(extended.lines.size(), 57U);
  MemorySink whole;
  whole.wanted = 57;
  ASSERT_THAT(run(job, whole), IsOk());
  EXPECT_EQ(whole.lines, extended.lines);
}

TEST(Explorer, KeepsPricedConstraintsBeforeMeasuringAndCountsWhatItDropped) {
  Job job = small_job();
  job.constraints = {constraint("weight_bytes <= 1 KiB")};
  MemorySink sink;
  ASSERT_THAT(validate(job), IsOk());
  ASSERT_THAT(run(job, sink), IsOk());
  EXPECT_GT(sink.stored[0].violation, 0) << "the base is measured for reference though it breaks the limit";
  for (std::size_t i = 1; i < sink.stored.size(); ++i) {
    EXPECT_EQ(sink.stored[i].violation, 0);
    EXPECT_LE(sink.stored[i].estimates[0].weight_bytes.value(), 1024);
  }
  EXPECT_GT(sink.last.rejected_unmeasured, 0);
}

TEST(Explorer, CountsEachPointThatItDroppedOnce) {
  Job job = small_job();
  job.searcher = "grid";  // looks at every point
  job.rules = {{"conv*", "", {{"integer", {{"weight_bits", numbers({2, 3, 4, 5, 6, 8})}}}}}};
  MemorySink all, some;
  ASSERT_THAT(run(job, all), IsOk());
  EXPECT_EQ(all.last.rejected_unmeasured, 0);
  std::vector<double> sizes;
  for (std::size_t i = 1; i < all.stored.size(); ++i) sizes.push_back(all.stored[i].estimates[0].weight_bytes.value());
  std::sort(sizes.begin(), sizes.end());
  const double limit = sizes[sizes.size() / 2] + 0.5;
  job.constraints = {constraint(fmt::format("weight_bytes <= {} B", limit).c_str())};
  ASSERT_THAT(run(job, some), IsOk());
  const auto dropped = std::count_if(sizes.begin(), sizes.end(), [&](double size) { return size > limit; });
  EXPECT_GT(dropped, 0);
  EXPECT_EQ(some.last.rejected_unmeasured, dropped);
  EXPECT_EQ(std::ssize(some.stored) - 1 + dropped, std::ssize(sizes));
}

TEST(Explorer, ARestartChangesNoCount) {
  Job job = small_job();
  job.constraints = {constraint("weight_bytes <= 1 KiB")};
  MemorySink undisturbed, broken, resumed;
  ASSERT_THAT(run(job, undisturbed), IsOk());
  broken.stop_after_stores = 4;
  ASSERT_THAT(run(job, broken), StatusIs(Code::kCancelled, HasSubstr("stopped")));
  resumed.remember(broken);
  ASSERT_THAT(run(job, resumed), IsOk());
  EXPECT_EQ(resumed.last.rejected_unmeasured, undisturbed.last.rejected_unmeasured);
  EXPECT_EQ(resumed.last.hypervolume, undisturbed.last.hypervolume);
  EXPECT_EQ(resumed.last.best_top1, undisturbed.last.best_top1);
}

TEST(Explorer, MeasuredConstraintsAreToldAsViolations) {
  Job job = small_job();
  job.constraints = {constraint("top1 >= 0.9")};
  MemorySink sink;
  ASSERT_THAT(run(job, sink), IsOk());
  bool some = false;
  for (const Evaluation& evaluation : sink.stored) {
    const double top1 = engine::metrics(evaluation.counts).top1;
    EXPECT_DOUBLE_EQ(evaluation.violation, std::max(0.0, (0.9 - top1) / 0.9));
    some = some || evaluation.violation > 0;
  }
  EXPECT_TRUE(some);
}

TEST(Explorer, StopsOnAPlateau) {
  Job job = small_job();
  job.rules = {{"conv1",
                "",
                {{"integer",
                  {{"weight_bits", numbers({2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})},
                   {"activation_bits", numbers({4, 5, 6, 7, 8, 9, 10, 11, 12})}}}}}};
  job.evaluations = 100;
  job.plateau = 0.2;
  MemorySink sink;
  ASSERT_THAT(run(job, sink), IsOk());
  const std::int64_t stopped = std::ssize(sink.lines);
  EXPECT_LT(stopped, 100);
  EXPECT_GE(stopped, 40);

  // Extended, it is judged by what comes after, and by forty of them at least.
  MemorySink extended;
  extended.remember(sink);
  extended.wanted = 110;
  extended.extended_at = stopped;
  MemorySink again;
  ASSERT_THAT(run(job, extended), IsOk());
  EXPECT_GE(std::ssize(extended.lines), std::min<std::int64_t>(stopped + 40, 100));
  EXPECT_TRUE(extended.measured_again.empty());
  // Stopped and resumed on the way it ends the same.
  again.remember(sink);
  again.wanted = extended.wanted;
  again.extended_at = stopped;
  again.stop_after_stores = static_cast<int>((stopped - 1) / 10) + 2;  // one batch of ten after the extension
  ASSERT_THAT(run(job, again), StatusIs(Code::kCancelled, HasSubstr("stopped")));
  MemorySink resumed;
  resumed.remember(again);
  resumed.wanted = extended.wanted;
  resumed.extended_at = stopped;
  ASSERT_THAT(run(job, resumed), IsOk());
  EXPECT_EQ(resumed.lines, extended.lines);
}

TEST(Explorer, ExtendedAfterItsTimeItHasThatTimeAgain) {
  Job job = small_job();
  job.seconds = 1e-6;
  MemorySink first;
  ASSERT_THAT(run(job, first), IsOk());
  EXPECT_EQ(first.lines.size(), 1U) << "the base network is always measured";
  job.seconds = 3600;
  MemorySink extended;
  extended.remember(first);
  extended.extended_at = 1;
  ASSERT_THAT(run(job, extended), IsOk());
  EXPECT_EQ(extended.lines.size(), 60U);
}

TEST_P(EverySearcher, NeverLeavesALayerAloneThatARequiredRuleCovers) {
  Job job = small_job();
  job.searcher = GetParam();
  const bool grid = GetParam() == "grid";
  job.rules = {{"conv*", "", {{"integer", {{"weight_bits", numbers({2, 3, 4, 5, 6, 8})}}}}, false, true}};
  if (!grid) job.rules.push_back({"fc", "", {{"integer", {{"weight_bits", numbers({2, 4, 8})}}}}});
  job.evaluations = grid ? 37 : 60;
  MemorySink sink;
  ASSERT_THAT(validate(job), IsOk());
  ASSERT_THAT(run(job, sink), IsOk());
  EXPECT_EQ(std::ssize(sink.stored), job.evaluations) << "for the grid all 36 points, and the base network";
  EXPECT_EQ(sink.stored[0].violation, 1) << "what the others are compared with";
  EXPECT_TRUE(sink.stored[0].point.empty());
  std::set<search::Point> points;
  double best = 0;
  for (std::size_t i = 1; i < sink.stored.size(); ++i) {
    const Evaluation& evaluation = sink.stored[i];
    EXPECT_TRUE(points.insert(evaluation.point).second);
    EXPECT_EQ(evaluation.violation, 0);
    best = std::max(best, engine::metrics(evaluation.counts).top1);
    for (const char* layer : {"conv1", "conv2"})
      EXPECT_TRUE(std::any_of(evaluation.recipe.begin(), evaluation.recipe.end(),
                              [&](const approx::Step& step) { return step.layer == layer; }));
  }
  EXPECT_EQ(sink.last.best_top1, best);
  EXPECT_GT(sink.last.hypervolume, 0);
}

TEST(Explorer, EndsWhenTheSpaceIsExhausted) {
  Job job = small_job();
  job.rules = {{"fc", "", {{"integer", {{"weight_bits", numbers({2, 4, 8})}}}}}};
  MemorySink sink;
  ASSERT_THAT(run(job, sink), IsOk());
  EXPECT_EQ(sink.lines.size(), 4U);
}

TEST(Explorer, PassesOnWhatTheSinkRefuses) {
  class FullSink : public MemorySink {
   public:
    Status store(const std::vector<Evaluation>&, const Progress&) override {
      return resource_exhausted("the disk is full");
    }
  };
  const Job job = small_job();
  FullSink sink;
  EXPECT_THAT(run(job, sink), StatusIs(Code::kResourceExhausted, HasSubstr("disk is full")));
}

TEST(MetricValue, ReadsCountsNetworkAndEstimate) {
  const Job job = small_job();
  engine::Counts counts;
  counts.images = 4;
  counts.top1 = 3;
  EXPECT_EQ(metric_value(search::Metric::kTop1, counts, nullptr, nullptr), 0.75);
  EXPECT_EQ(metric_value(search::Metric::kLatency, counts, nullptr, nullptr), std::nullopt);
  EXPECT_EQ(metric_value(search::Metric::kMacs, counts, nullptr, nullptr), std::nullopt);
  EXPECT_EQ(metric_value(search::Metric::kMacs, counts, &job.network, nullptr),
            8 * 8 * 6 * 9 + 4 * 4 * 8 * 6 * 9 + 8 * 16 * 4);
  cost::Estimate estimate;
  estimate.latency = Seconds(2);
  EXPECT_EQ(metric_value(search::Metric::kLatency, counts, nullptr, &estimate), 2);
  EXPECT_EQ(metric_value(search::Metric::kEnergy, counts, nullptr, &estimate), std::nullopt);
  EXPECT_EQ(metric_value(search::Metric::kLut, counts, nullptr, &estimate), std::nullopt);
  estimate.resources = cost::Resources{1, 2, 3};
  EXPECT_EQ(metric_value(search::Metric::kBram, counts, nullptr, &estimate), 3);
}

}  // namespace
}  // namespace roofscape::explore
