#include "analytics/cost/estimate_proto.h"

namespace roofscape::cost {
namespace {

// Those that are not 0.
template <typename Message>
void fill_parts(const EnergyParts& parts, const std::vector<std::string>& memories, Message* out) {
  const auto add = [&](v1::EnergySpentOn spent_on, Joules energy, const std::string& memory = "") {
    if (!(energy.value() > 0)) return;
    v1::EnergyPart* part = out->add_energy_parts();
    part->set_spent_on(spent_on);
    part->set_memory(memory);
    part->set_energy_joules(energy.value());
  };
  add(v1::SPENT_ON_OPERATIONS, parts.operations);
  for (std::size_t level = 0; level < memories.size(); ++level)
    add(v1::SPENT_ON_MEMORY, parts.memory[level], memories[level]);
  add(v1::SPENT_ON_STATIC_POWER, parts.idle);
  add(v1::SPENT_ON_WAITING_FOR_HOST, parts.waiting);
  add(v1::SPENT_UNDIVIDED, parts.undivided);
}

v1::EnergyBasis basis_message(EnergyBasis basis) {
  switch (basis) {
    case EnergyBasis::kNone: break;
    case EnergyBasis::kMeasured: return v1::MEASURED_ENERGY;
    case EnergyBasis::kActivityAndStaticPower: return v1::ACTIVITY_AND_STATIC_POWER;
    case EnergyBasis::kActivityAlone: return v1::ACTIVITY_ALONE;
    case EnergyBasis::kPeakPower: return v1::PEAK_POWER_TIMES_TIME;
  }
  return v1::ENERGY_BASIS_UNSPECIFIED;
}

void fill(const RoofLine& roof, v1::Roof* out) {
  out->set_name(roof.name);
  if (roof.arithmetic) out->set_ops_per_second(roof.arithmetic->value());
  if (roof.memory) out->set_bytes_per_second(roof.memory->value());
}

void fill(const LayerEstimate& layer, const std::vector<std::string>& memories, v1::LayerEstimate* out) {
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
  if (!layer.energy) return;
  out->set_energy_joules(layer.energy->value());
  fill_parts(layer.energy_parts, memories, out);
}

double number(double value) { return value; }
template <typename Q>
double number(Q value) {
  return value.value();
}

template <typename Q>
void fill(const std::optional<Interval<Q>>& interval, v1::Interval* out) {
  out->set_low(number(interval->low));
  out->set_high(number(interval->high));
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
  if (estimate.energy) fill_parts(estimate.energy_parts, estimate.memories, &out);
  out.set_energy_basis(basis_message(estimate.energy_basis));
  if (estimate.wall_energy) out.set_wall_energy_joules(estimate.wall_energy->value());
  out.set_binding_roof(estimate.binding_roof);
  for (const RoofTime& roof : estimate.roof_times) {
    v1::RoofTime* time = out.add_roof_times();
    time->set_roof(roof.roof);
    time->set_seconds(roof.time.value());
  }
  if (estimate.latency_interval) fill(estimate.latency_interval, out.mutable_latency_interval_seconds());
  if (estimate.throughput_interval) fill(estimate.throughput_interval, out.mutable_throughput_interval_per_second());
  if (estimate.energy_interval) fill(estimate.energy_interval, out.mutable_energy_interval_joules());
  out.set_calibration(estimate.calibration);
  out.set_weight_bytes(estimate.weight_bytes.value());
  out.set_peak_activation_bytes(estimate.peak_activation_bytes.value());
  if (estimate.resources) {
    out.set_lut_count(estimate.resources->lut);
    out.set_dsp_count(estimate.resources->dsp);
    out.set_bram18_count(estimate.resources->bram18);
  }
  if (estimate.fit != Fit::kUnknown) out.set_fits(estimate.fit == Fit::kYes);
  out.set_does_not_fit(estimate.does_not_fit);
  out.set_fit_not_known(estimate.fit_not_known);
  for (const std::string& missing : estimate.missing) out.add_missing(missing);
  for (const std::string& text : estimate.notes) out.add_notes(text);
  if (!with_layers) return out;
  for (const LayerEstimate& layer : estimate.layers) fill(layer, estimate.memories, out.add_layers());
  for (const RoofLine& roof : estimate.roofs) fill(roof, out.add_roofs());
  return out;
}

}  // namespace roofscape::cost
