#include "analytics/engine/ref/broadcast.h"

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {

std::vector<std::int32_t> broadcast_indices(const Shape& operand, const Shape& result) {
  const std::vector<std::int64_t> operand_strides = strides_of(operand);
  const std::size_t lead = result.size() - operand.size();
  std::vector<std::int64_t> stride(result.size(), 0);  // 0 along axes that are repeated
  for (std::size_t d = lead; d < result.size(); ++d)
    if (operand[d - lead] != 1) stride[d] = operand_strides[d - lead];

  std::vector<std::int32_t> indices(static_cast<std::size_t>(element_count(result)));
  std::vector<std::int64_t> position(result.size(), 0);
  std::int64_t at = 0;
  for (std::int32_t& index : indices) {
    index = static_cast<std::int32_t>(at);
    for (std::size_t d = result.size(); d-- > 0;) {
      at += stride[d];
      if (++position[d] < result[d]) break;
      at -= stride[d] * result[d];
      position[d] = 0;
    }
  }
  return indices;
}

}  // namespace roofscape::engine
