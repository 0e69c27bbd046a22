#include "server/confirmation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/evaluate.h"
#include "server/evaluation_filter.h"
#include "server/evaluation_source.h"
#include "server/exploration_view.h"
#include "server/front_view.h"
#include "server/metric_value.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

// Networks measured as one merged graph: what a crash may cost at most.
constexpr std::size_t kNetworksAtOnce = 16;

Result<Digest> read_key(const std::string& hex, const std::string& owner) {
  Digest key;
  if (!Digest::parse(hex, &key)) return data_loss("{} is stored with '{}' for a key, which is none", owner, hex);
  return key;
}

// Where the confirming measurements of one exploration are kept.
class Place {
 public:
  static Result<Place> create(Backend& backend, const v1::Exploration& exploration, const v1::Evaluation& base) {
    Place place;
    const auto data = exploration.content_keys().find("confirmation");
    if (data == exploration.content_keys().end())
      return data_loss("{} is stored without the key of its confirmation images", exploration.name());
    RS_ASSIGN(place.data_, read_key(data->second, exploration.name()));
    RS_ASSIGN(place.base_, read_key(base.network_key(), base.name()));
    place.fingerprint_ = engine::Engine(backend.engine_options()).fingerprint();
    return place;
  }
  db::MeasurementKey key(const Digest& network) const { return {network, base_, data_, fingerprint_}; }

 private:
  Digest data_, base_;
  std::string fingerprint_;
};

// One evaluation a network, by the network's key: the base and the points of all fronts.
std::map<std::string, const v1::Evaluation*> to_confirm(const std::vector<FrontPoints>& fronts,
                                                        const v1::Evaluation& base) {
  std::map<std::string, const v1::Evaluation*> networks{{base.network_key(), &base}};
  for (const FrontPoints& front : fronts)
    for (const v1::Evaluation* point : front.evaluations) networks.emplace(point->network_key(), point);
  return networks;
}

Result<std::vector<FrontPoints>> all_fronts(const v1::Exploration& exploration,
                                            const std::vector<v1::Evaluation>& evaluations) {
  std::vector<FrontPoints> fronts;
  for (const std::string& platform : platform_ids(exploration)) {
    const v1::FrontBox* box = box_on(exploration, platform);
    if (box == nullptr) continue;  // no objective concerns it
    RS_ASSIGN(const FrontView view, view_of(*box, platform));
    fronts.push_back(front_points(view, evaluations, {}));
  }
  return fronts;
}

// Measures sets of networks against the base and keeps what it finds.
class Confirmer {
 public:
  Confirmer(Backend& backend, const v1::Exploration& exploration, StoredModel model, DataChoice choice,
            const ConfirmationWatch& watch)
      : backend_(backend),
        exploration_(exploration),
        model_(std::move(model)),
        choice_(std::move(choice)),
        watch_(watch) {}

  // Of `networks` those that are not known on all confirmation images.
  Result<std::vector<const v1::Evaluation*>> unknown(const Place& place,
                                                     const std::map<std::string, const v1::Evaluation*>& networks) {
    std::vector<const v1::Evaluation*> missing;
    for (const auto& [hex, evaluation] : networks) {
      RS_ASSIGN(const Digest network, read_key(hex, evaluation->name()));
      RS_ASSIGN(const auto known, backend_.store->find_measurement(place.key(network)));
      // A race of another exploration on the same images may have left fewer.
      if (!known || known->image_count() < choice_.confirmation->count) missing.push_back(evaluation);
    }
    std::sort(missing.begin(), missing.end(), [](const auto* a, const auto* b) { return a->index() < b->index(); });
    return missing;
  }

  Status measure(const Place& place, std::span<const v1::Evaluation* const> evaluations) {
    const auto sets = static_cast<std::int64_t>((evaluations.size() + kNetworksAtOnce - 1) / kNetworksAtOnce);
    const std::int64_t images = choice_.confirmation->count;
    for (std::int64_t set = 0; set < sets; ++set) {
      const std::size_t first = static_cast<std::size_t>(set) * kNetworksAtOnce;
      const auto tell = [&](std::int64_t done) {
        if (watch_.progress) watch_.progress(set * images + done, sets * images);
      };
      RS_TRY(
          measure_set(place, evaluations.subspan(first, std::min(kNetworksAtOnce, evaluations.size() - first)), tell));
    }
    return {};
  }

