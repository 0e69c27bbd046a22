#include "client/report/batch_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/estimate_report.h"
#include "client/report/latency_text.h"
#include "client/text/csv.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

constexpr double kSufficientShare = 0.9;

// What is said of every batch; what differs from one to the next is for an estimate of that batch.
std::string remarks_of_all(const BatchSeries& series) {
  v1::Estimate all;
  const v1::Estimate& first = series.estimates.front();
  const auto in_all = [&](const std::string& text, const auto& texts_of) {
    return std::all_of(series.estimates.begin(), series.estimates.end(), [&](const v1::Estimate& estimate) {
      const auto& texts = texts_of(estimate);
      return std::find(texts.begin(), texts.end(), text) != texts.end();
    });
  };
  for (const std::string& text : first.missing())
    if (in_all(
            text, [](const v1::Estimate& of) -> const auto& { return of.missing(); }))
      all.add_missing(text);
  for (const std::string& text : first.notes())
    if (in_all(
            text, [](const v1::Estimate& of) -> const auto& { return of.notes(); }))
      all.add_notes(text);
  return estimate_remarks(all);
}

}  // namespace

std::size_t sufficient_batch(const BatchSeries& series) {
  double best = 0;
  for (const v1::Estimate& estimate : series.estimates) best = std::max(best, estimate.throughput_per_second());
  for (std::size_t i = 0; i < series.estimates.size(); ++i)
    if (series.estimates[i].throughput_per_second() >= kSufficientShare * best) return i;
  return 0;
}

std::string batch_text(const BatchSeries& series, const Console& console) {
  const bool with_roof = series.estimates.front().has_ceilings_only();
  std::vector<Column> columns = {{"batch", Align::kRight}};
  if (with_roof) columns.push_back({"roof", Align::kRight});
  for (const char* title : {"latency", "images/s", "energy an image"}) columns.push_back({title, Align::kRight});
  for (const char* title : {"bound by", "fits", ""}) columns.push_back({title});
  Table table(std::move(columns));
  const std::size_t sufficient = sufficient_batch(series);
  for (std::size_t i = 0; i < series.estimates.size(); ++i) {
    const v1::Estimate& estimate = series.estimates[i];
    std::vector<std::string> row = {count(estimate.batch())};
    if (with_roof) row.push_back(seconds(estimate.ceilings_only().latency_seconds()));
    row.insert(row.end(), {latency_text(estimate), throughput_text(estimate), energy_text(estimate),
                           printable(estimate.binding_roof()), fit_word(estimate),
                           i == sufficient ? "smallest with 90 % of the best throughput" : ""});
    table.add(std::move(row));
  }
  const v1::Estimate& first = series.estimates.front();
  Facts facts;
  facts.add("network", printable(series.network, 80));
  facts.add("platform", id_of(first.platform()));
  if (first.energy_basis() != v1::ENERGY_BASIS_UNSPECIFIED)
    facts.add("energy rests on", energy_basis_in_full(first.energy_basis()));
  if (with_roof) facts.add("roof", "latency by ceilings and mechanisms alone, without what measurements say");
  if (!first.calibration().empty())
    facts.add("calibration", printable(first.calibration(), 200) + "; in brackets 90 % intervals");
  return facts.to_text(console) + "\n" + table.to_text(console) + remarks_of_all(series);
}

std::string batch_csv(const BatchSeries& series) {
  std::vector<std::string> header = {"platform", "network", "binding_roof", "fits", "sufficient"};
  for (const std::string& column : estimate_columns()) header.push_back(column);
  Csv csv(header);
  const std::size_t sufficient = sufficient_batch(series);
  for (std::size_t i = 0; i < series.estimates.size(); ++i) {
    const v1::Estimate& estimate = series.estimates[i];
    std::vector<std::string> cells = {id_of(estimate.platform()), printable(series.network),
                                      printable(estimate.binding_roof()), fit_cell(estimate),
                                      i == sufficient ? "true" : "false"};
    for (const std::string& cell : estimate_cells(estimate)) cells.push_back(cell);
    csv.add(cells);
  }
  return csv.to_text();
}

google::protobuf::Struct batch_json(const BatchSeries& series) {
  google::protobuf::Struct all;
  auto& fields = *all.mutable_fields();
  fields["platform"].set_string_value(series.estimates.front().platform());
  fields["network"].set_string_value(series.network);
  fields["sufficient_batch"].set_number_value(static_cast<double>(series.estimates[sufficient_batch(series)].batch()));
  auto* batches = fields["batches"].mutable_list_value();
  for (const v1::Estimate& estimate : series.estimates) {
    auto& of = *batches->add_values()->mutable_struct_value()->mutable_fields();
    const auto put = [&](const char* name, double value) { of[name].set_number_value(value); };
    put("batch", static_cast<double>(estimate.batch()));
    put("latency_seconds", estimate.latency_seconds());
    if (estimate.has_latency_interval_seconds()) {
      put("latency_low_seconds", estimate.latency_interval_seconds().low());
      put("latency_high_seconds", estimate.latency_interval_seconds().high());
    }
    put("throughput_per_second", estimate.throughput_per_second());
    if (estimate.has_throughput_interval_per_second()) {
      put("throughput_low_per_second", estimate.throughput_interval_per_second().low());
      put("throughput_high_per_second", estimate.throughput_interval_per_second().high());
    }
    if (estimate.has_energy_joules()) put("image_energy_joules", estimate.energy_joules());
    if (estimate.has_energy_interval_joules()) {
      put("image_energy_low_joules", estimate.energy_interval_joules().low());
      put("image_energy_high_joules", estimate.energy_interval_joules().high());
    }
    of["energy_basis"].set_string_value(energy_basis_text(estimate.energy_basis()));
    if (estimate.has_ceilings_only()) {
      put("ceilings_only_latency_seconds", estimate.ceilings_only().latency_seconds());
      put("ceilings_only_throughput_per_second", estimate.ceilings_only().throughput_per_second());
    }
    if (estimate.has_wall_energy_joules()) put("image_wall_energy_joules", estimate.wall_energy_joules());
    of["binding_roof"].set_string_value(estimate.binding_roof());
    // Not known is no field.
    if (fit_word(estimate) != "not known") of["fits"].set_bool_value(!cannot_fit(estimate));
  }
  return all;
}

}  // namespace roofscape::client
