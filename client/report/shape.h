// Shapes and dates, spelled as the tables show them.
#pragma once

#include <google/protobuf/repeated_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

namespace roofscape::client {

// "1×28×28"; "scalar" for none.
std::string shape_text(const google::protobuf::RepeatedField<google::protobuf::int64>& shape);
// "2026-11-24 15:04" in local time; "–" when not set.
std::string date_text(const google::protobuf::Timestamp& time);

}  // namespace roofscape::client
