#include "db/exploration_rows.h"

#include <google/protobuf/util/time_util.h>

#include <set>
#include <utility>

#include "db/resources.h"
#include "db/sealed.h"

namespace roofscape::db {
namespace {

// Under the checksum lie the columns too.
std::string sealed_key(std::string_view id, std::int64_t sequence, std::int64_t state) {
  return fmt::format("{} sequence={} state={}", id, sequence, state);
}

std::string seal_row(const ExplorationRow& row) {
  return seal("explorations", sealed_key(row.id, row.sequence, row.exploration.state()), row.exploration);
}

// (kind, id) of all that it rests on.
std::set<std::pair<std::string, std::string>> uses(const v1::Exploration& exploration) {
  std::set<std::pair<std::string, std::string>> used;
  const auto add = [&](const char* kind, std::string_view name) {
    if (!name.empty()) used.emplace(kind, without_collection(kind, name));
  };
  add("models", exploration.spec().model());
  add("datasets", exploration.spec().dataset());
  add("datasets", exploration.spec().calibration().dataset());
  add("datasets", exploration.spec().confirmation().dataset());
  for (const std::string& platform : exploration.spec().platforms()) add("platforms", platform);
  return used;
}

}  // namespace

Status read_exploration_row(const Statement& rows, ExplorationRow* row) {
  row->id = rows.text(0);
  row->sequence = rows.integer(1);
  const std::int64_t state = rows.integer(2);
  RS_TRY(unseal("explorations", sealed_key(row->id, row->sequence, state), rows.bytes(3), &row->exploration));
  return {};
}

Result<std::optional<ExplorationRow>> find_exploration(Connection& connection, std::string_view id) {
  RS_ASSIGN(Statement rows, connection.prepare("SELECT id, sequence, state, body FROM explorations WHERE id = $1"));
  RS_TRY(rows.bind(id));
  RS_ASSIGN(const bool found, rows.step());
  std::optional<ExplorationRow> row;
  if (found) RS_TRY(read_exploration_row(rows, &row.emplace()));
  return row;
}

Result<ExplorationRow> load_exploration(Connection& connection, std::string_view id) {
  RS_ASSIGN(std::optional<ExplorationRow> row, find_exploration(connection, id));
  if (!row.has_value()) return no_such("exploration", id);
  return std::move(*row);
}

Status insert_exploration(Connection& connection, const ExplorationRow& row, std::string_view request_id) {
  const std::string body = seal_row(row);
  const std::int64_t state = row.exploration.state();
  constexpr std::string_view kInsert =
      "INSERT INTO explorations (id, sequence, state, request_id, body) VALUES ($1, $2, $3, $4, $5)";
  RS_TRY(request_id.empty() ? connection.execute(kInsert, row.id, row.sequence, state, nullptr, Blob{body})
                            : connection.execute(kInsert, row.id, row.sequence, state, request_id, Blob{body}));
  for (const auto& [kind, used] : uses(row.exploration))
    RS_TRY(connection.execute("INSERT INTO exploration_uses (exploration, kind, id) VALUES ($1, $2, $3)", row.id, kind,
                              used));
  return {};
}

Status change_exploration(Connection& connection, ExplorationRow& row,
                          const std::function<Status(v1::Exploration&)>& change) {
  v1::Exploration changed = row.exploration;
  if (change) RS_TRY(change(changed));
  if (changed.name() != row.exploration.name() || uses(changed) != uses(row.exploration))
    return internal_error("exploration '{}': its name, model, data sets and platforms cannot change", row.id);
  *changed.mutable_update_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  row.exploration = std::move(changed);
  const std::string body = seal_row(row);
  return connection.execute("UPDATE explorations SET state = $1, body = $2 WHERE id = $3",
                            std::int64_t{row.exploration.state()}, Blob{body}, row.id);
}

}  // namespace roofscape::db
