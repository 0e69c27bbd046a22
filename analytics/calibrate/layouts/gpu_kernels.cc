// Single fp32 kernels of GPUs (NeuSight, Lee et al. 2025): device, op, batch, sizes, milliseconds for the batch.
//
// linear: batch × [m, k] × [k, n]; bmm: batch products of [m, k] × [k, n]; conv2d: batch images of m channels and
// k × k pixels, n output channels, "stride/padding".
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/calibrate/layouts.h"

namespace roofscape::calibrate {
namespace {

void describe(const Table::Row& row, Measurement* of) {
  const double m = row.number("m_or_cin").value_or(0), n = row.number("n_or_cout").value_or(0),
               k = row.number("k_or_input").value_or(0);
  cost::Outline& outline = of->outline;
  if (of->network == "conv2d") {
    const double kernel = row.number("kernel").value_or(1);
    const auto parts = row.text("stride_padding");
    const std::size_t slash = parts.find('/');
    const double stride = parse_double(parts.substr(0, slash)).value_or(1);
    const double padding = slash == std::string::npos ? 0 : parse_double(parts.substr(slash + 1)).value_or(0);
    const double side = std::floor((k + 2 * padding - kernel) / stride) + 1;
    outline.parameters = m * n * kernel * kernel;
    outline.macs = outline.parameters * side * side;
    outline.activations = n * side * side;
    outline.input = k * k;
  } else {
    outline.macs = m * n * k;
    outline.activations = m * n;
    outline.input = m * k;
    // Of a product of two activations neither factor is a weight; one of them is read once for each image all the same.
    outline.parameters = n * k;
    if (of->network == "bmm") outline.kind = cost::NetworkKind::kTransformer;
  }
  outline.layers = 1;
}

void read(const Table& table, Readings* readings) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    Measurement of = measurement_at(table, row);
    of.platform = row.text("device");
    of.network = row.text("op");
    of.single_layer = true;
    of.batch = std::max(1.0, row.number("batch").value_or(1));
    describe(row, &of);
    of.seconds = row.number("latency_ms").value_or(0) * 1e-3 / of.batch;
    if (!(of.outline.macs > 0) || !(of.seconds > 0)) of.left_out = "sizes or time are missing";
    of.network += " " + row.text("m_or_cin") + " " + row.text("n_or_cout") + " " + row.text("k_or_input") + " " +
                  row.text("kernel");
    readings->measurements.push_back(std::move(of));
  }
}

}  // namespace

Layout gpu_kernels_layout() {
  return {"kernels of GPUs", {"device", "op", "batch", "m_or_cin", "n_or_cout", "k_or_input", "latency_ms"}, read};
}

}  // namespace roofscape::calibrate
