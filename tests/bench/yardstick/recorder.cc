#include "tests/bench/yardstick/recorder.h"

#include <map>

namespace roofscape::bench {

Recorder::Recorder(const JobFile& file, MeasurementMemory& memory, Trace& trace, std::int64_t images)
    : file_(file),
      fingerprint_(engine::Engine(file.engine).fingerprint()),
      images_wanted_(images),
      memory_(memory),
      trace_(trace) {}

explore::Goal Recorder::goal() {
  constexpr std::int64_t kMore = 20;  // evaluations, at least a batch
  constexpr std::int64_t kMost = 10;  // times as many as the job wants: some cost no images
  const auto done = static_cast<std::int64_t>(trace_.evaluations());
  if (images_ >= images_wanted_ || done >= kMost * file_.prepared.job.evaluations) return {};
  return {done + kMore, 0};
}

Digest Recorder::memory_key(const Digest& network_key) const {
  return measurement_key(network_key, file_.prepared.network_key, file_.prepared.data_key, fingerprint_);
}

std::optional<explore::Measured> Recorder::find_measurement(const Digest& network_key) {
  const auto known = memory_.find(memory_key(network_key));
  asked_ = Clock::now();
  // One that saw no looks would be spared a race that it might have lost after a few images.
  const bool raced = file_.prepared.job.racing < 1 && network_key != file_.prepared.network_key;
  if (known && (!raced || !known->looks.empty())) return explore::Measured{known->counts, known->looks};
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
  if (network_key != file_.prepared.network_key) spend(key, images, *known);
  return known->counts;
}

Status Recorder::store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) {
  const double probing = probing_ ? since(*probing_) : 0;
  measuring_ += probing;
  for (const auto& [network_key, counts] : probes) {
    const Digest key = probe_key(network_key, images);
    RS_TRY(memory_.add(key, {counts, probing / static_cast<double>(probes.size())}));
    if (network_key != file_.prepared.network_key) spend(key, images, *memory_.find(key));
  }
  probing_.reset();
  return {};
}

void Recorder::spend(const Digest& key, std::int64_t images, const Remembered& whole) {
  std::int64_t& paid = paid_[key];
  if (paid >= images) return;
  paid = images;
  images_ += images;
  attributed_ += whole.seconds * static_cast<double>(images) / static_cast<double>(whole.counts.images);
}

Status Recorder::store(const std::vector<explore::Evaluation>& evaluations, const explore::Progress&) {
  std::map<Digest, std::int64_t> measured;  // images of each network that the engine measured now
  for (const explore::Evaluation& evaluation : evaluations)
    if (missing_.contains(evaluation.network_key)) measured[evaluation.network_key] = evaluation.counts.images;
  std::int64_t images = 0;
  for (const auto& [key, count] : measured) images += count;
  const double measuring = measured.empty() ? 0 : since(asked_);
  measuring_ += measuring;
  const double thinking = since(start_) - measuring_;
  for (const explore::Evaluation& evaluation : evaluations) {
    const Digest key = memory_key(evaluation.network_key);
    Remembered now{evaluation.counts, 0, evaluation.looks};
    if (measured.contains(evaluation.network_key)) {
      now.seconds = measuring * static_cast<double>(now.counts.images) / static_cast<double>(images);
      RS_TRY(memory_.add(key, now));
    }
    const auto known = memory_.find(key);
    spend(key, now.counts.images, known && known->counts.images >= now.counts.images ? *known : now);
    trace_.add(evaluation, {images_, thinking + attributed_});
  }
  missing_.clear();
  return {};
}

}  // namespace roofscape::bench
