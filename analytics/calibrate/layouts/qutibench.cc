// QuTiBench (RCL-lab, 2021): platform, mode, network, share of filters kept, datatype, batch, throughput, and
// power at that throughput.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "analytics/calibrate/layouts.h"

namespace roofscape::calibrate {
namespace {

// 784 → h → h → h → 10.
void multilayer_perceptron(double width, cost::Outline* outline) {
  const std::array<double, 5> widths = {784, width, width, width, 10};
  for (std::size_t i = 1; i < widths.size(); ++i) {
    outline->macs += widths[i - 1] * widths[i];
    outline->activations += widths[i];
  }
  outline->parameters = outline->macs + outline->activations;
  outline->layers = 4;
  outline->input = 784;
}

// Unpadded 3 × 3 convolutions on 32 × 32 × 3, two of each width with a pool behind them, then three dense layers.
void small_convolutional(double width, cost::Outline* outline) {
  const auto layer = [&](double macs, double weights, double written) {
    outline->macs += macs;
    outline->parameters += weights + written;
    outline->activations += written;
  };
  double side = 32, channels = 3;
  for (const double factor : {1.0, 2.0, 4.0}) {
    for (int twice = 0; twice < 2; ++twice) {
      side -= 2;
      const double weights = 9 * channels * width * factor;
      layer(weights * side * side, weights, side * side * width * factor);
      channels = width * factor;
    }
    if (factor < 4) side /= 2;
  }
  double inputs = channels * side * side;
  for (const double outputs : {8 * width, 8 * width, 10.0}) {
    layer(inputs * outputs, inputs * outputs, outputs);
    inputs = outputs;
  }
  outline->layers = 9;
  outline->input = 32 * 32;
}

void describe(double kept, Measurement* of) {
  const double share = kept / 100;
  const std::string network = of->network;
  describe_network(of);
  of->left_out.clear();
  cost::Outline& outline = of->outline;
  if (network == "MLP") {
    multilayer_perceptron(2048 * share, &outline);
  } else if (network == "CNV") {
    small_convolutional(128 * share, &outline);
  } else if (network.starts_with("ResNet-50")) {
    // 7.7, 6.5, 3.8 and 2.5 G operations at 100, 80, 50 and 30 % of the filters, as the authors state.
    const double giga_ops = kept >= 100 ? 7.7 : kept >= 80 ? 6.5 : kept >= 50 ? 3.8 : 2.5;
    outline.macs = giga_ops / 2 * 1e9;
    outline.parameters = 25.6e6 * giga_ops / 7.7;
    outline.layers = 54;
  } else if (network.starts_with("GoogLeNet")) {
    outline.macs = 1.5e9;
    outline.parameters = 6.6e6;
    outline.layers = 58;
  } else if (network.starts_with("MobileNet")) {
    outline.macs = 0.57e9;
    outline.parameters = 4.2e6;
    outline.layers = 28;
  } else {
    of->left_out = "no network of QuTiBench that we know";
  }
}

void read(const Table& table, Readings* readings) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    Measurement of = measurement_at(table, row);
    of.platform = row.text("platform");
    of.mode = row.text("mode");
    of.network = row.text("network");
    const double kept = row.number("filters_kept_percent").value_or(100);
    of.batch = std::max(1.0, row.number("batch").value_or(1));
    describe(kept, &of);
    if (of.network == "CNV" || of.network == "MLP")
      of.structure = fmt::format("{}-{:g}", of.network == "CNV" ? "cnv" : "mlp", kept);
    if (kept != 100) of.network += " " + row.text("filters_kept_percent") + " %";
    if (!read_formats(row.text("datatype"), &of)) of.left_out = "no number format that we know";
    const double per_second = row.number("throughput_fps").value_or(0);
    if (per_second > 0) {
      of.seconds = 1 / per_second;
      of.joules = row.number("full_power_w").value_or(0) * of.seconds;
    }
    if (!(per_second > 0) && of.left_out.empty()) of.left_out = "no throughput";
    readings->measurements.push_back(std::move(of));
  }
}

}  // namespace

Layout qutibench_layout() {
  return {"QuTiBench", {"platform", "network", "filters_kept_percent", "datatype", "batch", "throughput_fps"}, read};
}

}  // namespace roofscape::calibrate
