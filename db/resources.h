// Models, data sets and platforms are stored alike: a row per id, a list by id, and a refusal to be deleted while an
// exploration uses them. One table's SQL and words are a value; what differs stands in the files named after each.
#pragma once

#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analytics/base/status.h"
#include "db/connection.h"
#include "db/page_token.h"
#include "db/sealed.h"
#include "db/store.h"

namespace roofscape::db {

struct ResourceTable {
  ResourceTable(std::string table_name, std::string singular);
  std::string name;  // "models": the table, the collection in resource names, the kind in exploration_uses
  std::string noun;  // "model", for messages
  std::string select, select_blob, list, remove;
};
const ResourceTable& models_table();
const ResourceTable& datasets_table();
const ResourceTable& platforms_table();
const ResourceTable& calibrations_table();

// "lenet5" of "models/lenet5" or of "lenet5" alone.
std::string_view without_collection(std::string_view collection, std::string_view name);
// The same, but kInvalidArgument unless what is left is an identifier (text.h, is_resource_id).
Result<std::string> resource_id(std::string_view collection, std::string_view name);

Status no_such(std::string_view noun, std::string_view id);  // kNotFound

// False if there is no such row.
Result<bool> find_resource(Connection& connection, const ResourceTable& table, std::string_view id,
                           google::protobuf::MessageLite* message);
// kNotFound if there is none.
Status load_resource(Connection& connection, const ResourceTable& table, std::string_view id,
                     google::protobuf::MessageLite* message);
// The blob that a model or data set names; nothing if there is no such row.
Result<std::optional<Digest>> blob_of(Connection& connection, const ResourceTable& table, std::string_view id);
// Deletes the row; kNotFound if there is none, kFailedPrecondition naming an exploration that uses it.
Status remove_resource(Connection& connection, const ResourceTable& table, std::string_view id);

// A page of `table` by id.
template <typename Message>
Result<Listed<Message>> list_resources(Connection& connection, const ResourceTable& table, const Page& page) {
  RS_ASSIGN(const int size, page_size(page.size));
  std::string after;
  if (!page.token.empty()) {
    RS_ASSIGN(after, read_page_token(table.name, page.token));
  }
  RS_ASSIGN(Statement rows, connection.prepare(table.list));
  RS_TRY(rows.bind(after, std::int64_t{size} + 1));
  Listed<Message> listed;
  for (;;) {
    RS_ASSIGN(const bool row, rows.step());
    if (!row) return listed;
    if (static_cast<int>(listed.rows.size()) == size) {
      listed.next_token = make_page_token(table.name, after);
      return listed;
    }
    after = rows.text(0);
    RS_TRY(unseal(table.name, after, rows.bytes(1), &listed.rows.emplace_back()));
  }
}

}  // namespace roofscape::db
