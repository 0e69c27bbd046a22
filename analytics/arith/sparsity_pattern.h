// N:M sparsity: of each M neighbours in a row of weights at most N are other than 0.
//
//   RS_ASSIGN(const SparsityPattern pattern, SparsityPattern::parse("2:4"));
#pragma once

#include <string_view>

#include "analytics/base/status.h"

namespace roofscape {

struct SparsityPattern {
  int kept = 2, group = 4;  // 1 ≤ kept < group ≤ 64

  static Result<SparsityPattern> parse(std::string_view text);
};

}  // namespace roofscape
