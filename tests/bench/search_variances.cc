// Searches the variances of analytics/calibrate/hyper.cc for one class of hardware: each in turn four times as large or
// as small, for as long as rows that the model has not seen are predicted better. Prints what it found as hyper.cc has
// it, after each improvement, so that it can be stopped.
//
//   build/release/tests/bench/search_variances accelerator measured.csv qutibench.csv published.csv network_costs.csv
//
// Better is a smaller sum over rows left out with their network (counted three times), platform (one and a half) and
// family (once) of min(|residual|, 1.2) + 0.1 |residual|; a platform with n rows has a say of n^0.7, lest two boards
// with thousands of rows decide for all. A class of 1,500 rows takes about ten minutes, one of 4,000 hours.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "analytics/calibrate/class_model.h"
#include "analytics/calibrate/hyper.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/observation.h"
#include "platforms/library.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate {
namespace {

struct Field {
  const char* name;
  double Hyper::*value;
};
constexpr Field kFields[] = {
    {"class_features", &Hyper::class_features},
    {"class_architecture", &Hyper::class_architecture},
    {"family_features", &Hyper::family_features},
    {"family_architecture", &Hyper::family_architecture},
    {"family_level", &Hyper::family_level},
    {"platform_features", &Hyper::platform_features},
    {"platform_architecture", &Hyper::platform_architecture},
    {"platform_level", &Hyper::platform_level},
    {"format_features", &Hyper::format_features},
    {"format_level", &Hyper::format_level},
    {"runtime_features", &Hyper::runtime_features},
    {"runtime_level", &Hyper::runtime_level},
    {"machine_features", &Hyper::machine_features},
    {"class_fetch", &Hyper::class_fetch},
    {"family_fetch", &Hyper::family_fetch},
    {"runtime_fetch", &Hyper::runtime_fetch},
    {"class_traffic", &Hyper::class_traffic},
    {"runtime_traffic", &Hyper::runtime_traffic},
    {"platform_traffic", &Hyper::platform_traffic},
    {"architecture_traffic", &Hyper::architecture_traffic},
    {"class_launch", &Hyper::class_launch},
    {"runtime_launch", &Hyper::runtime_launch},
    {"platform_launch", &Hyper::platform_launch},
    {"format_launch", &Hyper::format_launch},
    {"architecture_launch", &Hyper::architecture_launch},
    {"noise", &Hyper::noise},
};
constexpr double kStep = 4, kLeast = 1e-5, kMost = 5;
constexpr double kWorthIt = 1e-3;

double loss(double residual) { return std::min(std::abs(residual), 1.2) + 0.1 * std::abs(residual); }

class Search {
 public:
  Search(std::string name, std::vector<const Observation*> rows) : name_(std::move(name)), rows_(std::move(rows)) {
    std::map<std::string, int> counts;
    for (const Observation* row : rows_) ++counts[row->key.platform];
    for (const Observation* row : rows_) {
      say_.push_back(std::pow(counts[row->key.platform], -0.3));
      all_ += say_.back();
    }
  }

  // Infinite where the numbers cannot be fitted.
  double score(const Hyper& hyper) const {
    ClassModel model(name_, rows_, hyper);
    if (!model.fit().ok()) return HUGE_VAL;
    double sum = 0;
    for (const auto& [unseen, weight] :
         {std::pair{kUnseenNetwork, 3.0}, {kUnseenPlatform, 1.5}, {kUnseenFamily, 1.0}}) {
      const auto residuals = model.residuals_without(unseen);
      if (!residuals.ok()) return HUGE_VAL;
      for (std::size_t i = 0; i < rows_.size(); ++i) sum += weight * say_[i] * loss((*residuals)[i]);
    }
    return sum / all_;
  }

  void run(Hyper hyper) {
    double best = score(hyper);
    fmt::print("// {} rows, {:.4f}\n", rows_.size(), best);
    for (double before = HUGE_VAL; before - best > 5 * kWorthIt;) {
      before = best;
      for (const Field& field : kFields)
        for (const double factor : {kStep, 1 / kStep})
          while (take(field, factor, &hyper, &best)) print(hyper, best);
    }
  }

 private:
  bool take(const Field& field, double factor, Hyper* hyper, double* best) const {
    Hyper changed = *hyper;
    changed.*field.value = std::clamp(changed.*field.value * factor, kLeast, kMost);
    if (changed.*field.value == hyper->*field.value) return false;
    const double found = score(changed);
    if (!(found < *best - kWorthIt)) return false;
    *hyper = changed;
    *best = found;
    return true;
  }

  void print(const Hyper& hyper, double best) const {
    fmt::print("// {:.4f}\n    {{\"{}\",\n     {{", best, name_);
    for (const Field& field : kFields)
      fmt::print("{}.{} = {:.2g}", field.name == kFields[0].name ? "" : ",\n      ", field.name, hyper.*field.value);
    fmt::print("}}}},\n");
    std::fflush(stdout);
  }

  std::string name_;
  std::vector<const Observation*> rows_;
  std::vector<double> say_;  // of each row
  double all_ = 0;
};

int search(const std::string& name, std::span<char* const> files) {
  std::vector<Table> tables;
  for (const std::string file : files) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    auto table = Table::parse(text.str(), file.substr(file.rfind('/') + 1));
    if (!table.ok()) return fmt::print(stderr, "{}\n", table.status().message()), 2;
    tables.push_back(std::move(*table));
  }
  const auto readings = read_measurements(tables);
  if (!readings.ok()) return fmt::print(stderr, "{}\n", readings.status().message()), 2;
  const PlatformIndex index(platforms::built_in_platforms());
  const Observations observations = observe(readings->measurements, index);
  std::vector<const Observation*> rows;
  std::set<std::string> classes;
  for (const Observation& row : observations.rows) {
    classes.insert(row.key.device_class);
    if (row.key.device_class == name) rows.push_back(&row);
  }
  if (rows.empty())
    return fmt::print(stderr, "no row of the class '{}'; there are {}\n", name, fmt::join(classes, ", ")), 2;
  Search(name, std::move(rows)).run(hyper_of(name));
  return 0;
}

}  // namespace
}  // namespace roofscape::calibrate

int main(int argc, char** argv) {
  if (argc < 3) return fmt::print(stderr, "usage: search_variances CLASS FILE.csv…\n"), 2;
  return roofscape::calibrate::search(argv[1], std::span<char* const>(argv + 2, static_cast<std::size_t>(argc - 2)));
}
