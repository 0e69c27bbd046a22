// Five networks of one's own, of every platform of which published files name ten: what the calibration that ships says
// of the platform itself is taken out of it, five networks are learned on top, and the others are predicted. Intervals
// must hold nine times of ten, narrow near what was measured and wide elsewhere.
//
//   build/release/tests/conformance/own_rows_test     # prints the figures of docs/calibration.md
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/observation.h"
#include "analytics/calibrate/refit.h"
#include "analytics/cost/own_spread.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

using calibrate::Observation;
using Scope = v1::CalibrationScope;
using Rows = std::vector<const Observation*>;

constexpr std::size_t kOwn = 5, kNetworks = 10, kAsked = 20;
constexpr int kDraws = 3;

v1::Calibration without(const std::string& platform) {
  v1::Calibration base = platforms::built_in_calibration();
  auto& scopes = *base.mutable_scopes();
  const auto is_its = [&](const Scope& scope) {
    return (scope.kind() == Scope::PLATFORM && scope.id() == platform) ||
           (scope.kind() == Scope::FORMAT && scope.id().starts_with(platform + " "));
  };
  scopes.erase(std::remove_if(scopes.begin(), scopes.end(), is_its), scopes.end());
  return base;
}

struct Figures {
  int rows = 0, held = 0;
  double widths = 0;
  double coverage() const { return held / std::max(1.0, static_cast<double>(rows)); }
  double width() const { return std::exp(widths / std::max(1, rows)); }  // geometric mean of high / low
  void add(double seconds, const cost::Prediction& of) {
    ++rows;
    held += of.low.value() <= seconds && seconds <= of.high.value() ? 1 : 0;
    widths += std::log(of.high / of.low);
  }
};

struct Draws {
  Figures near, far, before;  // and of the near ones, what ships without the platform
};

// One draw: learns from the first rows of different networks, asks for others.
void draw(const Rows& rows, const v1::Calibration& base, Draws* result) {
  std::vector<Observation> own;
  std::set<std::string> networks;
  for (const Observation* row : rows)
    if (own.size() < kOwn && networks.insert(row->network).second) own.push_back(*row);
  const cost::CalibrationKey& key = rows.front()->key;
  RS_ASSERT_OK_AND_ASSIGN(const v1::Calibration learned, calibrate::refit(own, base));
  const auto message = *cost::resolve(learned, key);
  const auto mine = *cost::PlatformCalibration::create(*message);
  const auto shipped = *cost::PlatformCalibration::create(**cost::resolve(base, key));
  v1::OwnSpread sure = message->own();
  sure.set_network_spread(0);
  sure.set_row_spread(0);
  const auto nearness = *cost::OwnSpread::create(sure);
  std::size_t asked = 0;
  for (const Observation* row : rows) {
    if (networks.count(row->network) > 0 || ++asked > kAsked) continue;
    const double left = nearness.narrowed(row->traits, cost::main_arithmetic(row->load), row->at_once, 1);
    const double seconds = std::exp(row->log_seconds);
    const bool near = left * left < 0.1;
    (near ? result->near : result->far).add(seconds, mine.predict(row->traits, row->load, row->at_once));
    if (near) result->before.add(seconds, shipped.predict(row->traits, row->load, row->at_once));
  }
}

TEST(OwnRows, FiveOfThemNarrowIntervalsThatStillHold) {
  std::vector<calibrate::Table> tables;
  for (const char* name : {"measured.csv", "qutibench.csv", "nasbench201.csv", "network_costs.csv"}) {
    const auto path = shared_data(std::string("../reference/validation/") + name);
    if (!path) GTEST_SKIP() << name << " is not there; set ROOFSCAPE_DATA";
    std::ostringstream text;
    text << std::ifstream(*path).rdbuf();
    tables.push_back(*calibrate::Table::parse(text.str(), name));
  }
  const calibrate::Readings readings = *calibrate::read_measurements(tables);
  const calibrate::PlatformIndex index(platforms::built_in_platforms());
  const calibrate::Observations all = calibrate::observe(readings.measurements, index);
  std::map<std::string, Rows> by_platform;
  for (const Observation& row : all.rows)
    if (!row.is_energy) by_platform[row.key.platform].push_back(&row);

  Draws result;
  std::mt19937 random(1);
  int platforms = 0;
  for (auto& [id, rows] : by_platform) {
    std::set<std::string> networks;
    for (const Observation* row : rows) networks.insert(row->network);
    if (networks.size() < kNetworks) continue;
    ++platforms;
    const v1::Calibration base = without(id);
    for (int i = 0; i < kDraws; ++i) {
      std::shuffle(rows.begin(), rows.end(), random);
      draw(rows, base, &result);
    }
  }
  fmt::print("{} platforms, five networks each\n", platforms);
  for (const auto& [name, of] :
       {std::pair{"near, before", result.before}, {"near", result.near}, {"elsewhere", result.far}})
    fmt::print("{:<14} {:>5} rows, {:.0f} % in their 90 % interval, high over low {:.2f}\n", name, of.rows,
               100 * of.coverage(), of.width());
  EXPECT_GT(result.near.rows, 1000);
  EXPECT_GE(result.near.coverage(), 0.85);
  EXPECT_LE(result.near.coverage(), 0.97);
  EXPECT_GE(result.far.coverage(), 0.85);
  EXPECT_LT(result.near.width(), 2.5);
  EXPECT_LT(std::log(result.near.width()), 0.6 * std::log(result.before.width()));
  EXPECT_GT(result.far.width(), 1.4 * result.near.width());
}

}  // namespace
}  // namespace roofscape
