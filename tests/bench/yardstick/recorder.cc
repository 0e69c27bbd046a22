#include "tests/bench/yardstick/recorder.h"

namespace roofscape::bench {

Recorder::Recorder(const JobFile& file, MeasurementMemory& memory, Trace& trace)
    : file_(file), fingerprint_(engine::Engine(file.engine).fingerprint()), memory_(memory), trace_(trace) {}

Digest Recorder::memory_key(const Digest& network_key) const {
  return measurement_key(network_key, file_.prepared.network_key, file_.prepared.data_key, fingerprint_);
}

std::optional<explore::Measured> Recorder::find_measurement(const Digest& network_key) {
  const auto known = memory_.find(memory_key(network_key));
  asked_ = Clock::now();
  if (known) return explore::Measured{known->counts};
  missing_.insert(network_key);
  return std::nullopt;
}

Digest Recorder::probe_key(const Digest& network_key, std::int64_t images) const {
  const Digest data =
      Hasher("yardstick-probe/1").add(file_.prepared.content_keys.at("calibration")).add(images).finish();
  return measurement_key(network_key, file_.prepared.network_key, data, fingerprint_);
}

std::optional<engine::Counts> Recorder::find_probe(const Digest& network_key, std::int64_t images) {
  const Digest key = probe_key(network_key, images);
  const auto known = memory_.find(key);
  if (!known && !probing_) probing_ = Clock::now();
  if (!known) return std::nullopt;
  if (network_key != file_.prepared.network_key) spend(key, *known);
  return known->counts;
}

Status Recorder::store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) {
  const double probing = probing_ ? since(*probing_) : 0;
  measuring_ += probing;
  for (const auto& [network_key, counts] : probes) {
    const Digest key = probe_key(network_key, images);
    RS_TRY(memory_.add(key, {counts, probing / static_cast<double>(probes.size())}));
    if (network_key != file_.prepared.network_key) spend(key, *memory_.find(key));
  }
  probing_.reset();
  return {};
}

void Recorder::spend(const Digest& key, const Measured& measured) {
  if (!paid_.insert(key).second) return;
  images_ += measured.counts.images;
  attributed_ += measured.seconds;
}

Status Recorder::store(const std::vector<explore::Evaluation>& evaluations, const explore::Progress&) {
  const double measuring = missing_.empty() ? 0 : since(asked_);
  const double share = missing_.empty() ? 0 : measuring / static_cast<double>(missing_.size());
  measuring_ += measuring;
  const double thinking = since(start_) - measuring_;
  for (const explore::Evaluation& evaluation : evaluations) {
    const Digest key = memory_key(evaluation.network_key);
    // Counts of some of the images alone are no answer to find_measurement.
    const bool whole = evaluation.counts.images == file_.prepared.job.evaluation.count;
    if (whole && missing_.contains(evaluation.network_key)) RS_TRY(memory_.add(key, {evaluation.counts, share}));
    const auto known = whole ? memory_.find(key) : std::nullopt;
    spend(key, known.value_or(Measured{evaluation.counts, share}));
    trace_.add(evaluation, {images_, thinking + attributed_});
  }
  missing_.clear();
  return {};
}

}  // namespace roofscape::bench
