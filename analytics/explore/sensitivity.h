// The damage that each choice of a space does alone: every layer but its own is left as it is.
//
// All of them go through calibration images as merged graphs, in which they share what lies before the changed layer.
// Choices that combine methods are not measured: their damage is taken to be the sum of what each method does alone.
// Where even single choices are too many for the images that may be spent, some of each variable are measured; the
// others are filled in from what the same layer and the same setting do elsewhere.
//
//   RS_ASSIGN(const Sensitivities found, measure_sensitivities(space, {…}));
//   problem.damage = damage_table(space, found);
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/engine/engine.h"
#include "analytics/explore/candidate_builder.h"
#include "analytics/explore/space.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// Choice `choice` of a variable, alone.
struct Probe {
  std::size_t variable = 0;
  std::uint16_t choice = 0;
  Digest network_key;
  engine::Counts counts;  // against the base network
};

// What a choice that only moves factors between layers does beside a uniform setting: alone it does nothing, but it may
// make formats err less, or more.
struct Factor {
  std::size_t variable = 0;
  std::uint16_t choice = 0;
  double logarithm = 0;  // of the setting's damage with the choice over that without
};

struct Sensitivities {
  std::int64_t images = 0;       // on which each was measured: the first of the calibration images
  std::int64_t images_seen = 0;  // taken through networks that nobody had measured
  engine::Counts base;           // of the base network on them
  std::vector<Probe> probes;     // by variable, then choice
  std::vector<Factor> factors;   // of variables that Space::balances
};

// Probes that were measured before, by anyone, and a place for new ones. Called from one thread.
class ProbeStore {
 public:
  virtual ~ProbeStore() = default;
  // Counts of a network on the first so many calibration images.
  virtual std::optional<engine::Counts> find_probe(const Digest& network_key, std::int64_t images) = 0;
  virtual Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) = 0;
};

struct SensitivityOptions {
  // Images to spend, over all choices: each is measured on 32 to 256 of them (fewer where there are no more), and where
  // that is too many, fewer choices are.
  std::int64_t budget = 100'000;
  // Measure each choice on exactly so many images instead, whatever that takes; 0: as the budget allows.
  std::int64_t images = 0;
  int threads = 1;  // that build networks
  const CancelToken* cancel = nullptr;
  // Choices done, of how many.
  std::function<void(std::int64_t, std::int64_t)> progress{};
};

// A choice whose network cannot be built has no probe.
Result<Sensitivities> measure_sensitivities(const Space& space, CandidateBuilder& builder, const Network& base,
                                            const Dataset& calibration, const Preparation& preparation,
                                            const engine::Engine& engine, ProbeStore& store,
                                            const SensitivityOptions& options);

// The point at which a choice stands alone.
search::Point probed_point(const Space& space, std::size_t variable, std::uint16_t choice);
// What it does, one use a method; none where the choice is "leave it". A view into the space.
std::span<const Use> probed_uses(const Space& space, std::size_t variable, std::uint16_t choice);
// SensitivityOptions::budget of an exploration that asks for so many evaluations on so many images.
std::int64_t sensitivity_budget(std::int64_t evaluations, std::int64_t images);

// The layers that suffer most from a uniform setting which does about as much damage as people accept.
struct SensitiveLayers {
  std::string setting;  // "integer {activation_bits: 8, weight_bits: 4}": with the knobs that the space varies
  std::vector<std::pair<std::string, double>> shares;  // layer and its share of the damage, largest first; five at most
};
// `damage` is damage_table's. No shares where no setting does any damage.
SensitiveLayers sensitive_layers(const Space& space, const std::vector<search::Values>& damage);

// search::Problem::damage: mean divergence in nats of every choice of every variable; of variables that
// Space::balances, the logarithm of their factor on it.
std::vector<search::Values> damage_table(const Space& space, const Sensitivities& found);

}  // namespace roofscape::explore
