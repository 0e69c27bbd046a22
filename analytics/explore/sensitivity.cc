#include "analytics/explore/sensitivity.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/base/text.h"
#include "analytics/engine/workers.h"
#include "analytics/explore/anchors.h"
#include "analytics/explore/damage.h"
#include "analytics/explore/damage_fit.h"
#include "analytics/explore/spread.h"
#include "analytics/search/log_damage.h"

namespace roofscape::explore {
namespace {

constexpr std::int64_t kLeastImages = 32, kMostImages = 256;
constexpr std::size_t kTogether = 64;  // networks that go through the images together
// Of the images of all evaluations, what the sensitivities may take at most.
constexpr double kShareOfEvaluations = 0.06;

using Key = std::pair<std::size_t, std::uint16_t>;  // variable and choice

std::uint16_t first_choice(const Variable& variable) { return variable.optional ? 1 : 0; }

// Choices that use one method, each variable's in turn, so that the first of the list are spread over all variables.
std::vector<Key> single_choices(const Space& space) {
  std::vector<Key> keys;
  bool any = true;
  for (std::size_t turn = 0; any; ++turn) {
    any = false;
    for (std::size_t v = 0; v < space.variables().size(); ++v) {
      const Variable& variable = space.variables()[v];
      if (turn >= variable.choices.size()) continue;
      any = true;
      if (variable.choices[turn].size() == 1)
        keys.emplace_back(v, static_cast<std::uint16_t>(first_choice(variable) + turn));
    }
  }
  return keys;
}

// Which choices are measured, on how many images.
struct Plan {
  std::vector<Key> keys;
  std::int64_t images = 0;
};

Plan plan_for(const Space& space, std::int64_t calibration_images, const SensitivityOptions& options) {
  Plan plan{single_choices(space), 0};
  const auto count = std::max<std::int64_t>(std::ssize(plan.keys), 1);
  if (options.images > 0) {
    plan.images = std::min(options.images, calibration_images);
  } else {
    const std::int64_t affordable = options.budget / count / kLeastImages * kLeastImages;
    plan.images = std::min(std::clamp(affordable, kLeastImages, kMostImages), calibration_images);
    const auto most =
        static_cast<std::size_t>(std::max<std::int64_t>(options.budget / std::max<std::int64_t>(plan.images, 1), 1));
    if (plan.keys.size() > most) {
      std::vector<PlacedUse> uses;
      for (const auto& [variable, choice] : plan.keys)
        uses.push_back({variable, &probed_uses(space, variable, choice)[0]});
      std::vector<Key> chosen;
      for (const std::size_t i : spread(uses, most)) chosen.push_back(plan.keys[i]);
      plan.keys = std::move(chosen);
    }
  }
  std::sort(plan.keys.begin(), plan.keys.end());
  return plan;
}

bool cancelled_by(const SensitivityOptions& options) {
  return options.cancel != nullptr && options.cancel->cancelled();
}

Status stopped() { return cancelled("stopped while sensitivities were measured"); }

// A network that was measured, and what it did.
struct Probed {
  Digest network_key;
  engine::Counts counts;
};

// Measures points on the first calibration images, each network once in a lifetime of the store.
class Prober {
 public:
  // All of them outlive it.
  Prober(const Space& space, CandidateBuilder& builder, const Network& base, const Dataset& calibration,
         const Preparation& preparation, const engine::Engine& engine, ProbeStore& store,
         const SensitivityOptions& options, std::int64_t images)
      : space_(space),
        builder_(builder),
        base_(base),
        base_key_(base.key()),
        calibration_(calibration),
        preparation_(preparation),
        engine_(engine),
        store_(store),
        options_(options),
        images_(images) {}

