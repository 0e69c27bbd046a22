#include "analytics/explore/choices.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "analytics/base/text.h"

namespace roofscape::explore {
namespace {

// Whether the method, with these knobs, leaves the layer as it is.
bool changes_nothing(const approx::MethodInfo& info, const approx::Knobs& knobs) {
  return !info.identity.empty() && std::all_of(info.identity.begin(), info.identity.end(), [&](const auto& entry) {
    const auto found = knobs.find(entry.first);
    return found != knobs.end() && found->second == entry.second;
  });
}

// Removes what none of the layers can take; the reason where nothing is left.
MaybeDecline drop_unacceptable(const Network& network, const Offer& offer, std::vector<approx::Knobs>& all) {
  MaybeDecline last;
  std::erase_if(all, [&](const approx::Knobs& knobs) {
    return std::all_of(offer.layers.begin(), offer.layers.end(), [&](LayerId layer) {
      MaybeDecline decline = offer.method->accepts(network, layer, knobs);
      if (decline) last = std::move(decline);
      return last.has_value() && offer.method->accepts(network, layer, knobs).has_value();
    });
  });
  return all.empty() ? last : std::nullopt;
}

bool agree(const Offer& a, const approx::Knobs& a_knobs, const Offer& b, const approx::Knobs& b_knobs) {
  return !approx::conflict(*a.method, a_knobs, *b.method, b_knobs);
}

bool always_agree(const Offer& a, const std::vector<approx::Knobs>& a_knobs, const Offer& b,
                  const std::vector<approx::Knobs>& b_knobs) {
  for (const approx::Knobs& one : a_knobs)
    for (const approx::Knobs& other : b_knobs)
      if (!agree(a, one, b, other)) return false;
  return true;
}

// One choice under construction: for each offer the index of its knobs, or -1 for "not used".
using Picked = std::vector<int>;

bool agrees_with(const std::vector<Offer>& offers, const std::vector<std::vector<approx::Knobs>>& knobs,
                 const Picked& picked, std::size_t next, std::size_t choice) {
  for (std::size_t i = 0; i < next; ++i)
    if (picked[i] >= 0 &&
        !agree(offers[i], knobs[i][static_cast<std::size_t>(picked[i])], offers[next], knobs[next][choice]))
      return false;
  return true;
}

// Extends every list of picks by each way of using, or not using, the next offer.
std::vector<Picked> extended(const std::vector<Offer>& offers, const std::vector<std::vector<approx::Knobs>>& knobs,
                             const std::vector<Picked>& all) {
  const std::size_t next = all[0].size();
  std::vector<Picked> longer;
  for (const Picked& picked : all) {
    longer.push_back(picked);
    longer.back().push_back(-1);
    for (std::size_t choice = 0; choice < knobs[next].size(); ++choice) {
      if (!agrees_with(offers, knobs, picked, next, choice)) continue;
      longer.push_back(picked);
      longer.back().push_back(static_cast<int>(choice));
    }
  }
  return longer;
}

std::vector<Picked> single_uses(const std::vector<std::vector<approx::Knobs>>& knobs) {
  std::vector<Picked> all;
  for (std::size_t i = 0; i < knobs.size(); ++i)
    for (std::size_t choice = 0; choice < knobs[i].size(); ++choice) {
      all.emplace_back(knobs.size(), -1);
      all.back()[i] = static_cast<int>(choice);
    }
  return all;
}

std::ptrdiff_t uses_in(const Picked& picked) {
  return std::count_if(picked.begin(), picked.end(), [](int choice) { return choice >= 0; });
}

std::vector<Picked> agreeing_picks(const std::vector<Offer>& offers,
                                   const std::vector<std::vector<approx::Knobs>>& knobs) {
  std::vector<Picked> all = {{}};
  for (std::size_t i = 0; i < offers.size(); ++i) {
    all = extended(offers, knobs, all);
    if (all.size() > SpaceLimits::kChoices) return single_uses(knobs);
  }
  std::erase_if(all, [](const Picked& picked) { return uses_in(picked) == 0; });
  std::stable_sort(all.begin(), all.end(), [](const Picked& a, const Picked& b) { return uses_in(a) < uses_in(b); });
  return all;
}

}  // namespace

Result<std::vector<approx::Knobs>> combinations(const Network& network, const Offer& offer, bool only_changes) {
  double count = 1;
  std::vector<std::string> factors;
  for (const auto& [knob, values] : offer.values) {
    count *= static_cast<double>(values.size());
    if (values.size() > 1) factors.push_back(fmt::format("{} {}", values.size(), knob));
  }
  if (count > static_cast<double>(SpaceLimits::kChoices))
    return resource_exhausted("{} has {:g} combinations of knob values ({}); offer at most {}", offer.method->info().id,
                              count, fmt::join(factors, " × "), SpaceLimits::kChoices);
  std::vector<approx::Knobs> all = {{}};
  for (const auto& [knob, values] : offer.values) {
    std::vector<approx::Knobs> longer;
    for (const approx::Knobs& start : all)
      for (const approx::KnobValue& value : values) {
        longer.push_back(start);
        longer.back()[knob] = value;
      }
    all = std::move(longer);
  }
  std::vector<approx::Knobs> different;
  for (approx::Knobs& knobs : all) {
    RS_ASSIGN(knobs, approx::complete_knobs(offer.method->info(), knobs));
    if (std::find(different.begin(), different.end(), knobs) == different.end()) different.push_back(knobs);
  }
  if (const MaybeDecline decline = drop_unacceptable(network, offer, different))
    return failed_precondition("{} does not apply with any of these knobs: {}", offer.method->info().id,
                               decline->because);
  if (only_changes)
    std::erase_if(different, [&](const approx::Knobs& knobs) { return changes_nothing(offer.method->info(), knobs); });
  return different;
}

std::vector<std::vector<std::size_t>> exclusive_groups(const std::vector<Offer>& offers,
                                                       const std::vector<std::vector<approx::Knobs>>& knobs,
                                                       bool merge) {
  std::vector<std::size_t> part(offers.size());
  std::iota(part.begin(), part.end(), std::size_t{0});
  for (std::size_t i = 0; merge && i < offers.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (part[i] != part[j] && !always_agree(offers[i], knobs[i], offers[j], knobs[j])) {
        const auto [keep, drop] = std::minmax(part[i], part[j]);
        std::replace(part.begin(), part.end(), std::size_t{drop}, std::size_t{keep});
      }
  std::vector<std::vector<std::size_t>> groups(offers.size());
  for (std::size_t i = 0; i < offers.size(); ++i) groups[part[i]].push_back(i);
  std::erase_if(groups, [](const auto& group) { return group.empty(); });
  return groups;
}

std::vector<std::vector<Use>> agreeing_uses(const std::vector<Offer>& offers,
                                            const std::vector<std::vector<approx::Knobs>>& knobs) {
  std::vector<std::vector<Use>> all;
  for (const Picked& picked : agreeing_picks(offers, knobs)) {
    std::vector<Use>& uses = all.emplace_back();
    for (std::size_t i = 0; i < offers.size(); ++i)
      if (picked[i] >= 0) uses.push_back({offers[i].method->info().id, knobs[i][static_cast<std::size_t>(picked[i])]});
  }
  return all;
}

void drop_uses_without_required(const std::vector<Offer>& offers, std::vector<std::vector<Use>>& uses) {
  std::map<std::size_t, std::set<std::string>> methods;  // of each rule that requires one of them
  for (const Offer& offer : offers)
    for (const std::size_t rule : offer.required_by) methods[rule].insert(offer.method->info().id);
  std::erase_if(uses, [&](const std::vector<Use>& choice) {
    return std::any_of(methods.begin(), methods.end(), [&](const auto& required) {
      return std::none_of(choice.begin(), choice.end(),
                          [&](const Use& use) { return required.second.contains(use.method); });
    });
  });
}

}  // namespace roofscape::explore
