#include "analytics/calibrate/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "analytics/calibrate/names.h"
#include "analytics/calibrate/roof_check.h"
#include "analytics/cost/fpga.h"
#include "analytics/cost/own_spread.h"
#include "analytics/cost/pipeline.h"
#include "analytics/cost/roofline.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/zoo/zoo.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate {
namespace {

// Multiply-accumulates to a twentieth of e: variants of one name (resolutions, widths) are different networks.
std::string network_key(const Measurement& of) {
  const std::string name = of.single_layer ? of.network : plain_name(of.network);
  if (!(of.outline.macs > 0)) return name;
  return fmt::format("{} {}", name, std::lround(20 * std::log(of.outline.macs)));
}

// A network of the zoo in one pair of formats.
struct Structure {
  Network network;
  cost::Demand demand;
  cost::Traits traits;
};

// Files name the same few networks again and again.
class Structures {
 public:
  Result<const Structure*> get(const std::string& id, const Measurement& of, const cost::UniformFormats& formats) {
    const std::string key = fmt::format("{} {} {}", id, of.weight_format, of.activation_format);
    if (const auto found = known_.find(key); found != known_.end()) return &found->second;
    const zoo::Entry* entry = zoo::find(id);
    if (entry == nullptr)
      return not_found("no well-known network has the id '{}' that the column structure gives", printable(id, 80));
    RS_ASSIGN(const Network plain, entry->build());
    RS_ASSIGN(Network network, cost::with_formats(plain, formats));
    Structure structure{std::move(network), {}, {}};
    structure.demand = cost::demand(structure.network);
    structure.traits = cost::traits_of(structure.network);
    return &known_.emplace(key, std::move(structure)).first->second;
  }

 private:
  std::map<std::string, Structure> known_;
};

// The network's own traits, but for what only its name says.
cost::Traits traits_of(const Structure& structure, const Measurement& of) {
  cost::Traits traits = structure.traits;
  traits.detects = of.outline.detects;
  traits.segments = of.outline.segments;
  return traits;
}

// A streaming design follows from the network's structure.
Status price_design(const Measurement& of, const cost::UniformFormats& formats, Structures* structures,
                    Observation* row) {
  if (of.structure.empty())
    return unimplemented(
        "a streaming design: its units follow from the network's layers, which the file does not give");
  RS_ASSIGN(const Structure* structure, structures->get(of.structure, of, formats));
  cost::FoldingCache foldings;
  const cost::NetworkCost cost = cost::streaming_design(row->platform->machine, structure->network, structure->demand,
                                                        std::llround(row->batch), &foldings);
  row->traits = traits_of(*structure, of);
  // Batches of a stated size were measured one after the other: the first image waits for nobody, and fills the design.
  const Seconds time = of.keeps_busy ? Seconds(row->batch / cost.throughput_per_second) : cost.latency;
  row->load =
      cost::load_of_streaming(structure->demand, time * (row->platform->machine.fabric->clock / clock_of(*row)));
  return {};
}

Result<cost::Load> load_of_layers(const Observation& row, const Structure& structure) {
  const cost::Machine& machine = row.platform->machine;
  RS_ASSIGN(const cost::NetworkCost cost,
            cost::roofline(machine, structure.network, structure.demand,
                           {.batch = std::max<std::int64_t>(1, std::llround(row.batch))}));
  return cost::load_of(machine, structure.demand, cost);
}

// As estimates of the network itself are made.
Status price_layers(const Measurement& of, const cost::UniformFormats& formats, Structures* structures,
                    Observation* row) {
  RS_ASSIGN(const Structure* structure, structures->get(of.structure, of, formats));
  RS_ASSIGN(row->load, load_of_layers(*row, *structure));
  row->traits = traits_of(*structure, of);
  return {};
}

// As those of the network of which it is a variant, each part by as much more as there is of it: what share of the work
// is depthwise, say, neither width nor resolution changes much.
Status price_variant(const Measurement& of, const cost::UniformFormats& formats, Structures* structures,
                     Observation* row) {
  RS_ASSIGN(const Structure* structure, structures->get(of.variant_of, of, formats));
  RS_ASSIGN(row->traits, cost::complete(of.outline));
  RS_ASSIGN(const cost::Load load, load_of_layers(*row, *structure));
  row->load = cost::scaled(load, {.macs = row->traits.macs / structure->traits.macs,
                                  .parameters = row->traits.parameters / structure->traits.parameters,
                                  .activations = row->traits.activations / structure->traits.activations});
  return {};
}

// Layers that a machine has no peak for need not be in the way of totals, unless kinds of layers have ceilings.
Status price_network(const Measurement& of, const cost::UniformFormats& formats, Structures* structures,
                     Observation* row) {
  const cost::Machine& machine = row->platform->machine;
  if (machine.fabric) return price_design(of, formats, structures, row);
  if (!of.structure.empty() && of.density.weights == 1) {
    Status by_layers = price_layers(of, formats, structures, row);
    if (by_layers.ok() || !machine.layer_ceilings.empty()) return by_layers;
  }
  const bool priced = !of.variant_of.empty() && of.density.weights == 1 && machine.layer_ceilings.empty() &&
                      price_variant(of, formats, structures, row).ok();
  if (priced) return {};
  RS_ASSIGN(row->traits, cost::complete(of.outline));
  RS_ASSIGN(row->load, cost::load_of(machine, row->traits, formats.weight, formats.activation, row->batch, of.density));
  return {};
}

// Layers of one kind in one format are a fast path of their own, and so are those that come in another format than they
// are computed in: an engine converts them.
std::string path_of_layer(cost::NetworkKind kind, cost::Precision asked, std::string_view runs_as) {
  std::string path;
  if (cost::precision_name(asked) != runs_as) path += fmt::format(" of {}", cost::precision_name(asked));
  if (kind != cost::NetworkKind::kPlain) path += fmt::format(" {}", cost::kind_name(kind));
  return path;
}

Result<Observation> observe_one(const Measurement& of, const PlatformIndex& platforms, bool energy,
                                Structures* structures) {
  if (!of.left_out.empty()) return invalid_argument("{}", of.left_out);
  Observation row;
  row.measurement = &of;
  row.platform = platforms.find(of.platform, of.mode);
  if (row.platform == nullptr) return not_found("no platform file has the alias '{}'", printable(of.platform, 80));
  row.key = row.platform->key;
  if (of.single_layer) {
    row.key.device_class += " layer";
    row.key.platform += " layer";
  }
  if (energy) row.key = cost::energy_key(row.key);
  row.is_energy = energy;
  row.measured = energy ? of.joules : of.seconds;
  row.seconds = energy ? of.joules / row.platform->machine.nominal_power.value() : of.seconds;
  if (!(row.measured > 0)) return invalid_argument("neither time nor energy");
  row.batch = of.batch;
  // Engines that share their weights are given images together.
  if (const auto& engines = row.platform->machine.engines; engines && (of.keeps_busy || engines->share_weights))
    row.batch = std::max(row.batch, static_cast<double>(engines->one_of.size()));
  row.at_once = cost::images_at_once(row.platform->machine, row.batch);
  RS_ASSIGN(const NumberFormat weight, NumberFormat::parse(of.weight_format));
  RS_ASSIGN(const NumberFormat activation, NumberFormat::parse(of.activation_format));
  RS_TRY(price_network(of, {weight, activation}, structures, &row));
  // A pipeline is filled first; what is left is the time of a batch that follows another.
  const bool filled = of.is_latency && !energy;
  row.log_seconds = std::log(row.seconds * row.batch / (filled ? cost::filling(row.platform->machine, row.batch) : 1));
  row.format = cost::main_arithmetic(row.load);
  if (of.single_layer) row.format += path_of_layer(row.traits.kind, cost::precision_of(weight, activation), row.format);
  row.network = network_key(of);
  return row;
}

// False where the row is so far above a roof, or out of scale, that it is left out.
bool check_row(Observation* row, Observations* all) {
  const Measurement& of = *row->measurement;
  const cost::UniformFormats formats{*NumberFormat::parse(of.weight_format),
                                     *NumberFormat::parse(of.activation_format)};
  if (const std::optional<Impossible> out = out_of_scale(*row)) {
    all->wrong.emplace_back(&of, out->reason);
    if (out->times < kFarAboveRoof) return true;
    all->left_out.emplace_back(&of, out->reason);
    return false;
  }
  // Ceilings that a probe has measured are no roofs: what else ran meanwhile lowered them.
  if (row->is_energy || !row->platform->machine.layer_ceilings.empty()) return true;
  const std::optional<Impossible> above = above_roof(*row, formats);
  if (!above) return true;
  row->above_roof = above->times;
  all->wrong.emplace_back(&of, above->reason);
  if (above->times < kFarAboveRoof) return true;
  all->left_out.emplace_back(&of, fmt::format("more than twice as fast as {} of {} allows: the row is wrong, or the "
                                              "platform's ceiling",
                                              above->roof, row->platform->platform->id()));
  return false;
}

}  // namespace

