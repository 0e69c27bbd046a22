// A ranking of platforms as a table, CSV and JSON. Platforms that cannot price the network stand at the end with the
// reason.
#pragma once

#include <string>

#include "client/console/console.h"
#include "client/report/ranking.h"

namespace roofscape::client {

std::string ranking_table(const Ranking& ranking, const Console& console);
// One row a platform; of those that cannot price the network the columns are empty but for the first and the last.
std::string ranking_csv(const Ranking& ranking);
v1::EstimateOnPlatformsResponse ranking_json(const Ranking& ranking);

}  // namespace roofscape::client
