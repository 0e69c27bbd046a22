// The files of platforms/data, compiled into the program: platforms, and under families/ what several of them share.
#pragma once

#include <span>
#include <string_view>

namespace roofscape::platforms {

struct Text {
  std::string_view file;  // "zcu104.yaml", "families/cortex-a72.yaml"
  std::string_view yaml;
  bool is_family() const { return file.starts_with("families/"); }
};
// By file name, ascending.
std::span<const Text> texts();

}  // namespace roofscape::platforms
