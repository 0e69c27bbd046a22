#include "platforms/library.h"

#include <algorithm>

#include "platforms/texts.h"
#include "proto/yaml_reader.h"

namespace roofscape::platforms {
namespace {

struct Library {
  std::vector<v1::Platform> platforms;
  std::vector<Status> faults;
};

const Library& library() {
  static const Library kLibrary = [] {
    Library all;
    for (const Text& text : texts()) {
      Result<v1::Platform> platform = parse_platform(text.yaml, text.file);
      if (!platform.ok()) {
        all.faults.push_back(platform.status());
        continue;
      }
      platform->set_name("platforms/" + platform->id());
      platform->set_built_in(true);
      all.platforms.push_back(std::move(*platform));
    }
    std::sort(all.platforms.begin(), all.platforms.end(),
              [](const v1::Platform& a, const v1::Platform& b) { return a.id() < b.id(); });
    return all;
  }();
  return kLibrary;
}

}  // namespace

std::span<const v1::Platform> built_in_platforms() { return library().platforms; }
std::span<const Status> built_in_faults() { return library().faults; }

Result<v1::Platform> parse_platform(std::string_view text, std::string_view file_name) {
  v1::Platform platform;
  RS_ASSIGN(const YamlPositions where, read_yaml(text, file_name, &platform));
  if (Status status = validate_platform(platform); !status.ok()) return where.place(status);
  return platform;
}

}  // namespace roofscape::platforms
