#include "client/text/json.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <memory>

namespace roofscape::client {
namespace {

// Maps have no order in memory; the deterministic wire form sorts them.
std::string sorted_bytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

Result<std::string> convert(const google::protobuf::Message& message, bool indented) {
  const std::unique_ptr<google::protobuf::util::TypeResolver> types(
      google::protobuf::util::NewTypeResolverForDescriptorPool("type.googleapis.com",
                                                               message.GetDescriptor()->file()->pool()));
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      types.get(), "type.googleapis.com/" + message.GetDescriptor()->full_name(), sorted_bytes(message), &json,
      options);
  if (!status.ok()) return internal_error("cannot write the answer as JSON: {}", status.ToString());
  return json;
}

}  // namespace

Result<std::string> to_json(const google::protobuf::Message& message) {
  RS_ASSIGN(std::string json, convert(message, true));
  if (!json.ends_with('\n')) json += '\n';
  return json;
}

Result<std::string> to_json_line(const google::protobuf::Message& message) { return convert(message, false); }

}  // namespace roofscape::client
