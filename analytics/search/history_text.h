// The text form of a searcher's history: one line a point asked, one an outcome, doubles as the hexadecimal digits of
// their bits, so that what is loaded equals what was dumped.
//
//   roofscape-search 1 surrogate 42
//   asked 0 3 1
//   batch 1
//   told 0 3 1 | bfec… 3f50… | bfec… | 0000000000000000
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

struct HistoryRecord {
  std::string searcher;
  std::uint64_t seed = 0;
  std::vector<Point> asked;
  std::vector<Outcome> told;
  std::vector<std::size_t> batches;  // sizes, adding up to told.size()
};

std::string history_text(const HistoryRecord& record);
// kDataLoss, naming the line, where the text is damaged or does not fit the problem.
Result<HistoryRecord> parse_history(std::string_view text, const Problem& problem);

}  // namespace roofscape::search
