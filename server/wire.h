// Roofscape's values as messages of the schema, and back.
#pragma once

#include <string_view>

#include "analytics/approx/method.h"
#include "analytics/cost/estimate.h"
#include "analytics/engine/engine.h"
#include "analytics/engine/exit_shares.h"
#include "analytics/network/dataset.h"
#include "roofscape/v1/approximation.pb.h"
#include "roofscape/v1/estimate.pb.h"
#include "roofscape/v1/evaluation.pb.h"
#include "roofscape/v1/model.pb.h"
#include "server/rules.h"

namespace roofscape::server {

v1::Counts to_message(const engine::Counts& counts);
engine::Counts from_message(const v1::Counts& counts);
// Counts as shares, with the interval of top1.
v1::Accuracy accuracy_message(const engine::Counts& counts);

enum class Layers { kKeep, kLeaveOut };
v1::Estimate to_message(const cost::Estimate& estimate, std::string_view platform_id, std::int64_t batch,
                        Layers layers);

v1::Recipe to_message(const approx::Recipe& recipe);
v1::Recipe to_message(const Configured& configured);
v1::ExitShare to_message(const engine::ExitShare& exit);
// A stored recipe; a value of a kind that no knob has is kDataLoss.
Result<approx::Recipe> from_message(const v1::Recipe& recipe);

v1::Preparation to_message(const Preparation& preparation);
// A scale of 0 stands for 1.
Preparation from_message(const v1::Preparation& preparation);

// One knob's value; nothing for null, lists and mappings.
std::optional<approx::KnobValue> knob_value(const google::protobuf::Value& value);
google::protobuf::Value to_message(const approx::KnobValue& value);

}  // namespace roofscape::server
