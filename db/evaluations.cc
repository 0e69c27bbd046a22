// Evaluations: a batch lands in one transaction with the measurements that it rests on and the exploration's counters.
#include "db/exploration_rows.h"
#include "db/measurement_rows.h"
#include "db/resources.h"
#include "db/sealed.h"
#include "db/sqlite_store.h"
#include "roofscape/v1/evaluation.pb.h"

namespace roofscape::db {
namespace {

std::string row_key(std::string_view exploration, std::int64_t index) {
  return fmt::format("{}/{}", exploration, index);
}

Result<std::optional<v1::Evaluation>> find_evaluation(Connection& connection, std::string_view exploration,
                                                      std::int64_t index) {
  RS_ASSIGN(Statement rows, connection.prepare("SELECT body FROM evaluations WHERE exploration = $1 AND number = $2"));
  RS_TRY(rows.bind(exploration, index));
  RS_ASSIGN(const bool found, rows.step());
  std::optional<v1::Evaluation> evaluation;
  if (found) RS_TRY(unseal("evaluations", row_key(exploration, index), rows.bytes(0), &evaluation.emplace()));
  return evaluation;
}

Status put_evaluation(Connection& connection, std::string_view exploration, const v1::Evaluation& evaluation) {
  RS_ASSIGN(const std::optional<v1::Evaluation> stored, find_evaluation(connection, exploration, evaluation.index()));
  if (stored.has_value() && serialise(*stored) == serialise(evaluation)) return {};
  if (stored.has_value())
    return internal_error("exploration '{}': evaluation {} is stored with other content; please report", exploration,
                          evaluation.index());
  const std::string body = seal("evaluations", row_key(exploration, evaluation.index()), evaluation);
  return connection.execute("INSERT INTO evaluations (exploration, number, body) VALUES ($1, $2, $3)", exploration,
                            evaluation.index(), Blob{body});
}

Status check_complete(std::string_view exploration, const Store::MeasuredEvaluation& measured) {
  if (measured.evaluation == nullptr) return internal_error("exploration '{}': an evaluation is missing", exploration);
  const v1::Evaluation& evaluation = *measured.evaluation;
  if (evaluation.index() < 0)
    return internal_error("exploration '{}': evaluation has index {}; 0 or more", exploration, evaluation.index());
  if (!evaluation.has_counts())
    return internal_error("exploration '{}': evaluation {} has no counts", exploration, evaluation.index());
  return {};
}

}  // namespace

Status SqliteStore::put_evaluations(std::string_view exploration, std::span<const MeasuredEvaluation> evaluations,
                                    const std::function<Status(v1::Exploration&)>& change) {
  for (const MeasuredEvaluation& measured : evaluations) RS_TRY(check_complete(exploration, measured));
  return database_->write([&](Connection& connection) -> Status {
    RS_ASSIGN(ExplorationRow row, load_exploration(connection, exploration));
    for (const MeasuredEvaluation& measured : evaluations)
      RS_TRY(put_counts(connection, measured.key,
                        measured.measurement != nullptr ? *measured.measurement : measured.evaluation->counts()));
    for (const MeasuredEvaluation& measured : evaluations)
      RS_TRY(put_evaluation(connection, exploration, *measured.evaluation));
    return change ? change_exploration(connection, row, change) : Status();
  });
}

Result<v1::Evaluation> SqliteStore::get_evaluation(std::string_view exploration, std::int64_t index) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  RS_ASSIGN(std::optional<v1::Evaluation> evaluation, find_evaluation(*reader, exploration, index));
  if (!evaluation.has_value()) return no_such("evaluation", row_key(exploration, index));
  return std::move(*evaluation);
}

Result<std::vector<v1::Evaluation>> SqliteStore::list_evaluations(std::string_view exploration, std::int64_t first,
                                                                  std::int64_t count) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  RS_ASSIGN(const std::optional<ExplorationRow> row, find_exploration(*reader, exploration));
  if (!row.has_value()) return no_such("exploration", exploration);
  RS_ASSIGN(Statement rows, reader->prepare("SELECT number, body FROM evaluations WHERE exploration = $1 AND "
                                            "number >= $2 ORDER BY number LIMIT $3"));
  RS_TRY(rows.bind(exploration, first, std::max<std::int64_t>(count, 0)));
  std::vector<v1::Evaluation> found;
  for (;;) {
    RS_ASSIGN(const bool more, rows.step());
    if (!more) return found;
    RS_TRY(unseal("evaluations", row_key(exploration, rows.integer(0)), rows.bytes(1), &found.emplace_back()));
  }
}

}  // namespace roofscape::db
