// Rules as people write them, from messages to what analytics/explore reads.
//
//   RS_ASSIGN(auto rules, rules_of(spec.space()));        // errors at "space[1].integer.weight_bits[2]"
//
// The schema holds methods and knobs in maps, which have no order: here they are sorted by name, so that the same file
// always spans the same space.
#pragma once

#include <optional>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/explore/space.h"
#include "roofscape/v1/approximation.pb.h"

namespace roofscape::server {

Result<std::vector<explore::Rule>> rules_of(const google::protobuf::RepeatedPtrField<v1::Rule>& rules);

// What a configuration stands for.
struct Configured {
  // A cheaper network before it, which keeps the images that it is confident about.
  struct First {
    approx::Recipe recipe;
    double confidence = 0.9;
  };
  approx::Recipe recipe;
  std::optional<First> first{};

  // Whether nothing is changed.
  bool empty() const { return recipe.empty() && !first; }
};

// Field paths start at "space" or "cascade".
Result<Configured> configured(const Network& network, const v1::Configuration& configuration);

}  // namespace roofscape::server
