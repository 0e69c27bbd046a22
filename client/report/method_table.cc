#include "client/report/method_table.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/table.h"
#include "client/text/csv.h"
#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

std::string factor(double base, double now) { return now > 0 ? fmt::format("{:.2f}x", base / now) : "-"; }

std::string short_name(const std::string& resource) { return resource.substr(resource.find('/') + 1); }

// The arithmetic in which the platform does most of the operations.
std::string mostly_runs_as(const v1::Estimate& estimate) {
  std::map<std::string, double> operations;
  for (const v1::LayerEstimate& layer : estimate.layers())
    if (!layer.runs_as().empty()) operations[layer.runs_as()] += layer.op_count();
  std::string most;
  for (const auto& [arithmetic, count] : operations)
    if (most.empty() || count > operations[most]) most = arithmetic;
  return most;
}

struct Row {
  std::string top1, drop, arithmetic, memory, work;
  std::vector<std::string> times, arithmetics;  // one a platform
};

Row row_of(const v1::Evaluation& now, const v1::Evaluation& base) {
  Row row;
  row.top1 = fmt::format("{:.2f}", 100 * now.accuracy().top1());
  row.drop = fmt::format("{:.2f}", 100 * (base.accuracy().top1() - now.accuracy().top1()));
  const double macs = static_cast<double>(now.mac_count()), base_macs = static_cast<double>(base.mac_count());
  row.work = factor(base.needed_mac_count(), now.needed_mac_count());
  row.arithmetic = factor(base.bit_operations() / base_macs, now.bit_operations() / macs);
  row.memory = factor(static_cast<double>(base.weight_bytes()), static_cast<double>(now.weight_bytes()));
  for (int i = 0; i < now.estimates_size() && i < base.estimates_size(); ++i) {
    const v1::Estimate& estimate = now.estimates(i);
    row.times.push_back(cannot_fit(estimate) ? "does not fit"
                                             : factor(base.estimates(i).latency_seconds(), estimate.latency_seconds()));
    row.arithmetics.push_back(printable(mostly_runs_as(estimate), 60));
  }
  return row;
}

// A file may hold narrower formats than fp32 already.
std::string name_of(const v1::Evaluation& base) {
  constexpr double kBitOperations = 32 * 32;  // of a multiplication in fp32
  return base.bit_operations() == kBitOperations * static_cast<double>(base.mac_count()) ? "fp32" : "as imported";
}

}  // namespace

std::string method_table_text(const v1::MethodTable& table, const v1::Evaluation& base, const Console& console) {
  std::vector<Column> columns = {{"configuration"},         {"top-1 %", Align::kRight},
                                 {"drop", Align::kRight},   {"arithmetic", Align::kRight},
                                 {"memory", Align::kRight}, {"work", Align::kRight}};
  for (const v1::Estimate& estimate : base.estimates()) {
    columns.push_back({printable(short_name(estimate.platform()), 40), Align::kRight});
    columns.push_back({"runs as"});
  }
  Table text(columns);
  const auto add = [&](const std::string& name, const v1::Evaluation& evaluation) {
    const Row row = row_of(evaluation, base);
    std::vector<std::string> cells = {printable(name, 60), row.top1, row.drop, row.arithmetic, row.memory, row.work};
    for (std::size_t i = 0; i < row.times.size(); ++i) {
      cells.push_back(row.times[i]);
      cells.push_back(row.arithmetics[i]);
    }
    cells.resize(columns.size());
    text.add(std::move(cells));
  };
  add(name_of(base), base);
  std::string failures;
  for (const v1::MethodTableRow& row : table.rows()) {
    if (row.error().empty()) {
      add(row.name(), row.evaluation());
    } else {
      failures += fmt::format("{}: {}\n", printable(row.name(), 60), printable(row.error(), 400));
    }
  }
  return text.to_text(console) + (failures.empty() ? "" : "\n" + failures) +
         "\nPost-training, without retraining. Factors are against the first row: bits of both factors a "
         "multiplication, "
         "bytes of\nweights as stored, multiply-accumulates that an image needs (of weights and inputs other than 0, "
         "before it leaves),\nand estimated time. Drops are points of top-1.\n";
}

std::string method_table_csv(const v1::MethodTable& table, const v1::Evaluation& base) {
  std::vector<std::string> header = {"configuration", "top1_percent", "drop_points",     "bit_operations",
                                     "weight_bytes",  "mac_count",    "needed_mac_count"};
  for (const v1::Estimate& estimate : base.estimates()) {
    header.push_back(short_name(estimate.platform()) + "_latency_seconds");
    header.push_back(short_name(estimate.platform()) + "_runs_as");
  }
  Csv csv(header);
  const auto add = [&](const std::string& name, const v1::Evaluation& evaluation) {
    const Row row = row_of(evaluation, base);
    std::vector<std::string> cells = {name,
                                      row.top1,
                                      row.drop,
                                      Csv::number(evaluation.bit_operations()),
                                      fmt::format("{}", evaluation.weight_bytes()),
                                      fmt::format("{}", evaluation.mac_count()),
                                      Csv::number(evaluation.needed_mac_count())};
    for (int i = 0; i < evaluation.estimates_size(); ++i) {
      cells.push_back(Csv::number(evaluation.estimates(i).latency_seconds()));
      cells.push_back(mostly_runs_as(evaluation.estimates(i)));
    }
    csv.add(cells);
  };
  add(name_of(base), base);
  for (const v1::MethodTableRow& row : table.rows())
    if (row.error().empty()) add(row.name(), row.evaluation());
  return csv.to_text();
}

}  // namespace roofscape::client
