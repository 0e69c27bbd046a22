#include "server/earlier_candidates.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/engine/engine.h"
#include "analytics/search/searcher.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

constexpr std::size_t kMost = 240;               // candidates: as many as the model takes
constexpr std::size_t kMostExplorations = 50;    // that are looked at, the newest
constexpr std::int64_t kMostEvaluations = 2000;  // of each

bool same_ground(const v1::Exploration& earlier, const PreparedJob& prepared) {
  return std::ranges::all_of(
      std::vector<std::string>{"model", "dataset", "calibration", "engine"}, [&](const std::string& what) {
        const auto then = earlier.content_keys().find(what);
        return then != earlier.content_keys().end() && then->second == prepared.content_keys.at(what);
      });
}

// Whether they differ in name alone.
bool same_run(v1::ExplorationSpec a, v1::ExplorationSpec b) {
  for (v1::ExplorationSpec* spec : {&a, &b}) {
    spec->clear_id();
    spec->mutable_search()->set_evaluations(evaluations_of(*spec));
  }
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

struct Found {
  double damage = 0;
  v1::Counts counts;
};

Status look_at(Backend& backend, const v1::Exploration& earlier, const explore::Space& space, std::int64_t images,
               std::map<search::Point, Found>& found) {
  const std::string id = earlier.name().substr(earlier.name().find('/') + 1);
  RS_ASSIGN(const auto evaluations, backend.store->list_evaluations(id, 1, kMostEvaluations));  // 0 is the base
  for (const v1::Evaluation& evaluation : evaluations) {
    if (evaluation.counts().image_count() != images) continue;
    const auto recipe = from_message(evaluation.recipe());
    if (!recipe.ok()) continue;  // of a method that this program no longer has
    if (const auto point = space.find(*recipe))
      found.emplace(*point, Found{engine::metrics(from_message(evaluation.counts())).divergence, evaluation.counts()});
  }
  return {};
}

}  // namespace

Result<std::vector<v1::KnownCandidate>> earlier_candidates(Backend& backend, const v1::ExplorationSpec& spec,
                                                           const PreparedJob& prepared) {
  std::vector<v1::KnownCandidate> known;
  if (spec.search().fresh() || !search::learns_from_damage(prepared.job.searcher)) return known;
  std::map<search::Point, Found> found;
  std::optional<explore::Space> space;
  std::size_t looked_at = 0;
  db::Page page;
  do {
    RS_ASSIGN(const auto listed, backend.store->list_explorations(page));
    for (const v1::Exploration& earlier : listed.rows) {
      if (looked_at == kMostExplorations) break;
      if (!same_ground(earlier, prepared) || same_run(earlier.spec(), spec)) continue;
      ++looked_at;
      if (!space) {
        RS_ASSIGN(space, explore::Space::create(prepared.job.network, prepared.job.rules));
      }
      RS_TRY(look_at(backend, earlier, *space, prepared.job.evaluation.count, found));
    }
    page.token = listed.next_token;
  } while (!page.token.empty() && looked_at < kMostExplorations);
  std::vector<double> damages;
  for (const auto& [point, what] : found) damages.push_back(what.damage);
  std::ranges::sort(damages);
  const double most = damages.size() > kMost ? damages[kMost - 1] : HUGE_VAL;
  for (const auto& [point, what] : found) {
    if (what.damage > most || known.size() == kMost) continue;
    v1::KnownCandidate& candidate = known.emplace_back();
    for (const std::uint16_t choice : point) candidate.add_point(choice);
    *candidate.mutable_counts() = what.counts;
  }
  return known;
}

void know(const v1::Exploration& exploration, explore::Job& job) {
  for (const v1::KnownCandidate& known : exploration.known())
    job.known.push_back({{known.point().begin(), known.point().end()}, from_message(known.counts())});
}

}  // namespace roofscape::server
