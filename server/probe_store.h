// Where the damage of single choices is kept: beside the measurements, by content, for every exploration and call.
//
//   StoredProbes probes(*backend.store, base.key(), {choice.calibration_key, model.preparation}, fingerprint);
//   measure_sensitivities(space, builder, base, …, probes, options);
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/explore/sensitivity.h"
#include "db/store.h"

namespace roofscape::server {

// The images that probes see, and how they are prepared.
struct ProbeImages {
  Digest calibration_key;  // of the calibration images
  Preparation preparation;
};

class StoredProbes : public explore::ProbeStore {
 public:
  StoredProbes(db::Store& store, const Digest& base, const ProbeImages& images, std::string fingerprint);

  // What cannot be looked up counts as unknown: it is measured again, and a different answer is noticed on writing.
  std::optional<engine::Counts> find_probe(const Digest& network_key, std::int64_t images) override;
  Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) override;

 private:
  db::MeasurementKey key(const Digest& network_key, std::int64_t images) const;

  db::Store& store_;
  const Digest base_, images_;
  const std::string fingerprint_;
};

}  // namespace roofscape::server