  // Of each point; nothing where its network cannot be built. `done`: points of this call.
  Result<std::vector<std::optional<Probed>>> probe(std::span<const search::Point> points,
                                                   const std::function<void(std::size_t)>& done) {
    std::vector<std::optional<Probed>> all;
    for (std::size_t first = 0; first < points.size(); first += kTogether) {
      RS_TRY(probe_together(points.subspan(first, std::min(kTogether, points.size() - first)), all));
      done(all.size());
    }
    return all;
  }
  // Of the base network; measures it where nothing was probed.
  Result<engine::Counts> base() {
    if (!base_counts_) base_counts_ = store_.find_probe(base_key_, images_);
    if (!base_counts_) RS_TRY(measure({}, {}));
    return *base_counts_;
  }
  // Keeps what was measured.
  Status store() { return store_.store_probes(fresh_, images_); }
  std::int64_t images_seen() const { return images_seen_; }

 private:
  Status probe_together(std::span<const search::Point> points, std::vector<std::optional<Probed>>& all) {
    if (cancelled_by(options_)) return stopped();
    std::vector<std::optional<Network>> built = build(points);
    if (cancelled_by(options_)) return stopped();
    std::vector<Network> networks;
    std::map<Digest, std::size_t> place;  // of those that nobody has measured
    const std::size_t first = all.size();
    networks.reserve(built.size());
    for (std::optional<Network>& network : built) {
      std::optional<Probed>& probed = all.emplace_back();
      if (!network) continue;
      probed.emplace(Probed{network->key(), {}});
      if (known_.contains(probed->network_key) || place.contains(probed->network_key)) continue;
      if (probed->network_key == base_key_) continue;
      if (const auto known = store_.find_probe(probed->network_key, images_)) {
        known_.emplace(probed->network_key, *known);
      } else {
        place.emplace(probed->network_key, networks.size());
        networks.push_back(*std::move(network));
      }
    }
    if (!networks.empty()) RS_TRY(measure(networks, place));
    RS_ASSIGN(const engine::Counts base_counts, base());
    known_.emplace(base_key_, base_counts);
    for (std::size_t i = first; i < all.size(); ++i)
      if (all[i]) all[i]->counts = known_.at(all[i]->network_key);
    return {};
  }

  Status measure(const std::vector<Network>& networks, const std::map<Digest, std::size_t>& place) {
    std::vector<const Network*> set = {&base_};
    for (const Network& network : networks) set.push_back(&network);
    engine::MeasureOptions measure;
    measure.range = ImageRange{0, images_};
    measure.cancel = options_.cancel;
    RS_ASSIGN(const std::vector<engine::Counts> measured, engine_.measure(set, 0, calibration_, preparation_, measure));
    if (!base_counts_) base_counts_ = store_.find_probe(base_key_, images_);
    if (!base_counts_) fresh_.emplace_back(base_key_, measured[0]);
    base_counts_ = measured[0];
    for (const auto& [key, index] : place) {
      known_.emplace(key, measured[index + 1]);
      fresh_.emplace_back(key, measured[index + 1]);
    }
    images_seen_ += images_ * std::ssize(networks);
    return {};
  }

  std::vector<std::optional<Network>> build(std::span<const search::Point> points) {
    std::vector<std::optional<Network>> networks(points.size());
    engine::BatchJob job;
    job.batches = std::ssize(points);
    job.cancel = options_.cancel;
    job.make_worker = [&]() -> std::function<Status(std::int64_t)> {
      return [&](std::int64_t i) {
        Result<Network> network = builder_.build(space_.recipe(points[static_cast<std::size_t>(i)]));
        if (network.ok()) networks[static_cast<std::size_t>(i)] = *std::move(network);
        return Status();
      };
    };
    (void)engine::run_batches(options_.threads, job);  // fails when it is cancelled alone, which the caller sees
    return networks;
  }

