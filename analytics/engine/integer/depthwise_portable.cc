#include "analytics/engine/integer/depthwise_body.h"

namespace roofscape::engine {

void depthwise_row_portable(const DepthwiseRow& row) { depthwise_row(row); }

}  // namespace roofscape::engine
