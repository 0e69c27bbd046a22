// Whether text is a pattern for glob_match (text.h) or a name.
#pragma once

#include <string_view>

namespace roofscape {

// It has one of '*' and '?', and so may match more than itself.
inline bool is_pattern(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

}  // namespace roofscape
