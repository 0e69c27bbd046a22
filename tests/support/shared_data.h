// Where the real networks and data sets are that some tests run on; those tests skip where they are absent.
//
//   const auto path = shared_data("mnist/t10k-images-idx3-ubyte.gz");
//   if (!path) GTEST_SKIP() << "the MNIST files are not there; set ROOFSCAPE_DATA";
//
// Looked for in $ROOFSCAPE_DATA, else in ../shared/data beside the source tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace roofscape {

inline std::optional<std::string> shared_data(const std::string& name) {
  const char* given = std::getenv("ROOFSCAPE_DATA");
  const std::filesystem::path folder =
      given != nullptr ? std::filesystem::path(given) : std::filesystem::path(ROOFSCAPE_SOURCE_DIR "/../shared/data");
  std::error_code error;
  const std::filesystem::path path = folder / name;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  return path.string();
}

}  // namespace roofscape
