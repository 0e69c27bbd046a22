#include "client/report/model_report.h"

#include <fmt/format.h>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/report/shape.h"
#include "client/text/csv.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

std::string channel_text(const google::protobuf::RepeatedField<double>& values) {
  std::string text;
  for (const double value : values) {
    if (!text.empty()) text += ", ";
    if (text.size() > 60) return text + "…";
    text += fmt::format("{:.6g}", value);
  }
  return values.size() > 1 ? "(" + text + ")" : text;
}

// "raw × 0.00392157 − 0.5, divided by 0.25".
std::string preparation_text(const v1::Preparation& preparation) {
  std::string text = "raw";
  if (preparation.scale() != 0 && preparation.scale() != 1) text += fmt::format(" × {:.6g}", preparation.scale());
  if (preparation.mean_size() > 0) text += " − " + channel_text(preparation.mean());
  if (preparation.std_size() > 0) text += ", divided by " + channel_text(preparation.std());
  return text;
}

// What is stored, or, of a built-in network, what it is.
void add_origin(const v1::Model& model, Facts& facts) {
  if (!model.built_in()) {
    facts.add("file",
              fmt::format("ONNX opset {}, {}, sha256 {}", model.opset(), bytes(static_cast<double>(model.file_bytes())),
                          printable(model.content_sha256().substr(0, 12))));
    return;
  }
  facts.add("title", printable(model.title(), 200));
  facts.add("structure", printable(model.structure_source(), 300));
}

void add_counts(const v1::Model& model, Facts& facts) {
  const std::int64_t ops = 2 * model.mac_count() + model.other_op_count();
  facts.add("operations", si(static_cast<double>(ops), "op") + " an input, two of them for each of " +
                              si(static_cast<double>(model.mac_count()), "") + " MACs");
  facts.add("parameters", fmt::format("{}, {} in fp32", count(model.weight_count()),
                                      bytes(4 * static_cast<double>(model.weight_count()))));
  if (model.activation_count() > 0)
    facts.add("activations", count(model.activation_count()) + " written by convolutions and matrix products");
}

// "timm …: 25,560,000 parameters (−0.1 %), …".
std::string published_text(const v1::Model& model, const v1::PublishedCounts& published) {
  std::string text;
  const auto add = [&text](double theirs, double ours, std::string_view what) {
    if (theirs <= 0) return;
    text += fmt::format("{}{} {} (we: {:+.1f} %)", text.empty() ? "" : ", ", si(theirs, ""), what,
                        100 * (ours / theirs - 1));
  };
  const auto macs = static_cast<double>(model.mac_count());
  add(published.weight_count(), static_cast<double>(model.weight_count()), "parameters");
  add(published.mac_count(), published.comparable_mac_count(), "MACs");
  add(published.activation_count(), static_cast<double>(model.activation_count()), "activations");
  add(published.op_count(), 2 * macs + static_cast<double>(model.other_op_count()), "operations");
  return text + "; " + printable(published.source(), 300);
}

std::string count_or_blank(std::int64_t value) { return value == 0 ? "" : count(value); }

}  // namespace

std::string models_table(const v1::ListModelsResponse& models, const Console& console) {
  Table table({{"model"},
               {"input", Align::kRight},
               {"classes", Align::kRight},
               {"MACs", Align::kRight},
               {"weights", Align::kRight},
               {"stored", Align::kRight},
               {"imported"}});
  for (const v1::Model& model : models.models())
    table.add({id_of(model.name()), shape_text(model.input_shape()), count(model.class_count()),
               count(model.mac_count()), count(model.weight_count()), bytes(static_cast<double>(model.weight_bytes())),
               model.built_in() ? "built in" : date_text(model.create_time())});
  return table.empty() ? "no models yet; import one with 'roofscape model import FILE.onnx'\n" : table.to_text(console);
}

std::string models_csv(const v1::ListModelsResponse& models) {
  Csv csv({"model", "input_shape", "class_count", "mac_count", "weight_count", "weight_bytes", "content_sha256",
           "built_in"});
  for (const v1::Model& model : models.models()) {
    std::string shape;
    for (const auto size : model.input_shape()) shape += (shape.empty() ? "" : "x") + std::to_string(size);
    csv.add({id_of(model.name()), shape, std::to_string(model.class_count()), std::to_string(model.mac_count()),
             std::to_string(model.weight_count()), std::to_string(model.weight_bytes()), model.content_sha256(),
             model.built_in() ? "true" : "false"});
  }
  return csv.to_text();
}

std::string model_text(const v1::Model& model, const Console& console) {
  Facts facts;
  facts.add("model", id_of(model.name()));
  facts.add("input", shape_text(model.input_shape()) + " = " + preparation_text(model.preparation()));
  facts.add("classes", count(model.class_count()));
  add_origin(model, facts);
  add_counts(model, facts);
  facts.add("network key", printable(model.network_key().substr(0, 12)));
  if (model.has_create_time()) facts.add("imported", date_text(model.create_time()));
  if (model.shape_only()) facts.add("weights", "known by their shapes only: it can be estimated, not evaluated");
  for (const v1::PublishedCounts& published : model.published())
    facts.add("published", published_text(model, published));
  for (const std::string& note : model.notes()) facts.add("note", printable(note, 400));

  Table table({{"layer"},
               {"op"},
               {"inputs"},
               {"output", Align::kRight},
               {"MACs", Align::kRight},
               {"other ops", Align::kRight},
               {"weights", Align::kRight},
               {"stored", Align::kRight},
               {"format"}});
  for (const v1::LayerInfo& layer : model.layers()) {
    std::string inputs;
    for (const std::string& input : layer.inputs()) inputs += (inputs.empty() ? "" : ", ") + printable(input, 30);
    const bool weighted = layer.weight_count() > 0;
    table.add({printable(layer.name(), 40), printable(layer.op()), printable(inputs, 60),
               shape_text(layer.output_shape()), count_or_blank(layer.mac_count()),
               count_or_blank(layer.other_op_count()), count_or_blank(layer.weight_count()),
               weighted ? bytes(static_cast<double>(layer.weight_bytes())) : "",
               weighted ? printable(layer.weight_format() + " × " + layer.activation_format())
                        : printable(layer.activation_format())});
  }
  table.add_total({fmt::format("{} layers", model.layers_size()), "", "", "", count(model.mac_count()),
                   count(model.other_op_count()), count(model.weight_count()),
                   bytes(static_cast<double>(model.weight_bytes())), ""});
  return facts.to_text(console) + "\n" + table.to_text(console);
}

std::string layers_csv(const v1::Model& model) {
  Csv csv({"layer", "op", "output_shape", "mac_count", "other_op_count", "weight_count", "weight_bytes",
           "weight_format", "activation_format"});
  for (const v1::LayerInfo& layer : model.layers()) {
    std::string shape;
    for (const auto size : layer.output_shape()) shape += (shape.empty() ? "" : "x") + std::to_string(size);
    csv.add({printable(layer.name()), printable(layer.op()), shape, std::to_string(layer.mac_count()),
             std::to_string(layer.other_op_count()), std::to_string(layer.weight_count()),
             std::to_string(layer.weight_bytes()), printable(layer.weight_format()),
             printable(layer.activation_format())});
  }
  return csv.to_text();
}

}  // namespace roofscape::client
