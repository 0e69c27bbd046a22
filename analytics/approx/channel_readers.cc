#include "analytics/approx/channel_readers.h"

#include <algorithm>

#include "analytics/approx/channel_links.h"
#include "analytics/approx/layer_split.h"
#include "analytics/base/text.h"
#include "analytics/linear/obs.h"

namespace roofscape::approx {
namespace {

// Just enough for a factor to exist, so that equal channels can stand for each other; GPTQ's 1 % where there are so few
// samples that a fit would follow their noise.
double dampening(const SecondMoments& moments) {
  constexpr std::int64_t kEnoughSamplesAColumn = 4;
  return moments.samples < kEnoughSamplesAColumn * moments.columns ? 1e-2 : 1e-5;
}

bool keeps_its_weights(const Layer& layer) { return layer.arithmetic.weight || layer.storage != Storage{}; }

// Where windows overlap, taps of different phases meet different means.
bool corrects_bias(const Layer& layer) { return !layer.as<op::ConvTranspose>(); }

Status refit(const Draft& draft, const ChannelReader& reader, const std::set<std::int64_t>& removed, Layer& layer) {
  WeightMatrix matrix = reader_matrix(draft, reader);
  RS_ASSIGN(const ReaderLoss loss, reader_loss(draft, reader, matrix, /*refit=*/true));
  if (!loss.refitted) return {};
  linear::Mask kept(matrix.values.rows, matrix.values.columns);
  for (const std::int64_t group : removed)
    for (const std::size_t column : reader.columns_of(group, matrix.values.columns))
      for (std::size_t row = 0; row < kept.rows; ++row) kept(row, column) = 0;
  if (kept.removed() == 0) return {};
  const linear::Matrix before = matrix.values;
  RS_ASSIGN(matrix.values, linear::reconstruct(before, kept, loss.hessian.values));
  TensorPtr& weight = layer.constants[0];
  std::vector<float> values(weight->values().begin(), weight->values().end());
  matrix.write_to(values);
  weight = make_tensor(weight->shape(), std::move(values));
  if (corrects_bias(layer)) take_back_mean(layer, before, matrix.values, *matrix.moments);
  return {};
}

}  // namespace

std::vector<std::size_t> ChannelReader::columns_of(std::int64_t group, std::size_t matrix_columns) const {
  const std::size_t run = matrix_columns / groups.size();
  std::vector<std::size_t> columns;
  for (std::size_t channel = 0; channel < groups.size(); ++channel) {
    if (groups[channel] != group) continue;
    for (std::size_t i = 0; i < run; ++i) columns.push_back(channel * run + i);
  }
  return columns;
}

std::vector<ChannelReader> channel_readers(const Network& network, const ChannelGroups& groups,
                                           std::span<const std::int64_t> asked) {
  const std::set<std::int64_t> wanted(asked.begin(), asked.end());
  std::vector<ChannelReader> readers;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    if (!layer.has_weight()) continue;
    const auto value = groups.values.find(layer.inputs[0]);
    if (value == groups.values.end()) continue;
    if (flow_forwards(network, id, 0, value->second.axis).kind != ChannelFlow::Kind::kEnd) continue;
    const std::vector<std::int64_t>& read = value->second.group;
    if (std::any_of(read.begin(), read.end(), [&](std::int64_t group) { return wanted.contains(group); }))
      readers.push_back({id, read});
  }
  return readers;
}

WeightMatrix reader_matrix(const Draft& draft, const ChannelReader& reader) {
  return std::move(weight_matrices(draft, draft.network.layer(reader.layer))[0]);
}

Result<ReaderLoss> reader_loss(const Draft& draft, const ChannelReader& reader, const WeightMatrix& matrix,
                               bool refit) {
  const Layer& layer = draft.network.layer(reader.layer);
  if (!matrix.moments)
    return failed_precondition("there are no second moments of what '{}' reads; calibrate with them",
                               printable(layer.name));
  ReaderLoss loss;
  loss.refitted = refit && !keeps_its_weights(layer);
  loss.gram = loss.refitted && corrects_bias(layer) ? centred_gram(*matrix.moments) : matrix.gram();
  if (loss.refitted) {
    loss.hessian = linear::damped_hessian(loss.gram, dampening(*matrix.moments));
  } else {
    loss.hessian.values = loss.gram;
    for (double& value : loss.hessian.values.values) value *= 2;
  }
  return loss;
}

Result<Draft> refit_readers(const Draft& draft, const ChannelGroups& groups, const std::set<std::int64_t>& removed) {
  const std::vector<std::int64_t> asked(removed.begin(), removed.end());
  std::vector<Layer> layers(draft.network.layers().begin(), draft.network.layers().end());
  for (const ChannelReader& reader : channel_readers(draft.network, groups, asked)) {
    RS_TRY(refit(draft, reader, removed, layers[static_cast<std::size_t>(reader.layer)]));
  }
  RS_ASSIGN(Network network, Network::create(std::move(layers), draft.network.output()));
  return draft.with(std::move(network));
}

}  // namespace roofscape::approx
