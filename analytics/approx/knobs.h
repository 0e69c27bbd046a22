// Knobs are data: each method declares its own, and validation, help, documentation and the search space read them.
//
//   static const std::vector<KnobSpec> kKnobs = {
//       KnobSpec::integer("weight_bits", "Bits of each weight; 32 leaves them fp32", 2, 16, /*default*/ 8).or_also(32),
//       KnobSpec::choice("ranges", "How ranges are found", {"min-max", "mse", "percentile"}, "mse"),
//   };
//
// A value is a number, a word or a truth value; Knobs maps names to values, sorted by name.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"

namespace roofscape::approx {

using KnobValue = std::variant<double, std::string, bool>;
using Knobs = std::map<std::string, KnobValue, std::less<>>;

// Number formats that a knob takes beside those it names.
enum class FormatFamily {
  kNone,    // the knob is no format
  kFloats,  // any minifloat
  kBlocks,  // any format in blocks
};

struct KnobSpec {
  enum class Type { kInteger, kReal, kChoice, kFlag };
  std::string name;
  std::string text;  // one sentence for help and documentation
  Type type = Type::kInteger;
  double low = 0, high = 0;          // inclusive; numbers only
  std::vector<double> also;          // single numbers outside low … high that are right, too
  std::vector<std::string> choices;  // words only
  FormatFamily family = FormatFamily::kNone;
  KnobValue fallback;  // the value when the knob is left out
  // Whether it decides which values a layer gets, but neither shapes nor formats nor how many of them are zero: then it
  // costs nothing (rough_knobs in method.h).
  bool values_alone = false;

  static KnobSpec integer(std::string name, std::string text, int low, int high, int fallback);
  static KnobSpec real(std::string name, std::string text, double low, double high, double fallback);
  static KnobSpec choice(std::string name, std::string text, std::vector<std::string> choices, std::string fallback);
  // The name of a number format: one of `choices`, or any other that `family` accepts.
  static KnobSpec format(std::string name, std::string text, FormatFamily family, std::vector<std::string> choices,
                         std::string fallback);
  static KnobSpec flag(std::string name, std::string text, bool fallback);

  KnobSpec or_also(double value) &&;
  KnobSpec about_values_alone() &&;

  // Formats have many names; this is the one that stands in recipes. Other values are what they are.
  KnobValue canonical(const KnobValue& value) const;
  // "2 to 16", "2 to 16, or 32", "min-max, mse or percentile", "true or false".
  std::string range_text() const;
  // Fails with kOutOfRange ("weight_bits is 17; use 2 to 16") or kInvalidArgument for a wrong type.
  Status validate(const KnobValue& value) const;
};

// Values of complete knobs; a missing name or another type is a fault of Roofscape.
double number(const Knobs& knobs, std::string_view name);
int whole_number(const Knobs& knobs, std::string_view name);
const std::string& word(const Knobs& knobs, std::string_view name);
bool flag(const Knobs& knobs, std::string_view name);

std::string to_string(const KnobValue& value);
std::string to_string(const Knobs& knobs);  // "{activation_bits: 8, weight_bits: 4}"
void hash_into(Hasher& hasher, const Knobs& knobs);

}  // namespace roofscape::approx
