// What every entry of an explicit list owes: a page or section of documentation, valid knob ranges, an order.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/base/status_matchers.h"
#include "analytics/base/text.h"
#include "analytics/search/searcher.h"
#include "platforms/library.h"

namespace roofscape {
namespace {

using ::roofscape::testing::IsOk;
using ::testing::HasSubstr;

// Text of a file below the root; empty if there is none.
std::string page(const std::string& path) {
  std::ifstream file(fmt::format("{}/{}", ROOFSCAPE_SOURCE_DIR, path));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <typename Entries, typename Id>
void expect_ids_once(const Entries& entries, const Id& id) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(id(entry));
  EXPECT_FALSE(ids.empty());
  for (const std::string& name : ids) {
    EXPECT_TRUE(is_resource_id(name)) << name;
    EXPECT_EQ(std::count(ids.begin(), ids.end(), name), 1) << name;
  }
}

TEST(Registry, MethodIdsAreSortedAndStandOnce) {
  const auto methods = approx::methods();
  expect_ids_once(methods, [](const approx::Method* method) { return method->info().id; });
  EXPECT_TRUE(std::is_sorted(methods.begin(), methods.end(), [](const approx::Method* a, const approx::Method* b) {
    return a->info().id < b->info().id;
  }));
}

TEST(Registry, EveryMethodHasAPageThatNamesEveryKnob) {
  for (const approx::Method* method : approx::methods()) {
    const approx::MethodInfo& info = method->info();
    const std::string path = fmt::format("docs/methods/{}.md", info.id);
    const std::string text = page(path);
    EXPECT_TRUE(text.starts_with(fmt::format("# {}", info.id))) << path << " starts with the method's id";
    for (const approx::KnobSpec& knob : info.knobs)
      EXPECT_THAT(text, HasSubstr(fmt::format("| `{}` | {} | {} |", knob.name, knob.range_text(),
                                              approx::to_string(knob.fallback))))
          << path << " has the knob's row";
  }
}

TEST(Registry, EveryMethodHasValidKnobs) {
  for (const approx::Method* method : approx::methods()) {
    const approx::MethodInfo& info = method->info();
    EXPECT_GE(info.version, 1) << info.id;
    EXPECT_TRUE(info.summary.ends_with('.')) << info.id << ": the summary is a sentence";
    for (const approx::KnobSpec& knob : info.knobs) {
      EXPECT_THAT(knob.validate(knob.fallback), IsOk()) << info.id;
      EXPECT_FALSE(knob.text.empty()) << info.id << " " << knob.name;
      EXPECT_EQ(info.find(knob.name), &knob) << info.id << " " << knob.name << " stands once";
    }
    EXPECT_THAT(approx::complete_knobs(info, {}), IsOk()) << info.id;
    EXPECT_THAT(approx::complete_knobs(info, info.identity), IsOk()) << info.id;
  }
}

TEST(Registry, EverySearcherHasASection) {
  expect_ids_once(search::searchers(), [](const search::SearcherInfo& searcher) { return searcher.id; });
  const std::string text = page("docs/searchers.md");
  for (const search::SearcherInfo& searcher : search::searchers()) {
    EXPECT_THAT(text, HasSubstr(fmt::format("\n## {}\n", searcher.id)));
    EXPECT_TRUE(searcher.text.ends_with('.')) << searcher.id << ": the text is a sentence";
  }
}

TEST(Registry, EveryPlatformIsValidAndHasARow) {
  EXPECT_TRUE(platforms::built_in_faults().empty());
  expect_ids_once(platforms::built_in_platforms(), [](const v1::Platform& platform) { return platform.id(); });
  const std::string text = page("docs/platforms.md");
  for (const v1::Platform& platform : platforms::built_in_platforms())
    EXPECT_THAT(text, HasSubstr(fmt::format("\n| [`{0}`](platforms/{0}.md) |", platform.id())));
}

}  // namespace
}  // namespace roofscape
