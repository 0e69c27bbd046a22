#include "analytics/calibrate/roof_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/calibrate.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/test_platforms.h"
#include "analytics/calibrate/validate.h"

namespace roofscape::calibrate {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::measurements;
using ::testing::Not;
using testing::processors;
using ::testing::SizeIs;

// On small-1, of 10 Giga-operations a second, a network of 1 G multiply-accumulates takes at least 0.2 s.
std::string row(const std::string& network, double milliseconds, const char* gmacs = "1", const char* params = "5") {
  return fmt::format("small-1,{},FP32,1,latency,{},ms,{},{}\n", network, milliseconds, gmacs, params);
}
const std::string kColumns = "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n";

Status learned(const std::string& rows) {
  const std::vector<Table> mine = {*Table::parse(kColumns + rows, "mine.csv")};
  const std::vector<Table> shipped = {*Table::parse(measurements(4), "shipped.csv")};
  const v1::Calibration base = *calibrate(shipped, processors());
  return calibrate(mine, processors(), base).status();
}

TEST(RoofCheck, ARowAboveThePeakIsRefusedWithBoth) {
  EXPECT_THAT(learned(row("a", 800) + row("b", 3)),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("1 of 2 rows cannot be right, and nothing was learned"),
                             HasSubstr("mine.csv:3: 'b' takes 0.003 s an image on small-1, 66.7 times as fast as its "
                                       "peak of fp32 x fp32 (1e+10 operations a second) allows, which asks for 0.2 s"),
                             HasSubstr("the row is wrong, or the platform's ceiling"), Not(HasSubstr("mine.csv:2")))));
}

TEST(RoofCheck, ARowAtThePeakIsNotNorWhatRoundingMakesOfIt) {
  EXPECT_THAT(learned(row("a", 800) + row("b", 200) + row("c", 192)), IsOk());
  EXPECT_THAT(learned(row("a", 800) + row("b", 185)), StatusIs(Code::kInvalidArgument, HasSubstr("1.08 times")));
}

// 50 M weights of a perceptron are 0.2 GB, which pass through 10 GB/s in 20 ms.
TEST(RoofCheck, NeitherCanWeightsComeFasterThanThroughTheirMemory) {
  EXPECT_THAT(learned(row("mine", 14, "0.05", "50")),
              StatusIs(Code::kInvalidArgument, HasSubstr("1.43 times as fast as reading its weights through DRAM "
                                                         "(1e+10 bytes a second) allows, which asks for 0.02 s")));
  EXPECT_THAT(learned(row("mine", 21, "0.05", "50")), IsOk());
}

TEST(RoofCheck, CountsOfAnotherNetworkThanTheNamedAreRefused) {
  EXPECT_THAT(
      learned(row("ResNet-50", 4000, "4.1", "2")),
      StatusIs(Code::kInvalidArgument, HasSubstr("mine.csv:2: resnet-50 has 25.53 M parameters; the row gives 2 M")));
  EXPECT_THAT(learned(row("ResNet-50 v1.5", 4000, "4.1", "2")), StatusIs(Code::kInvalidArgument, HasSubstr("25.53 M")));
  EXPECT_THAT(
      learned(row("ResNet-50", 4000, "8.2", "25.6")),
      StatusIs(Code::kInvalidArgument, HasSubstr("resnet-50 has 4.089 G multiply-accumulates; the row gives 8.2 "
                                                 "G, about twice as many: operations?")));
  EXPECT_THAT(learned(row("ResNet-50", 4000, "4.1", "25.6") + row("ResNet-50 pruned 0.7", 2000, "1.25", "8")), IsOk());
}

// 0.2 s are asked for; a row in the wrong unit says ten million milliseconds.
TEST(RoofCheck, ATimeInTheWrongUnitIsRefused) {
  EXPECT_THAT(learned(row("a", 800) + row("b", 1e7)),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("mine.csv:3: 'b' on small-1 takes 1e+04 s an image"),
                                                     HasSubstr("is the unit right?"))));
  // What takes 0.2 s at least, in milliseconds under the name of seconds; and as slow as anything measured ever was.
  EXPECT_THAT(learned(row("a", 800) + row("b", 2e5)),
              StatusIs(Code::kInvalidArgument, HasSubstr("967 times what its figures ask for: is the unit right?")));
  EXPECT_THAT(learned(row("a", 800) + row("b", 6.6e4)), IsOk());
}

