#include "client/plot/style.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace roofscape::client::plot {

std::string_view style_sheet() {
  return R"(
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Arial,sans-serif;fill:#24292f}
.paper{fill:#ffffff}
.title{font-size:17px;font-weight:600}
.panel-title{font-size:15px;font-weight:600}
.label{font-size:12px}
.tick,.note{font-size:11px;fill:#59636e}
.mark{font-size:11px;fill:#24292f}
.halo{font-size:11px;fill:none;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}
.grid{stroke:#e4e8ec;stroke-width:1}
.axis{stroke:#8c959f;stroke-width:1}
.limit{stroke:#c4432b;stroke-width:1.3;stroke-dasharray:5 4}
.limit-text{font-size:11px;fill:#b03a24}
.forbidden{fill:#c4432b;opacity:.05}
.seen{fill:#8c959f;opacity:.35}
.way{fill:none;stroke:#57606a;stroke-width:1.4}
.bar{stroke:#57606a;stroke-width:1;opacity:.75}
.front{stroke:#24292f;stroke-width:.8}
.base{fill:#ffffff;stroke:#24292f;stroke-width:1.6}
.frame{fill:none;stroke:#8c959f;stroke-width:1}
.roof{fill:none;stroke:#24292f;stroke-width:1.8}
.roof-low{fill:none;stroke:#8c959f;stroke-width:1.1}
.slope{fill:none;stroke:#24292f;stroke-width:1.8}
.slope-low{fill:none;stroke:#8c959f;stroke-width:1.1}
.layer{fill:#1f6fb2;fill-opacity:.75;stroke:#0f4778;stroke-width:1}
.layer-fp32{fill:#c98a1b;fill-opacity:.3;stroke:#93620c;stroke-width:1.1}
.leader{stroke:#8c959f;stroke-width:.8}
.row{fill-opacity:.55}
.diagonal{stroke:#24292f;stroke-width:1.2}
.band{stroke:#57606a;stroke-width:1;stroke-dasharray:4 4}
@media (prefers-color-scheme:dark){
text,.mark{fill:#e6edf3}
.paper{fill:#0d1117}
.tick,.note{fill:#9aa5b1}
.halo{fill:none;stroke:#0d1117}
.grid{stroke:#21262d}
.axis,.frame{stroke:#656d76}
.limit{stroke:#ff7b63}
.limit-text{fill:#ff9583}
.way,.bar,.band{stroke:#aab4be}
.front{stroke:#e6edf3}
.base{fill:#0d1117;stroke:#e6edf3}
.roof,.slope,.diagonal{stroke:#e6edf3}
.roof-low,.slope-low,.leader{stroke:#656d76}
.layer{fill:#4ea1e6;stroke:#b6dcff}
.layer-fp32{fill:#e3a53a;stroke:#ffd88f}
}
@media print{.paper{fill:none}}
)";
}

std::string ramp(double share) {
  struct Colour {
    double red, green, blue;
  };
  static constexpr std::array<Colour, 5> kStops = {
      {{0x2f, 0x3f, 0x8f}, {0x1f, 0x7f, 0xa6}, {0x3a, 0xa8, 0x7b}, {0xb9, 0xb8, 0x35}, {0xf0, 0x8a, 0x24}}};
  const double at = std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * (kStops.size() - 1);
  const std::size_t low = std::min(static_cast<std::size_t>(at), kStops.size() - 2);
  const double part = at - static_cast<double>(low);
  const auto mix = [part](double a, double b) { return static_cast<int>(std::lround(a + (b - a) * part)); };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(kStops[low].red, kStops[low + 1].red),
                     mix(kStops[low].green, kStops[low + 1].green), mix(kStops[low].blue, kStops[low + 1].blue));
}

}  // namespace roofscape::client::plot
