#include "server/measure.h"

#include <algorithm>
#include <span>
#include <vector>

#include "server/wire.h"

namespace roofscape::server {
namespace {

// Writes what the engine sees of network 0, the base, and of network 1 to their places.
engine::ClassObserver into(Predictions& predictions, std::int64_t images) {
  predictions.predicted.resize(static_cast<std::size_t>(images));
  predictions.reference.resize(static_cast<std::size_t>(images));
  return [&predictions](std::size_t network, std::int64_t first, std::span<const std::int32_t> classes) {
    std::vector<std::int32_t>& all = network == 0 ? predictions.reference : predictions.predicted;
    std::copy(classes.begin(), classes.end(), all.begin() + first);
  };
}

}  // namespace

db::MeasurementKey measurement_key(const Digest& network, const Digest& base, const DataChoice& choice,
                                   const std::string& fingerprint) {
  return {network, base, choice.data_key, fingerprint};
}

Result<engine::Counts> measure_shared(Backend& backend, const StoredModel& model, const Network& candidate,
                                      const DataChoice& choice, const MeasureWatch& watch) {
  const engine::Engine engine(backend.engine_options());
  const Digest base = model.network().key();
  const Digest network = candidate.key();
  const db::MeasurementKey key = measurement_key(network, base, choice, engine.fingerprint());
  const std::int64_t total = choice.evaluation->count;
  if (watch.predictions == nullptr) {
    RS_ASSIGN(const auto known, backend.store->find_measurement(key));
    if (known && known->image_count() == total) {
      if (watch.progress) watch.progress(total, total);
      return from_message(*known);
    }
  }

  std::vector<const Network*> networks{&model.network()};
  if (network != base) networks.push_back(&candidate);
  engine::MeasureOptions options;
  options.cancel = watch.cancel;
  if (watch.progress) options.progress = [&](std::int64_t done) { watch.progress(done, total); };
  if (watch.predictions != nullptr) options.observe = into(*watch.predictions, total);
  RS_ASSIGN(const auto counts, engine.measure(networks, 0, *choice.evaluation, model.preparation, options));
  for (std::size_t i = 0; i < networks.size(); ++i)
    RS_TRY(backend.store->put_measurement(measurement_key(i == 0 ? base : network, base, choice, engine.fingerprint()),
                                          to_message(counts[i])));
  if (watch.predictions != nullptr && networks.size() == 1) watch.predictions->predicted = watch.predictions->reference;
  return counts.back();
}

}  // namespace roofscape::server
