// Measures one network, unless anybody measured it before: measurements are shared through the store.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/engine/engine.h"
#include "server/backend.h"
#include "server/data_choice.h"

namespace roofscape::server {

// Under which a measurement of `network` against `base` is stored.
db::MeasurementKey measurement_key(const Digest& network, const Digest& base, const DataChoice& choice,
                                   const std::string& fingerprint);

// Classes of the evaluation images, in their order: of the network measured and of the base network.
struct Predictions {
  std::vector<std::int32_t> predicted, reference;
};

struct MeasureWatch {
  std::function<void(std::int64_t images_done, std::int64_t images_total)> progress;  // may be empty
  const CancelToken* cancel = nullptr;
  Predictions* predictions = nullptr;  // where wanted: what is stored does not hold them, so the engine always runs
};

// `candidate` may be the base network itself.
Result<engine::Counts> measure_shared(Backend& backend, const StoredModel& model, const Network& candidate,
                                      const DataChoice& choice, const MeasureWatch& watch);

}  // namespace roofscape::server
