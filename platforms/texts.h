// The files of platforms/data, compiled into the program.
#pragma once

#include <span>
#include <string_view>

namespace roofscape::platforms {

struct Text {
  std::string_view file;  // "zcu104.yaml"
  std::string_view yaml;
};
// By file name, ascending.
std::span<const Text> texts();

}  // namespace roofscape::platforms
