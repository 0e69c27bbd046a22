// For tests: a space that looks like quantising and pruning a small network, small enough to be evaluated whole.
//
// Layers have sensitivities that differ by two orders of magnitude; weight and activation bits add noise that grows
// fourfold a bit lost; pruning adds its own and multiplies with low widths (an interaction within a layer); noise of
// neighbouring layers amplifies each other (pairs); accuracy falls slowly and then off a cliff to chance, with a
// repeatable jitter like that of a finite test set. Costs are rooflines on two platforms with different ridge points.
#pragma once

#include <cmath>

#include "analytics/base/rng.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

class SyntheticSpace {
 public:
  // One choice of a layer: 0 is "leave it".
  struct Choice {
    double weight_bits, activation_bits, pruned;
  };

  static std::vector<Choice> ten_choices() {
    std::vector<Choice> choices = {{32, 32, 0}};
    for (double weight : {2.0, 3.0, 4.0, 8.0})
      for (double activation : {4.0, 8.0}) choices.push_back({weight, activation, 0});
    choices.push_back({8, 8, 0.5});
    return choices;
  }
  static std::vector<Choice> four_choices() { return {{32, 32, 0}, {8, 8, 0}, {4, 8, 0}, {3, 4, 0}}; }

  // `sensitivities`: whether the problem holds what each choice does alone, each off by a factor of its own, as few
  // images give it.
  SyntheticSpace(std::size_t layers, std::uint64_t seed, bool traits = true,
                 std::vector<Choice> choices = ten_choices(), bool sensitivities = true)
      : choices_(std::move(choices)) {
    Rng rng(seed);
    for (std::size_t l = 0; l < layers; ++l) {
      sensitivity_.push_back(std::pow(10, -1.0 - 2 * rng.uniform()));
      macs_.push_back(std::pow(10, 5 + 2 * rng.uniform()));
      weights_.push_back(std::pow(10, 3 + 2 * rng.uniform()));
    }
    seed_ = seed;
    build_problem(layers, traits);
    if (!sensitivities) return;
    for (std::size_t l = 0; l < layers; ++l) {
      Values& alone = problem_.damage.emplace_back();
      for (const Choice& choice : choices_) alone.push_back(noise_of(l, choice) * std::exp(0.5 * rng.normal()));
      alone[0] = 0;
    }
  }

  const Problem& problem() const { return problem_; }
  Problem& problem() { return problem_; }

  Outcome measure(const Point& point) const {
    Outcome outcome;
    outcome.point = point;
    outcome.objectives = problem_.price(point).objectives;
    outcome.objectives[0] = -accuracy(point);
    outcome.measured = {outcome.objectives[0]};
    outcome.damage = damage(point);
    for (const Problem::MeasuredLimit& limit : problem_.limits)
      outcome.violation += std::max(0.0, outcome.measured[limit.measured_index] - limit.at_most);
    outcome.violation += problem_.price(point).violation;
    return outcome;
  }

  // The noise of all layers; that of neighbours amplifies each other.
  double damage(const Point& point) const {
    double total = 0, before = 0;
    for (std::size_t l = 0; l < point.size(); ++l) {
      const double noise = noise_of(l, choices_[point[l]]);
      total += noise + 3 * std::sqrt(noise * before);
      before = noise;
    }
    return total;
  }

  double accuracy(const Point& point) const {
    std::uint64_t label = 0;
    for (const std::uint16_t choice : point) label = label * choices_.size() + choice;
    const double jitter = 0.0015 * (Rng(seed_).fork(label).uniform() - 0.5);
    return 0.1 + 0.82 / (1 + std::pow(damage(point) / 0.35, 1.5)) + jitter;
  }

 private:
  double noise_of(std::size_t layer, const Choice& choice) const {
    const double prune = 2 * choice.pruned * choice.pruned;
    return sensitivity_[layer] * (std::pow(4, 4 - choice.weight_bits) + 2 * std::pow(4, 3 - choice.activation_bits) +
                                  prune + 4 * prune * std::pow(4, 4 - choice.weight_bits));
  }

  void build_problem(std::size_t layers, bool traits) {
    problem_.choices.assign(layers, static_cast<std::uint32_t>(choices_.size()));
    for (std::size_t l = 0; l < layers; ++l) problem_.group.push_back(static_cast<std::uint32_t>(l));
    problem_.base.assign(layers, 0);
    problem_.measured = {true, false, false, false, false, false};
    problem_.measured_count = 1;
    if (traits) {
      std::vector<Values> coordinates;
      for (const Choice& choice : choices_)
        coordinates.push_back(
            {std::log2(choice.weight_bits) / 5, std::log2(choice.activation_bits) / 5, choice.pruned});
      problem_.traits.assign(layers, coordinates);
    }
    problem_.price = [this](const Point& point) { return price(point); };
    const Values base = problem_.price(problem_.base).objectives;
    for (std::size_t platform = 0; platform < 2; ++platform) {
      const std::size_t latency = 1 + 2 * platform, energy = latency + 1;
      problem_.fronts.push_back(
          {{0, latency, energy, 5}, {-0.93, 0, 0, 0}, {-0.8, base[latency], base[energy], base[5]}});
    }
  }

  // latency and energy on two platforms, then weight bytes.
  Priced price(const Point& point) const {
    Priced priced;
    priced.objectives = {std::nan(""), 0, 0, 0, 0, 0};
    for (std::size_t l = 0; l < point.size(); ++l) {
      const Choice& choice = choices_[point[l]];
      const double bits = std::max(choice.weight_bits, choice.activation_bits);
      const double macs = macs_[l] * (1 - choice.pruned);
      const double bytes = weights_[l] * (1 - choice.pruned) * choice.weight_bits / 8;
      const double cpu = std::max(macs / (bits <= 8 ? 4e9 : 1.5e9), bytes / 2e8) + 2e-6;
      const double fpga = std::max(macs * bits / 2e11, bytes / 8e8) + 1e-6;
      priced.objectives[1] += cpu;
      priced.objectives[2] += cpu * 3 + bytes * 1e-9;
      priced.objectives[3] += fpga;
      priced.objectives[4] += macs * bits * choice.activation_bits * 1e-14 + bytes * 2e-9;
      priced.objectives[5] += bytes;
    }
    return priced;
  }

  std::vector<Choice> choices_;
  std::vector<double> sensitivity_, macs_, weights_;
  std::uint64_t seed_ = 0;
  Problem problem_;
};

// Runs a searcher on the space for so many evaluations, the base included, so many a batch.
inline std::vector<Outcome> run_search(const SyntheticSpace& space, std::string_view id, std::uint64_t seed,
                                       std::size_t evaluations, std::size_t batch = 20) {
  auto searcher = make_searcher(id, space.problem(), seed, evaluations);
  std::vector<Outcome> outcomes = {space.measure(space.problem().base)};
  (*searcher)->tell(outcomes);
  while (outcomes.size() < evaluations) {
    const std::size_t before = outcomes.size();
    for (const Point& point : (*searcher)->ask(std::min(batch, evaluations - before)))
      outcomes.push_back(space.measure(point));
    if (outcomes.size() == before) break;
    (*searcher)->tell(std::span(outcomes).subspan(before));
  }
  return outcomes;
}

}  // namespace roofscape::search
