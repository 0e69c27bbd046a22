// The network that an evaluation, a check or an export speaks of: a base model, one under a configuration, or an
// evaluation of an exploration, rebuilt from its recipe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "roofscape/v1/check.pb.h"
#include "roofscape/v1/exploration.pb.h"
#include "server/backend.h"
#include "server/candidate.h"

namespace roofscape::server {

struct EvaluationSource {
  StoredModel model;
  Network network;
  v1::Recipe recipe;
  std::optional<DataChoice> choice;  // images to measure it on; absent where no data set is named
};

Result<EvaluationSource> find_source(Backend& backend, const v1::CheckSpec& spec, const CancelToken* cancel);

// An evaluation of an exploration, and what a person names beside it to measure it.
struct EvaluationQuery {
  std::string evaluation;        // "explorations/e1/evaluations/17"
  std::string_view field;        // where that name stands, for errors
  std::string model, dataset;    // the explored model; data set empty: none
  std::int64_t image_limit = 0;  // measure on the first so many images; 0: all, or as many as the exploration did
};
// On the exploration's own data set, the images that calibrated it or that confirm its fronts stay left out.
Result<EvaluationSource> find_evaluation(Backend& backend, const EvaluationQuery& query, const CancelToken* cancel);

// The network that an evaluation measured, built again. kDataLoss if it is not the one that was measured.
Result<EvaluationSource> rebuild_evaluation(Backend& backend, const v1::Exploration& exploration,
                                            const v1::Evaluation& evaluation, const CancelToken* cancel);

// The same of a model and images at hand, for many evaluations of one exploration.
Result<Network> rebuild_network(Backend& backend, const StoredModel& model, const DataChoice& choice,
                                const v1::Exploration& exploration, const v1::Evaluation& evaluation,
                                const CancelToken* cancel);

// The images of an exploration, as its specification chooses them.
Result<DataChoice> exploration_data(Backend& backend, const v1::ExplorationSpec& spec, const StoredDataset& dataset,
                                    const Preparation& preparation);

}  // namespace roofscape::server
