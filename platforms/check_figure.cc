#include "platforms/check_figure.h"

#include <cctype>
#include <cmath>

#include "analytics/base/text.h"

namespace roofscape::platforms {
namespace {

// The number that `unit` ends a source's word by, as bits: 4.5 Mb → 4.5e6. Nothing where it does not stand there.
std::optional<double> stated_bits(std::string_view source, std::string_view unit, double factor) {
  for (std::size_t at = source.find(unit); at != std::string_view::npos; at = source.find(unit, at + 1)) {
    const std::size_t end = at + unit.size();
    if (end < source.size() && (std::isalpha(static_cast<unsigned char>(source[end])) != 0)) continue;
    std::string_view before = trim(source.substr(0, at));
    const std::size_t start = before.find_last_not_of("0123456789.,");
    if (start != std::string_view::npos) before.remove_prefix(start + 1);
    std::string digits;
    for (const char c : before)
      if (c != ',') digits += c;
    if (const auto number = parse_double(digits)) return *number * factor;
  }
  return std::nullopt;
}

}  // namespace

Status check_text(const std::string& text, std::string path, bool required) {
  if (required && trim(text).empty()) return invalid_argument("{} is empty", path.substr(path.rfind('.') + 1)).at(path);
  if (text.size() > kTextBytes)
    return invalid_argument("{} bytes of text; at most {}", text.size(), kTextBytes).at(std::move(path));
  if (printable(text, 2 * kTextBytes) != text)
    return invalid_argument("'{}' holds a control character or a line break; one line of text", printable(text, 60))
        .at(std::move(path));
  return {};
}

Status check_figure(const v1::Figure& figure, const Unit& unit, const std::string& path) {
  const double value = figure.value();
  if (!std::isfinite(value)) return invalid_argument("{} is not a finite number", value).at(path + ".value");
  if (value <= 0)
    return invalid_argument("{} is not positive; leave a figure out where it is not known", value).at(path + ".value");
  if (value < unit.least || value > unit.most)
    return invalid_argument("{} {} is not plausible (from {:g} to {:g}); {}", value, unit.name, unit.least, unit.most,
                            unit.hint)
        .at(path + ".value");
  if (trim(figure.source()).empty())
    return invalid_argument("no source; say where the figure comes from").at(path + ".source");
  RS_TRY(check_text(figure.source(), path + ".source", true));
  if (figure.provenance() == v1::PROVENANCE_UNSPECIFIED || !v1::Provenance_IsValid(figure.provenance()))
    return invalid_argument("no provenance; use datasheet, paper, measured, derived or recalled")
        .at(path + ".provenance");
  return {};
}

Status check_count(const v1::Figure& figure, const std::string& path) {
  RS_TRY(check_figure(figure, kCount, path));
  if (figure.value() != std::floor(figure.value()))
    return invalid_argument("{} pieces; use a whole number", figure.value()).at(path + ".value");
  return {};
}

Status check_bits(const v1::Figure& figure, const std::string& path) {
  constexpr struct {
    std::string_view unit;
    double factor;
  } kUnits[] = {{"Kb", 1e3}, {"Mb", 1e6}, {"Gb", 1e9}, {"kbit", 1e3}, {"Kbit", 1e3}, {"Mbit", 1e6}, {"Gbit", 1e9}};
  for (const auto& [unit, factor] : kUnits) {
    const auto bits = stated_bits(figure.source(), unit, factor);
    // A binary prefix is up to 7.4 % more.
    if (!bits || figure.value() < *bits * 0.999 || figure.value() > *bits * 1.075) continue;
    return invalid_argument("{:g} is the number of bits that the source states; in bytes that is {:g}", figure.value(),
                            figure.value() / 8)
        .at(path + ".value");
  }
  return {};
}

}  // namespace roofscape::platforms
