#include "server/platform_choice.h"

#include <algorithm>
#include <map>
#include <set>

#include "analytics/base/pattern.h"
#include "analytics/base/text.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

// "platforms/zcu104" → "zcu104".
std::string_view without_collection(std::string_view choice) {
  if (choice.starts_with(kPlatforms) && choice.substr(kPlatforms.size()).starts_with('/'))
    choice.remove_prefix(kPlatforms.size() + 1);
  return choice;
}

// What of a choice is letters and digits: "nvida" of "nvida-*".
std::string stem_of(std::string_view choice) {
  std::string stem;
  for (const char c : choice)
    if (c != '*' && c != '?') stem += c;
  const auto last = stem.find_last_not_of("-_.");
  stem.resize(last == std::string::npos ? 0 : last + 1);
  return stem;
}

// "nvidia-*" and the like: what several ids begin with.
std::vector<std::string> makers(const std::vector<std::string>& known) {
  std::map<std::string, int> counts;
  for (const std::string& id : known)
    if (const auto dash = id.find('-'); dash != std::string::npos) ++counts[id.substr(0, dash)];
  std::vector<std::string> all;
  for (const auto& [maker, count] : counts)
    if (count > 1) all.push_back(maker);
  return all;
}

std::vector<std::string> picked_by(std::string_view pattern, const std::vector<std::string>& known) {
  std::vector<std::string> picked;
  for (const std::string& id : known)
    if (glob_match(pattern, id)) picked.push_back(id);
  return picked;
}

}  // namespace

std::string platform_suggestion(std::string_view choice, const std::vector<std::string>& known) {
  const std::string stem = stem_of(choice);
  std::vector<std::string> patterns;
  if (!stem.empty()) patterns = {stem + "-*", stem + "*", "*" + stem + "*"};
  if (is_pattern(choice) || !did_you_mean(choice, known))
    if (const auto maker = did_you_mean(stem, makers(known))) patterns.push_back(*maker + "-*");
  for (const std::string& pattern : patterns)
    if (const auto picked = picked_by(pattern, known); !picked.empty())
      return fmt::format("; '{}' picks {}, such as '{}'", printable(pattern), picked.size(), picked.front());
  return suggestion(choice, known);
}

Result<std::vector<std::string>> chosen_platforms(std::span<const std::string> choices,
                                                  const std::vector<std::string>& known) {
  constexpr std::size_t kMostChoices = 256;
  if (choices.empty()) return invalid_argument("no platform is named; name one, or '*' for all").at("platforms");
  if (choices.size() > kMostChoices)
    return invalid_argument("there are {} platforms and patterns; use at most {}", choices.size(), kMostChoices)
        .at("platforms");
  std::vector<std::string> all;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const std::string_view choice = without_collection(choices[i]);
    const std::vector<std::string> picked = picked_by(choice, known);
    if (picked.empty())
      return not_found("{} '{}'{}", is_pattern(choice) ? "no platform matches" : "there is no platform",
                       printable(choice), platform_suggestion(choice, known))
          .at(fmt::format("platforms[{}]", i));
    for (const std::string& id : picked)
      if (seen.insert(id).second) all.push_back(id);
  }
  return all;
}

}  // namespace roofscape::server
