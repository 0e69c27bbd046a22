// The network that a check or an export speaks of: a base model, one under a configuration, or an evaluation of an
// exploration, rebuilt from its recipe.
#pragma once

#include <optional>

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

// The network that an evaluation measured, built again. kDataLoss if it is not the one that was measured.
Result<EvaluationSource> rebuild_evaluation(Backend& backend, const v1::Exploration& exploration,
                                            const v1::Evaluation& evaluation, const CancelToken* cancel);

// The images of an exploration, as its specification chooses them.
Result<DataChoice> exploration_data(Backend& backend, const v1::ExplorationSpec& spec, const StoredDataset& dataset,
                                    const Preparation& preparation);

}  // namespace roofscape::server
