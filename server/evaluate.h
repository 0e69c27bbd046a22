// Stand-alone estimates and evaluations: one model, one configuration, some platforms.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analytics/cost/estimate.h"
#include "roofscape/v1/service.pb.h"
#include "server/backend.h"
#include "server/measure.h"
#include "server/wire.h"

namespace roofscape::server {

struct Evaluated {
  v1::Evaluation evaluation;
  std::vector<std::string> kernels;          // "conv1: avx2-int8"
  std::vector<v1::Predictions> predictions;  // where the request asks for them
};

// Images priced together: 0 stands for 1; anything else than 1 to 2^20 is an error.
Result<std::int64_t> checked_batch(std::int64_t batch);

// Prices one network on any platform; may be called by several threads at once.
using PriceOn = std::function<Result<cost::Estimate>(const v1::Platform&)>;
// Of what the request asks for, whatever its platform.
Result<PriceOn> price_of(Backend& backend, const v1::EstimateModelRequest& request, const CancelToken* cancel);

// What it makes of a platform, as a message; with `ceilings_only` in it where that is asked for.
Result<v1::Estimate> priced_on(const PriceOn& price, const v1::Platform& platform, std::int64_t batch, Layers layers,
                               bool with_ceilings_only);

Result<v1::Estimate> estimate_model(Backend& backend, const v1::EstimateModelRequest& request,
                                    const CancelToken* cancel);
Result<Evaluated> evaluate_model(Backend& backend, const v1::EvaluateModelRequest& request, const MeasureWatch& watch);

// Prices of a network, one a platform; an error names the platform.
Status add_estimates(const Network& network, const std::vector<explore::NamedPlatform>& platforms,
                     const cost::EstimateOptions& options, v1::Evaluation* evaluation);
// Fills in what the network itself says: its work and weights.
void set_design(const Network& network, v1::Evaluation* evaluation);
// Fills in what a measurement says.
void set_measured(const Digest& network_key, const engine::Counts& counts, v1::Evaluation* evaluation);

// Looks up, with the error at `field`.
Result<StoredModel> find_model(Backend& backend, const std::string& name, std::string_view field = "model");
// One that can be evaluated: not known by its shapes only.
Result<StoredModel> find_weighted_model(Backend& backend, const std::string& name, std::string_view field = "model");
Result<StoredDataset> find_dataset(Backend& backend, const std::string& name, std::string_view field = "dataset");

}  // namespace roofscape::server
