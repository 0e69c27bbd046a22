#include "analytics/approx/channel_order.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "analytics/approx/channel_readers.h"
#include "analytics/linear/group_removal.h"

namespace roofscape::approx {
namespace {

using Norms = std::map<std::int64_t, double>;  // by group

// Σ |w| of each filter of a convolution or dense layer.
std::vector<double> filter_norms(const Layer& layer) {
  const Tensor& weight = *layer.constants[0];
  const std::size_t axis = layer.as<op::ConvTranspose>() ? 1 : 0;
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < weight.shape().size(); ++i) inner *= static_cast<std::size_t>(weight.shape()[i]);
  std::vector<double> norms(static_cast<std::size_t>(weight.shape()[axis]), 0.0);
  const std::span<const float> values = weight.values();
  for (std::size_t i = 0; i < values.size(); ++i) norms[i / inner % norms.size()] += std::abs(values[i]);
  return norms;
}

Norms norms_of_filters(const Network& network, const ChannelGroups& groups) {
  Norms norms;
  for (const LayerId producer : groups.producers) {
    const std::vector<double> own = filter_norms(network.layer(producer));
    const std::vector<std::int64_t>& group = groups.values.at(producer).group;
    for (std::size_t filter = 0; filter < own.size(); ++filter) norms[group[filter]] += own[filter];
  }
  return norms;
}

Norms norms_of_columns(const Draft& draft, const ChannelGroups& groups, std::span<const std::int64_t> asked) {
  Norms norms;
  for (const ChannelReader& reader : channel_readers(draft.network, groups, asked)) {
    const linear::Matrix weights = reader_matrix(draft, reader).values;
    for (const std::int64_t group : asked)
      for (const std::size_t column : reader.columns_of(group, weights.columns))
        for (std::size_t row = 0; row < weights.rows; ++row) norms[group] += std::abs(weights(row, column));
  }
  return norms;
}

// No value may lose all its channels.
linear::Survivors survivors_of(const ChannelGroups& groups, std::span<const std::int64_t> asked) {
  std::map<std::int64_t, std::size_t> index;
  for (std::size_t i = 0; i < asked.size(); ++i) index[asked[i]] = i;
  std::set<std::vector<std::size_t>> sets;
  for (const auto& [id, value] : groups.values) {
    std::set<std::size_t> own;
    bool others = false;
    for (const std::int64_t group : value.group) {
      const auto found = index.find(group);
      others = others || found == index.end();
      if (found != index.end()) own.insert(found->second);
    }
    if (!others) sets.emplace(own.begin(), own.end());
  }
  return linear::Survivors({sets.begin(), sets.end()});
}

LeavingOrder by_norms(Norms norms, const ChannelGroups& groups, std::span<const std::int64_t> asked,
                      std::size_t steps) {
  double whole = 0;
  for (const std::int64_t group : asked) {
    double& norm = norms[group];
    whole += norm;
    if (std::isnan(norm)) norm = HUGE_VAL;  // NaN counts as the largest
  }
  std::vector<std::size_t> sorted(asked.size());
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](std::size_t a, std::size_t b) { return norms[asked[a]] < norms[asked[b]]; });
  linear::Survivors survivors = survivors_of(groups, asked);
  LeavingOrder order;
  for (const std::size_t index : sorted) {
    if (order.groups.size() == steps) break;
    if (!survivors.may_leave(index)) continue;
    survivors.leave(index);
    order.groups.push_back(asked[index]);
    order.losses.push_back(whole > 0 ? norms[asked[index]] / whole : 0);
  }
  return order;
}

Result<LeavingOrder> by_outputs(const Draft& draft, const ChannelGroups& groups, std::span<const std::int64_t> asked,
                                bool refit, std::size_t steps) {
  std::vector<linear::GroupedColumns> matrices;
  for (const ChannelReader& reader : channel_readers(draft.network, groups, asked)) {
    WeightMatrix matrix = reader_matrix(draft, reader);
    RS_ASSIGN(ReaderLoss loss, reader_loss(draft, reader, matrix, refit));
    const double whole = linear::quadratic_form(matrix.values, loss.gram);
    if (!(whole > 0)) continue;  // it gives out nothing that could be lost
    for (double& value : loss.hessian.values.values) value /= whole;
    for (std::size_t column = 0; column < loss.hessian.dead.size(); ++column) {
      if (!loss.hessian.dead[column]) continue;  // what is always 0 costs nothing
      for (std::size_t row = 0; row < matrix.values.rows; ++row) matrix.values(row, column) = 0;
    }
    linear::GroupedColumns& columns = matrices.emplace_back();
    for (const std::int64_t group : asked) columns.groups.push_back(reader.columns_of(group, matrix.values.columns));
    columns.weights = std::move(matrix.values);
    columns.hessian = std::move(loss.hessian.values);
    columns.refitted = loss.refitted;
  }
  if (matrices.empty()) return by_norms({}, groups, asked, steps);
  RS_ASSIGN(const linear::Elimination found, linear::eliminate_groups(matrices, steps, survivors_of(groups, asked)));
  LeavingOrder order{{}, found.losses};
  for (const std::size_t index : found.order) order.groups.push_back(asked[index]);
  return order;
}

}  // namespace

Result<LeavingOrder> leaving_order(const Draft& draft, const ChannelGroups& groups, std::span<const std::int64_t> asked,
                                   ChannelScore score, bool refit, std::size_t steps) {
  switch (score) {
    case ChannelScore::kFilterNorms: return by_norms(norms_of_filters(draft.network, groups), groups, asked, steps);
    case ChannelScore::kColumnNorms: return by_norms(norms_of_columns(draft, groups, asked), groups, asked, steps);
    case ChannelScore::kOutputs: break;
  }
  return by_outputs(draft, groups, asked, refit, steps);
}

}  // namespace roofscape::approx
