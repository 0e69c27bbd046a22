#include "analytics/explore/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/engine/workers.h"

namespace roofscape::explore {
namespace {

constexpr std::int64_t kLeastImages = 32, kMostImages = 256;
constexpr std::size_t kTogether = 64;    // networks that go through the images together
constexpr double kLeastDamage = 1e-6;    // nats; for logarithms
constexpr double kUnknownDamage = 0.02;  // where nothing like it was measured
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
      // Every so-many-th, so that fine and coarse settings of each variable are there.
      std::vector<Key> thinned;
      for (std::size_t i = 0; i < most; ++i) thinned.push_back(plan.keys[i * plan.keys.size() / most]);
      plan.keys = std::move(thinned);
    }
  }
  std::sort(plan.keys.begin(), plan.keys.end());
  return plan;
}

bool cancelled_by(const SensitivityOptions& options) {
  return options.cancel != nullptr && options.cancel->cancelled();
}

Status stopped() { return cancelled("stopped while sensitivities were measured"); }

// The networks of choices, each nothing where it cannot be built.
std::vector<std::optional<Network>> build(const Space& space, CandidateBuilder& builder, std::span<const Key> keys,
                                          const SensitivityOptions& options) {
  std::vector<std::optional<Network>> networks(keys.size());
  engine::BatchJob job;
  job.batches = std::ssize(keys);
  job.cancel = options.cancel;
  job.make_worker = [&]() -> std::function<Status(std::int64_t)> {
    return [&](std::int64_t i) {
      const auto [variable, choice] = keys[static_cast<std::size_t>(i)];
      Result<Network> network = builder.build(space.recipe(probed_point(space, variable, choice)));
      if (network.ok()) networks[static_cast<std::size_t>(i)] = *std::move(network);
      return Status();
    };
  };
  (void)engine::run_batches(options.threads, job);  // fails when it is cancelled alone, which the caller sees
  return networks;
}

}  // namespace

search::Point probed_point(const Space& space, std::size_t variable, std::uint16_t choice) {
  search::Point point = space.base();
  point[variable] = choice;
  return point;
}

std::vector<Use> probed_uses(const Space& space, std::size_t variable, std::uint16_t choice) {
  const Variable& of = space.variables()[variable];
  const std::uint16_t first = first_choice(of);
  return choice < first ? std::vector<Use>() : of.choices[static_cast<std::size_t>(choice - first)];
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
  std::vector<std::pair<Digest, engine::Counts>> fresh;
  const Digest base_key = base.key();
  std::optional<engine::Counts> base_counts = store.find_probe(base_key, plan.images);
  const auto total = std::ssize(plan.keys);
  for (std::size_t first = 0; first < plan.keys.size() || !base_counts; first += kTogether) {
    if (cancelled_by(options)) return stopped();
    const std::size_t end = std::min(first + kTogether, plan.keys.size());
    std::vector<std::optional<Network>> built =
        build(space, builder, std::span(plan.keys).subspan(first, end - first), options);
    if (cancelled_by(options)) return stopped();
    std::vector<Network> networks;
    std::map<Digest, std::size_t> place;                // in the set
    std::vector<std::pair<std::size_t, Digest>> asked;  // of this part's keys, with their networks
    std::map<Digest, engine::Counts> counts;
    networks.reserve(built.size());
    for (std::size_t i = first; i < end; ++i) {
      std::optional<Network>& network = built[i - first];
      if (!network) continue;
      const Digest key = network->key();
      asked.emplace_back(i, key);
      if (counts.contains(key) || place.contains(key) || key == base_key) continue;
      if (const auto known = store.find_probe(key, plan.images)) {
        counts.emplace(key, *known);
      } else {
        networks.push_back(*std::move(network));
        place.emplace(key, networks.size());
      }
    }
    if (!networks.empty() || !base_counts) {
      std::vector<const Network*> set = {&base};
      for (const Network& network : networks) set.push_back(&network);
      engine::MeasureOptions measure;
      measure.range = ImageRange{0, plan.images};
      measure.cancel = options.cancel;
      RS_ASSIGN(const std::vector<engine::Counts> measured, engine.measure(set, 0, calibration, preparation, measure));
      if (!base_counts) fresh.emplace_back(base_key, measured[0]);
      base_counts = measured[0];
      for (const auto& [key, index] : place) {
        counts.emplace(key, measured[index]);
        fresh.emplace_back(key, measured[index]);
      }
      found.images_seen += plan.images * std::ssize(networks);
    }
    counts.emplace(base_key, *base_counts);
    for (const auto& [i, key] : asked)
      found.probes.push_back({plan.keys[i].first, plan.keys[i].second, key, counts.at(key)});
    if (options.progress) options.progress(static_cast<std::int64_t>(end), total);
  }
  found.base = *base_counts;
  RS_TRY(store.store_probes(fresh, plan.images));
  return found;
}

