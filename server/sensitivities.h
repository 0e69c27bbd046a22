// What each choice of a space does alone, for people who ask: which layers are sensitive to what.
//
// Everything is kept in the store by content, and shared with the explorations, which measure the same before they
// search.
//
//   RS_ASSIGN(MeasuredSensitivities found, measure_sensitivity(backend, request, watch));
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

struct MeasuredSensitivities {
  // The last message of MeasureSensitivity.
  v1::MeasureSensitivityResponse response;
  std::int64_t images_seen = 0;  // taken through networks that nobody had measured; 0: all was in the store
};

// Of each layer, in the network's order, the choice that does least comes
// first. Field paths are those of the request: "space[0].integer.weight_bits[1]".
Result<MeasuredSensitivities> measure_sensitivity(Backend& backend, const v1::MeasureSensitivityRequest& request,
                                                  const SensitivityWatch& watch);

}  // namespace roofscape::server
