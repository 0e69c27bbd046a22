// Published latencies and rates of fixed designs that the shipped calibration has not learned from: overlays on boards
// that no file of measurements names (KV260, ZCU102), Eyeriss, EIE, BitFusion and the first TPU. Each is priced by the
// platform file that ships, in the network, formats and batch of its publication, as `roofscape estimate` would.
//
//   build/release/tests/conformance/published_rows_test       # prints each row, ours beside theirs
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/table.h"
#include "analytics/cost/by_totals.h"
#include "analytics/cost/calibration.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/network/work.h"
#include "analytics/zoo/zoo.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/conformance/published_designs.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

using calibrate::Table;

struct Row {
  std::string platform, what;
  std::int64_t batch = 1;
  double rate = 0;  // published images a second in steady state, or 0
  double time = 0;  // published seconds of a batch, where there is no rate
  struct Prices {
    cost::Estimate shipped, mechanism;  // with the calibration that ships; by the platform file alone
  } priced;
  const cost::Estimate& ours() const { return priced.shipped; }
  // Ours over theirs, of time.
  double ratio(const cost::Estimate& of) const {
    return rate > 0 ? rate / of.throughput_per_second : of.latency.value() / time;
  }
  // The 90 % interval, of the same as the publication gives.
  cost::Interval<double> interval() const {
    const auto& of_rate = ours().throughput_interval;
    const auto& of_time = ours().latency_interval;
    if (rate > 0) return of_rate ? *of_rate : cost::Interval<double>{0, 0};
    return of_time ? cost::Interval<double>{of_time->low.value(), of_time->high.value()} : cost::Interval<double>{0, 0};
  }
  double published() const { return rate > 0 ? rate : time; }
  bool within() const { return interval().low <= published() && published() <= interval().high; }
};
using Prices = Row::Prices;

v1::Platform platform_of(const std::string& id) {
  for (const v1::Platform& platform : platforms::built_in_platforms())
    if (platform.id() == id) return platform;
  throw std::runtime_error("no platform " + id);
}

// By the platform file alone, and with what ships of it.
template <typename Price>
Prices both(const std::string& id, const Price& price) {
  v1::Platform platform = platform_of(id);
  const Result<cost::Estimate> mechanism = price(platform);
  const auto calibration = cost::resolve(platforms::built_in_calibration(), cost::calibration_key(platform));
  if (calibration.ok() && calibration->has_value()) *platform.mutable_calibration() = **calibration;
  const Result<cost::Estimate> shipped = price(platform);
  EXPECT_TRUE(mechanism.ok() && shipped.ok()) << id;
  if (!mechanism.ok() || !shipped.ok()) return {};
  return {*shipped, *mechanism};
}

Prices priced(const std::string& platform, const Network& network, std::int64_t batch) {
  return both(platform, [&](const v1::Platform& of) { return cost::estimate(network, of, {.batch = batch}); });
}

Network of_zoo(const std::string& id, const char* formats = "int8") {
  return *cost::with_formats(*zoo::find(id)->build(), *cost::parse_formats(formats));
}

// Nothing where the file is not there. Lines before the table's header say where it comes from.
std::optional<Table> golden(const std::string& name) {
  const auto path = shared_data("../reference/" + name);
  if (!path) return std::nullopt;
  std::ifstream file(*path);
  std::string text;
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with("#")) text += line + "\n";
  return *Table::parse(text, name);
}

double cell(const Table& table, std::string_view key_column, const std::string& key, const std::string& column) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table.row(i).text(key_column) == key) return table.row(i).number(column).value_or(0);
  ADD_FAILURE() << table.file() << " has no row '" << key << "'";
  return 0;
}

using Rows = std::vector<Row>;

// Vitis AI 2.5, end to end, several threads. EfficientNet-B0 is another network there: 0.36 G of operations.
bool add_overlays(Rows* rows) {
  const auto table = golden("golden/dpu_b4096_fps.csv");
  const auto survey = golden("table2.csv");
  if (!table || !survey) return false;
  constexpr std::pair<const char*, const char*> kNetworks[] = {{"pt_resnet50_224", "resnet-50"},
                                                               {"tf_resnetv1_101_224", "resnet-101"},
                                                               {"pt_vehicle_resnet18_224", "resnet-18"},
                                                               {"tf_vgg16_224", "vgg-16"},
                                                               {"tf_mobilenetv1_1.0_224", "mobilenet-v1"},
                                                               {"tf_mobilenetv1_0.5_160", "mobilenet-v1-0.5-160"},
                                                               {"tf_mobilenetv1_0.25_128", "mobilenet-v1-0.25-128"},
                                                               {"tf_mobilenetv2_1.0_224", "mobilenet-v2"},
                                                               {"tf_inceptionv1_224", "googlenet"},
                                                               {"tf_inceptionv3_299", "inception-v3"}};
  for (const auto& [name, id] : kNetworks)
    rows->push_back({.platform = "kv260-dpu",
                     .what = id,
                     .rate = cell(*table, "model", name, "kv260_mt"),
                     .priced = priced("kv260-dpu", of_zoo(id), 1)});
  rows->push_back({.platform = "zcu102-dpu",
                   .what = "resnet-50",
                   .batch = 3,  // one for each core
                   .rate = cell(*survey, "platform", "ZCU102 3x DPU B4096", "throughput_img_s"),
                   .priced = priced("zcu102-dpu", of_zoo("resnet-50"), 3)});
  return true;
}

