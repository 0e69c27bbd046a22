#include "platforms/library.h"

#include <algorithm>
#include <map>

#include "platforms/extends.h"
#include "platforms/texts.h"
#include "proto/yaml_reader.h"

namespace roofscape::platforms {
namespace {

// All files as they were read, platforms and families: what others may extend.
struct Files {
  std::map<std::string, v1::Platform, std::less<>> by_id;
  std::vector<std::string> ids;
  std::vector<Status> faults;
};

const Files& files() {
  static const Files kFiles = [] {
    Files all;
    for (const Text& text : texts()) {
      v1::Platform platform;
      if (const auto where = read_yaml(text.yaml, text.file, &platform); !where.ok()) {
        all.faults.push_back(where.status());
        continue;
      }
      std::string id = platform.id();
      if (all.by_id.emplace(id, std::move(platform)).second)
        all.ids.push_back(std::move(id));
      else
        all.faults.push_back(invalid_argument("{}: the id '{}' stands in another file too", text.file, id));
    }
    return all;
  }();
  return kFiles;
}

struct Library {
  std::vector<v1::Platform> platforms;
  std::vector<Status> faults;
};

const Library& library() {
  static const Library kLibrary = [] {
    Library all{{}, files().faults};
    for (const Text& text : texts()) {
      if (text.is_family()) continue;
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
  v1::Platform read;
  RS_ASSIGN(const YamlPositions where, read_yaml(text, file_name, &read));
  Result<v1::Platform> platform = complete_platform(read);
  if (platform.ok()) return platform;
  Status status = platform.status();
  // What the file does not give itself is at fault where it says whence it comes.
  if (!read.extends().empty() && where.locate(status.field()) == file_name)
    status = std::move(status).at("extends").in(fmt::format("with what '{}' gives", read.extends()));
  return where.place(status);
}

Result<v1::Platform> complete_platform(const v1::Platform& read) {
  const auto find = [](std::string_view id) {
    const auto found = files().by_id.find(id);
    return found == files().by_id.end() ? nullptr : &found->second;
  };
  RS_ASSIGN(v1::Platform platform, extend(read, {find, files().ids}));
  platform.clear_calibration();  // is looked up, never given
  platform.clear_energy_calibration();
  derive_peaks(&platform);
  RS_TRY(validate_platform(platform));
  return platform;
}

}  // namespace roofscape::platforms
