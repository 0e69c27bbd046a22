#include "server/exploration_sink.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "server/names.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

// Progress is told to watchers at most so often.
constexpr std::chrono::milliseconds kBetweenEvents{100};

}  // namespace

ExplorationSink::ExplorationSink(const SinkPlace& place, const explore::Job& job, const v1::Exploration& exploration)
    : place_(place),
      job_(job),
      fingerprint_(engine::Engine(place.backend.engine_options()).fingerprint()),
      probes_(*place.backend.store, place.base, {place.calibration, job.preparation}, fingerprint_),
      seat_(place.turns),
      stored_before_(exploration.evaluation_count()),
      goal_{exploration.evaluations_wanted(), exploration.extended_at()},
      told_(exploration.evaluations_wanted()),
      known_(exploration) {}

std::optional<explore::Measured> ExplorationSink::find_measurement(const Digest& network_key) {
  // A batch begins: from here to its storing the engine is needed.
  seat_.take(place_.cancel);
  const auto found = place_.backend.store->find_measurement({network_key, place_.base, place_.data, fingerprint_});
  if (!found.ok()) {
    // Measured again, then; an answer that differs from the stored one would be noticed on writing.
    spdlog::warn("exploration {}: a measurement could not be looked up: {}", place_.id,
                 printable(found.status().message(), 300));
    unknown_.push_back(network_key);
    return std::nullopt;
  }
  if (*found) {
    explore::Measured measured{from_message(**found)};
    for (const v1::Counts& look : (*found)->looks()) measured.looks.push_back(from_message(look));
    return measured;
  }
  unknown_.push_back(network_key);
  return std::nullopt;
}

std::optional<engine::Counts> ExplorationSink::find_evaluated(std::int64_t index) {
  const auto found = place_.backend.store->get_evaluation(place_.id, index);
  return found.ok() ? std::optional(from_message(found->counts())) : std::nullopt;
}

std::optional<engine::Counts> ExplorationSink::find_probe(const Digest& network_key, std::int64_t images) {
  seat_.take(place_.cancel);
  return probes_.find_probe(network_key, images);
}

Status ExplorationSink::store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes,
                                     std::int64_t images) {
  const Status stored = probes_.store_probes(probes, images);
  seat_.leave();
  return stored;
}

v1::Evaluation ExplorationSink::message(const explore::Evaluation& evaluation) const {
  v1::Evaluation message;
  message.set_name(evaluation_name(place_.id, evaluation.index));
  message.set_index(evaluation.index);
  *message.mutable_recipe() = to_message(evaluation.recipe);
  message.set_network_key(evaluation.network_key.hex());
  *message.mutable_counts() = to_message(evaluation.counts);
  *message.mutable_accuracy() = accuracy_message(evaluation.counts);
  for (std::size_t i = 0; i < evaluation.estimates.size(); ++i)
    *message.add_estimates() =
        to_message(evaluation.estimates[i], job_.platforms[i].id, place_.batch, Layers::kLeaveOut);
  message.set_violation(evaluation.violation);
  message.set_label("post-training");
  for (const auto choice : evaluation.point) message.add_point(choice);
  message.set_mac_count(evaluation.macs);
  if (!evaluation.estimates.empty())
    message.set_weight_bytes(static_cast<std::int64_t>(evaluation.estimates[0].weight_bytes.value()));
  return message;
}

void ExplorationSink::update(v1::Exploration* exploration) const {
  exploration->set_evaluation_count(std::max(exploration->evaluation_count(), known_.evaluation_count()));
  if (known_.has_best_top1()) exploration->set_best_top1(known_.best_top1());
  exploration->set_hypervolume(known_.hypervolume());
  exploration->set_rejected_count(known_.rejected_count());
  exploration->set_image_count(known_.image_count());
  if (known_.has_rank_correlation()) exploration->set_rank_correlation(known_.rank_correlation());
  *exploration->mutable_front_boxes() = known_.front_boxes();
  if (known_.has_sensitive_layers()) *exploration->mutable_sensitive_layers() = known_.sensitive_layers();
  exploration->set_last_sequence(place_.hub.last_sequence(place_.id));
}

void ExplorationSink::boxes(const std::vector<explore::FrontBox>& boxes) {
  known_.clear_front_boxes();
  for (const explore::FrontBox& box : boxes) {
    v1::FrontBox& message = *known_.add_front_boxes();
    message.set_platform(resource_name(kPlatforms, job_.platforms[box.platform].id));
    for (const explore::FrontBox::Side& side : box.sides) {
      const double sign = job_.objectives[side.objective].maximise ? -1 : 1;
      v1::BoxSide& written = *message.add_sides();
      written.set_objective(known_.spec().objectives(static_cast<int>(side.objective)));
      written.set_ideal(sign * side.ideal);
      written.set_reference(sign * side.reference);
    }
  }
}

