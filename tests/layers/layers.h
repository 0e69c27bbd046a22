// The layer check: which room may include which, read from the ```layers block of ARCHITECTURE.md.
//
//   RS_ASSIGN(Layers layers, Layers::parse(markdown));
//   for (const std::string& fault : check_tree(layers, root)) …   // "server/job.cc:7: …"
//
// A line "db -> proto analytics/base" says that files in db/ include files of proto, of analytics/base, and of all that
// those two may use in turn.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::layers {

class Layers {
 public:
  // kInvalidArgument for a missing block, a line that is not "room -> rooms", a room named twice, an arrow to a room
  // that has no line, and for a circle.
  static Result<Layers> parse(std::string_view markdown);

  // The room of a path from the root, the longest that fits: "analytics/base/hash.h" → "analytics/base".
  std::optional<std::string> room_of(std::string_view path) const;
  // Whether files of `from` may include files of `to`.
  bool may_include(const std::string& from, const std::string& to) const;
  std::set<std::string> rooms() const;

 private:
  std::map<std::string, std::set<std::string>> reach_;  // what each room may include, itself left out
};

// One #include "…" of a file.
struct Include {
  int line;
  std::string path;
};
std::vector<Include> quoted_includes(std::string_view source);

// Faults of one file, "path:line: what is wrong". `exists` says whether a path from the root is a file.
template <typename Exists>
std::vector<std::string> check_file(const Layers& layers, const std::string& path, std::string_view source,
                                    const Exists& exists);

// Faults of all sources below `root`, and of rooms without folder or folders without room.
std::vector<std::string> check_tree(const Layers& layers, const std::string& root);

// --- details ---

// The file in the tree that an include stands for: a header made of a .proto is that .proto.
std::string source_of_include(std::string_view include);
// Tests may also use tests/ (support) besides what their room uses.
bool is_test(std::string_view path);

template <typename Exists>
std::vector<std::string> check_file(const Layers& layers, const std::string& path, std::string_view source,
                                    const Exists& exists) {
  std::vector<std::string> faults;
  const std::optional<std::string> room = layers.room_of(path);
  if (!room.has_value())
    return {fmt::format("{}:1: its folder belongs to no room; give it a line in ARCHITECTURE.md", path)};
  for (const Include& include : quoted_includes(source)) {
    const std::string target = source_of_include(include.path);
    const std::optional<std::string> target_room = layers.room_of(target);
    if (is_test(path) && target.starts_with("tests/")) continue;
    if (!target_room.has_value() || !exists(target))
      faults.push_back(fmt::format("{}:{}: \"{}\" is not a file of a room; write the path from the root", path,
                                   include.line, include.path));
    else if (*target_room != *room && !layers.may_include(*room, *target_room))
      faults.push_back(fmt::format("{}:{}: {} may not include {} (\"{}\"); see the arrows in ARCHITECTURE.md", path,
                                   include.line, *room, *target_room, include.path));
  }
  return faults;
}

}  // namespace roofscape::layers