std::vector<search::Values> damage_table(const Space& space, const Sensitivities& found) {
  // Where rules require methods, choices alone stand before a background that is damaged itself: what it does is taken
  // from each, and shared among all variables.
  const search::Point background = space.base();
  double damage_of_background = 0;
  if (!space.contains_base())
    for (const Probe& probe : found.probes)
      if (background[probe.variable] == probe.choice) damage_of_background = engine::metrics(probe.counts).divergence;
  const double share = damage_of_background / static_cast<double>(std::max<std::size_t>(background.size(), 1));
  std::map<Key, double> measured;
  for (const Probe& probe : found.probes)
    measured[{probe.variable, probe.choice}] =
        std::max(engine::metrics(probe.counts).divergence - damage_of_background, 0.0) + share;
  // A two-way fit in logarithms fills the gaps: what the variable does in the mean, and what the setting does beyond
  // that.
  const auto setting = [](const Use& use) { return use.method + " " + approx::to_string(use.knobs); };
  const auto use_of = [&](const Key& key) -> const Use& {
    const Variable& variable = space.variables()[key.first];
    return variable.choices[key.second - first_choice(variable)][0];
  };
  struct Mean {
    double sum = 0;
    int count = 0;
    double value(double otherwise) const { return count > 0 ? sum / count : otherwise; }
  };
  std::map<std::size_t, Mean> of_variable;
  std::map<std::string, Mean> of_setting;
  Mean of_all;
  const auto logarithm = [](double damage) { return std::log(std::max(damage, kLeastDamage)); };
  for (const auto& [key, damage] : measured)
    for (Mean* mean : {&of_variable[key.first], &of_all}) {
      mean->sum += logarithm(damage);
      ++mean->count;
    }
  const double usual = of_all.value(std::log(kUnknownDamage));
  for (const auto& [key, damage] : measured) {
    Mean& mean = of_setting[setting(use_of(key))];
    mean.sum += logarithm(damage) - of_variable[key.first].value(usual);
    ++mean.count;
  }
  std::vector<search::Values> table;
  for (std::size_t v = 0; v < space.variables().size(); ++v) {
    const Variable& variable = space.variables()[v];
    std::map<std::string, double> alone;  // of each setting
    for (std::size_t c = 0; c < variable.choices.size(); ++c) {
      if (variable.choices[c].size() != 1) continue;
      const std::string name = setting(variable.choices[c][0]);
      const auto known = measured.find({v, static_cast<std::uint16_t>(first_choice(variable) + c)});
      alone[name] =
          known != measured.end() ? known->second : std::exp(of_variable[v].value(usual) + of_setting[name].value(0));
    }
    search::Values& damage = table.emplace_back();
    if (variable.optional) damage.push_back(0);
    for (const std::vector<Use>& choice : variable.choices) {
      double sum = 0;
      for (const Use& use : choice) {
        const auto single = alone.find(setting(use));
        sum += single != alone.end() ? single->second : kUnknownDamage;
      }
      damage.push_back(sum);
    }
  }
  return table;
}

}  // namespace roofscape::explore