  const Space& space_;
  CandidateBuilder& builder_;
  const Network& base_;
  const Digest base_key_;
  const Dataset& calibration_;
  const Preparation& preparation_;
  const engine::Engine& engine_;
  ProbeStore& store_;
  const SensitivityOptions& options_;
  const std::int64_t images_;
  std::optional<engine::Counts> base_counts_;
  std::map<Digest, engine::Counts> known_;
  std::vector<std::pair<Digest, engine::Counts>> fresh_;
  std::int64_t images_seen_ = 0;
};

// A uniform setting that does about as much damage as people accept: the background before which is judged what does
// nothing alone. The base where there is none.
search::Point background(const Space& space, const std::vector<search::Values>& damage) {
  constexpr double kUsual = 0.03;  // nats
  const std::vector<bool> balances = space.balances();
  search::Point best = space.base();
  double least = HUGE_VAL;
  for (const search::Point& anchor : anchors(space, {}).single) {
    double sum = search::kLeastDamage;
    for (std::size_t v = 0; v < anchor.size(); ++v)
      if (!balances[v]) sum += damage[v][anchor[v]];
    const double away = std::abs(std::log(sum / kUsual));
    if (away >= least) continue;
    least = away;
    best = anchor;
  }
  return best;
}

}  // namespace

search::Point probed_point(const Space& space, std::size_t variable, std::uint16_t choice) {
  search::Point point = space.base();
  point[variable] = choice;
  return point;
}

std::span<const Use> probed_uses(const Space& space, std::size_t variable, std::uint16_t choice) {
  const Variable& of = space.variables()[variable];
  const std::uint16_t first = first_choice(of);
  if (choice < first) return {};
  return of.choices[static_cast<std::size_t>(choice - first)];
}

std::int64_t sensitivity_budget(std::int64_t evaluations, std::int64_t images) {
  return static_cast<std::int64_t>(kShareOfEvaluations * static_cast<double>(evaluations) *
                                   static_cast<double>(images));
}

Result<Sensitivities> measure_sensitivities(const Space& space, CandidateBuilder& builder, const Network& base,
                                            const Dataset& calibration, const Preparation& preparation,
                                            const engine::Engine& engine, ProbeStore& store,
                                            const SensitivityOptions& options) {
  const Plan plan = plan_for(space, calibration.count, options);
  Sensitivities found;
  found.images = plan.images;
  if (plan.images == 0) return found;
  Prober prober(space, builder, base, calibration, preparation, engine, store, options, plan.images);
  std::vector<search::Point> alone;
  for (const Key& key : plan.keys) alone.push_back(probed_point(space, key.first, key.second));
  // What only moves factors comes after the others, whose damage says before which background.
  std::vector<Key> movers;
  const std::vector<bool> balances = space.balances();
  for (const Key& key : plan.keys)
    if (balances[key.first]) movers.push_back(key);
  const std::size_t total = alone.size() + (movers.empty() ? 0 : movers.size() + 1);
  const auto progress = [&](std::size_t before) {
    return [&, before](std::size_t done) {
      if (options.progress)
        options.progress(static_cast<std::int64_t>(before + done), static_cast<std::int64_t>(total));
    };
  };
  RS_ASSIGN(const auto probed, prober.probe(alone, progress(0)));
  for (std::size_t i = 0; i < probed.size(); ++i)
    if (probed[i])
      found.probes.push_back({plan.keys[i].first, plan.keys[i].second, probed[i]->network_key, probed[i]->counts});
  RS_ASSIGN(found.base, prober.base());
  if (!movers.empty()) {
    std::vector<search::Point> beside = {background(space, damage_table(space, found))};
    for (const Key& key : movers) {
      beside.push_back(beside[0]);
      beside.back()[key.first] = key.second;
    }
    RS_ASSIGN(const auto measured, prober.probe(beside, progress(alone.size())));
    const auto logarithm = [&](std::size_t i) { return search::log_damage(damage(measured[i]->counts)); };
    for (std::size_t i = 0; measured[0] && i < movers.size(); ++i)
      if (measured[i + 1])
        found.factors.push_back({movers[i].first, movers[i].second, logarithm(i + 1) - logarithm(0)});
  }
  found.images_seen = prober.images_seen();
  RS_TRY(prober.store());
  return found;
}

SensitiveLayers sensitive_layers(const Space& space, const std::vector<search::Values>& damage) {
  const search::Point setting = background(space, damage);
  const std::vector<bool> balances = space.balances();
  double sum = 0;
  std::map<std::string, double> alone;
  std::size_t worst = setting.size();
  for (std::size_t v = 0; v < setting.size(); ++v) {
    const double here = balances[v] ? 0 : damage[v][setting[v]];
    if (here <= 0) continue;
    sum += here;
    alone[fmt::format("{}", fmt::join(space.variables()[v].layers, ", "))] += here;
    if (worst == setting.size() || here > damage[worst][setting[worst]]) worst = v;
  }
  SensitiveLayers found;
  if (worst == setting.size()) return found;
  for (const auto& [layers, here] : alone) found.shares.emplace_back(layers, here / sum);
  std::stable_sort(found.shares.begin(), found.shares.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  constexpr std::size_t kMost = 5;
  if (found.shares.size() > kMost) found.shares.resize(kMost);
  for (const Use& use : probed_uses(space, worst, setting[worst])) {
    approx::Knobs varied;
    for (const auto& [knob, value] : use.knobs)
      for (const std::vector<Use>& choice : space.variables()[worst].choices)
        for (const Use& other : choice)
          if (other.method == use.method && other.knobs.at(knob) != value) varied[knob] = value;
    found.setting += (found.setting.empty() ? "" : ", ") + use.method;
    if (!varied.empty()) found.setting += " " + approx::to_string(varied);
  }
  return found;
}

std::vector<search::Values> damage_table(const Space& space, const Sensitivities& found) {
  // Where rules require methods, choices alone stand before a background that is damaged itself: what it does is taken
  // from each, and shared among all variables.
  const search::Point background = space.base();
  double damage_of_background = 0;
  if (!space.contains_base())
    for (const Probe& probe : found.probes)
      if (background[probe.variable] == probe.choice) damage_of_background = damage(probe.counts);
  const double share = damage_of_background / static_cast<double>(std::max<std::size_t>(background.size(), 1));
  std::map<Key, double> measured;
  for (const Probe& probe : found.probes)
    measured[{probe.variable, probe.choice}] = std::max(damage(probe.counts) - damage_of_background, 0.0) + share;
  DamageFit fit(std::log(search::kUnknownDamage));  // fills the gaps
  for (const auto& [key, alone] : measured)
    fit.add(key.first, probed_uses(space, key.first, key.second)[0], search::log_damage(alone));
  fit.solve();
  const auto setting = [](const Use& use) { return use.method + " " + approx::to_string(use.knobs); };
  std::vector<search::Values> table;
  const std::vector<bool> balances = space.balances();
  for (std::size_t v = 0; v < space.variables().size(); ++v) {
    const Variable& variable = space.variables()[v];
    if (balances[v]) {
      search::Values& factors = table.emplace_back(variable.choices.size() + first_choice(variable), 0.0);
      for (const Factor& factor : found.factors)
        if (factor.variable == v) factors[factor.choice] = factor.logarithm;
      continue;
    }
    std::map<std::string, double> alone;  // of each setting
    for (std::size_t c = 0; c < variable.choices.size(); ++c) {
      if (variable.choices[c].size() != 1) continue;
      const std::string name = setting(variable.choices[c][0]);
      const auto known = measured.find({v, static_cast<std::uint16_t>(first_choice(variable) + c)});
      alone[name] = known != measured.end() ? known->second : std::exp(fit.of(v, variable.choices[c][0]));
    }
    search::Values& row = table.emplace_back();
    if (variable.optional) row.push_back(0);
    for (const std::vector<Use>& choice : variable.choices) {
      double sum = 0;
      for (const Use& use : choice) {
        const auto single = alone.find(setting(use));
        sum += single != alone.end() ? single->second : search::kUnknownDamage;
      }
      row.push_back(sum);
    }
  }
  return table;
}

}  // namespace roofscape::explore
