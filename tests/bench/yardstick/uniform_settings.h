// Settings that a person tries first: one choice for all layers that offer it.
//
//   for (const Setting& setting : uniform_settings(space)) lab.measure({setting.on(space.base())});
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analytics/explore/space.h"

namespace roofscape::bench {

struct Setting {
  std::string kind;  // the methods that the variables decide about: settings of one kind exclude each other
  std::vector<explore::Use> uses;                              // what each of the layers does
  std::vector<std::pair<std::size_t, std::uint16_t>> choices;  // variables, and their choice

  // The point with this setting in the place of what it said there.
  search::Point on(search::Point point) const;
};

// By kind, in the order of the space's first variable of each; the base left out.
std::vector<Setting> uniform_settings(const explore::Space& space);

// Whether they use the same methods with the same words and truth values: only numbers of knobs differ.
bool same_ladder(const Setting& a, const Setting& b);
// Whether they differ in words and truth values of the same methods alone.
bool variants(const Setting& a, const Setting& b);
// Whether `whole` uses, as they are, all that `part` uses, and more.
bool contains(const Setting& whole, const Setting& part);

}  // namespace roofscape::bench
