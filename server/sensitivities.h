// What each choice of a space does alone, for people who ask: which layers are sensitive to what.
//
// Everything is kept in the store by content, and shared with the explorations, which measure the same before they
// search.
//
//   RS_ASSIGN(v1::MeasureSensitivityResponse answer, measure_sensitivity(backend, request, watch));
#pragma once

#include <cstdint>
#include <functional>

#include "analytics/base/cancel.h"
#include "roofscape/v1/service.pb.h"
#include "server/backend.h"

namespace roofscape::server {

struct SensitivityWatch {
  std::function<void(std::int64_t choices_done, std::int64_t choices_total)> progress;  // may be empty
  const CancelToken* cancel = nullptr;
};

// The last message of MeasureSensitivity. Of each layer, in the network's order, the choice that does least comes
// first. Field paths are those of the request: "space[0].integer.weight_bits[1]".
Result<v1::MeasureSensitivityResponse> measure_sensitivity(Backend& backend,
                                                           const v1::MeasureSensitivityRequest& request,
                                                           const SensitivityWatch& watch);

}  // namespace roofscape::server
