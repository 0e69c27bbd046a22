#include "db/resources.h"

#include "analytics/base/text.h"

namespace roofscape::db {

ResourceTable::ResourceTable(std::string table_name, std::string singular)
    : name(std::move(table_name)),
      noun(std::move(singular)),
      select(fmt::format("SELECT body FROM {} WHERE id = $1", name)),
      select_blob(fmt::format("SELECT blob FROM {} WHERE id = $1", name)),
      list(fmt::format("SELECT id, body FROM {} WHERE id > $1 ORDER BY id LIMIT $2", name)),
      remove(fmt::format("DELETE FROM {} WHERE id = $1", name)) {}

const ResourceTable& models_table() {
  static const ResourceTable table("models", "model");
  return table;
}
const ResourceTable& datasets_table() {
  static const ResourceTable table("datasets", "data set");
  return table;
}
const ResourceTable& platforms_table() {
  static const ResourceTable table("platforms", "platform");
  return table;
}
const ResourceTable& calibrations_table() {
  static const ResourceTable table("calibrations", "calibration");
  return table;
}

std::string_view without_collection(std::string_view collection, std::string_view name) {
  if (name.size() > collection.size() && name.substr(0, collection.size()) == collection &&
      name[collection.size()] == '/')
    name.remove_prefix(collection.size() + 1);
  return name;
}

Result<std::string> resource_id(std::string_view collection, std::string_view name) {
  const std::string_view id = without_collection(collection, name);
  if (is_resource_id(id)) return std::string(id);
  return invalid_argument(
             "'{}' cannot name one of the {}; use 1 to 63 of a-z, 0-9, '-', '_' and '.', starting with a "
             "letter or digit",
             printable(name), collection)
      .at("name");
}

Status no_such(std::string_view noun, std::string_view id) {
  return not_found("{} '{}' is not stored", noun, printable(id));
}

Result<bool> find_resource(Connection& connection, const ResourceTable& table, std::string_view id,
                           google::protobuf::MessageLite* message) {
  RS_ASSIGN(Statement rows, connection.prepare(table.select));
  RS_TRY(rows.bind(id));
  RS_ASSIGN(const bool row, rows.step());
  if (row) RS_TRY(unseal(table.name, id, rows.bytes(0), message));
  return row;
}

Status load_resource(Connection& connection, const ResourceTable& table, std::string_view id,
                     google::protobuf::MessageLite* message) {
  RS_ASSIGN(const bool found, find_resource(connection, table, id, message));
  return found ? Status() : no_such(table.noun, id);
}

Result<std::optional<Digest>> blob_of(Connection& connection, const ResourceTable& table, std::string_view id) {
  RS_ASSIGN(Statement rows, connection.prepare(table.select_blob));
  RS_TRY(rows.bind(id));
  RS_ASSIGN(const bool row, rows.step());
  if (!row) return std::optional<Digest>();
  Digest digest;
  if (!Digest::parse(rows.text(0), &digest))
    return data_loss("row '{}' of table {} is damaged: '{}' is not a digest; restore the database from a copy",
                     printable(id), table.name, printable(rows.text(0)));
  return std::optional(digest);
}

Status remove_resource(Connection& connection, const ResourceTable& table, std::string_view id) {
  {
    RS_ASSIGN(Statement rows, connection.prepare(table.select));
    RS_TRY(rows.bind(id));
    RS_ASSIGN(const bool row, rows.step());
    if (!row) return no_such(table.noun, id);
  }
  {
    RS_ASSIGN(Statement users,
              connection.prepare("SELECT exploration FROM exploration_uses WHERE kind = $1 AND id = $2 "
                                 "ORDER BY exploration LIMIT 1"));
    RS_TRY(users.bind(table.name, id));
    RS_ASSIGN(const bool used, users.step());
    if (used)
      return failed_precondition("{} '{}' is used by exploration '{}'; delete that one first", table.noun,
                                 printable(id), printable(users.text(0)));
  }
  return connection.execute(table.remove, id);
}

}  // namespace roofscape::db
