// Cells of NAS-Bench-201 (Dong and Yang 2020; latencies of HW-NAS-Bench, Li et al. 2021): one row a cell, one column a
// device in milliseconds, "1080ti_32_ms" with its batch. Columns that say "modelled" are no measurements.
//
// A network of the benchmark: a 3 × 3 convolution, three stages of five cells with two blocks that halve the image
// between them, at 32 × 32, 16 × 16 and 8 × 8 with 16, 32 and 64 channels. Each cell has six edges.
#include <regex>

#include "analytics/base/text.h"
#include "analytics/calibrate/layouts.h"

namespace roofscape::calibrate {
namespace {

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

cost::Outline outline_of(const std::string& cell, double macs, double parameters) {
  constexpr double kCells = 15, kOther = 8;  // the stem, two blocks of three convolutions, the classifier
  constexpr int kAdds = 6;                   // a cell's, one an edge
  // An eager engine starts each operator by itself; a layer is three: convolution, norm and activation.
  constexpr double kOperatorsOfLayer = 3;
  const int convolutions = count_of(cell, "nor_conv");
  const int others = count_of(cell, "avg_pool") + count_of(cell, "none") + kAdds;
  cost::Outline outline;
  outline.macs = macs;
  outline.parameters = parameters;
  outline.input = 32 * 32;
  outline.layers = kCells * (convolutions + others / kOperatorsOfLayer) + kOther;
  // Each convolution of a cell writes 16·32² values in the first stage, half as many in the second, a quarter in the
  // third; the stem and the blocks write 16·32² + 3·(32·16² + 64·8²).
  outline.activations = 5 * convolutions * (16384 + 8192 + 4096) + 16384 + 3 * (8192 + 4096) + 10;
  return outline;
}

void read(const Table& table, Readings* readings) {
  static const std::regex kDevice(R"((.+?)(?:_(1|32|256))?_ms)");
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    for (const std::string& column : table.columns()) {
      std::smatch match;
      if (!std::regex_match(column, match, kDevice)) continue;
      Measurement of = measurement_at(table, row);
      of.platform = match[1];
      of.network = "nas-bench-201 " + row.text("nb201_index");
      of.outline = outline_of(row.text("arch"), row.number("macs_m").value_or(0) * 1e6,
                              row.number("params_k").value_or(0) * 1e3);
      of.batch = parse_double(match[2].str()).value_or(1);
      of.seconds = row.number(column).value_or(0) * 1e-3 / of.batch;
      if (of.platform.ends_with("_modelled")) of.left_out = "a modelled figure, no measurement";
      readings->measurements.push_back(std::move(of));
    }
  }
}

}  // namespace

Layout nasbench_layout() { return {"cells of NAS-Bench-201", {"nb201_index", "arch", "macs_m", "params_k"}, read}; }

}  // namespace roofscape::calibrate
