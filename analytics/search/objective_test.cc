#include "analytics/search/objective.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "analytics/base/status_matchers.h"

namespace roofscape::search {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Metrics, EachHasItsRowNameAndSentence) {
  std::set<std::string> names;
  for (const MetricInfo& metric : metrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name << " stands twice";
    EXPECT_EQ(info(metric.metric).name, metric.name);
    EXPECT_THAT(metric.text, ::testing::EndsWith("."));
    EXPECT_FALSE(metric.measured && metric.per_platform) << metric.name << ": accuracy does not depend on the platform";
    RS_ASSERT_OK_AND_ASSIGN(const Metric found, find_metric(metric.name));
    EXPECT_EQ(found, metric.metric);
  }
  EXPECT_EQ(names.size(), 13U);
  EXPECT_THAT(find_metric("latancy"),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'latancy'"), HasSubstr("did you mean 'latency'"))));
}

TEST(Objective, EveryMetricIsReadInItsDirectionAndBothSpellings) {
  for (const MetricInfo& metric : metrics()) {
    for (const std::string ending : {"ise ", "ize "}) {
      const std::string right = (metric.larger_is_better ? "maxim" : "minim") + ending + metric.name;
      const std::string wrong = (metric.larger_is_better ? "minim" : "maxim") + ending + metric.name;
      RS_ASSERT_OK_AND_ASSIGN(const Objective objective, parse_objective(right));
      EXPECT_EQ(objective, (Objective{{metric.metric, ""}, metric.larger_is_better}));
      EXPECT_THAT(
          parse_objective(wrong),
          StatusIs(Code::kInvalidArgument,
                   HasSubstr((metric.larger_is_better ? "write 'maximise " : "write 'minimise ") + metric.name + "'")));
    }
  }
}

TEST(Objective, NamesAPlatformWhereThatMeansSomething) {
  RS_ASSERT_OK_AND_ASSIGN(const Objective objective, parse_objective("  minimise   latency@zcu104 "));
  EXPECT_EQ(objective.what, (MetricRef{Metric::kLatency, "zcu104"}));
  EXPECT_EQ(to_string(objective.what), "latency@zcu104");
  EXPECT_EQ(to_string(MetricRef{Metric::kTop1, ""}), "top1");
  EXPECT_THAT(parse_objective("maximise top1@zcu104"),
              StatusIs(Code::kInvalidArgument, HasSubstr("without '@zcu104'")));
  EXPECT_THAT(parse_objective("minimise weight_bytes@x"),
              StatusIs(Code::kInvalidArgument, HasSubstr("does not depend")));
  EXPECT_THAT(parse_objective("minimise latency@"), StatusIs(Code::kInvalidArgument, HasSubstr("no platform id")));
  EXPECT_THAT(parse_objective("minimise latency@A\x1b[31m"), StatusIs(Code::kInvalidArgument, HasSubstr("A\\x1b[31m")));
}

TEST(Objective, AnythingElseSaysWhatWouldBeRight) {
  for (const char* text : {"", "top1", "maximise", "maximise ", "maximisetop1", "Maximise top1", "max top1", ">= 3"})
    EXPECT_FALSE(parse_objective(text).ok()) << text;
  EXPECT_THAT(parse_objective("best top1"), StatusIs(Code::kInvalidArgument, HasSubstr("'maximise top1'")));
  EXPECT_THAT(parse_objective("maximise top_1"), StatusIs(Code::kInvalidArgument, HasSubstr("did you mean 'top1'")));
  EXPECT_THAT(parse_objective("maximise top1 top5"), StatusIs(Code::kInvalidArgument, HasSubstr("'top1 top5'")));
}

struct LimitCase {
  const char* text;
  double limit;
};
class ConstraintLimit : public ::testing::TestWithParam<LimitCase> {};
TEST_P(ConstraintLimit, IsExactlyTheDoubleThatAPersonMeans) {
  RS_ASSERT_OK_AND_ASSIGN(const Constraint constraint, parse_constraint(GetParam().text));
  EXPECT_EQ(constraint.limit, GetParam().limit) << GetParam().text;
  EXPECT_EQ(constraint.text, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Units, ConstraintLimit,
    ::testing::Values(LimitCase{"top1 >= 0.85", 0.85}, LimitCase{"top1 >= 85 %", 0.85}, LimitCase{"top1>=85%", 0.85},
                      LimitCase{"top5 >= 1", 1}, LimitCase{"agreement >= 99.5 %", 0.995}, LimitCase{"loss <= 0.4", 0.4},
                      LimitCase{"loss <= 0.4 nats", 0.4}, LimitCase{"snr >= 20 dB", 20}, LimitCase{"snr >= -3 dB", -3},
                      LimitCase{"latency <= 2 s", 2}, LimitCase{"latency <= 2 ms", 0.002},
                      LimitCase{"latency <= 2.5us", 2.5e-6}, LimitCase{"latency <= 7 µs", 7e-6},
                      LimitCase{"latency <= 7 ns", 7e-9}, LimitCase{"latency <= 1e-3", 1e-3},
                      LimitCase{"energy@zcu104 <= 50 uJ", 50e-6}, LimitCase{"energy <= 3 mJ", 0.003},
                      LimitCase{"energy <= 3 nJ", 3e-9}, LimitCase{"energy <= 3 J", 3},
                      LimitCase{"throughput >= 500 /s", 500}, LimitCase{"throughput >= 500/s", 500},
                      LimitCase{"weight_bytes <= 64 KiB", 65536}, LimitCase{"weight_bytes <= 64 KB", 64000},
                      LimitCase{"weight_bytes <= 1.5 MiB", 1572864}, LimitCase{"weight_bytes <= 2 GB", 2e9},
                      LimitCase{"weight_bytes <= 1 GiB", 1073741824}, LimitCase{"weight_bytes <= 12 B", 12},
                      LimitCase{"weight_bytes <= 2 MB", 2e6}, LimitCase{"macs <= 1e6", 1e6}, LimitCase{"lut <= 0", 0},
                      LimitCase{"dsp@zcu104 <= 1728", 1728}, LimitCase{"bram <= 624", 624}));

TEST(Constraint, ReadsDirectionAndPlatform) {
  RS_ASSERT_OK_AND_ASSIGN(const Constraint at_most, parse_constraint("latency@raspberry-pi-4 <= 2 ms"));
  EXPECT_EQ(at_most.what, (MetricRef{Metric::kLatency, "raspberry-pi-4"}));
  EXPECT_FALSE(at_most.at_least);
  RS_ASSERT_OK_AND_ASSIGN(const Constraint at_least, parse_constraint("top1 >= 0.9"));
  EXPECT_TRUE(at_least.at_least);
}

struct BadCase {
  const char* text;
  const char* says;
};
class BadConstraint : public ::testing::TestWithParam<BadCase> {};
TEST_P(BadConstraint, SaysWhatIsWrongAndWhatWouldBeRight) {
  const auto parsed = parse_constraint(GetParam().text);
  ASSERT_FALSE(parsed.ok()) << GetParam().text;
  EXPECT_THAT(parsed.status().message(), HasSubstr(GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(
    Messages, BadConstraint,
    ::testing::Values(BadCase{"", "write a metric, '>=' or '<='"}, BadCase{"top1", "such as 'top1 >= 0.85'"},
                      BadCase{"top1 > 0.85", "'>=' or '<='"}, BadCase{"top1 = 0.85", "'>=' or '<='"},
                      BadCase{"top1 == 0.85", "'>=' or '<='"}, BadCase{"top1 => 0.85", "'>=' or '<='"},
                      BadCase{"acc >= 0.85", "'acc' is no metric"}, BadCase{"top1 >= 85", "85 %"},
                      BadCase{"top1 >= -0.1", "share from 0 to 1"}, BadCase{"top1 >= 120 %", "share from 0 to 1"},
                      BadCase{"top1 >= 0.85 ms", "'ms' is no unit of top1; use %"},
                      BadCase{"latency <= 2 mJ", "'mJ' is no unit of latency; use s, ms, us or ns"},
                      BadCase{"latency <= 2 minutes", "'minutes' is no unit"},
                      BadCase{"latency <= ms", "'ms' is no limit"}, BadCase{"latency <= ", "'' is no limit"},
                      BadCase{"latency <= nan", "no limit"}, BadCase{"latency <= inf", "no limit"},
                      BadCase{"latency <= 1e999", "no limit"}, BadCase{"latency <= -1", "never negative"},
                      BadCase{"latency <= 0x10", "'x10' is no unit"},
                      BadCase{"weight_bytes <= 1e308 GiB", "beyond what a number holds"},
                      BadCase{"weight_bytes <= 64 kib", "KiB"}, BadCase{"macs <= 3 M", "bare number"},
                      BadCase{"top1@tpu-v1 >= 0.85", "without '@tpu-v1'"}, BadCase{"energy@ <= 1", "no platform id"},
                      BadCase{"latency <= 2 ms <= 3 ms", "'ms <= 3 ms' is no unit"}));

TEST(Violation, IsRelativeAndZeroWhereTheLimitHolds) {
  RS_ASSERT_OK_AND_ASSIGN(const Constraint top1, parse_constraint("top1 >= 0.8"));
  EXPECT_EQ(violation(top1, 0.8), 0);
  EXPECT_EQ(violation(top1, 0.9), 0);
  EXPECT_DOUBLE_EQ(violation(top1, 0.4), 0.5);
  RS_ASSERT_OK_AND_ASSIGN(const Constraint latency, parse_constraint("latency <= 2 ms"));
  EXPECT_EQ(violation(latency, 0.002), 0);
  EXPECT_DOUBLE_EQ(violation(latency, 0.003), 0.5);
  RS_ASSERT_OK_AND_ASSIGN(const Constraint none, parse_constraint("lut <= 0"));
  EXPECT_GT(violation(none, 1), 1e6);
  EXPECT_EQ(violation(top1, std::nan("")), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace roofscape::search
