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
.folded{fill:#57606a;opacity:.6}
.ring{fill:none;stroke:#24292f;stroke-width:2}
.base{fill:#ffffff;stroke:#24292f;stroke-width:1.6}
.frame{fill:none;stroke:#8c959f;stroke-width:1}
.p0{color:#1f6fb2}
.p1{color:#c2501a}
.p2{color:#157a4a}
.p3{color:#8547ad}
.p4{color:#8a6400}
.p5{color:#b82e74}
.roof{fill:none;stroke:currentColor;stroke-width:1.9}
.roof-low{fill:none;stroke:currentColor;stroke-width:1.1;opacity:.75}
.p1.roof,.p1.roof-low{stroke-dasharray:9 4}
.p2.roof,.p2.roof-low{stroke-dasharray:2.5 2.5}
.p3.roof,.p3.roof-low{stroke-dasharray:10 3 2 3}
.p4.roof,.p4.roof-low{stroke-dasharray:16 5}
.p5.roof,.p5.roof-low{stroke-dasharray:10 3 2 3 2 3}
.layer{fill:currentColor;fill-opacity:.78;stroke:#ffffff;stroke-width:.8}
.layer-fp32{fill:#ffffff;fill-opacity:.4;stroke:currentColor;stroke-width:1.2}
.move{stroke:currentColor;stroke-width:1;opacity:.5}
.name{font-size:11px;fill:currentColor}
.platform{font-size:12px;font-weight:600}
.leader{stroke:#8c959f;stroke-width:.8}
.row{fill-opacity:.55}
.diagonal{stroke:#24292f;stroke-width:1.2}
.band{stroke:#57606a;stroke-width:1;stroke-dasharray:4 4}
.on-pale{font-size:10px;fill:#24292f}
.on-dark{font-size:10px;fill:#ffffff}
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
.folded{fill:#aab4be}
.ring{stroke:#e6edf3}
.base{fill:#0d1117;stroke:#e6edf3}
.diagonal{stroke:#e6edf3}
.leader{stroke:#656d76}
.p0{color:#5fadee}
.p1{color:#f2906a}
.p2{color:#4fc58d}
.p3{color:#c596ec}
.p4{color:#dcb64e}
.p5{color:#f283bb}
.layer{stroke:#0d1117}
.layer-fp32{fill:#0d1117}
}
@media print{.paper{fill:none}}
)";
}

namespace {

struct Colour {
  double red, green, blue;
};

// Between the stops, which stand at equal distances from 0 to 1.
std::string between(const std::array<Colour, 5>& stops, double share) {
  const double at = std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0) * (stops.size() - 1);
  const std::size_t low = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const double part = at - static_cast<double>(low);
  const auto mix = [part](double a, double b) { return static_cast<int>(std::lround(a + (b - a) * part)); };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(stops[low].red, stops[low + 1].red),
                     mix(stops[low].green, stops[low + 1].green), mix(stops[low].blue, stops[low + 1].blue));
}

}  // namespace

std::string ramp(double share) {
  static constexpr std::array<Colour, 5> kStops = {
      {{0x2f, 0x3f, 0x8f}, {0x1f, 0x7f, 0xa6}, {0x3a, 0xa8, 0x7b}, {0xb9, 0xb8, 0x35}, {0xf0, 0x8a, 0x24}}};
  return between(kStops, share);
}

std::string heat(double share) {
  static constexpr std::array<Colour, 5> kStops = {
      {{0xfb, 0xf3, 0xdf}, {0xf6, 0xd0, 0x8a}, {0xe5, 0x94, 0x4a}, {0xb3, 0x47, 0x36}, {0x55, 0x14, 0x32}}};
  return between(kStops, share);
}

}  // namespace roofscape::client::plot
