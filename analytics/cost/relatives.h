// Networks that were measured, and how like another network they are: by kind and counts, never by name. What rows say
// of one network holds for the same network elsewhere, whatever it is called there, and the more for others the more
// alike they are: the same one at another resolution, its wider and narrower variants, a deeper one of its making.
//
//   const Relatives known({relative_of(resnet_18), relative_of(mobilenet)});
//   known.shares(relative_of(resnet_34));      // what was learned of the first counts by a tenth
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "analytics/cost/traits.h"

namespace roofscape::cost {

// Counts of one image; 0: not known.
struct Relative {
  NetworkKind kind = NetworkKind::kPlain;
  double macs = 0, parameters = 0;
  double input = 0;  // positions
  double layers = 0, activations = 0;

  friend bool operator==(const Relative&, const Relative&) = default;
};
Relative relative_of(const Traits& traits);

// The same as logarithms, each beside whether it is known.
struct LogCounts {
  explicit LogCounts(const Relative& of);
  struct Count {
    double log = 0;
    bool known = false;
  };
  NetworkKind kind;
  Count macs, parameters, input, layers, activations;
};

// From 0 to 1, smooth in the counts: exp(−d²/2) for d² the squares of the counts' logarithms apart, each in a unit of
// its own. Where all counts of both are known these are multiply-accumulates for a position, parameters, layers, and
// what neither width nor resolution changes of a network: multiply-accumulates over activations and the root of
// parameters. Otherwise multiply-accumulates and parameters alone, in units in which files of measurements differ on
// one and the same network. 0 for another kind.
double likeness(const Relative& known, const Traits& of);

// So much of what one of several networks adds counts for another.
struct RelativeShare {
  std::size_t relative;
  double weight;
};

class Relatives {
 public:
  explicit Relatives(std::vector<Relative> all);
  std::size_t count() const { return all_.size(); }
  const Relative& of(std::size_t relative) const { return all_[relative]; }
  // Likenesses, those that are next to none left out, divided by the root of the sum of their squares where that is
  // above 1: so what several say of a network varies no more than what one does. In the order of the networks.
  std::vector<RelativeShare> shares(const Relative& with) const;
  // Of the one that is most alike; 0: there is none.
  double most_likeness(const Relative& with) const;
  // Calls back with each network that asks for no more than the given one of anything that is known of both, and with
  // each that asks for no less.
  template <typename Smaller, typename Larger>
  void compare(const Relative& with, const Smaller& smaller, const Larger& larger) const;

 private:
  const std::vector<std::size_t>& of_kind(NetworkKind kind) const { return of_kind_[static_cast<std::size_t>(kind)]; }

  std::vector<Relative> all_;
  std::vector<LogCounts> logs_;
  std::array<std::vector<std::size_t>, kNetworkKinds> of_kind_;
};

// Whether the second has no less of anything that is known of both, but for rounding.
bool has_no_less(const LogCounts& a, const LogCounts& b);

template <typename Smaller, typename Larger>
void Relatives::compare(const Relative& with, const Smaller& smaller, const Larger& larger) const {
  const LogCounts of(with);
  for (const std::size_t r : of_kind(with.kind)) {
    if (has_no_less(logs_[r], of)) smaller(r);
    if (has_no_less(of, logs_[r])) larger(r);
  }
}

}  // namespace roofscape::cost
