#include "server/platform_shelf.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <set>

#include "analytics/base/pattern.h"
#include "analytics/base/text.h"
#include "platforms/library.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

constexpr int kMostPlatforms = 256;

v1::Platform finished(const v1::Platform& platform, bool built_in) {
  v1::Platform copy = platform;
  copy.set_name(resource_name(kPlatforms, platform.id()));
  copy.set_built_in(built_in);
  return copy;
}

const v1::Platform* find_built_in(std::string_view id) {
  for (const v1::Platform& platform : platforms::built_in_platforms())
    if (platform.id() == id) return &platform;
  return nullptr;
}

}  // namespace

Result<v1::Platform> PlatformShelf::get(const std::string& id) {
  RS_ASSIGN(v1::Platform platform, find(id));
  RS_TRY(calibration_.attach(&platform));
  return platform;
}

Result<v1::Platform> PlatformShelf::find(const std::string& id) {
  if (const v1::Platform* platform = find_built_in(id)) return finished(*platform, true);
  auto stored = store_.get_platform(id);
  if (stored.ok()) return finished(*stored, false);
  if (stored.status().code() != Code::kNotFound) return stored.status();
  RS_ASSIGN(const std::vector<std::string> known, ids());
  return not_found("there is no platform '{}'{}", printable(id), suggestion(id, known));
}

Result<std::vector<v1::Platform>> PlatformShelf::list() {
  std::vector<v1::Platform> all;
  for (const v1::Platform& platform : platforms::built_in_platforms()) all.push_back(finished(platform, true));
  db::Page page{1000, ""};
  do {
    RS_ASSIGN(auto listed, store_.list_platforms(page));
    for (const v1::Platform& platform : listed.rows)
      if (find_built_in(platform.id()) == nullptr) all.push_back(finished(platform, false));
    page.token = listed.next_token;
  } while (!page.token.empty());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id() < b.id(); });
  return all;
}

Result<std::vector<std::string>> PlatformShelf::ids() {
  RS_ASSIGN(const auto all, list());
  std::vector<std::string> ids;
  for (const v1::Platform& platform : all) ids.push_back(platform.id());
  return ids;
}

Result<v1::Platform> PlatformShelf::import(const v1::Platform& read) {
  RS_ASSIGN(v1::Platform platform, platforms::complete_platform(read));
  if (find_built_in(platform.id()) != nullptr)
    return already_exists("platform '{}' is built in; give yours another id", platform.id());
  platform = finished(platform, false);
  RS_TRY(store_.put_platform(platform));
  RS_TRY(calibration_.attach(&platform));
  return platform;
}

Status PlatformShelf::remove(const std::string& id) {
  if (find_built_in(id) != nullptr)
    return failed_precondition("platform '{}' is built in; only imported ones can be deleted", id);
  return store_.delete_platform(id);
}

Digest content_key(const v1::Platform& platform) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    platform.SerializeToCodedStream(&coded);
  }
  return Hasher("platform/1").add(bytes).finish();
}

Result<std::vector<explore::NamedPlatform>> named_platforms(
    PlatformShelf& shelf, const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.size() > kMostPlatforms)
    return invalid_argument("there are {} platforms; use at most {}", names.size(), kMostPlatforms).at("platforms");
  std::vector<explore::NamedPlatform> found;
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = fmt::format("platforms[{}]", i);
    if (is_pattern(names[i]))
      return invalid_argument(
                 "'{}' is a pattern, and here each platform is named; `roofscape estimate --platform '{}'` "
                 "ranks those that it picks",
                 printable(names[i]), printable(names[i]))
          .at(field);
    RS_ASSIGN(std::string id, parse_name(kPlatforms, names[i], field));
    if (!seen.insert(id).second) return invalid_argument("platform '{}' stands twice; name it once", id).at(field);
    auto platform = shelf.get(id);
    if (!platform.ok()) return platform.status().at(field);
    found.push_back({std::move(id), std::make_shared<const v1::Platform>(std::move(*platform))});
  }
  return found;
}

}  // namespace roofscape::server