void ExplorationSink::sensitive(const explore::SensitiveLayers& layers) {
  v1::SensitiveLayers& message = *known_.mutable_sensitive_layers();
  message.Clear();
  message.set_setting(layers.setting);
  for (const auto& [layer, share] : layers.shares) {
    message.add_layers(layer);
    message.add_shares(share);
  }
}

Status ExplorationSink::store(const std::vector<explore::Evaluation>& evaluations, const explore::Progress& progress) {
  std::vector<v1::Evaluation> messages;
  std::vector<v1::Counts> measurements;
  messages.reserve(evaluations.size());
  measurements.reserve(evaluations.size());
  std::vector<db::Store::MeasuredEvaluation> rows;
  for (const explore::Evaluation& evaluation : evaluations) {
    messages.push_back(message(evaluation));
    v1::Counts& measured = measurements.emplace_back(messages.back().counts());
    for (const engine::Counts& look : evaluation.looks) *measured.add_looks() = to_message(look);
    rows.push_back({{evaluation.network_key, place_.base, place_.data, fingerprint_}, &messages.back(), &measured});
  }
  know(progress);
  v1::ExplorationEvent news = event();
  for (v1::Evaluation& evaluation : messages) {
    const double top1 = evaluation.accuracy().top1();
    if (evaluation.violation() == 0 && evaluation.counts().image_count() == job_.evaluation.count &&
        (!known_.has_best_top1() || top1 > known_.best_top1()))
      known_.set_best_top1(top1);
    // After a crash the beginning is told again; watchers know it.
    if (evaluation.index() < known_.evaluation_count()) continue;
    known_.set_evaluation_count(evaluation.index() + 1);
    *news.add_evaluations() = evaluation;
  }
  const Status stored = place_.backend.store->put_evaluations(place_.id, rows, [this](v1::Exploration& exploration) {
    update(&exploration);
    known_.set_state(exploration.state());  // it may have been paused meanwhile
    return Status();
  });
  seat_.leave();
  if (!stored.ok()) return stored;
  std::sort(unknown_.begin(), unknown_.end());
  unknown_.erase(std::unique(unknown_.begin(), unknown_.end()), unknown_.end());
  for (const Digest& network : unknown_) spdlog::debug("exploration {}: measured network {}", place_.id, network.hex());
  unknown_.clear();
  if (news.evaluations_size() > 0) {
    news.set_state(known_.state());
    news.set_evaluation_count(known_.evaluation_count());
    if (known_.has_best_top1()) news.set_best_top1(known_.best_top1());
    place_.hub.publish(place_.id, std::move(news));
  }
  return {};
}

v1::ExplorationEvent ExplorationSink::event() const {
  v1::ExplorationEvent event = state_event(known_);
  {
    const std::lock_guard lock(goal_mutex_);
    event.set_evaluations_wanted(goal_.evaluations);
  }
  event.set_images_done(progress_.images_done);
  event.set_images_total(progress_.images_total);
  if (progress_.activity == explore::Activity::kSensitivities) event.set_activity("sensitivities");
  if (progress_.activity == explore::Activity::kCandidates) event.set_activity("candidates");
  if (progress_.seconds > 0)
    event.set_evaluations_per_second(static_cast<double>(progress_.evaluations_done) / progress_.seconds);
  return event;
}

void ExplorationSink::know(const explore::Progress& progress) {
  progress_ = progress;
  // While a resumed run tells its beginning again, what is known already stands.
  if (progress.evaluations_done < known_.evaluation_count()) return;
  known_.set_hypervolume(progress.hypervolume);
  known_.set_rejected_count(progress.rejected_unmeasured);
  known_.set_image_count(std::max(known_.image_count(), progress.images));
  if (progress.rank_correlation) known_.set_rank_correlation(*progress.rank_correlation);
  if (progress.best_top1) known_.set_best_top1(*progress.best_top1);
}

void ExplorationSink::progress(const explore::Progress& progress) {
  know(progress);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_event_ >= kBetweenEvents && !place_.cancel.cancelled()) {
    last_event_ = now;
    place_.hub.publish(place_.id, event());
  }
  // Between two batches of images: the place at which another exploration may go on.
  if (progress.images_done < progress.images_total) seat_.pass(place_.cancel);
}

explore::Goal ExplorationSink::goal() {
  const std::lock_guard lock(goal_mutex_);
  told_.store(goal_.evaluations);
  return goal_;
}

void ExplorationSink::want(const explore::Goal& goal) {
  const std::lock_guard lock(goal_mutex_);
  goal_ = goal;
}

}  // namespace roofscape::server
