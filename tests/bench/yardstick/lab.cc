#include "tests/bench/yardstick/lab.h"

#include <map>

#include "analytics/engine/calibrate.h"
#include "analytics/network/work.h"

namespace roofscape::bench {

Lab::Lab(const JobFile& file, MeasurementMemory& memory, Trace& trace)
    : file_(file), job_(file.prepared.job), engine_(file.engine), memory_(memory), trace_(trace) {}

Result<std::unique_ptr<Lab>> Lab::create(const JobFile& file, MeasurementMemory& memory, Trace& trace) {
  std::unique_ptr<Lab> lab(new Lab(file, memory, trace));
  RS_TRY(lab->prepare());
  return lab;
}

Status Lab::prepare() {
  RS_ASSIGN(explore::Space space, explore::Space::create(job_.network, job_.rules));
  space_.emplace(std::move(space));
  const approx::CalibrationNeeds needs = space_->needs();
  RS_ASSIGN(Calibration calibration,
            engine::calibrate(job_.network, job_.calibration, job_.preparation, file_.engine, nullptr,
                              {.second_moments = needs.moments, .exit_features = needs.exit_features}));
  builder_.emplace(approx::Draft{job_.network, std::move(calibration)}, job_.seed);
  RS_ASSIGN(explore::PlatformPrices platforms, explore::PlatformPrices::create(job_));
  platforms_.emplace(std::move(platforms));
  RS_ASSIGN(const std::vector<cost::Totals> totals, platforms_->totals(job_.network));
  RS_ASSIGN(explore::Scoring scoring, explore::Scoring::create(job_, totals));
  scoring_.emplace(std::move(scoring));
  prices_.emplace(*platforms_, *scoring_, *space_, *builder_, file_.engine.threads);

  const Network networks[] = {job_.network};
  const search::Point base[] = {space_->base()};
  RS_ASSIGN(const auto measured, counts(networks, {job_.evaluation, file_.prepared.data_key}));
  base_ = scoring_->outcome(job_.network, totals, measured[0], base[0]);
  boxes_ = explore::front_boxes(job_, *scoring_, *space_, *prices_, *base_);
  trace_.set_boxes(boxes_);
  return scored(networks, base).status();
}

Result<std::vector<engine::Counts>> Lab::counts(std::span<const Network> networks, const Images& images) {
  std::vector<const Network*> set = {&job_.network};
  std::vector<Digest> keys;
  std::map<Digest, std::size_t> missing;  // their places in the set
  for (const Network& network : networks) {
    const Digest key = measurement_key(network.key(), file_.prepared.network_key, images.key, engine_.fingerprint());
    keys.push_back(key);
    const bool base = network.key() == file_.prepared.network_key;
    const auto known = memory_.find(key);
    // A race may have remembered less.
    const bool whole = known && known->counts.images == images.data.count;
    if (!whole && missing.emplace(key, base ? 0 : set.size()).second && !base) set.push_back(&network);
  }
  if (!missing.empty()) {
    const Clock::time_point start = Clock::now();
    RS_ASSIGN(const auto measured, engine_.measure(set, 0, images.data, job_.preparation));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    measuring_ += seconds;
    for (const auto& [key, place] : missing)
      RS_TRY(memory_.add(key, {measured[place], seconds / static_cast<double>(missing.size())}));
  }
  std::vector<engine::Counts> all;
  for (const Digest& key : keys) {
    const Remembered measured = *memory_.find(key);
    all.push_back(measured.counts);
    if (!paid_.insert(key).second) continue;
    images_ += measured.counts.images;
    attributed_ += measured.seconds;
  }
  return all;
}

Result<std::vector<search::Outcome>> Lab::measure(std::span<const search::Point> points) {
  std::vector<Network> networks;
  for (const search::Point& point : points) {
    RS_ASSIGN(Network network, builder_->build(space_->recipe(point)));
    networks.push_back(std::move(network));
  }
  return scored(networks, points);
}

Result<std::vector<search::Outcome>> Lab::scored(std::span<const Network> networks,
                                                 std::span<const search::Point> points) {
  RS_ASSIGN(const auto measured, counts(networks, {job_.evaluation, file_.prepared.data_key}));
  const double thinking = std::chrono::duration<double>(Clock::now() - start_).count() - measuring_;
  std::vector<search::Outcome> outcomes;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    explore::Evaluation evaluation;
    evaluation.point = points[i];
    evaluation.counts = measured[i];
    RS_ASSIGN(evaluation.estimates, platforms_->estimates(networks[i]));
    evaluation.macs = network_work(networks[i]).macs;
    const std::vector<cost::Totals> totals(evaluation.estimates.begin(), evaluation.estimates.end());
    outcomes.push_back(scoring_->outcome(networks[i], totals, measured[i], points[i]));
    evaluation.violation = outcomes.back().violation;
    trace_.add(evaluation, {images_, thinking + attributed_});
  }
  return outcomes;
}

Result<std::vector<engine::Counts>> Lab::sample(std::span<const search::Point> points, std::int64_t images) {
  const std::int64_t count = std::min(images, job_.calibration.count);
  Dataset data = job_.calibration;
  if (count < data.count) {
    RS_ASSIGN(const DataSplit split, split_dataset(data.count, count));
    data = subset(job_.calibration, split.calibration);
  }
  std::vector<Network> networks;
  for (const search::Point& point : points) {
    RS_ASSIGN(Network network, builder_->build(space_->recipe(point)));
    networks.push_back(std::move(network));
  }
  Hasher hasher("yardstick-sample/1");
  hasher.add(data.key());
  job_.preparation.hash_into(hasher);
  return counts(networks, {data, hasher.finish()});
}

}  // namespace roofscape::bench
