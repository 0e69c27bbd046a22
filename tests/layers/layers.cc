#include "tests/layers/layers.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "analytics/base/text.h"

namespace roofscape::layers {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFence = "```";
constexpr std::string_view kOpening = "```layers";

// The lines between the fences; nothing without such a block.
std::optional<std::vector<std::string>> block(std::string_view markdown) {
  std::optional<std::vector<std::string>> lines;
  for (const std::string_view line : split(markdown, '\n')) {
    if (!lines.has_value()) {
      if (trim(line) == kOpening) lines.emplace();
    } else if (trim(line) == kFence) {
      return lines;
    } else {
      lines->emplace_back(trim(line));
    }
  }
  return std::nullopt;
}

std::set<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
}

// Adds all that `room` reaches to `found`.
void follow(const std::map<std::string, std::set<std::string>>& arrows, const std::string& room,
            std::set<std::string>& found) {
  for (const std::string& next : arrows.at(room))
    if (found.insert(next).second) follow(arrows, next, found);
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> endings = {".h", ".cc", ".cpp", ".hpp", ".c", ".inc"};
  return endings.contains(path.extension().string());
}

// Folders that are no rooms: what crosses rooms, what is built, what belongs to tools.
bool is_outside(const std::string& top) {
  static const std::set<std::string> outside = {"tests", "examples", "build", "docs", "docker", "scripts", "cmake"};
  return outside.contains(top) || top.starts_with(".");
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<Layers> Layers::parse(std::string_view markdown) {
  const std::optional<std::vector<std::string>> lines = block(markdown);
  if (!lines.has_value()) return invalid_argument("there is no closed block that starts with {}", kOpening);
  std::map<std::string, std::set<std::string>> arrows;
  for (const std::string& line : *lines) {
    if (line.empty()) continue;
    const auto arrow = line.find("->");
    const std::string room(trim(std::string_view(line).substr(0, arrow)));
    if (arrow == std::string::npos || words(room).size() != 1)
      return invalid_argument("line '{}' is not 'room -> rooms'", line);
    if (!arrows.emplace(room, words(line.substr(arrow + 2))).second)
      return invalid_argument("room '{}' has two lines", room);
  }
  for (const auto& [room, targets] : arrows)
    for (const std::string& target : targets)
      if (!arrows.contains(target))
        return invalid_argument("room '{}' points at '{}', which has no line", room, target);
  Layers layers;
  for (const auto& [room, targets] : arrows) {
    follow(arrows, room, layers.reach_[room]);
    if (layers.reach_[room].contains(room)) return invalid_argument("room '{}' reaches itself: a circle", room);
  }
  return layers;
}

std::optional<std::string> Layers::room_of(std::string_view path) const {
  std::optional<std::string> best;
  for (const auto& [room, targets] : reach_)
    if (path.starts_with(room) && path.size() > room.size() && path[room.size()] == '/' &&
        (!best.has_value() || room.size() > best->size()))
      best = room;
  return best;
}

bool Layers::may_include(const std::string& from, const std::string& to) const {
  return from == to || reach_.at(from).contains(to);
}

std::set<std::string> Layers::rooms() const {
  std::set<std::string> names;
  for (const auto& [room, targets] : reach_) names.insert(room);
  return names;
}

std::vector<Include> quoted_includes(std::string_view source) {
  std::vector<Include> found;
  int number = 0;
  for (std::string_view line : split(source, '\n')) {
    ++number;
    line = trim(line);
    if (!line.starts_with('#')) continue;
    line = trim(line.substr(1));
    if (!line.starts_with("include")) continue;
    line = trim(line.substr(std::string_view("include").size()));
    if (!line.starts_with('"')) continue;
    line.remove_prefix(1);
    found.push_back({number, std::string(line.substr(0, line.find('"')))});
  }
  return found;
}

std::string source_of_include(std::string_view include) {
  for (const std::string_view ending : {".grpc.pb.h", ".pb.h"})
    if (include.ends_with(ending))
      return fmt::format("proto/{}.proto", include.substr(0, include.size() - ending.size()));
  return std::string(include);
}

bool is_test(std::string_view path) { return path.ends_with("_test.cc") || path.find("/test_") != std::string::npos; }

std::vector<std::string> check_tree(const Layers& layers, const std::string& root) {
  std::vector<std::string> faults;
  for (const std::string& room : layers.rooms())
    if (!fs::is_directory(fs::path(root) / room))
      faults.push_back(fmt::format("ARCHITECTURE.md: room '{}' has no folder", room));
  const auto exists = [&](const std::string& path) { return fs::is_regular_file(fs::path(root) / path); };
  std::vector<std::string> paths;
  for (const auto& top : fs::directory_iterator(root)) {
    if (!top.is_directory() || is_outside(top.path().filename().string())) continue;
    for (const auto& entry : fs::recursive_directory_iterator(top.path()))
      if (entry.is_regular_file() && is_source(entry.path()))
        paths.push_back(fs::relative(entry.path(), root).generic_string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths)
    for (const std::string& fault : check_file(layers, path, read_text(fs::path(root) / path), exists))
      faults.push_back(fault);
  return faults;
}

}  // namespace roofscape::layers
