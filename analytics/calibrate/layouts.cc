#include "analytics/calibrate/layouts.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "analytics/calibrate/names.h"
#include "analytics/calibrate/well_known.h"

namespace roofscape::calibrate {
namespace {

std::string join(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

Result<const Layout*> layout_of(const Table& table) {
  const Layout* nearest = nullptr;
  std::vector<std::string_view> lacking;
  for (const Layout& layout : layouts()) {
    std::vector<std::string_view> missing;
    for (const std::string_view column : layout.columns)
      if (!table.has(column)) missing.push_back(column);
    if (missing.empty()) return &layout;
    if (nearest != nullptr && missing.size() >= lacking.size()) continue;
    nearest = &layout;
    lacking = std::move(missing);
  }
  return invalid_argument("{}: no layout that we know; nearest is '{}', which lacks the column{} {}", table.file(),
                          nearest->name, lacking.size() == 1 ? "" : "s", join(lacking));
}

void fill_activations(Readings* readings) {
  for (Measurement& of : readings->measurements) {
    if (of.outline.activations > 0 || !(of.outline.macs > 0)) continue;
    const std::string name = plain_name(of.network);
    for (const NetworkCosts& costs : readings->costs) {
      if (costs.plain_name != name || std::abs(costs.macs / of.outline.macs - 1) > 0.05) continue;
      of.outline.activations = costs.activations;
      break;
    }
  }
}

}  // namespace

std::span<const Layout> layouts() {
  static const std::vector<Layout> kLayouts = {
      qutibench_layout(),    nasbench_layout(), gpu_kernels_layout(),
      convolutions_layout(), long_layout(),     network_costs_layout(),
  };
  return kLayouts;
}

Result<Readings> read_measurements(std::span<const Table> tables) {
  Readings readings;
  for (const Table& table : tables) {
    RS_ASSIGN(const Layout* layout, layout_of(table));
    layout->read(table, &readings);
  }
  fill_activations(&readings);
  for (Measurement& of : readings.measurements) {
    if (of.single_layer) continue;
    InZoo known = fill_from_zoo(of.network, &of.outline);
    if (of.structure.empty()) (known.is_itself ? of.structure : of.variant_of) = std::move(known.id);
  }
  return readings;
}

Measurement measurement_at(const Table& table, const Table::Row& row) {
  Measurement of;
  of.file = table.file();
  of.line = row.line();
  return of;
}

bool read_formats(std::string_view given, Measurement* out) {
  static const std::regex kPair(R"(w(\d+)a(\d+).*)"), kInteger(R"((?:int|w)(\d+)\b.*)"), kBits(R"((\d+) bit.*)");
  const std::string text = lower_case(given);
  const auto set = [&](const std::string& weight, const std::string& activation) {
    out->weight_format = weight;
    out->activation_format = activation;
    return true;
  };
  const auto integer = [](const std::string& bits) { return bits == "1" ? std::string("bipolar") : "int" + bits; };
  std::smatch match;
  if (text == "fp32" || text == "fp16" || text == "bf16") return set(text, text);
  if (text == "fp8") return set("fp8_e4m3", "fp8_e4m3");
  if (text == "hybrid w8 fp32") return set("int8", "fp32");
  if (std::regex_match(text, match, kPair)) return set(integer(match[1]), integer(match[2]));
  if (std::regex_match(text, match, kInteger) || std::regex_match(text, match, kBits))
    return set(integer(match[1]), integer(match[1]));
  return false;
}

void describe_network(Measurement* measurement) {
  const NetworkName name = read_network_name(measurement->network);
  cost::Outline& outline = measurement->outline;
  outline.kind = name.kind;
  outline.detects = name.detects;
  outline.segments = name.segments;
  if (!(outline.input > 0)) outline.input = name.input;
  measurement->structure = structure_of(measurement->network);
  const KnownCounts known = known_counts(measurement->network);
  if (!(outline.macs > 0)) outline.macs = known.macs;
  if (!(outline.parameters > 0)) outline.parameters = known.parameters;
  if (!(outline.macs > 0) && measurement->structure.empty() && measurement->left_out.empty())
    measurement->left_out = "the network's multiply-accumulates are not known; give a column gmacs";
}

}  // namespace roofscape::calibrate
