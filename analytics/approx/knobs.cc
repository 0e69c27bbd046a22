#include "analytics/approx/knobs.h"

#include <algorithm>
#include <cmath>

#include "analytics/arith/number_format.h"
#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

std::string_view type_text(KnobSpec::Type type) {
  switch (type) {
    case KnobSpec::Type::kInteger: return "a whole number";
    case KnobSpec::Type::kReal: return "a number";
    case KnobSpec::Type::kChoice: return "a word";
    case KnobSpec::Type::kFlag: return "true or false";
  }
  return "something else";
}

// "a, b or c"
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string listed_with(std::vector<std::string> words, FormatFamily family) {
  if (family == FormatFamily::kFloats) words.emplace_back("any eXmY or eXmYfn");
  if (family == FormatFamily::kBlocks) words.emplace_back("any FORMAT/BLOCK");
  return listed(words);
}

bool in_family(const std::string& word, FormatFamily family) {
  const auto format = NumberFormat::parse(word);
  if (!format.ok()) return false;
  switch (family) {
    case FormatFamily::kNone: return false;
    case FormatFamily::kFloats: return format->kind() == NumberFormat::Kind::kFloat && format->block() == 0;
    case FormatFamily::kBlocks: return format->block() != 0;
  }
  return false;
}

template <typename T>
const T& value_of(const Knobs& knobs, std::string_view name) {
  const auto found = knobs.find(name);
  RS_CHECK(found != knobs.end());
  const T* value = std::get_if<T>(&found->second);
  RS_CHECK(value != nullptr);
  return *value;
}

}  // namespace

KnobSpec KnobSpec::integer(std::string name, std::string text, int low, int high, int fallback) {
  KnobSpec spec;
  spec.name = std::move(name);
  spec.text = std::move(text);
  spec.type = Type::kInteger;
  spec.low = low;
  spec.high = high;
  spec.fallback = static_cast<double>(fallback);
  return spec;
}

KnobSpec KnobSpec::real(std::string name, std::string text, double low, double high, double fallback) {
  KnobSpec spec;
  spec.name = std::move(name);
  spec.text = std::move(text);
  spec.type = Type::kReal;
  spec.low = low;
  spec.high = high;
  spec.fallback = fallback;
  return spec;
}

KnobSpec KnobSpec::choice(std::string name, std::string text, std::vector<std::string> choices, std::string fallback) {
  KnobSpec spec;
  spec.name = std::move(name);
  spec.text = std::move(text);
  spec.type = Type::kChoice;
  spec.choices = std::move(choices);
  spec.fallback = std::move(fallback);
  return spec;
}

KnobSpec KnobSpec::format(std::string name, std::string text, FormatFamily family, std::vector<std::string> choices,
                          std::string fallback) {
  KnobSpec spec = choice(std::move(name), std::move(text), std::move(choices), std::move(fallback));
  spec.family = family;
  return spec;
}

KnobSpec KnobSpec::flag(std::string name, std::string text, bool fallback) {
  KnobSpec spec;
  spec.name = std::move(name);
  spec.text = std::move(text);
  spec.type = Type::kFlag;
  spec.fallback = fallback;
  return spec;
}

KnobSpec KnobSpec::or_also(double value) && {
  also.push_back(value);
  return std::move(*this);
}

KnobSpec KnobSpec::about_values_alone() && {
  values_alone = true;
  return std::move(*this);
}

KnobValue KnobSpec::canonical(const KnobValue& value) const {
  const auto* chosen = std::get_if<std::string>(&value);
  if (family == FormatFamily::kNone || chosen == nullptr) return value;
  const auto meant = NumberFormat::parse(*chosen);
  return meant.ok() ? KnobValue(meant->name()) : value;
}

std::string KnobSpec::range_text() const {
  switch (type) {
    case Type::kChoice: return listed_with(choices, family);
    case Type::kFlag: return "true or false";
    default: break;
  }
  std::string range = fmt::format("{} to {}", low, high);
  for (const double value : also) range += fmt::format(", or {}", value);
  return range;
}

Status KnobSpec::validate(const KnobValue& value) const {
  const auto wrong = [&](Code code) {
    return Status(code, fmt::format("{} is {}; use {}", name, to_string(value), range_text())).at(name);
  };
  const bool wants_number = type == Type::kInteger || type == Type::kReal;
  const bool right_type = wants_number          ? std::holds_alternative<double>(value)
                          : type == Type::kFlag ? std::holds_alternative<bool>(value)
                                                : std::holds_alternative<std::string>(value);
  if (!right_type) {
    return invalid_argument("{} is {}; it takes {}: {}", name, to_string(value), type_text(type), range_text())
        .at(name);
  }
  if (type == Type::kChoice) {
    const auto& chosen = std::get<std::string>(value);
    if (std::find(choices.begin(), choices.end(), chosen) == choices.end() && !in_family(chosen, family))
      return wrong(Code::kOutOfRange);
  }
  if (!wants_number) return {};
  const double given = std::get<double>(value);
  if (type == Type::kInteger && given != std::nearbyint(given)) {
    return invalid_argument("{} is {}; it takes a whole number: {}", name, given, range_text()).at(name);
  }
  const bool inside = given >= low && given <= high;  // false for NaN
  return inside || std::find(also.begin(), also.end(), given) != also.end() ? Status() : wrong(Code::kOutOfRange);
}

double number(const Knobs& knobs, std::string_view name) { return value_of<double>(knobs, name); }
int whole_number(const Knobs& knobs, std::string_view name) { return static_cast<int>(number(knobs, name)); }
const std::string& word(const Knobs& knobs, std::string_view name) { return value_of<std::string>(knobs, name); }
bool flag(const Knobs& knobs, std::string_view name) { return value_of<bool>(knobs, name); }

std::string to_string(const KnobValue& value) {
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return printable(std::get<std::string>(value), 60);
}

std::string to_string(const Knobs& knobs) {
  std::string text = "{";
  for (const auto& [name, value] : knobs) {
    if (text.size() > 1) text += ", ";
    text += fmt::format("{}: {}", printable(name, 60), to_string(value));
  }
  text += "}";
  return text;
}

void hash_into(Hasher& hasher, const Knobs& knobs) {
  hasher.add("knobs").add(static_cast<std::uint64_t>(knobs.size()));
  for (const auto& [name, value] : knobs) {
    hasher.add(name).add(static_cast<std::uint64_t>(value.index()));
    std::visit([&](const auto& held) { hasher.add(held); }, value);
  }
}

}  // namespace roofscape::approx
