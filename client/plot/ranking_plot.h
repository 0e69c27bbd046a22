// The picture of a choice of device: one row a platform, the best above, with its 90 % interval.
//
//   std::string svg = ranking_plot(ranking, 60);
//
// The axis is logarithmic and stands above and below the rows. Shape and colour tell kinds of hardware; what is hollow
// does not fit. By energy, rows of one basis stand together under a heading.
#pragma once

#include <cstddef>
#include <string>

#include "client/report/ranking.h"

namespace roofscape::client::plot {

// As many rows as fit a page that one still reads, and as one may ask for.
inline constexpr std::size_t kUsualRankRows = 60, kMostRankRows = 200;

// The first `most` rows, of several groups as many of each as there is room for; how many are left out is said.
std::string ranking_plot(const Ranking& ranking, std::size_t most = kUsualRankRows);

}  // namespace roofscape::client::plot
