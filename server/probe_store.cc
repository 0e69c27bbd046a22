#include "server/probe_store.h"

#include "server/wire.h"

namespace roofscape::server {
namespace {

Digest images_key(const ProbeImages& images) {
  Hasher hasher("probe-images/1");
  hasher.add(images.calibration_key);
  images.preparation.hash_into(hasher);
  return hasher.finish();
}

}  // namespace

StoredProbes::StoredProbes(db::Store& store, const Digest& base, const ProbeImages& images, std::string fingerprint)
    : store_(store), base_(base), images_(images_key(images)), fingerprint_(std::move(fingerprint)) {}

std::optional<engine::Counts> StoredProbes::find_probe(const Digest& network_key, std::int64_t images) {
  const auto found = store_.find_measurement(key(network_key, images));
  if (found.ok() && *found) return from_message(**found);
  return std::nullopt;
}

Status StoredProbes::store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) {
  std::vector<v1::Counts> messages;
  for (const auto& [network, counts] : probes) messages.push_back(to_message(counts));
  std::vector<db::Store::Measurement> rows;
  for (std::size_t i = 0; i < probes.size(); ++i) rows.push_back({key(probes[i].first, images), &messages[i]});
  return store_.put_measurements(rows);
}

// The first so many calibration images: others than those of any evaluation, so another key.
db::MeasurementKey StoredProbes::key(const Digest& network_key, std::int64_t images) const {
  return {network_key, base_, Hasher("probe/1").add(images_).add(images).finish(), fingerprint_};
}

}  // namespace roofscape::server
