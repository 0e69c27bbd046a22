#include "analytics/zoo/page.h"

#include <fmt/ranges.h>

#include <array>

#include "analytics/zoo/zoo.h"

namespace roofscape::zoo {
namespace {

constexpr const char* kHead = R"(# Built-in models

Networks known by their structure alone: `model show`, `estimate` and `roofline` take them by name like imported ones;
whatever would need their weights (`evaluate`, `explore`, `export`) refuses them. Counts are those of the network as it is
priced, of one input:

- **parameters**: weights and biases. Batch normalisations are folded into the convolution before them, as inference
  engines do, so there are up to 1 % fewer than published;
- **MACs**: multiply-accumulates of convolutions, dense and recurrent layers and matrix products, and of scalings that fold
  into none;
- **activations**: elements that those layers write, as fvcore and timm count them;
- **fp32**: all parameters in 4 bytes each.

Published counts stand below, each with its source and how far ours is from it; a test holds every one within 2 %, or half
a unit of the last digit printed where that is more.

An estimate with `--as` prices a network as if all of it were computed and kept in one format or a pair, `int8` or
`int4 x int8` (weights × activations): weights take the format's bits and, for integers, an fp32 scale for each output
channel; biases stay fp32.

This page is generated: a test of `analytics/zoo` compares it, and writes it anew with `ROOFSCAPE_UPDATE_GOLDEN=1`.

)";

// "25.53 M"
std::string short_count(double value) {
  constexpr std::array<const char*, 4> kUnits{"", " k", " M", " G"};
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fmt::format("{:.4g}{}", value, kUnits[unit]);
}

std::string compared(const char* what, const Figure& figure, double ours) {
  if (!figure.is_given()) return "";
  return fmt::format(", {} {} ({:+.1f} %)", what, short_count(figure.value), 100 * (ours / figure.value - 1));
}

std::string published_line(const Published& published, const Counts& ours) {
  return fmt::format("- {}:{}\n", published.source,
                     (compared("parameters", published.parameters, ours.parameters) +
                      compared("MACs", published.macs, macs_as_counted_by(published, ours)) +
                      compared("activations", published.activations, ours.activations) +
                      compared("operations", published.ops, ours.ops))
                         .substr(1));
}

}  // namespace

Result<std::string> models_page() {
  std::string table = "| model | input | parameters | MACs | activations | fp32 |\n|---|---|---:|---:|---:|---:|\n";
  std::string details;
  for (const Entry& entry : networks()) {
    RS_ASSIGN(const Network network, entry.build());
    const Counts ours = count(network);
    table += fmt::format("| `{}` | {} | {} | {} | {} | {:.4g} MiB |\n", entry.id, to_string(network.input_shape()),
                         short_count(ours.parameters), short_count(ours.macs), short_count(ours.activations),
                         ours.parameters * 4 / (1 << 20));
    details += fmt::format("\n## {}\n\n{}. Structure: {}.\n", entry.id, entry.title, entry.structure);
    if (!entry.aliases.empty()) details += fmt::format("Also called `{}`.\n", fmt::join(entry.aliases, "`, `"));
    if (!entry.note.empty()) details += entry.note + "\n";
    if (!entry.published.empty()) details += "\n";
    for (const Published& published : entry.published) details += published_line(published, ours);
  }
  return kHead + table + details;
}

}  // namespace roofscape::zoo
