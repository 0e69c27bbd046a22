// The files of platforms/, compiled into the program: platforms, under families/ what several of them share, and what
// measurements say of all of them.
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
// calibration.txtpb.
std::string_view calibration_text();

}  // namespace roofscape::platforms