bool add_eyeriss(Rows* rows) {
  const auto table = golden("golden/fodlam__eyeriss-alexnet.csv");
  const auto survey = golden("table2.csv");
  if (!table || !survey) return false;
  for (const published::Design& design : published::eyeriss_alexnet())
    rows->push_back({.platform = "eyeriss-v1",
                     .what = "AlexNet " + design.name,
                     .batch = 4,
                     .time = cell(*table, "Layer", design.name, "Total Latency (ms)") * 1e-3,
                     .priced = priced("eyeriss-v1", design.network, 4)});
  rows->push_back({.platform = "eyeriss-v1",
                   .what = "VGG-16 convolutions",
                   .batch = 3,
                   .time = 3 / cell(*survey, "network", "VGG-16 conv layers", "throughput_img_s"),
                   .priced = priced("eyeriss-v1", published::eyeriss_vgg16(), 3)});
  return true;
}

bool add_eie(Rows* rows) {
  const auto table = golden("golden/fodlam__eie-layers.csv");
  if (!table) return false;
  for (const published::EieLayer& layer : published::eie_layers())
    rows->push_back({.platform = "eie",
                     .what = layer.name,
                     .time = cell(*table, "Layer", "Actual Time", layer.name) * 1e-6,
                     .priced = priced("eie", published::eie_layer(layer), 1)});
  return true;
}

bool add_bitfusion(Rows* rows) {
  const auto table = golden("golden/bitfusion__published.csv");
  if (!table) return false;
  for (const published::Design& design : published::bitfusion_networks())
    rows->push_back({.platform = "bitfusion",
                     .what = design.name,
                     .batch = 16,
                     .rate = cell(*table, "network", design.name, "bitfusion_fps"),
                     .priced = priced("bitfusion", design.network, 16)});
  return true;
}

bool add_tpu(Rows* rows) {
  const auto table = golden("validation/published.csv");
  if (!table) return false;
  const auto published_of = [&](const std::string& application) {
    for (std::size_t i = 0; i < table->size(); ++i)
      if (table->row(i).text("network").starts_with(application)) return table->row(i);
    throw std::runtime_error("no row of " + application);
  };
  for (const published::Design& design : published::tpu_applications()) {
    const Table::Row row = published_of(design.name);
    const auto batch = static_cast<std::int64_t>(row.number("batch").value());
    const double ops = 2 * static_cast<double>(network_work(design.network).macs);
    rows->push_back({.platform = "tpu-v1",
                     .what = design.name,
                     .batch = batch,
                     .rate = row.number("value").value() * 1e12 / ops,
                     .priced = priced("tpu-v1", design.network, batch)});
  }
  // 89 layers of several kinds of which totals alone are published.
  const Table::Row row = published_of("CNN1");
  const cost::Outline cnn1{.macs = 100e6 * 1750 / 32, .parameters = 100e6, .layers = 76};
  const cost::UniformFormats int8 = *cost::parse_formats("int8");
  rows->push_back(
      {.platform = "tpu-v1",
       .what = "CNN1",
       .batch = 32,
       .rate = row.number("value").value() * 1e12 / (2 * cnn1.macs),
       .priced = both("tpu-v1", [&](const v1::Platform& of) { return cost::estimate_by_totals(cnn1, int8, of, 32); })});
  return true;
}

void print(const Rows& rows) {
  fmt::print("{:<12} {:<22} {:>5} {:>10} {:>10} {:>10} {:>10} {:>7} {:>9}\n", "platform", "network", "batch",
             "published", "ours", "low", "high", "time x", "mechanism");
  for (const Row& row : rows)
    fmt::print("{:<12} {:<22} {:>5} {:>10.4g} {:>10.4g} {:>10.4g} {:>10.4g} {:>7.2f} {:>9.2f}{}\n", row.platform,
               row.what, row.batch, row.published(),
               row.rate > 0 ? row.ours().throughput_per_second : row.ours().latency.value(), row.interval().low,
               row.interval().high, row.ratio(row.ours()), row.ratio(row.priced.mechanism),
               row.within() ? "" : "  outside its interval");
}

double median_error(const Rows& rows, cost::Estimate Prices::*of) {
  std::vector<double> errors;
  for (const Row& row : rows) errors.push_back(std::abs(row.ratio(row.priced.*of) - 1));
  std::sort(errors.begin(), errors.end());
  return errors[errors.size() / 2];
}

TEST(PublishedRows, OfDesignsThatNothingWasFittedOnAreWithinAThirdAndInTheirIntervals) {
  Rows rows;
  for (const auto& add : {add_overlays, add_eyeriss, add_eie, add_bitfusion, add_tpu})
    if (!add(&rows)) GTEST_SKIP() << "the published figures are not there; set ROOFSCAPE_DATA";
  print(rows);
  double inside = 0;
  for (const Row& row : rows) inside += row.within() ? 1 : 0;
  const double share = inside / static_cast<double>(rows.size());
  const double shipped = median_error(rows, &Prices::shipped), mechanism = median_error(rows, &Prices::mechanism);
  fmt::print("{} rows: median error {:.0f} %, of the mechanism alone {:.0f} %; {:.0f} % within their 90 % interval\n",
             rows.size(), 100 * shipped, 100 * mechanism, 100 * share);
  // What is learned of others makes none much slower than it is; what mechanisms leave out makes few much faster.
  int half = 0;
  for (const Row& row : rows) {
    EXPECT_LT(row.ratio(row.ours()), 1.5) << row.what << " on " << row.platform;
    half += row.ratio(row.ours()) < 0.5 ? 1 : 0;
  }
  EXPECT_LE(half, 3);
  EXPECT_LE(shipped, 0.30);
  EXPECT_LE(mechanism, 0.25);
  EXPECT_GE(share, 0.85);
}

}  // namespace
}  // namespace roofscape
