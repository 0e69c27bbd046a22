// Text in lower case, letter by letter of ASCII: for words that are the same in either case, whatever the locale.
//
//   lower_case("RasPi 4 (Cortex-A72)");   // "raspi 4 (cortex-a72)"
#pragma once

#include <string>
#include <string_view>

namespace roofscape {

constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

}  // namespace roofscape
