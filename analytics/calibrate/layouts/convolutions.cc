// Single convolutions of TensorRT on a V100: conv (Regular, Depthwise), sizes, and milliseconds in fp32, fp16 and int8.
#include <fmt/format.h>

#include <cmath>

#include "analytics/calibrate/layouts.h"

namespace roofscape::calibrate {
namespace {

void describe(const Table::Row& row, Measurement* of) {
  const double channels = row.number("cin").value_or(0), outputs = row.number("cout").value_or(0),
               kernel = row.number("kernel").value_or(1), stride = row.number("stride").value_or(1),
               height = row.number("h").value_or(0), width = row.number("w").value_or(0);
  const bool depthwise = of->network == "Depthwise";
  const double positions = std::ceil(height / stride) * std::ceil(width / stride);
  cost::Outline& outline = of->outline;
  outline.parameters = outputs * kernel * kernel * (depthwise ? 1 : channels);
  outline.macs = outline.parameters * positions;
  outline.activations = outputs * positions;
  outline.input = height * width;
  outline.layers = 1;
  outline.kind = depthwise ? cost::NetworkKind::kSeparable : cost::NetworkKind::kPlain;
}

void read(const Table& table, Readings* readings) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    for (const char* format : {"fp32", "fp16", "int8"}) {
      Measurement of = measurement_at(table, row);
      of.platform = "V100";
      of.mode = "TensorRT";
      of.network = row.text("conv");
      of.single_layer = true;
      of.batch = std::max(1.0, row.number("batch").value_or(1));
      describe(row, &of);
      of.network += " " + row.text("cin") + " " + row.text("h") + " " + row.text("cout") + " " + row.text("kernel") +
                    " " + row.text("stride");
      read_formats(format, &of);
      of.seconds = row.number(std::string(format) + "_ms").value_or(0) * 1e-3 / of.batch;
      if (!(of.seconds > 0)) of.left_out = "no time";
      readings->measurements.push_back(std::move(of));
    }
  }
}

}  // namespace

Layout convolutions_layout() {
  return {"single convolutions", {"conv", "batch", "cin", "h", "w", "cout", "kernel", "stride", "fp32_ms"}, read};
}

}  // namespace roofscape::calibrate
