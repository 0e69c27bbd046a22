#include "client/report/method_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/console.h"

namespace roofscape::client {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

// 1,000 multiplications of these widths, and 100 bytes of weights a bit.
v1::Evaluation measured(double top1, int weight_bits, int activation_bits, double seconds) {
  v1::Evaluation evaluation;
  evaluation.mutable_accuracy()->set_top1(top1);
  evaluation.set_mac_count(1000);
  evaluation.set_needed_mac_count(weight_bits < 8 ? 500 : 1000);
  evaluation.set_bit_operations(1000.0 * weight_bits * activation_bits);
  evaluation.set_weight_bytes(100 * weight_bits);
  v1::Estimate& estimate = *evaluation.add_estimates();
  estimate.set_platform("platforms/gpu");
  estimate.set_latency_seconds(seconds);
  estimate.set_fits(seconds > 0);
  v1::LayerEstimate& small = *estimate.add_layers();
  small.set_runs_as("fp32 x fp32");
  small.set_op_count(1);
  v1::LayerEstimate& large = *estimate.add_layers();
  large.set_runs_as(weight_bits > 8 ? "fp32 x fp32" : "int8 x int8");
  large.set_op_count(1000);
  return evaluation;
}

v1::MethodTable table_of_two() {
  v1::MethodTable table;
  v1::MethodTableRow& good = *table.add_rows();
  good.set_name("int4");
  *good.mutable_evaluation() = measured(0.875, 4, 8, 0.25);
  v1::MethodTableRow& bad = *table.add_rows();
  bad.set_name("filters");
  bad.set_error("no layer\x1b[31m computes 'Conv'");
  return table;
}

TEST(MethodTable, StatesFactorsAndDropsAgainstTheFirstRow) {
  const TestConsole console;
  const std::string text = method_table_text(table_of_two(), measured(0.9, 32, 32, 1), console.console);
  EXPECT_THAT(text, ContainsRegex("configuration +top-1 % +drop +arithmetic +memory +work +gpu +runs as"));
  EXPECT_THAT(text, ContainsRegex("\nfp32 +90.00 +0.00 +1.00x +1.00x +1.00x +1.00x +fp32 x fp32\n"));
  EXPECT_THAT(text, ContainsRegex("\nint4 +87.50 +2.50 +32.00x +8.00x +2.00x +4.00x +int8 x int8\n"));
  EXPECT_THAT(text, ContainsRegex("\nfilters: no layer[^\x1b]*computes 'Conv'\n"));
}

TEST(MethodTable, ANetworkThatIsQuantisedInItsFileIsNoFp32One) {
  const TestConsole console;
  const v1::Evaluation base = measured(0.9, 2, 2, 1);
  const std::string text = method_table_text(table_of_two(), base, console.console);
  EXPECT_THAT(text, ContainsRegex("\nas imported +90.00"));
  EXPECT_THAT(text, ContainsRegex("\nint4 +87.50 +2.50 +0.12x +0.50x +1.00x"));
  EXPECT_THAT(method_table_csv(table_of_two(), base), HasSubstr("\nas imported,90.00,0.00,4000,200,1000,500,"));
}

TEST(MethodTable, SaysWhereANetworkDoesNotFit) {
  const TestConsole console;
  v1::MethodTable table;
  v1::MethodTableRow& row = *table.add_rows();
  row.set_name("int8");
  *row.mutable_evaluation() = measured(0.9, 8, 8, 0);
  EXPECT_THAT(method_table_text(table, measured(0.9, 32, 32, 1), console.console),
              ContainsRegex("int8 .*does not fit"));
}

}  // namespace
}  // namespace roofscape::client