 private:
  Status measure_set(const Place& place, std::span<const v1::Evaluation* const> evaluations,
                     const std::function<void(std::int64_t)>& tell) {
    std::vector<Network> networks;
    networks.reserve(evaluations.size());
    for (const v1::Evaluation* evaluation : evaluations) {
      if (evaluation->index() == 0) continue;  // runs along with every set
      if (watch_.cancel != nullptr && watch_.cancel->cancelled()) return cancelled("the confirmation was cancelled");
      RS_ASSIGN(Network network, rebuild_network(backend_, model_, choice_, exploration_, *evaluation, watch_.cancel));
      networks.push_back(std::move(network));
    }
    // The base runs along, because agreement is taken against it.
    std::vector<const Network*> measured{&model_.network()};
    for (const Network& network : networks) measured.push_back(&network);
    if (watch_.begin) watch_.begin();
    engine::MeasureOptions options;
    options.cancel = watch_.cancel;
    options.progress = tell;
    const auto counts = engine::Engine(backend_.engine_options())
                            .measure(measured, 0, *choice_.confirmation, model_.preparation, options);
    Status status = counts.ok() ? store(place, measured, *counts) : counts.status();
    if (watch_.end) watch_.end();
    return status;
  }

  Status store(const Place& place, const std::vector<const Network*>& networks,
               const std::vector<engine::Counts>& counts) {
    std::vector<v1::Counts> messages;
    messages.reserve(counts.size());
    std::vector<db::Store::Measurement> rows;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      messages.push_back(to_message(counts[i]));
      rows.push_back({place.key(networks[i]->key()), &messages.back()});
    }
    return backend_.store->put_measurements(rows);
  }

  Backend& backend_;
  const v1::Exploration& exploration_;
  const StoredModel model_;
  const DataChoice choice_;
  const ConfirmationWatch& watch_;
};

// What is known of a network on the confirmation images; nothing unless on all of them, which `images` counts (0: any).
Result<std::optional<v1::Counts>> confirmed_counts(Backend& backend, const Place& place,
                                                   const v1::Evaluation& evaluation, std::int64_t images) {
  RS_ASSIGN(const Digest network, read_key(evaluation.network_key(), evaluation.name()));
  RS_ASSIGN(std::optional<v1::Counts> counts, backend.store->find_measurement(place.key(network)));
  if (counts && images > 0 && counts->image_count() != images) counts.reset();
  if (counts) counts->clear_looks();
  return counts;
}

// Whether what was counted anew breaks a constraint.
bool is_refuted(const std::vector<Condition>& conditions, const v1::Counts& counts) {
  v1::Evaluation anew;
  *anew.mutable_counts() = counts;
  return !all_hold(conditions, anew);
}

// The exploration's constraints on what is measured.
Result<std::vector<Condition>> measured_constraints(const v1::Exploration& exploration) {
  const std::vector<std::string> platforms = platform_ids(exploration);
  std::vector<Condition> conditions;
  for (int i = 0; i < exploration.spec().constraints_size(); ++i) {
    RS_ASSIGN(Condition condition,
              parse_condition(exploration.spec().constraints(i), platforms, fmt::format("constraints[{}]", i)));
    if (search::info(condition.constraint.what.metric).measured) conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace

Status confirm_fronts(Backend& backend, const v1::Exploration& exploration, const ConfirmationWatch& watch) {
  const v1::ExplorationSpec& spec = exploration.spec();
  if (!spec.has_confirmation()) return {};
  RS_ASSIGN(const auto evaluations, evaluations_with_boxes(backend, exploration));
  if (evaluations.empty()) return {};
  RS_ASSIGN(const Place place, Place::create(backend, exploration, evaluations[0]));
  RS_ASSIGN(const auto fronts, all_fronts(exploration, evaluations));
  RS_ASSIGN(StoredModel model, find_weighted_model(backend, spec.model()));
  RS_ASSIGN(const StoredDataset dataset, find_dataset(backend, spec.dataset()));
  RS_ASSIGN(DataChoice choice, exploration_data(backend, spec, dataset, model.preparation));
  Confirmer confirmer(backend, exploration, std::move(model), std::move(choice), watch);
  RS_ASSIGN(const auto missing, confirmer.unknown(place, to_confirm(fronts, evaluations[0])));
  return confirmer.measure(place, missing);
}

Status add_confirmed(Backend& backend, const v1::Exploration& exploration, v1::ParetoFront* front) {
  if (!exploration.spec().has_confirmation() || !front->has_base()) return {};
  RS_ASSIGN(const Place place, Place::create(backend, exploration, front->base()));
  RS_ASSIGN(const auto base, confirmed_counts(backend, place, front->base(), 0));
  if (!base) return {};  // not confirmed yet
  *front->mutable_base()->mutable_confirmed() = accuracy_message(from_message(*base));
  RS_ASSIGN(const auto conditions, measured_constraints(exploration));
  std::vector<std::int64_t> refuted;
  for (v1::Evaluation& evaluation : *front->mutable_evaluations()) {
    RS_ASSIGN(const auto counts, confirmed_counts(backend, place, evaluation, base->image_count()));
    if (!counts) continue;
    *evaluation.mutable_confirmed() = accuracy_message(from_message(*counts));
    if (is_refuted(conditions, *counts)) refuted.push_back(evaluation.index());
  }
  std::sort(refuted.begin(), refuted.end());
  front->mutable_refuted()->Add(refuted.begin(), refuted.end());
  return {};
}

}  // namespace roofscape::server
