// Explorations: creation that can be repeated, changes in one transaction, lists, and what happens after a crash.
#include <google/protobuf/util/time_util.h>

#include <limits>

#include "analytics/base/text.h"
#include "db/exploration_rows.h"
#include "db/page_token.h"
#include "db/resources.h"
#include "db/sqlite_store.h"

namespace roofscape::db {
namespace {

Result<std::optional<ExplorationRow>> find_by_request(Connection& connection, std::string_view request_id) {
  std::optional<ExplorationRow> row;
  if (request_id.empty()) return row;
  RS_ASSIGN(Statement rows,
            connection.prepare("SELECT id, sequence, state, body FROM explorations WHERE request_id = $1"));
  RS_TRY(rows.bind(request_id));
  RS_ASSIGN(const bool found, rows.step());
  if (found) RS_TRY(read_exploration_row(rows, &row.emplace()));
  return row;
}

Status check_stored(Connection& connection, const ResourceTable& table, std::string_view name) {
  const std::string_view id = without_collection(table.name, name);
  RS_ASSIGN(Statement rows, connection.prepare(table.select));
  RS_TRY(rows.bind(id));
  RS_ASSIGN(const bool found, rows.step());
  return found ? Status() : no_such(table.noun, id);
}

// What it rests on is there, and stays: whoever deletes it later meets the rows of exploration_uses.
Status check_uses_stored(Connection& connection, const v1::ExplorationSpec& spec) {
  RS_TRY(check_stored(connection, models_table(), spec.model()));
  RS_TRY(check_stored(connection, datasets_table(), spec.dataset()));
  if (spec.calibration().dataset().empty()) return {};
  return check_stored(connection, datasets_table(), spec.calibration().dataset());
}

Result<std::int64_t> next_sequence(Connection& connection) {
  RS_ASSIGN(Statement rows, connection.prepare("SELECT COALESCE(MAX(sequence), 0) + 1 FROM explorations"));
  RS_ASSIGN(const bool row, rows.step());
  RS_CHECK(row);
  return rows.integer(0);
}

void set_missing(v1::Exploration& exploration) {
  if (exploration.state() == v1::EXPLORATION_STATE_UNSPECIFIED) exploration.set_state(v1::QUEUED);
  if (!exploration.has_create_time())
    *exploration.mutable_create_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  if (!exploration.has_update_time()) *exploration.mutable_update_time() = exploration.create_time();
}

// Rows in `state`, oldest first.
Result<std::vector<ExplorationRow>> all_in_state(Connection& connection, v1::ExplorationState state) {
  RS_ASSIGN(Statement rows, connection.prepare("SELECT id, sequence, state, body FROM explorations WHERE state = $1 "
                                               "ORDER BY sequence"));
  RS_TRY(rows.bind(std::int64_t{state}));
  std::vector<ExplorationRow> found;
  for (;;) {
    RS_ASSIGN(const bool row, rows.step());
    if (!row) return found;
    RS_TRY(read_exploration_row(rows, &found.emplace_back()));
  }
}

}  // namespace

Result<v1::Exploration> SqliteStore::create_exploration(const v1::Exploration& exploration,
                                                        std::string_view request_id) {
  ExplorationRow row;
  RS_ASSIGN(row.id, resource_id("explorations", exploration.name()));
  const Writer::Work work = [&](Connection& connection) -> Status {
    RS_ASSIGN(std::optional<ExplorationRow> before, find_by_request(connection, request_id));
    if (before.has_value()) {
      row = std::move(*before);
      return {};
    }
    RS_ASSIGN(const std::optional<ExplorationRow> taken, find_exploration(connection, row.id));
    if (taken.has_value())
      return already_exists("exploration '{}' is there already; use another name or delete it first", row.id);
    RS_TRY(check_uses_stored(connection, exploration.spec()));
    row.exploration = exploration;
    set_missing(row.exploration);
    RS_ASSIGN(row.sequence, next_sequence(connection));
    return insert_exploration(connection, row, request_id);
  };
  RS_TRY(database_->write(work));
  return std::move(row.exploration);
}

Result<v1::Exploration> SqliteStore::get_exploration(std::string_view id) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  RS_ASSIGN(ExplorationRow row, load_exploration(*reader, id));
  return std::move(row.exploration);
}

Result<Listed<v1::Exploration>> SqliteStore::list_explorations(const Page& page, int state) {
  RS_ASSIGN(const int size, page_size(page.size));
  const std::string list = fmt::format("explorations state={}", state);
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (!page.token.empty()) {
    RS_ASSIGN(const std::string key, read_page_token(list, page.token));
    before = parse_int(key).value_or(0);
  }
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  RS_ASSIGN(Statement rows,
            reader->prepare(state == 0 ? "SELECT id, sequence, state, body FROM explorations WHERE sequence < $1 "
                                         "ORDER BY sequence DESC LIMIT $2"
                                       : "SELECT id, sequence, state, body FROM explorations WHERE sequence < $1 "
                                         "AND state = $2 ORDER BY sequence DESC LIMIT $3"));
  RS_TRY(state == 0 ? rows.bind(before, std::int64_t{size} + 1)
                    : rows.bind(before, std::int64_t{state}, std::int64_t{size} + 1));
  Listed<v1::Exploration> listed;
  for (ExplorationRow row;;) {
    RS_ASSIGN(const bool found, rows.step());
    if (!found) return listed;
    if (static_cast<int>(listed.rows.size()) == size) {
      listed.next_token = make_page_token(list, std::to_string(row.sequence));
      return listed;
    }
    RS_TRY(read_exploration_row(rows, &row));
    listed.rows.push_back(std::move(row.exploration));
  }
}

Result<v1::Exploration> SqliteStore::update_exploration(std::string_view id,
                                                        const std::function<Status(v1::Exploration&)>& change) {
  ExplorationRow row;
  const Writer::Work work = [&](Connection& connection) -> Status {
    RS_ASSIGN(row, load_exploration(connection, id));
    return change_exploration(connection, row, change);
  };
  RS_TRY(database_->write(work));
  return std::move(row.exploration);
}

Status SqliteStore::delete_exploration(std::string_view id) {
  return database_->write([&](Connection& connection) -> Status {
    RS_ASSIGN(const ExplorationRow row, load_exploration(connection, id));
    const v1::ExplorationState state = row.exploration.state();
    if (state == v1::QUEUED || state == v1::RUNNING)
      return failed_precondition("exploration '{}' is {}; cancel it before it is deleted", row.id,
                                 v1::ExplorationState_Name(state));
    return connection.execute("DELETE FROM explorations WHERE id = $1", id);
  });
}

Result<std::vector<std::string>> SqliteStore::recover() {
  const auto queue_again = [](v1::Exploration& exploration) {
    exploration.set_state(v1::QUEUED);
    return Status();
  };
  std::vector<std::string> ids;
  const Writer::Work work = [&](Connection& connection) -> Status {
    RS_ASSIGN(std::vector<ExplorationRow> running, all_in_state(connection, v1::RUNNING));
    for (ExplorationRow& row : running) RS_TRY(change_exploration(connection, row, queue_again));
    RS_ASSIGN(const std::vector<ExplorationRow> queued, all_in_state(connection, v1::QUEUED));
    for (const ExplorationRow& row : queued) ids.push_back(row.id);
    return {};
  };
  RS_TRY(database_->write(work));
  return ids;
}

}  // namespace roofscape::db
