// docs/platforms.md and docs/platforms/ say what the files of platforms/data say.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "client/report/platform_page.h"
#include "platforms/library.h"

namespace roofscape {
namespace {

const std::string kDocs = std::string(ROOFSCAPE_SOURCE_DIR) + "/docs/";

// Compares with a page; ROOFSCAPE_UPDATE_GOLDEN=1 writes it anew.
void expect_page(const std::string& name, const std::string& text) {
  if (std::getenv("ROOFSCAPE_UPDATE_GOLDEN") != nullptr) std::ofstream(kDocs + name) << text;
  std::ifstream file(kDocs + name);
  const std::string now{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(text == now) << "docs/" << name << " is stale; run this test with ROOFSCAPE_UPDATE_GOLDEN=1";
}

TEST(PlatformPages, AreFresh) {
  std::filesystem::create_directories(kDocs + "platforms");
  std::set<std::string> names;
  for (const v1::Platform& platform : platforms::built_in_platforms()) {
    const std::string name = platform.id() + ".md";
    names.insert(name);
    expect_page("platforms/" + name, client::platform_page(platform));
  }
  expect_page("platforms.md", client::platforms_index(platforms::built_in_platforms()));
  for (const auto& entry : std::filesystem::directory_iterator(kDocs + "platforms"))
    EXPECT_EQ(names.count(entry.path().filename()), 1U) << entry.path() << " describes no platform that ships";
}

}  // namespace
}  // namespace roofscape
