// The layers that read channels, as matrices: which of their columns a channel takes with it, and how those that stay
// make good what it gave.
//
//   for (const ChannelReader& reader : channel_readers(network, groups, groups.layer_groups)) …
//   RS_ASSIGN(const Draft refitted, refit_readers(draft, groups, removed));    // then remove_channels(refitted, …)
#pragma once

#include <set>
#include <span>
#include <vector>

#include "analytics/approx/channel_groups.h"
#include "analytics/approx/method.h"
#include "analytics/approx/weight_matrix.h"

namespace roofscape::approx {

// A layer whose dot products run over the channels: Conv and ConvTranspose of one group, Gemm, W of LSTM and GRU.
// Depthwise layers hand channels on, so that what reads their outputs is a reader.
struct ChannelReader {
  LayerId layer = 0;
  std::vector<std::int64_t> groups;  // of each channel that it reads; each is a run of columns of equal length

  // The columns of its matrix that belong to a group.
  std::vector<std::size_t> columns_of(std::int64_t group, std::size_t matrix_columns) const;
};

// Those that read at least one channel of the groups asked for, in the order of the network.
std::vector<ChannelReader> channel_readers(const Network& network, const ChannelGroups& groups,
                                           std::span<const std::int64_t> asked);

WeightMatrix reader_matrix(const Draft& draft, const ChannelReader& reader);

// What a change of a reader's weights costs: the squared error of its outputs on the calibration images.
struct ReaderLoss {
  linear::Matrix gram;      // Σ x·xᵀ, about the mean where the bias takes the mean of the error back
  linear::Hessian hessian;  // 2·gram; damped, where the weights that stay are refitted
  bool refitted = false;
};
// `refit`: whether readers are refitted where they can be. Weights with a number format or a storage of their own stay
// as they are. Fails where there are no second moments.
Result<ReaderLoss> reader_loss(const Draft& draft, const ChannelReader& reader, const WeightMatrix& matrix, bool refit);

// The weights that read channels of `removed` become 0, and the others of those layers what loses least: the least
// squares ŵ_S = w_S + H_SS⁻¹·H_SP·w_P, and the bias takes back the mean of the error.
Result<Draft> refit_readers(const Draft& draft, const ChannelGroups& groups, const std::set<std::int64_t>& removed);

}  // namespace roofscape::approx