// 10 W for five hundred times the 0.2 s that its figures ask for are 1 kJ.
TEST(RoofCheck, AnEnergyThatNoDeviceTakesIsRefused) {
  std::vector<v1::Platform> powered = processors();
  powered[0].mutable_peak_watts()->set_value(10);
  const std::vector<Table> shipped = {*Table::parse(measurements(4), "shipped.csv")};
  const v1::Calibration base = *calibrate(shipped, powered);
  const auto learned_of = [&](const char* joules) {
    const std::string csv = fmt::format(
        "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n"
        "small-1,a,FP32,1,energy,{},J/inf,1,5\n",
        joules);
    const std::vector<Table> mine = {*Table::parse(csv, "mine.csv")};
    return calibrate(mine, powered, base).status();
  };
  EXPECT_THAT(learned_of("1e6"),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("1 of 1 rows cannot be right, and nothing was learned"),
                             HasSubstr("mine.csv:2: 'a' on small-1 takes 1e+06 J"), HasSubstr("its peak is 10 W"))));
  EXPECT_THAT(learned_of("8"), Not(StatusIs(Code::kInvalidArgument, HasSubstr("cannot be right"))));
}

TEST(RoofCheck, RowsThatContradictEachOtherAreRefused) {
  EXPECT_THAT(learned(row("a", 800) + row("b", 700) + row("a", 8000)),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("1 of 3 rows cannot be right"),
                             HasSubstr("mine.csv:4: 'a' takes 8 s an image, and 0.8 s in mine.csv:2, of the same "
                                       "platform, formats and batch: one of them is wrong"))));
  EXPECT_THAT(learned(row("a", 800) + row("a", 1600)), IsOk());
}

TEST(RoofCheck, NumbersThatAreNoneAreRefused) {
  EXPECT_THAT(learned(row("a", 800) + row("b", -3)),
              StatusIs(Code::kInvalidArgument, HasSubstr("mine.csv:3: value is '-3'; it must be a positive number")));
  EXPECT_THAT(learned(row("a", 800, "nan")), StatusIs(Code::kInvalidArgument, HasSubstr("gmacs is 'nan'")));
  EXPECT_THAT(learned(row("a", 800, "1", "-5")), StatusIs(Code::kInvalidArgument, HasSubstr("params_m is '-5'")));
  EXPECT_THAT(learned("small-1,a,FP32,0,latency,800,ms,1,5\n"),
              StatusIs(Code::kInvalidArgument, HasSubstr("batch is '0'; it must be a whole number of images")));
}

TEST(RoofCheck, TheMessageNamesTenRowsAndCountsTheOthers) {
  std::string rows;
  for (int i = 0; i < 13; ++i) rows += row("n", 1);
  EXPECT_THAT(learned(rows),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("13 of 13 rows"), HasSubstr("mine.csv:11: "),
                                                     Not(HasSubstr("mine.csv:12: ")), HasSubstr("; and 3 more"))));
}

// Of rows that others have published, all that can be learned is.
TEST(RoofCheck, FromScratchRowsFarAboveAreLeftOutAndCounted) {
  const std::string csv = measurements(4) + row("fast", 150) + row("faster", 3);
  const std::vector<Table> all = {*Table::parse(csv, "all.csv")};
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration made, calibrate(all, processors()));
  EXPECT_THAT(made.sources(), ElementsAre("all.csv: 43 rows used, 1 left out, 2 that cannot be right"));
  RS_ASSERT_OK_AND_ASSIGN(const v1::Validation validation, validate(all, processors()));
  EXPECT_EQ(validation.rows_size(), 43);
  EXPECT_NEAR(validation.rows(42).above_ceiling(), 200.0 / 150, 1e-9);
  EXPECT_EQ(validation.rows(0).above_ceiling(), 0);
  ASSERT_THAT(validation.left_out(), SizeIs(1));
  EXPECT_THAT(validation.left_out(0).reason(), HasSubstr("more than twice as fast as its peak of fp32 x fp32"));
}

}  // namespace
}  // namespace roofscape::calibrate
