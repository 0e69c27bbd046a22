#include "analytics/cost/relatives.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace roofscape::cost {
namespace {

// Published counts of one network differ by as much: with and without the first layer, biases, or the last classes.
constexpr double kMacs = 0.06, kParameters = 0.12;
// Between networks whose counts are all known: of size, of depth, and of the shape that no width changes.
constexpr double kSize = 1, kDepth = 0.3, kShape = 0.3;
// Files keep four digits of each count.
constexpr double kRounded = 1e-3;
// What is less alike counts for nothing.
constexpr double kLeast = 0.03;

double squared(double value) { return value * value; }

// Widths change multiply-accumulates as their square or less, activations as they do and parameters as their square;
// resolutions the first two alike.
double shape(const LogCounts& of) { return of.macs.log - of.activations.log - 0.5 * of.parameters.log; }

// In units in which exp(−d²/2) is the likeness; infinity between kinds.
double squared_distance(const LogCounts& a, const LogCounts& b) {
  if (a.kind != b.kind) return std::numeric_limits<double>::infinity();
  const bool inputs = a.input.known && b.input.known, parameters = a.parameters.known && b.parameters.known;
  const bool all =
      inputs && parameters && a.layers.known && b.layers.known && a.activations.known && b.activations.known;
  const double of_input = inputs ? b.input.log - a.input.log : 0;
  double squares = squared((b.macs.log - a.macs.log - of_input) / (all ? kSize : kMacs));
  if (parameters) squares += squared((b.parameters.log - a.parameters.log) / (all ? kSize : kParameters));
  if (all) squares += squared((b.layers.log - a.layers.log) / kDepth) + squared((shape(b) - shape(a)) / kShape);
  return squares;
}

// 0 where the likeness is next to none.
double clear_likeness(const LogCounts& a, const LogCounts& b) {
  static const double kFar = -2 * std::log(kLeast);
  const double squares = squared_distance(a, b);
  return squares < kFar ? (std::exp(-squares / 2) - kLeast) / (1 - kLeast) : 0;
}

LogCounts::Count count_of(double value) { return {value > 0 ? std::log(value) : 0, value > 0}; }

}  // namespace

Relative relative_of(const Traits& traits) {
  return {traits.kind,
          traits.macs,
          traits.parameters_are_guessed ? 0 : traits.parameters,
          traits.input_is_guessed ? 0 : traits.input,
          traits.layers_are_guessed ? 0 : traits.layers,
          traits.activations_are_guessed ? 0 : traits.activations};
}

LogCounts::LogCounts(const Relative& of)
    : kind(of.kind),
      macs(count_of(of.macs)),
      parameters(count_of(of.parameters)),
      input(count_of(of.input)),
      layers(count_of(of.layers)),
      activations(count_of(of.activations)) {}

double likeness(const Relative& known, const Traits& of) {
  return std::exp(-squared_distance(LogCounts(known), LogCounts(relative_of(of))) / 2);
}

bool has_no_less(const LogCounts& a, const LogCounts& b) {
  const auto grows = [](const LogCounts::Count& from, const LogCounts::Count& to) {
    return !from.known || !to.known || to.log >= from.log - kRounded;
  };
  return a.kind == b.kind && grows(a.macs, b.macs) && grows(a.input, b.input) && grows(a.parameters, b.parameters) &&
         grows(a.layers, b.layers) && grows(a.activations, b.activations);
}

Relatives::Relatives(std::vector<Relative> all) : all_(std::move(all)) {
  for (std::size_t r = 0; r < all_.size(); ++r) {
    logs_.emplace_back(all_[r]);
    of_kind_[static_cast<std::size_t>(all_[r].kind)].push_back(r);
  }
}

std::vector<RelativeShare> Relatives::shares(const Relative& with) const {
  const LogCounts of(with);
  std::vector<RelativeShare> shares;
  double squares = 0;
  for (const std::size_t r : of_kind(with.kind)) {
    const double like = clear_likeness(logs_[r], of);
    if (!(like > 0)) continue;
    shares.push_back({r, like});
    squares += squared(like);
  }
  for (RelativeShare& share : shares) share.weight /= std::sqrt(std::max(squares, 1.0));
  return shares;
}

double Relatives::most_likeness(const Relative& with) const {
  const LogCounts of(with);
  double most = 0;
  for (const std::size_t r : of_kind(with.kind)) most = std::max(most, clear_likeness(logs_[r], of));
  return most;
}

}  // namespace roofscape::cost
