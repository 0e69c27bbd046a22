#include "server/estimate_totals.h"

#include <cmath>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/well_known.h"
#include "analytics/cost/by_totals.h"
#include "analytics/zoo/zoo.h"

namespace roofscape::server {
namespace {

struct Described {
  cost::Outline outline;
  std::vector<std::string> notes;
};

Status refuse_what_needs_layers(const v1::EstimateModelRequest& request) {
  const char* field = request.has_configuration()     ? "configuration"
                      : !request.evaluation().empty() ? "evaluation"
                      : !request.dataset().empty()    ? "dataset"
                                                      : nullptr;
  if (field == nullptr) return {};
  return invalid_argument("totals say nothing of layers, which the {} needs; leave it out, or name a model", field)
      .at(field);
}

Status check_counts(const v1::NetworkTotals& totals) {
  const std::pair<const char*, double> counts[] = {{"mac_count", totals.mac_count()},
                                                   {"parameter_count", totals.parameter_count()},
                                                   {"activation_count", totals.activation_count()},
                                                   {"input_position_count", totals.input_position_count()},
                                                   {"layer_count", totals.layer_count()}};
  for (const auto& [name, value] : counts)
    if (!std::isfinite(value) || value < 0)
      return invalid_argument("{} is {}; it must be positive and finite, or 0 where it is not known", name, value)
          .at(fmt::format("totals.{}", name));
  return {};
}

// Multiply-accumulates of a built-in network, where nobody gives or has published them under that name.
Status count_built_in(const std::string& name, cost::Outline* outline) {
  const zoo::Entry* built_in = zoo::find(name);
  if (outline->macs > 0 || built_in == nullptr) return {};
  RS_ASSIGN(const Network network, built_in->build());
  const cost::Traits counted = cost::traits_of(network);
  outline->macs = counted.macs;
  if (outline->parameters == 0) outline->parameters = counted.parameters;
  if (outline->input == 0) outline->input = counted.input;
  return {};
}

// What the name says joins what is given, as for a row of a file of measurements.
Result<Described> described(const v1::NetworkTotals& totals) {
  RS_TRY(check_counts(totals));
  calibrate::Measurement of;
  of.network = totals.name();
  of.outline.macs = totals.mac_count();
  of.outline.parameters = totals.parameter_count();
  of.outline.activations = totals.activation_count();
  of.outline.input = totals.input_position_count();
  of.outline.layers = totals.layer_count();
  if (!totals.name().empty()) calibrate::describe_network(&of);
  RS_TRY(count_built_in(totals.name(), &of.outline));
  const std::string name = printable(totals.name(), 60);
  if (of.outline.macs == 0)
    return invalid_argument("{}; give totals.mac_count",
                            name.empty() ? "the network's multiply-accumulates are not given"
                                         : fmt::format("no counts of a network '{}' are known", name))
        .at("totals.mac_count");
  Described out{of.outline, {}};
  if (totals.mac_count() == 0)
    out.notes.push_back(
        fmt::format("its multiply-accumulates are those published of '{}': {:.4g}", name, of.outline.macs));
  if (totals.parameter_count() == 0 && of.outline.parameters > 0)
    out.notes.push_back(fmt::format("its parameters are those published of '{}': {:.4g}", name, of.outline.parameters));
  if (totals.input_position_count() == 0 && of.outline.input > 0)
    out.notes.push_back(fmt::format("its input is that of such networks: {:g} positions", of.outline.input));
  calibrate::fill_from_zoo(totals.name(), &out.outline);
  if (out.outline.layers > 0 && totals.layer_count() == 0)
    out.notes.push_back(
        "what is not given is that of the built-in network of that name, narrower or wider to its size");
  if (zoo::find(totals.name()) != nullptr)
    out.notes.push_back(fmt::format("'{}' is a model too, and by its layers the interval is narrower", name));
  return out;
}

}  // namespace

Result<PriceOn> price_of_totals(const v1::EstimateModelRequest& request) {
  RS_TRY(refuse_what_needs_layers(request));
  RS_ASSIGN(const std::int64_t batch, checked_batch(request.batch()));
  RS_ASSIGN(Described network, described(request.totals()));
  auto formats = cost::parse_formats(request.format().empty() ? "fp32" : request.format());
  if (!formats.ok()) return formats.status().at("format");
  return PriceOn([network = std::move(network), formats = *formats,
                  batch](const v1::Platform& platform) -> Result<cost::Estimate> {
    RS_ASSIGN(cost::Estimate estimate, cost::estimate_by_totals(network.outline, formats, platform, batch));
    estimate.notes.insert(estimate.notes.begin() + 1, network.notes.begin(), network.notes.end());
    return estimate;
  });
}

}  // namespace roofscape::server
