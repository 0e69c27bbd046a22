#include "client/report/estimate_report.h"

#include <fmt/format.h>

#include <cmath>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/front_report.h"
#include "client/report/latency_text.h"
#include "client/text/csv.h"
#include "client/text/names.h"
#include "proto/estimate_words.h"

namespace roofscape::client {
namespace {

std::string layer_energy_text(bool known, double value) { return known ? joules(value) : std::string(kDash); }

// What ceilings and mechanisms alone ask, and how far measurements are from there.
std::string roof_fact(const v1::Estimate& estimate) {
  const v1::Estimate& roof = estimate.ceilings_only();
  const std::string text = fmt::format("{}, {} images/s, by ceilings and mechanisms alone",
                                       seconds(roof.latency_seconds()), number(roof.throughput_per_second()));
  if (!estimate.has_latency_interval_seconds()) return text + "; nothing like the platform is measured";
  if (!(roof.latency_seconds() > 0)) return text;
  return text +
         fmt::format("; calibrated latency is {:.3g} times that", estimate.latency_seconds() / roof.latency_seconds());
}

Facts totals(const v1::Estimate& estimate) {
  Facts facts;
  facts.add("platform", id_of(estimate.platform()));
  std::string latency = latency_text(estimate);
  if (estimate.batch() > 1) latency += fmt::format(" for a batch of {}", estimate.batch());
  facts.add("latency", latency);
  facts.add("throughput", throughput_text(estimate) + " images/s");
  if (estimate.has_ceilings_only()) facts.add("roof", roof_fact(estimate));
  facts.add("energy", estimate.has_energy_joules() ? energy_text(estimate) + " an image" : "unknown");
  if (estimate.energy_basis() != v1::ENERGY_BASIS_UNSPECIFIED)
    facts.add("energy rests on", energy_basis_in_full(estimate.energy_basis()));
  if (estimate.energy_parts_size() > 0) facts.add("energy is", energy_parts_text(estimate));
  if (estimate.has_wall_energy_joules())
    facts.add("at the wall", joules(estimate.wall_energy_joules()) + " an image, with the rest of the system");
  if (!estimate.binding_roof().empty()) facts.add("bound by", printable(estimate.binding_roof()));
  facts.add("weights", bytes(estimate.weight_bytes()));
  facts.add("activations", bytes(estimate.peak_activation_bytes()) + " at most at once");
  if (estimate.has_lut_count() || estimate.has_dsp_count() || estimate.has_bram18_count())
    facts.add("resources",
              fmt::format("{} LUT, {} DSP, {} block memories", count(std::llround(estimate.lut_count())),
                          count(std::llround(estimate.dsp_count())), count(std::llround(estimate.bram18_count()))));
  if (!estimate.calibration().empty())
    facts.add("calibration", printable(estimate.calibration(), 200) + "; in brackets 90 % intervals");
  facts.add("fits", fit_text(estimate));
  return facts;
}

// A network known by totals: what each roof asks of a batch.
std::string roof_table(const v1::Estimate& estimate, const Console& console) {
  Table table({{"roof"}, {"asks at least", Align::kRight}});
  for (const v1::RoofTime& roof : estimate.roof_times()) table.add({printable(roof.roof()), seconds(roof.seconds())});
  return table.to_text(console);
}

}  // namespace

std::string estimate_remarks(const v1::Estimate& estimate) {
  std::string text;
  for (const std::string& figure : estimate.missing()) text += "missing: " + printable(figure, 300) + "\n";
  for (const std::string& note : estimate.notes()) text += "note: " + printable(note, 300) + "\n";
  return text.empty() ? "" : "\n" + text;
}

std::string estimate_text(const v1::Estimate& estimate, const Console& console) {
  if (estimate.roof_times_size() > 0)
    return totals(estimate).to_text(console) + "\n" + roof_table(estimate, console) + estimate_remarks(estimate);
  // Of a roof beside it: the same layers, as the network is the same.
  const v1::Estimate* roof = estimate.has_ceilings_only() ? &estimate.ceilings_only() : nullptr;
  std::vector<Column> columns = {{"layer"},
                                 {"op"},
                                 {"arithmetic"},
                                 {"runs as"},
                                 {"ops", Align::kRight},
                                 {"weights", Align::kRight},
                                 {"activations", Align::kRight},
                                 {"op/B", Align::kRight},
                                 {"bound by"}};
  if (roof != nullptr) columns.push_back({"roof", Align::kRight});
  for (const char* title : {roof == nullptr ? "time" : "calibrated", "share", "energy"})
    columns.push_back({title, Align::kRight});
  Table table(std::move(columns));
  double ops = 0, weights = 0, activations = 0, energy = 0;
  bool energy_known = estimate.layers_size() > 0;
  for (int i = 0; i < estimate.layers_size(); ++i) {
    const v1::LayerEstimate& layer = estimate.layers(i);
    const double share = estimate.latency_seconds() > 0 ? layer.latency_seconds() / estimate.latency_seconds() : 0;
    std::vector<std::string> row = {printable(layer.layer(), 40),
                                    printable(layer.op()),
                                    printable(layer.arithmetic()),
                                    layer.arithmetic().empty()              ? ""
                                    : layer.runs_as() == layer.arithmetic() ? "same"
                                                                            : printable(layer.runs_as()),
                                    si(layer.op_count(), "op"),
                                    bytes(layer.weight_bytes()),
                                    bytes(layer.activation_bytes()),
                                    number(layer.intensity_ops_per_byte()),
                                    printable(layer.binding_roof())};
    if (roof != nullptr)
      row.push_back(i < roof->layers_size() ? seconds(roof->layers(i).latency_seconds()) : std::string(kDash));
    row.insert(row.end(), {seconds(layer.latency_seconds()), fmt::format("{:.0f} %", share * 100),
                           layer_energy_text(layer.has_energy_joules(), layer.energy_joules())});
    table.add(std::move(row));
    ops += layer.op_count();
    weights += layer.weight_bytes();
    activations += layer.activation_bytes();
    energy += layer.energy_joules();
    energy_known = energy_known && layer.has_energy_joules();
  }
  const double moved = weights + activations;
  std::vector<std::string> total = {fmt::format("{} layers", estimate.layers_size()),
                                    "",
                                    "",
                                    "",
                                    si(ops, "op"),
                                    bytes(weights),
                                    bytes(activations),
                                    moved > 0 ? number(ops / moved) : "",
                                    ""};
  if (roof != nullptr) total.push_back(seconds(roof->latency_seconds()));
  total.insert(total.end(), {seconds(estimate.latency_seconds()), "", layer_energy_text(energy_known, energy)});
  table.add_total(std::move(total));
  return totals(estimate).to_text(console) + "\n" + table.to_text(console) + estimate_remarks(estimate);
}

const std::vector<std::string>& estimate_columns() {
  static const std::vector<std::string> kColumns = {"batch",
                                                    "batch_latency_seconds",
                                                    "batch_latency_low_seconds",
                                                    "batch_latency_high_seconds",
                                                    "throughput_per_second",
                                                    "throughput_low_per_second",
                                                    "throughput_high_per_second",
                                                    "image_energy_joules",
                                                    "image_energy_low_joules",
                                                    "image_energy_high_joules",
                                                    "energy_basis",
                                                    "image_operations_energy_joules",
                                                    "image_memory_energy_joules",
                                                    "image_static_energy_joules",
                                                    "image_host_energy_joules",
                                                    "image_undivided_energy_joules",
                                                    "image_wall_energy_joules",
                                                    "ceilings_only_batch_latency_seconds",
                                                    "ceilings_only_throughput_per_second"};
  return kColumns;
}

std::vector<std::string> estimate_cells(const v1::Estimate& estimate) {
  const auto if_known = [](bool known, double value) { return known ? Csv::number(value) : std::string(); };
  const v1::Interval &latency = estimate.latency_interval_seconds(), &energy = estimate.energy_interval_joules(),
                     &rate = estimate.throughput_interval_per_second();
  const bool within = estimate.has_latency_interval_seconds(), energy_within = estimate.has_energy_interval_joules();
  const auto spent_on = [&](v1::EnergySpentOn what) {
    return if_known(estimate.energy_parts_size() > 0, energy_spent_on(estimate, what));
  };
  return {std::to_string(estimate.batch()),
          Csv::number(estimate.latency_seconds()),
          if_known(within, latency.low()),
          if_known(within, latency.high()),
          Csv::number(estimate.throughput_per_second()),
          if_known(estimate.has_throughput_interval_per_second(), rate.low()),
          if_known(estimate.has_throughput_interval_per_second(), rate.high()),
          if_known(estimate.has_energy_joules(), estimate.energy_joules()),
          if_known(energy_within, energy.low()),
          if_known(energy_within, energy.high()),
          energy_basis_text(estimate.energy_basis()),
          spent_on(v1::SPENT_ON_OPERATIONS),
          spent_on(v1::SPENT_ON_MEMORY),
          spent_on(v1::SPENT_ON_STATIC_POWER),
          spent_on(v1::SPENT_ON_WAITING_FOR_HOST),
          spent_on(v1::SPENT_UNDIVIDED),
          if_known(estimate.has_wall_energy_joules(), estimate.wall_energy_joules()),
          if_known(estimate.has_ceilings_only(), estimate.ceilings_only().latency_seconds()),
          if_known(estimate.has_ceilings_only(), estimate.ceilings_only().throughput_per_second())};
}

std::string estimate_csv(const v1::Estimate& estimate) {
  std::vector<std::string> header = {"layer",
                                     "op",
                                     "arithmetic",
                                     "runs_as",
                                     "op_count",
                                     "weight_bytes",
                                     "activation_bytes",
                                     "intensity_ops_per_byte",
                                     "binding_roof",
                                     "latency_seconds",
                                     "energy_joules",
                                     "ceilings_only_latency_seconds"};
  const std::size_t of_layer = header.size();
  header.insert(header.end(), estimate_columns().begin(), estimate_columns().end());
  Csv csv(header);
  const std::vector<std::string> of_all = estimate_cells(estimate);
  const auto add = [&](std::vector<std::string> cells) {
    cells.insert(cells.end(), of_all.begin(), of_all.end());
    csv.add(cells);
  };
  const auto& roofs = estimate.ceilings_only().layers();
  for (int i = 0; i < estimate.layers_size(); ++i) {
    const v1::LayerEstimate& layer = estimate.layers(i);
    add({printable(layer.layer()), printable(layer.op()), printable(layer.arithmetic()), printable(layer.runs_as()),
         Csv::number(layer.op_count()), Csv::number(layer.weight_bytes()), Csv::number(layer.activation_bytes()),
         Csv::number(layer.intensity_ops_per_byte()), printable(layer.binding_roof()),
         Csv::number(layer.latency_seconds()), layer.has_energy_joules() ? Csv::number(layer.energy_joules()) : "",
         i < roofs.size() ? Csv::number(roofs[i].latency_seconds()) : ""});
  }
  if (estimate.layers().empty()) {
    std::vector<std::string> cells(of_layer);
    cells[5] = Csv::number(estimate.weight_bytes());
    cells[8] = printable(estimate.binding_roof());
    add(std::move(cells));
  }
  return csv.to_text();
}

std::string evaluation_text(const v1::EvaluateModelResponse& response, const Console& console) {
  const v1::Accuracy& accuracy = response.evaluation().accuracy();
  Facts facts;
  facts.add("top-1",
            percent(accuracy.top1()) + fmt::format(" (95 %: {} to {})", percent(accuracy.top1_interval().low()),
                                                   percent(accuracy.top1_interval().high())));
  facts.add("top-5", percent(accuracy.top5()));
  facts.add("loss", number(accuracy.loss_nats()) + " nats");
  facts.add("as fp32", percent(accuracy.agreement()) + " of the images get the same answer");
  // The engine caps the ratio of an unchanged network, which has no noise at all.
  constexpr double kNoNoise = 199.9;
  const bool exact = accuracy.snr_db() >= kNoNoise;
  if (!exact) facts.add("signal to noise", fmt::format("{:.1f} dB against fp32", accuracy.snr_db()));
  facts.add("images", count(accuracy.image_count()));
  for (const v1::ExitShare& exit : response.evaluation().exits())
    facts.add("leave at " + printable(exit.layer(), 40),
              fmt::format("{} of the images that get there; priced at {}",
                          percent(exit.reached_count() == 0 ? 0
                                                            : static_cast<double>(exit.left_count()) /
                                                                  static_cast<double>(exit.reached_count())),
                          percent(exit.priced_share())));
  if (const std::int64_t overflows = response.evaluation().counts().overflow_count(); overflows > 0)
    facts.add("overflows", count(overflows) + " sums that an accumulator could not hold, over all layers and images");
  std::map<std::string, int> kernels;
  for (const std::string& line : response.kernels()) ++kernels[line.substr(std::min(line.size(), line.find(": ") + 2))];
  std::string ran;
  for (const auto& [kernel, times] : kernels)
    ran += (ran.empty() ? "" : ", ") + printable(kernel) + (times > 1 ? fmt::format(" ×{}", times) : "");
  facts.add("kernels", ran);
  facts.add("label", printable(response.evaluation().label()));
  std::string text = facts.to_text(console);
  for (const v1::Estimate& estimate : response.evaluation().estimates())
    text += "\n" + (estimate.layers_size() > 0 ? estimate_text(estimate, console)
                                               : totals(estimate).to_text(console) + estimate_remarks(estimate));
  return text;
}

}  // namespace roofscape::client
