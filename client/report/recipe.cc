#include "client/report/recipe.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

std::string value_text(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue: return fmt::format("{}", value.number_value());
    case google::protobuf::Value::kStringValue: return printable(value.string_value());
    case google::protobuf::Value::kBoolValue: return value.bool_value() ? "yes" : "no";
    default: return "–";
  }
}

std::map<std::string, std::string> sorted_knobs(const v1::Step& step) {
  std::map<std::string, std::string> knobs;
  for (const auto& [name, value] : step.knobs()) knobs[printable(name)] = value_text(value);
  return knobs;
}

// Knobs of the weights first, as in "w4 a8"; otherwise by name.
std::vector<std::string> in_order(const std::set<std::string>& knobs) {
  std::vector<std::string> order(knobs.begin(), knobs.end());
  std::stable_partition(order.begin(), order.end(), [](const std::string& k) { return k.starts_with("weight"); });
  return order;
}

// As few first letters of the knob as tell it from the others.
std::string letters(const std::string& knob, const std::set<std::string>& knobs) {
  for (std::size_t length = 1; length < knob.size(); ++length) {
    const std::string head = knob.substr(0, length);
    const auto same = std::count_if(knobs.begin(), knobs.end(), [&](const auto& k) { return k.starts_with(head); });
    if (same == 1) return head;
  }
  return knob;
}

}  // namespace

RecipeStyle RecipeStyle::of(const std::vector<const v1::Recipe*>& recipes) {
  RecipeStyle style;
  std::map<std::string, std::map<std::string, std::string>> seen;
  for (const v1::Recipe* recipe : recipes)
    for (const v1::Step& step : recipe->steps()) {
      auto& shown = style.shown_[step.method()];
      for (const auto& [knob, value] : sorted_knobs(step)) {
        const auto [first, is_new] = seen[step.method()].emplace(knob, value);
        if (!is_new && first->second != value) shown.insert(knob);
      }
    }
  return style;
}

std::string RecipeStyle::setting(const v1::Step& step) const {
  std::string text = printable(step.method());
  const auto knobs = sorted_knobs(step);
  const auto shown = shown_.find(step.method());
  if (shown == shown_.end()) return text;
  const std::vector<std::string> order = in_order(shown->second);
  for (const std::string& knob : order) {
    const auto value = knobs.find(knob);
    text += " " + letters(knob, shown->second) + (value == knobs.end() ? "–" : value->second);
  }
  return text;
}

std::string RecipeStyle::summary(const v1::Recipe& recipe) const {
  // Layer → its settings, layers in the order of their first step.
  std::vector<std::pair<std::string, std::string>> layers;
  std::map<std::string, std::size_t> place;
  for (const v1::Step& step : recipe.steps()) {
    const auto [found, is_new] = place.emplace(step.layer(), layers.size());
    if (is_new) layers.emplace_back(printable(step.layer(), 40), "");
    std::string& text = layers[found->second].second;
    text += (text.empty() ? "" : " + ") + setting(step);
  }
  std::string out;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool again = i > 0 && layers[i].second == layers[i - 1].second;
    out += i == 0 ? "" : again ? ", " : "; ";
    out += layers[i].first;
    if (i + 1 == layers.size() || layers[i + 1].second != layers[i].second) out += ": " + layers[i].second;
  }
  return out.empty() ? "fp32" : out;
}

std::string RecipeStyle::legend() const {
  std::string out;
  for (const auto& [method, knobs] : shown_) {
    if (knobs.empty()) continue;
    out += (out.empty() ? "" : "; ") + printable(method) + ": ";
    bool first = true;
    for (const std::string& knob : in_order(knobs)) {
      out += (first ? "" : ", ") + letters(knob, knobs) + " " + knob;
      first = false;
    }
  }
  return out;
}

std::string full_recipe(const v1::Recipe& recipe) {
  std::string out;
  for (const v1::Step& step : recipe.steps()) {
    out += (out.empty() ? "" : ";") + printable(step.layer()) + ":" + printable(step.method()) + "(";
    bool first = true;
    for (const auto& [knob, value] : sorted_knobs(step)) {
      out += (first ? "" : ",") + knob + "=" + value;
      first = false;
    }
    out += ")";
  }
  return out;
}

}  // namespace roofscape::client
