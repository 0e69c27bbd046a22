// Rules matched against a network: which layers each picks, and whether its methods, knobs and values are right.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analytics/explore/space.h"

namespace roofscape::explore {

// What rules offer for one layer, or several that change together, and a method: the values of each knob that is named,
// without repetition, in order.
struct Offer {
  std::vector<LayerId> layers;  // ascending
  const approx::Method* method = nullptr;
  std::map<std::string, std::vector<approx::KnobValue>, std::less<>> values;
  std::set<std::size_t> required_by;  // indices of the rules that require it
};

enum class Repeated {
  kAdds,      // a knob named again gains values
  kReplaces,  // … takes the later value
};

// All offers, by first layer and then method id; those of a rule with `together` behind the others of their layer.
// Errors as stated at Space::create.
Result<std::vector<Offer>> match_rules(const Network& network, const std::vector<Rule>& rules, Repeated repeated);

}  // namespace roofscape::explore
