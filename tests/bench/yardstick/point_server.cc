#include "tests/bench/yardstick/point_server.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <map>
#include <ostream>

#include "analytics/base/text.h"

namespace roofscape::bench {
namespace {

Result<search::Point> parse_point(const std::string& line, const std::vector<std::uint32_t>& choices) {
  const std::vector<std::string_view> words = split(line, ' ');
  if (words[0] != "point" || words.size() != choices.size() + 1)
    return invalid_argument("'{}' is not 'point' and {} choices", printable(line), choices.size());
  search::Point point;
  for (std::size_t v = 0; v < choices.size(); ++v) {
    const auto choice = parse_int(words[v + 1]);
    if (!choice || *choice < 0 || *choice >= static_cast<long long>(choices[v]))
      return out_of_range("choice {} is '{}'; use 0 to {}", v, printable(words[v + 1]), choices[v] - 1);
    point.push_back(static_cast<std::uint16_t>(*choice));
  }
  return point;
}

// By objective of the job.
std::vector<double> means(const Lab& lab, const search::Values& columns) {
  constexpr double kWorst = 2;
  std::map<std::size_t, std::pair<double, int>> sums;
  for (const explore::FrontBox& box : lab.boxes()) {
    const std::vector<std::size_t> indices = lab.scoring().columns_on(box.platform);
    for (std::size_t side = 0; side < indices.size(); ++side) {
      const explore::FrontBox::Side& range = box.sides[side];
      const double share = (columns[indices[side]] - range.ideal) / (range.reference - range.ideal);
      sums[range.objective].first += std::isfinite(share) ? std::clamp(share, 0.0, kWorst) : kWorst;
      ++sums[range.objective].second;
    }
  }
  std::vector<double> means;
  for (const auto& [objective, sum] : sums) means.push_back(sum.first / sum.second);
  return means;
}

}  // namespace

Status serve_points(Lab& lab, std::uint64_t seed, std::int64_t images, std::istream& in, std::ostream& out) {
  const std::vector<std::uint32_t> choices = lab.space().choices();
  out << fmt::format("seed {} objectives {} choices {}", seed, means(lab, lab.base().objectives).size(),
                     fmt::join(choices, " "))
      << std::endl;
  std::string line;
  while (std::getline(in, line) && line != "done") {
    if (lab.images() + lab.images_of_a_measurement() > images) {
      out << "spent" << std::endl;
      return {};
    }
    RS_ASSIGN(const search::Point point, parse_point(line, choices));
    const search::Priced priced = lab.price(point);
    if (!priced.feasible) {
      out << fmt::format("refused {:.9g}", priced.violation) << std::endl;
      continue;
    }
    const search::Point points[] = {point};
    RS_ASSIGN(const auto outcomes, lab.measure(points));
    out << fmt::format("measured {:.9g} {:.9g}", outcomes[0].violation,
                       fmt::join(means(lab, outcomes[0].objectives), " "))
        << std::endl;
  }
  return {};
}

}  // namespace roofscape::bench
