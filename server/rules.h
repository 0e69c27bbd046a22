// Rules as people write them, from messages to what analytics/explore reads.
//
//   RS_ASSIGN(auto rules, rules_of(spec.space()));        // errors at "space[1].integer.weight_bits[2]"
//
// The schema holds methods and knobs in maps, which have no order: here they are sorted by name, so that the same file
// always spans the same space.
#pragma once

#include <vector>

#include "analytics/base/status.h"
#include "analytics/explore/space.h"
#include "roofscape/v1/approximation.pb.h"

namespace roofscape::server {

Result<std::vector<explore::Rule>> rules_of(const google::protobuf::RepeatedPtrField<v1::Rule>& rules);

// The recipe that a configuration stands for; field paths start at "space".
Result<approx::Recipe> configured_recipe(const Network& network, const v1::Configuration& configuration);

}  // namespace roofscape::server
