#include "db/sealed.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include "analytics/base/hash.h"
#include "analytics/base/text.h"

namespace roofscape::db {
namespace {

constexpr std::size_t kChecksumBytes = 16;

std::string checksum(std::string_view table, std::string_view key, std::string_view payload) {
  const Digest digest = Hasher("row/1").add(table).add(key).add(payload).finish();
  return {reinterpret_cast<const char*>(digest.bytes.data()), kChecksumBytes};
}

}  // namespace

std::string serialise(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

std::string seal(std::string_view table, std::string_view key, const google::protobuf::MessageLite& message) {
  const std::string payload = serialise(message);
  return checksum(table, key, payload) + payload;
}

Status unseal(std::string_view table, std::string_view key, std::string_view body,
              google::protobuf::MessageLite* message) {
  const bool whole =
      body.size() >= kChecksumBytes &&
      body.substr(0, kChecksumBytes) == checksum(table, key, body.substr(kChecksumBytes)) &&
      message->ParseFromArray(body.data() + kChecksumBytes, static_cast<int>(body.size() - kChecksumBytes));
  if (whole) return {};
  return data_loss(
      "row '{}' of table {} is damaged: its content does not match its checksum; delete it or restore the "
      "database from a copy",
      printable(key), table);
}

}  // namespace roofscape::db
