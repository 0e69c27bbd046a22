// Protobuf JSON for machines: original field names, every plain field present, and the same bytes for equal messages
// (maps are sorted).
#pragma once

#include <string>

#include "analytics/base/status.h"

namespace google::protobuf {
class Message;
}

namespace roofscape::client {

// Indented, ending in a line feed.
Result<std::string> to_json(const google::protobuf::Message& message);
// On one line, without line feed: for streams of messages.
Result<std::string> to_json_line(const google::protobuf::Message& message);

}  // namespace roofscape::client
