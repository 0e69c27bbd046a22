#include "analytics/cost/estimate_proto.h"

namespace roofscape::cost {
namespace {

void fill(const LayerEstimate& layer, v1::LayerEstimate* out) {
  out->set_layer(layer.layer);
  out->set_op(layer.operation);
  out->set_arithmetic(layer.arithmetic);
  out->set_runs_as(layer.runs_as);
  for (const Decline& decline : layer.fallback) out->add_fallback(to_string(decline));
  out->set_op_count(layer.ops);
  out->set_weight_bytes(layer.weight_bytes.value());
  out->set_activation_bytes(layer.activation_bytes.value());
  out->set_intensity_ops_per_byte(layer.intensity.value());
  out->set_binding_roof(layer.binding_roof);
  out->set_latency_seconds(layer.time.value());
  if (layer.energy) out->set_energy_joules(layer.energy->value());
}

template <typename Q>
void fill(const std::optional<Interval<Q>>& interval, v1::Interval* out) {
  out->set_low(interval->low.value());
  out->set_high(interval->high.value());
}

}  // namespace

v1::Estimate to_proto(const Estimate& estimate, const std::string& platform_name, std::int64_t batch,
                      bool with_layers) {
  v1::Estimate out;
  out.set_platform(platform_name);
  out.set_batch(batch);
  out.set_latency_seconds(estimate.latency.value());
  if (estimate.latency_worst > estimate.latency) out.set_latency_worst_seconds(estimate.latency_worst.value());
  out.set_throughput_per_second(estimate.throughput_per_second);
  if (estimate.energy) out.set_energy_joules(estimate.energy->value());
  if (estimate.static_energy) out.set_static_energy_joules(estimate.static_energy->value());
  if (estimate.wall_energy) out.set_wall_energy_joules(estimate.wall_energy->value());
  out.set_binding_roof(estimate.binding_roof);
  for (const RoofTime& roof : estimate.roof_times) {
    v1::RoofTime* time = out.add_roof_times();
    time->set_roof(roof.roof);
    time->set_seconds(roof.time.value());
  }
  if (estimate.latency_interval) fill(estimate.latency_interval, out.mutable_latency_interval_seconds());
  if (estimate.energy_interval) fill(estimate.energy_interval, out.mutable_energy_interval_joules());
  out.set_calibration(estimate.calibration);
  out.set_weight_bytes(estimate.weight_bytes.value());
  out.set_peak_activation_bytes(estimate.peak_activation_bytes.value());
  if (estimate.resources) {
    out.set_lut_count(estimate.resources->lut);
    out.set_dsp_count(estimate.resources->dsp);
    out.set_bram18_count(estimate.resources->bram18);
  }
  out.set_fits(estimate.fits);
  out.set_does_not_fit(estimate.does_not_fit);
  for (const std::string& missing : estimate.missing) out.add_missing(missing);
  for (const std::string& text : estimate.notes) out.add_notes(text);
  if (with_layers)
    for (const LayerEstimate& layer : estimate.layers) fill(layer, out.add_layers());
  return out;
}

}  // namespace roofscape::cost
