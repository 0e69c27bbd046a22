// The look of every picture: one style sheet for screen (light and dark) and paper, one ramp of colours.
#pragma once

#include <string>
#include <string_view>

namespace roofscape::client::plot {

inline constexpr double kTickSize = 11;
inline constexpr double kLabelSize = 12;
inline constexpr double kTitleSize = 15;

std::string_view style_sheet();

// A colour for `share` from 0 to 1, dark to bright, told apart by colour-blind readers too: "#2c4b9b".
std::string ramp(double share);
// A colour for `share` from 0 to 1 that only gets darker, pale to dark red, so that a grey print orders it too.
std::string heat(double share);

}  // namespace roofscape::client::plot
