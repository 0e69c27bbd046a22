#include "server/rules.h"

#include <map>

#include "analytics/base/text.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

// More than any file of ours needs, few enough that matching them all against a huge network stays quick.
constexpr int kMostRules = 1000;
constexpr int kMostValues = 10'000;

Result<explore::MethodChoices> choices_of(const std::string& method, const v1::MethodChoices& message,
                                          const std::string& path) {
  explore::MethodChoices choices{method, {}};
  const std::map<std::string, google::protobuf::ListValue> knobs(message.knobs().begin(), message.knobs().end());
  for (const auto& [name, list] : knobs) {
    const std::string knob_path = fmt::format("{}.{}", path, printable(name));
    if (list.values_size() == 0)
      return invalid_argument("{} has no value; give at least one, or leave the knob out", printable(name))
          .at(knob_path);
    if (list.values_size() > kMostValues)
      return invalid_argument("{} has {} values; use at most {}", printable(name), list.values_size(), kMostValues)
          .at(knob_path);
    std::vector<approx::KnobValue> values;
    for (int i = 0; i < list.values_size(); ++i) {
      const auto value = knob_value(list.values(i));
      if (!value)
        return invalid_argument("a value of {} is a list, a mapping or nothing; use a number, a word, true or false",
                                printable(name))
            .at(fmt::format("{}[{}]", knob_path, i));
      values.push_back(*value);
    }
    choices.knobs.emplace_back(name, std::move(values));
  }
  return choices;
}

}  // namespace

Result<std::vector<explore::Rule>> rules_of(const google::protobuf::RepeatedPtrField<v1::Rule>& messages) {
  if (messages.size() > kMostRules)
    return invalid_argument("there are {} rules; use at most {}", messages.size(), kMostRules).at("space");
  std::vector<explore::Rule> rules;
  for (int i = 0; i < messages.size(); ++i) {
    const v1::Rule& message = messages[i];
    explore::Rule rule{message.layers(), message.op(), {}, message.together(), message.required()};
    const std::string path = fmt::format("space[{}]", i);
    const std::map<std::string, v1::MethodChoices> methods(message.methods().begin(), message.methods().end());
    if (methods.empty())
      return invalid_argument("a rule offers no method; name one, like 'integer: {{weight_bits: [4, 8]}}'").at(path);
    for (const auto& [method, choices] : methods) {
      RS_ASSIGN(auto given, choices_of(method, choices, fmt::format("{}.{}", path, printable(method))));
      rule.methods.push_back(std::move(given));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

namespace {

Result<approx::Recipe> recipe_of(const Network& network, const google::protobuf::RepeatedPtrField<v1::Rule>& space) {
  RS_ASSIGN(const auto rules, rules_of(space));
  if (rules.empty()) return approx::Recipe{};
  auto recipe = explore::recipe_of(network, rules);
  if (recipe.ok()) return recipe;
  Status status = recipe.status();
  // Paths of explore are relative to the rules.
  std::string path = "space" + status.field();
  return std::move(status).at(std::move(path));
}

}  // namespace

Result<Configured> configured(const Network& network, const v1::Configuration& configuration) {
  Configured result;
  RS_ASSIGN(result.recipe, recipe_of(network, configuration.space()));
  if (!configuration.has_cascade()) return result;
  const v1::Cascade& cascade = configuration.cascade();
  Configured::First& first = result.first.emplace();
  auto recipe = recipe_of(network, cascade.space());
  if (!recipe.ok()) return recipe.status().at("cascade." + recipe.status().field());
  first.recipe = std::move(*recipe);
  if (cascade.has_confidence()) first.confidence = cascade.confidence();
  if (!(first.confidence > 0 && first.confidence <= 1))
    return out_of_range("a confidence of {} is no probability; use more than 0 and at most 1", first.confidence)
        .at("cascade.confidence");
  return result;
}

}  // namespace roofscape::server
