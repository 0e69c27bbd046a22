#include "client/report/platform_page.h"

#include <fmt/format.h>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/report/figure_rows.h"
#include "client/report/platform_report.h"
#include "client/text/markdown.h"

namespace roofscape::client {
namespace {

constexpr const char* kWritten = "<!-- Written by `roofscape docs platforms`; a test keeps it fresh. -->\n\n";

constexpr struct {
  v1::DeviceClass device_class;
  const char* title;
  const char* kind;
} kKinds[] = {{v1::CPU, "Processors", "CPU"},
              {v1::GPU, "Graphics processors", "GPU"},
              {v1::FPGA, "FPGAs: streaming designs and overlays", "FPGA"},
              {v1::ASIC, "Fixed accelerators", "ASIC"},
              {v1::NPU, "Neural processing units", "NPU"},
              {v1::MCU, "Microcontrollers", "microcontroller"}};

std::string kind_of(const v1::Platform& platform) {
  for (const auto& kind : kKinds)
    if (kind.device_class == platform.device_class())
      return platform.device_class() == v1::FPGA && !platform.has_fpga() ? "FPGA, overlay" : kind.kind;
  return device_class_text(platform.device_class());
}

template <typename Texts>
std::string list(const Texts& texts, const char* quote) {
  std::string out;
  for (const std::string& text : texts) out += fmt::format("{}{}{}{}", out.empty() ? "" : ", ", quote, text, quote);
  return out;
}

void add_fact(const char* what, const std::string& text, std::string* out) {
  if (!text.empty()) *out += fmt::format("| {} | {} |\n", what, markdown_cell(text));
}

std::string ticked(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

std::string index_row(const v1::Platform& platform) {
  const v1::ComputeCeiling* best = fastest_peak(platform);
  const std::string peak =
      best == nullptr ? "from its logic" : si(best->ops_per_second().value(), "op/s") + " " + format_pair(*best);
  const double bandwidth = platform.memory(platform.memory_size() - 1).bandwidth_bytes_per_second().value();
  return fmt::format("| [`{0}`](platforms/{0}.md) | {1} | {2} | {3} | {4} |\n", platform.id(),
                     markdown_cell(platform.title()), markdown_cell(platform.engine()), peak, si(bandwidth, "B/s"));
}

}  // namespace

std::string platform_page(const v1::Platform& platform) {
  std::string out = fmt::format("# {}: {}\n\n", platform.id(), platform.title()) + kWritten + "| | |\n|---|---|\n";
  add_fact("Kind", kind_of(platform), &out);
  add_fact("Engine", platform.engine(), &out);
  add_fact("Runtime", ticked(platform.runtime()), &out);
  add_fact("Family", ticked(platform.family()), &out);
  add_fact("Extends", ticked(platform.extends()), &out);
  add_fact("Measurements call it", list(platform.aliases(), "`"), &out);
  add_fact("where the mode has", list(platform.mode_keywords(), "`"), &out);
  if (!platform.notes().empty()) out += fmt::format("\n{}\n", trim(platform.notes()));
  out += "\n| Figure | Value | Origin | Source |\n|---|---:|---|---|\n";
  for (const FigureRow& row : figure_rows(platform))
    out += fmt::format("| {} | {} | {} | {} |\n", markdown_cell(row.what), row.value, row.origin,
                       markdown_cell(row.source));
  return out;
}

std::string platforms_index(std::span<const v1::Platform> platforms) {
  std::string out = fmt::format(
      "# Platforms that ship with Roofscape\n\n{}"
      "{} platforms, one file each in `platforms/data/`: a device together with the engine and mode that it runs. "
      "Every\n"
      "figure has its source and provenance; `roofscape platform show ID` and the pages below print them. A figure "
      "that\n"
      "is not known is left out: an estimate that needs it says so. Peaks are dense. How to add one:\n"
      "[howto](howto/add-a-platform.md).\n",
      kWritten, platforms.size());
  for (const auto& kind : kKinds) {
    out += fmt::format(
        "\n## {}\n\n| Platform | What it is | Engine | Fastest arithmetic | Memory |\n|---|---|---|---:|---:|\n",
        kind.title);
    for (const v1::Platform& platform : platforms)
      if (platform.device_class() == kind.device_class) out += index_row(platform);
  }
  return out;
}

}  // namespace roofscape::client