PlatformIndex::PlatformIndex(std::span<const v1::Platform> platforms) {
  for (const v1::Platform& platform : platforms) {
    Result<cost::Machine> machine = cost::read_machine(platform);
    if (!machine.ok()) continue;
    const std::size_t at = entries_.size();
    entries_.push_back({&platform, std::move(*machine), cost::calibration_key(platform)});
    by_name_.emplace(platform.id(), at);
    for (const std::string& alias : platform.aliases()) by_name_.emplace(alias, at);
  }
}

const PlatformIndex::Entry* PlatformIndex::find(const std::string& name, const std::string& mode) const {
  const std::string words = lower_case(mode);
  const Entry* otherwise = nullptr;
  const auto [begin, end] = by_name_.equal_range(name);
  for (auto at = begin; at != end; ++at) {
    const Entry& entry = entries_[at->second];
    if (entry.platform->mode_keywords().empty() || (otherwise == nullptr && entry.platform->id() == name))
      otherwise = &entry;
    for (const std::string& keyword : entry.platform->mode_keywords())
      if (words.find(lower_case(keyword)) != std::string::npos) return &entry;
  }
  return otherwise;
}

Hertz clock_of(const Observation& row) {
  const double stated = row.measurement->megahertz;
  return stated > 0 ? Hertz(stated * 1e6) : row.platform->machine.fabric->clock;
}

Observations observe(std::span<const Measurement> measurements, const PlatformIndex& platforms) {
  Observations all;
  Structures structures;
  const auto add = [&](const Measurement& of, bool energy) {
    Result<Observation> row = observe_one(of, platforms, energy, &structures);
    if (row.ok() && !check_row(&*row, &all)) return false;
    if (row.ok())
      all.rows.push_back(std::move(*row));
    else
      all.left_out.emplace_back(&of, row.status().message());
    return row.ok();
  };
  for (const Measurement& of : measurements) {
    if (!of.wrong.empty()) all.wrong.emplace_back(&of, of.wrong);
    const bool timed = of.seconds > 0 || !(of.joules > 0);
    if ((!timed || add(of, false)) && of.joules > 0) add(of, true);
  }
  return all;
}

}  // namespace roofscape::calibrate
