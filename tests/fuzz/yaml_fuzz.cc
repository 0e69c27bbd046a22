// Reads arbitrary bytes as each kind of file that people write. Whatever they are: no crash, no leak, an error that
// begins with the file's name, or a message that can be written and read back to the same bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "platforms/library.h"
#include "proto/yaml_reader.h"
#include "roofscape/v1/approximation.pb.h"
#include "roofscape/v1/check.pb.h"
#include "roofscape/v1/exploration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename Message>
void read_as(std::string_view text) {
  using namespace roofscape;
  Message message;
  const YamlLimits limits{.bytes = std::size_t{1} << 16, .depth = 32, .nodes = 10'000};
  const Result<YamlPositions> read = read_yaml(text, "fuzz.yaml", &message, limits);
  if (!read.ok()) {
    require(read.status().message().starts_with("fuzz.yaml:"));
    return;
  }
  Message again;
  const std::string written = write_yaml(message);
  // Only what a number of 0 or an empty text stands for is lost, and with it what was required.
  const Result<YamlPositions> reread = read_yaml(written, "fuzz.yaml", &again, {.bytes = std::size_t{1} << 22});
  if (reread.ok()) {
    require(write_yaml(again) == written);
  } else {
    require(reread.status().message().find("which it needs") != std::string::npos ||
            reread.status().message().find("it needs a mapping") != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_as<roofscape::v1::ExplorationSpec>(text);
  read_as<roofscape::v1::CheckSpec>(text);
  read_as<roofscape::v1::Configuration>(text);
  read_as<roofscape::v1::Recipe>(text);
  const auto platform = roofscape::platforms::parse_platform(text, "fuzz.yaml");
  if (!platform.ok()) require(platform.status().message().starts_with("fuzz.yaml"));
  return 0;
}
