#include "client/report/ranking_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/estimate_report.h"
#include "client/report/latency_text.h"
#include "client/report/platform_report.h"
#include "client/text/csv.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

// "of different bases, which do not compare: 12 measured …; 30 peak power × time, an upper bound".
std::string energies_text(const Ranking& ranking) {
  std::map<v1::EnergyBasis, int> counts;
  for (const v1::PlatformEstimate& row : ranking.rows) ++counts[row.estimate().energy_basis()];
  const bool unknown = counts.contains(v1::ENERGY_BASIS_UNSPECIFIED);
  if (counts.size() == 1)
    return (unknown ? "" : "all rest on one basis: ") + energy_basis_in_full(counts.begin()->first);
  std::string text;
  for (const auto& [basis, rows] : counts)
    if (basis != v1::ENERGY_BASIS_UNSPECIFIED)
      text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", energy_basis_in_full(basis), rows);
  if (unknown) text += fmt::format("; not known ({})", counts[v1::ENERGY_BASIS_UNSPECIFIED]);
  const bool several = counts.size() - (unknown ? 1 : 0) > 1;
  return (several ? fmt::format("compare only where they rest on the same{}: ",
                                ranking.by == RankBy::kEnergy ? ", and are sorted so" : "")
                  : "rest on: ") +
         text;
}

std::string head(const Ranking& ranking, const Console& console) {
  Facts facts;
  facts.add("network", printable(ranking.network, 80));
  const std::size_t priced = ranking.rows.size() + ranking.left_out;
  std::string platforms = fmt::format("{} by {}", count(static_cast<std::int64_t>(priced)),
                                      rank_names()[static_cast<std::size_t>(ranking.by)]);
  if (ranking.left_out > 0) platforms += fmt::format(", of which --limit leaves out {}", ranking.left_out);
  if (!ranking.unpriced.empty()) platforms += fmt::format("; {} more cannot price it", ranking.unpriced.size());
  facts.add("platforms", platforms);
  if (!ranking.rows.empty()) facts.add("energies", energies_text(ranking));
  const auto calibrated = [](const auto& row) { return row.estimate().has_latency_interval_seconds(); };
  if (std::any_of(ranking.rows.begin(), ranking.rows.end(), calibrated))
    facts.add("in brackets",
              "90 % intervals; a time without one is what ceilings ask, for nothing like it is measured");
  return facts.to_text(console);
}

// One line a reason.
std::string unpriced_text(const Ranking& ranking) {
  std::vector<std::pair<std::string, std::string>> reasons;  // and the platforms of each
  for (const v1::UnpricedPlatform& unpriced : ranking.unpriced) {
    auto found = std::find_if(reasons.begin(), reasons.end(),
                              [&](const auto& reason) { return reason.first == unpriced.reason(); });
    if (found == reasons.end()) found = reasons.insert(reasons.end(), {unpriced.reason(), ""});
    found->second += (found->second.empty() ? "" : ", ") + id_of(unpriced.platform());
  }
  std::string text;
  for (const auto& [reason, platforms] : reasons)
    text += fmt::format("not priced: {}: {}\n", platforms, printable(reason, 300));
  return text.empty() ? "" : "\n" + text;
}

}  // namespace

std::string ranking_table(const Ranking& ranking, const Console& console) {
  const std::int64_t batch = ranking.rows.empty() ? 1 : ranking.rows.front().estimate().batch();
  const bool with_roof = std::any_of(ranking.rows.begin(), ranking.rows.end(),
                                     [](const auto& row) { return row.estimate().has_ceilings_only(); });
  const std::string of = batch > 1 ? fmt::format(" of {}", count(batch)) : "";
  std::vector<Column> columns = {{"platform"}, {"kind"}};
  if (with_roof) columns.push_back({"roof" + of, Align::kRight});
  for (const std::string& title : {"latency" + of, std::string("images/s"), std::string("energy an image")})
    columns.push_back({title, Align::kRight});
  for (const char* title : {"energy rests on", "weights", "bound by", "fits"})
    columns.push_back({title, title == std::string_view("weights") ? Align::kRight : Align::kLeft});
  columns.back().flexible = true;
  Table table(std::move(columns));
  for (const v1::PlatformEstimate& row : ranking.rows) {
    const v1::Estimate& estimate = row.estimate();
    std::vector<std::string> cells = {id_of(estimate.platform()), device_class_text(row.device_class())};
    if (with_roof) cells.push_back(seconds(estimate.ceilings_only().latency_seconds()));
    cells.insert(cells.end(),
                 {latency_text(estimate), throughput_text(estimate), energy_text(estimate),
                  estimate.has_energy_joules() ? energy_basis_text(estimate.energy_basis()) : std::string(kDash),
                  bytes(estimate.weight_bytes()), printable(estimate.binding_roof()),
                  cannot_fit(estimate) ? fit_text(estimate) : fit_word(estimate)});
    table.add(std::move(cells), cannot_fit(estimate) ? Ink::kFaint : Ink::kPlain);
  }
  return head(ranking, console) + (table.empty() ? "" : "\n" + table.to_text(console)) + unpriced_text(ranking);
}

std::string ranking_csv(const Ranking& ranking) {
  std::vector<std::string> header = {"platform", "title"};
  const std::size_t named = header.size();
  for (const char* column : {"network", "device_class", "fits", "does_not_fit", "weight_bytes", "peak_activation_bytes",
                             "binding_roof", "calibration"})
    header.emplace_back(column);
  header.insert(header.end(), estimate_columns().begin(), estimate_columns().end());
  header.emplace_back("not_priced");
  Csv csv(header);
  for (const v1::PlatformEstimate& row : ranking.rows) {
    const v1::Estimate& estimate = row.estimate();
    std::vector<std::string> cells = {id_of(estimate.platform()),
                                      printable(row.title()),
                                      printable(ranking.network),
                                      device_class_text(row.device_class()),
                                      fit_cell(estimate),
                                      printable(estimate.does_not_fit(), 300),
                                      Csv::number(estimate.weight_bytes()),
                                      Csv::number(estimate.peak_activation_bytes()),
                                      printable(estimate.binding_roof()),
                                      printable(estimate.calibration(), 200)};
    for (const std::string& cell : estimate_cells(estimate)) cells.push_back(cell);
    cells.emplace_back();
    csv.add(cells);
  }
  for (const v1::UnpricedPlatform& unpriced : ranking.unpriced) {
    std::vector<std::string> cells(header.size());
    cells[0] = id_of(unpriced.platform());
    cells[named] = printable(ranking.network);
    cells.back() = printable(unpriced.reason(), 300);
    csv.add(cells);
  }
  return csv.to_text();
}

v1::EstimateOnPlatformsResponse ranking_json(const Ranking& ranking) {
  v1::EstimateOnPlatformsResponse answer;
  for (const v1::PlatformEstimate& row : ranking.rows) *answer.add_estimates() = row;
  for (const v1::UnpricedPlatform& unpriced : ranking.unpriced) *answer.add_unpriced() = unpriced;
  return answer;
}

}  // namespace roofscape::client
