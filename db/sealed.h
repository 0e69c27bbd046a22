// Messages as they lie in a row: a checksum, then the serialised message. SQLite does not notice a flipped bit inside a
// value; the checksum does, and it covers the row's key, so a body that stands in another's place is noticed too.
//
//   std::string body = seal("models", id, model);
//   RS_TRY(unseal("models", id, statement.bytes(1), &model));   // kDataLoss naming the row
#pragma once

#include <string>
#include <string_view>

#include "analytics/base/status.h"

namespace google::protobuf {
class MessageLite;
}

namespace roofscape::db {

// The same bytes for equal messages (map entries in the order of their keys).
std::string serialise(const google::protobuf::MessageLite& message);

// `table` and `key` name the row.
std::string seal(std::string_view table, std::string_view key, const google::protobuf::MessageLite& message);
Status unseal(std::string_view table, std::string_view key, std::string_view body,
              google::protobuf::MessageLite* message);

}  // namespace roofscape::db
