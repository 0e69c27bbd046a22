// Which methods go together on one layer, written down from what the methods say of themselves:
// docs/methods/composition.md. ROOFSCAPE_UPDATE_GOLDEN=1 writes the page anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "analytics/approx/method.h"

namespace roofscape::approx {
namespace {

// The defaults, and every knob's choices and ends, one at a time.
std::vector<Knobs> ways(const Method& method) {
  const Knobs defaults = complete_knobs(method.info(), {}).value();
  std::vector<Knobs> all = {defaults};
  for (const KnobSpec& spec : method.info().knobs) {
    std::vector<KnobValue> values(spec.choices.begin(), spec.choices.end());
    if (spec.type == KnobSpec::Type::kFlag) values = {true, false};
    for (const double value : spec.also) values.emplace_back(value);
    for (const KnobValue& value : values) {
      all.push_back(defaults);
      all.back()[spec.name] = spec.canonical(value);
    }
  }
  return all;
}

bool compose_somehow(const Method& a, const Method& b) {
  for (const Knobs& one : ways(a))
    for (const Knobs& other : ways(b))
      if (!conflict(a, one, b, other)) return true;
  return false;
}

std::string page() {
  std::string text =
      "# What composes\n\n"
      "Methods on one layer, written by a test from what each method says that it decides and undoes. `yes`: with "
      "their\n"
      "defaults; `knobs`: with other knobs only; `no`: never, and a recipe that asks for both is refused with the "
      "reason\n"
      "before anything runs. Whatever the order in which they are written, methods are applied in the order of their\n"
      "stages: structure, balance, sparsity, sharing, format, function, storage, exit.\n\n|  |";
  for (const Method* method : methods()) text += fmt::format(" {} |", method->info().id);
  text += "\n|---|";
  for (std::size_t i = 0; i < methods().size(); ++i) text += "---|";
  text += "\n";
  std::map<std::string, std::string> reasons;
  for (const Method* row : methods()) {
    text += fmt::format("| {} |", row->info().id);
    const Knobs own = complete_knobs(row->info(), {}).value();
    for (const Method* column : methods()) {
      if (column == row) {
        text += "  |";
        continue;
      }
      const auto reason = conflict(*row, own, *column, complete_knobs(column->info(), {}).value());
      text += !reason ? " yes |" : compose_somehow(*row, *column) ? " knobs |" : " no |";
      if (reason) reasons.emplace(*reason, "");
    }
    text += "\n";
  }
  text += "\n## Reasons\n\nWith the defaults:\n\n";
  for (const auto& [reason, unused] : reasons) text += fmt::format("- {}\n", reason);
  return text;
}

TEST(Composition, ThePageSaysWhatTheMethodsSay) {
  const std::string path = ROOFSCAPE_SOURCE_DIR "/docs/methods/composition.md";
  const std::string now = page();
  if (std::getenv("ROOFSCAPE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, now) << "run it with ROOFSCAPE_UPDATE_GOLDEN=1";
}

TEST(Composition, DeepCompressionAndItsKinCompose) {
  const auto agree = [](std::string_view a, const Knobs& a_knobs, std::string_view b, const Knobs& b_knobs) {
    const Method& first = *find_method(a).value();
    const Method& second = *find_method(b).value();
    return !conflict(first, complete_knobs(first.info(), a_knobs).value(), second,
                     complete_knobs(second.info(), b_knobs).value());
  };
  EXPECT_TRUE(agree("prune", {}, "share", {}));
  EXPECT_TRUE(agree("share", {}, "huffman", {}));
  EXPECT_TRUE(agree("low_rank", {}, "integer", {}));
  EXPECT_TRUE(agree("prune", {{"pattern", std::string("2:4")}}, "integer", {}));
  EXPECT_TRUE(agree("ternary", {}, "integer", {{"weight_bits", 32.0}}));
  EXPECT_TRUE(agree("share", {}, "integer", {{"granularity", std::string("tensor")}}));
  EXPECT_FALSE(agree("share", {}, "integer", {}));
  EXPECT_FALSE(agree("prune", {}, "binary", {}));
  EXPECT_FALSE(agree("integer", {}, "ternary", {}));
}

}  // namespace
}  // namespace roofscape::approx
