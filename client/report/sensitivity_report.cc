#include "client/report/sensitivity_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/recipe.h"
#include "client/text/csv.h"

namespace roofscape::client {
namespace {

constexpr std::size_t kNamed = 3;  // layers of the closing line

std::string group_table(const SensitivityMap& map, const SensitivityMap::Group& group, const Console& console) {
  std::vector<Column> columns = {{group.method}};
  for (const SensitivityMap::Setting& setting : group.settings)
    columns.push_back({setting.title.empty() ? "nats" : setting.title, Align::kRight});
  Table table(std::move(columns));
  for (std::size_t r = 0; r < map.rows.size(); ++r) {
    std::vector<std::string> cells = {map.rows[r]};
    bool any = false;
    for (const SensitivityMap::Setting& setting : group.settings) {
      any = any || setting.nats[r].has_value();
      const std::string mark = setting.most_sensitive() == r ? "*" : "";
      cells.push_back(setting.nats[r] ? mark + nats_text(*setting.nats[r]) : std::string(kDash));
    }
    if (any) table.add(std::move(cells));
  }
  return table.to_text(console);
}

std::string closing_line(const SensitivityMap& map) {
  std::string text;
  if (map.rows.size() > 1) {
    for (const std::size_t row : map.most_sensitive(kNamed)) text += (text.empty() ? "" : ", ") + map.rows[row];
    text = "most sensitive: " + text;
  }
  if (const auto mildest = map.mildest())
    text += fmt::format("{}mildest setting: {}, with which no layer alone does more than {} nats",
                        text.empty() ? "" : "; ", mildest->name, nats_text(mildest->worst));
  return text + "\n";
}

std::string optional_number(bool has, double value) { return has ? Csv::number(value) : ""; }

}  // namespace

std::string sensitivity_text(const SensitivityMap& map, const Console& console) {
  if (map.groups.empty()) return "no choice of the space could be measured\n";
  std::string text = fmt::format(
      "{}: divergence of the outputs from the unchanged network's, in nats, where one layer alone changes; "
      "{} calibration images\n",
      printable(map.network), count(map.images));
  if (!map.legend.empty()) text += map.legend + "\n";
  for (const SensitivityMap::Group& group : map.groups) text += "\n" + group_table(map, group, console);
  return text + "\n" + closing_line(map);
}

std::string sensitivity_csv(const v1::MeasureSensitivityResponse& response) {
  Csv csv({"layers", "choice", "image_count", "divergence_nats", "loss_increase_nats", "snr_db", "layer_snr_db",
           "top1_drop"});
  for (const v1::Sensitivity& one : response.sensitivities()) {
    std::string layers;
    for (const std::string& layer : one.layers()) layers += (layers.empty() ? "" : ";") + printable(layer);
    v1::Recipe choice;
    *choice.mutable_steps() = one.steps();
    // A recipe names a layer before each step, and here there is none.
    std::string steps = full_recipe(choice);
    if (steps.starts_with(':')) steps.erase(0, 1);
    for (std::size_t at = steps.find(";:"); at != std::string::npos; at = steps.find(";:")) steps.erase(at + 1, 1);
    csv.add({layers, steps, std::to_string(one.counts().image_count()), Csv::number(one.divergence_nats()),
             optional_number(one.has_loss_increase_nats(), one.loss_increase_nats()), Csv::number(one.snr_db()),
             optional_number(one.has_layer_snr_db(), one.layer_snr_db()),
             optional_number(one.has_top1_drop(), one.top1_drop())});
  }
  return csv.to_text();
}

}  // namespace roofscape::client
