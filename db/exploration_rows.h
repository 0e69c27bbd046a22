// Explorations as rows: what explorations.cc and evaluations.cc share.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "analytics/base/status.h"
#include "db/connection.h"
#include "roofscape/v1/exploration.pb.h"

namespace roofscape::db {

struct ExplorationRow {
  std::string id;
  std::int64_t sequence = 0;  // order of creation
  v1::Exploration exploration;
};

// Reads the row under a statement that selects id, sequence, state, body; kDataLoss if they do not belong together.
Status read_exploration_row(const Statement& rows, ExplorationRow* row);
Result<std::optional<ExplorationRow>> find_exploration(Connection& connection, std::string_view id);
// kNotFound if there is none.
Result<ExplorationRow> load_exploration(Connection& connection, std::string_view id);

Status insert_exploration(Connection& connection, const ExplorationRow& row, std::string_view request_id);
// Lets `change` (may be empty) edit the row's message and writes it back with its time of update. kInternal if `change`
// touched what the exploration rests on.
Status change_exploration(Connection& connection, ExplorationRow& row,
                          const std::function<Status(v1::Exploration&)>& change);

}  // namespace roofscape::db
