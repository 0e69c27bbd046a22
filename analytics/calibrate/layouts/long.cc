// One row a figure: platform, network, metric, value, unit. Formats in `precision` or `datatype`, or as `weight_bits`
// and `activation_bits`; what tells engines of one platform apart in `threads_or_mode`, `mode` or `style`; counts in
// `gmacs` and `params_m`, `macts_m` if known; shares that are not 0 of what is "sparse" in `weight_density` and
// `activation_density`; the clock of a design on programmable logic in `clock_mhz`; or the id of a well-known network
// that it is in `structure`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/names.h"
#include "analytics/calibrate/well_known.h"

namespace roofscape::calibrate {
namespace {

// What "large" and "multi" stand for: a batch that fills any device, and as many threads as hide the host.
constexpr double kLargeBatch = 64, kManyThreads = 2;

std::string first_of(const Table::Row& row, std::initializer_list<std::string_view> columns) {
  for (const std::string_view column : columns)
    if (std::string text = row.text(column); !text.empty()) return text;
  return "";
}

struct Batch {
  double size = 1;
  bool counted = true;  // the file gives a number, so a latency is that of so many images
};

Batch read_batch(const Table::Row& row, const std::string& metric) {
  const std::string text = row.text("batch");
  if (text == "large") return {kLargeBatch, false};
  if (text == "multi") return {kManyThreads, false};
  if (const auto number = parse_double(text); number && *number >= 1) return {*number, true};
  static const std::regex kInMetric(R"(_b(\d+)$)");
  std::smatch match;
  if (std::regex_search(metric, match, kInMetric))
    return {std::max(1.0, parse_double(match[1].str()).value_or(1)), true};
  return {metric.find("batched") == std::string::npos ? 1 : kLargeBatch, false};
}

// How many of a unit are a second, a joule; 0: another unit.
double seconds_in(const std::string& unit) {
  return unit == "s" ? 1 : unit == "ms" ? 1e-3 : unit == "us" ? 1e-6 : unit == "ns" ? 1e-9 : 0;
}
double joules_in(const std::string& unit) {
  if (!unit.starts_with("uJ") && !unit.starts_with("mJ") && !unit.starts_with("J")) return 0;
  return unit[0] == 'u' ? 1e-6 : unit[0] == 'm' ? 1e-3 : 1;
}

// What no network or measurement can have. Cells that are empty say nothing.
std::string impossible(const Table::Row& row) {
  for (const std::string_view column : {"value", "gmacs", "params_m", "macts_m", "clock_mhz"}) {
    const std::string text = row.text(column);
    const auto number = row.number(column);
    if (!text.empty() && !(number && std::isfinite(*number) && *number > 0))
      return fmt::format("{} is '{}'; it must be a positive number", column, printable(text, 40));
  }
  const std::string batch = row.text("batch");
  const auto images = parse_double(batch);
  if (!batch.empty() && batch != "large" && batch != "multi" &&
      !(images && std::isfinite(*images) && *images >= 1 && *images == std::floor(*images)))
    return fmt::format("batch is '{}'; it must be a whole number of images, 1 or more, or 'large'",
                       printable(batch, 40));
  return "";
}

// "W4 sparse": how sparse the file says, or what is published of the network.
void set_density(const Table::Row& row, Measurement* out) {
  out->density = known_counts(out->network).sparse;
  if (const auto weights = row.number("weight_density")) out->density.weights = *weights;
  if (const auto activations = row.number("activation_density")) out->density.activations = *activations;
  const auto is_share = [](double value) { return value > 0 && value <= 1; };
  if (!is_share(out->density.weights) || !is_share(out->density.activations))
    out->left_out = "weight_density and activation_density are shares, above 0 and at most 1";
  else if (out->density.weights == 1)
    out->left_out = "the weights are sparse, the file does not say how much; give a column weight_density";
}

void set_value(const Table::Row& row, const std::string& metric, const Batch& batch, Measurement* out) {
  const std::string unit = row.text("unit");
  const auto value = row.number("value");
  if (!value || !(*value > 0) || !std::isfinite(*value)) {
    out->left_out = "no positive value";
  } else if (metric.starts_with("latency") && row.text("batch") == "multi") {
    out->left_out = "latency of one image among several at once; the file does not say how many";
  } else if (metric.starts_with("latency") && seconds_in(unit) > 0) {
    out->seconds = *value * seconds_in(unit);
    out->is_latency = true;
    if (batch.counted) out->seconds /= batch.size;
  } else if ((metric.starts_with("throughput") || metric == "rate") &&
             (unit == "samples/s" || unit == "fps" || unit == "inf/s" || unit == "images/s")) {
    out->seconds = 1 / *value;
    out->keeps_busy = !batch.counted;
  } else if (metric.starts_with("throughput") && unit == "TOPS") {
    out->seconds = 2 * out->outline.macs / (*value * 1e12);
    out->keeps_busy = !batch.counted;
  } else if (metric.starts_with("energy") && joules_in(unit) > 0) {
    out->joules = *value * joules_in(unit);
  } else {
    out->left_out = "'" + printable(metric, 40) + "' in " + printable(unit, 40) + " is no time or energy of a network";
  }
}

void read(const Table& table, Readings* readings) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    Measurement of = measurement_at(table, row);
    of.platform = row.text("platform");
    of.mode = first_of(row, {"threads_or_mode", "mode", "style"});
    // Who says little of the engine may name it in the source.
    if (!table.has("threads_or_mode")) of.mode += "; " + row.text("source");
    of.network = row.text("network");
    of.outline.macs = row.number("gmacs").value_or(0) * 1e9;
    of.outline.parameters = row.number("params_m").value_or(0) * 1e6;
    of.outline.activations = row.number("macts_m").value_or(0) * 1e6;
    of.megahertz = row.number("clock_mhz").value_or(0);
    const double parameters = of.outline.parameters;
    const std::string metric = row.text("metric");
    const Batch batch = read_batch(row, metric);
    of.batch = batch.size;
    describe_network(&of);
    if (std::string structure = row.text("structure"); !structure.empty()) of.structure = std::move(structure);
    std::string format = first_of(row, {"precision", "datatype"});
    if (format.empty() && !row.text("weight_bits").empty())
      format = "W" + row.text("weight_bits") + "A" + row.text("activation_bits");
    // Submissions to MLPerf that name no format run in 8 bits.
    if (format.empty()) format = "INT8";
    if (lower_case(format).find("sparse") != std::string::npos) set_density(row, &of);
    std::string left_out = of.left_out;
    of.left_out.clear();
    set_value(row, metric, batch, &of);
    if (of.left_out.empty() && !read_formats(format, &of))
      of.left_out = "'" + printable(format, 40) + "' is no number format that we know";
    if (of.left_out.empty()) of.left_out = left_out;
    of.wrong = impossible(row);
    cost::Outline given = of.outline;
    given.parameters = parameters;  // what we know of the name ourselves contradicts nothing
    if (of.wrong.empty()) of.wrong = contradiction(of.network, given);
    if (!of.wrong.empty()) of.left_out = of.wrong;
    readings->measurements.push_back(std::move(of));
  }
}

}  // namespace

Layout long_layout() { return {"one row a figure", {"platform", "network", "metric", "value", "unit"}, read}; }

}  // namespace roofscape::calibrate
