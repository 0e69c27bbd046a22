#include "client/report/roofline_report.h"

#include <fmt/format.h>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/plot/layer_dots.h"
#include "client/plot/roofs.h"

namespace roofscape::client {
namespace {

using google::protobuf::Struct;

// A flat roof's third column: the intensity from which the outermost memory no longer holds it up.
Table roof_table(const plot::Roofs& roofs) {
  Table table({{"roof"}, {"rate", Align::kRight}, {"from op/B", Align::kRight}});
  for (const plot::ComputeRoof& roof : roofs.compute)
    table.add({roof.name, si(roof.ops_per_second, "op/s"),
               roofs.memory.empty() ? std::string(kDash)
                                    : number(roof.ops_per_second / roofs.memory.back().bytes_per_second)});
  for (const plot::MemoryRoof& roof : roofs.memory) table.add({roof.name, si(roof.bytes_per_second, "B/s"), ""});
  return table;
}

Table layer_table(const v1::Estimate& estimate) {
  Table table({{"layer"},
               {"runs as"},
               {"op/B", Align::kRight},
               {"rate", Align::kRight},
               {"share", Align::kRight},
               {"bound by"}});
  for (const plot::LayerDot& dot : plot::dots_of(estimate))
    table.add({printable(dot.layer->layer(), 40), printable(dot.layer->runs_as()), number(dot.intensity),
               si(dot.rate, "op/s"), fmt::format("{:.0f} %", dot.share * 100), printable(dot.layer->binding_roof())});
  return table;
}

void set(Struct* to, const char* key, double value) { (*to->mutable_fields())[key].set_number_value(value); }
void set(Struct* to, const char* key, const std::string& value) {
  (*to->mutable_fields())[key].set_string_value(value);
}
Struct* add(Struct* to, const char* list) {
  return (*to->mutable_fields())[list].mutable_list_value()->add_values()->mutable_struct_value();
}

void add_layers(Struct* to, const char* list, const v1::Estimate& estimate) {
  for (const plot::LayerDot& dot : plot::dots_of(estimate)) {
    Struct* layer = add(to, list);
    set(layer, "layer", dot.layer->layer());
    set(layer, "runs_as", dot.layer->runs_as());
    set(layer, "binding_roof", dot.layer->binding_roof());
    set(layer, "intensity_ops_per_byte", dot.intensity);
    set(layer, "ops_per_second", dot.rate);
    set(layer, "share_of_time", dot.share);
  }
}

}  // namespace

std::string roofline_text(const plot::RooflinePicture& picture, const Console& console) {
  std::string text;
  if (picture.ceilings_only) text = "times are those of ceilings alone, without what measurements say\n";
  for (const plot::RooflineSeries& series : picture.series) {
    text += fmt::format("{}{}: {}\n\n{}", text.empty() ? "" : "\n", plot::title_of(series.platform),
                        plot::times_of(series), roof_table(roofs_of(series)).to_text(console));
    if (series.fp32.layers_size() > 0) text += "\nfp32\n" + layer_table(series.fp32).to_text(console);
    if (series.approximated)
      text += fmt::format("\n{}\n{}", printable(picture.configuration, 60),
                          layer_table(*series.approximated).to_text(console));
  }
  return text;
}

Struct roofline_json(const plot::RooflinePicture& picture) {
  Struct answer;
  set(&answer, "model", picture.model);
  (*answer.mutable_fields())["ceilings_only"].set_bool_value(picture.ceilings_only);
  for (const plot::RooflineSeries& series : picture.series) {
    Struct* platform = add(&answer, "platforms");
    set(platform, "platform", series.platform.id());
    const plot::Roofs roofs = roofs_of(series);
    for (const plot::ComputeRoof& roof : roofs.compute) {
      Struct* one = add(platform, "roofs");
      set(one, "name", roof.name);
      set(one, "ops_per_second", roof.ops_per_second);
    }
    for (const plot::MemoryRoof& roof : roofs.memory) {
      Struct* one = add(platform, "roofs");
      set(one, "name", roof.name);
      set(one, "bytes_per_second", roof.bytes_per_second);
    }
    add_layers(platform, "fp32", series.fp32);
    if (series.approximated) add_layers(platform, "approximated", *series.approximated);
  }
  return answer;
}

}  // namespace roofscape::client
