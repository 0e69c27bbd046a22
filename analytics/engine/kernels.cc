// THE list of kernels: for each operation, fastest first, the naive reference last.
#include "analytics/engine/onednn/kernels.h"

#include <algorithm>
#include <set>

#include "analytics/engine/integer/depthwise.h"
#include "analytics/engine/integer/shallow.h"
#include "analytics/engine/integer/tiled.h"
#include "analytics/engine/kernel.h"
#include "analytics/engine/ref/ref.h"
#include "analytics/engine/vector/kernels.h"

namespace roofscape::engine {
namespace {

using List = std::vector<const Kernel*>;

List join(std::span<const Kernel* const> fast, const List& rest) {
  List all(fast.begin(), fast.end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

// In the order of the Operation variant.
const std::vector<List>& lists() {
  static const std::vector<List> all = {
      /* Input */ {},
      /* Conv */
      join(depthwise_kernels(),
           join(shallow_kernels(), join(tiled_conv_kernels(), {&fma_conv(), &onednn_conv(), &ref_conv()}))),
      /* ConvTranspose */ {&onednn_conv_transpose(), &ref_conv_transpose()},
      /* Dense */ join(tiled_dense_kernels(), {&fma_dense(), &ref_dense()}),
      /* MatMul */ {&ref_mat_mul()},
      /* Affine */ {&channels_last_affine(), &ref_affine()},
      /* Activation */ {&flat_activation(), &ref_activation()},
      /* Softmax */ {&ref_softmax()},
      /* Pool */ {&channels_last_pool(), &ref_pool()},
      /* Binary */ {&flat_binary(), &ref_binary()},
      /* Concat */ {&channels_last_concat(), &ref_concat()},
      /* Slice */ {&ref_slice()},
      /* Pad */ {&ref_pad()},
      /* Reshape */ {&ref_reshape()},
      /* Transpose */ {&channels_view_transpose(), &ref_transpose()},
      /* Gather */ {&ref_gather()},
      /* ReduceMean */ {&ref_reduce_mean()},
      /* Recurrent */ {&ref_recurrent()},
      /* MultiThreshold */ {&ref_multi_threshold()},
      /* Truncate */ {&ref_truncate()},
      /* Select */ {&ref_select()},
  };
  static_assert(std::variant_size_v<Operation> == 21, "a new operation needs its list here");
  return all;
}

}  // namespace

std::span<const Kernel* const> kernel_list(const Operation& operation) { return lists()[operation.index()]; }

std::vector<std::string> kernel_ids() {
  std::set<std::string> ids;
  for (const List& list : lists())
    for (const Kernel* kernel : list) ids.emplace(kernel->id());
  return {ids.begin(), ids.end()};
}

}  // namespace roofscape::engine
