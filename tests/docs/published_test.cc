// docs/published.md says what estimates say now, and its table holds together.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "platforms/library.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/docs/published_table.h"

namespace roofscape::published {
namespace {

constexpr double kSlack = 1 + 1e-9;
// How far estimates may be from what was published: what other engines, drivers and clocks make of one GPU. Of
// transformers in TensorRT the calibration that ships has hardly a row, and is farther off.
constexpr double kWithin = 2.1, kTransformersWithin = 4.7;
// By how much a format's gain may exceed the ratio of the peaks: formats of one device that were measured in different
// engines still do.
constexpr double kBeyondPeaks = 1.6;
// Shares of the published figures that lie in their 90 % interval.
constexpr double kInside = 0.5;

const std::vector<Line>& lines() {
  static const std::vector<Line> kLines = published_lines();
  return kLines;
}

double seconds(const Line& line, std::size_t batch) { return line.ours[batch].latency.value(); }

// Of a platform's fastest dense peak in the format.
double peak(const std::string& id, const std::string& format) {
  double most = 0;
  for (const v1::Platform& platform : platforms::built_in_platforms())
    for (const v1::ComputeCeiling& of : platform.compute())
      if (platform.id() == id && of.weight() == format && of.sparsity().empty())
        most = std::max(most, of.ops_per_second().value());
  return most;
}

TEST(Published, ThePageIsFresh) {
  const std::string path = std::string(ROOFSCAPE_SOURCE_DIR) + "/docs/published.md";
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::size_t begin = page.find("| Network |"), end = page.find("\n\n", begin);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::string now = published_table(lines());
  if (std::getenv("ROOFSCAPE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << page.substr(0, begin) + now + page.substr(end + 1);
    return;
  }
  EXPECT_TRUE(page.substr(begin, end + 1 - begin) == now)
      << "docs/published.md is stale; run this test with ROOFSCAPE_UPDATE_GOLDEN=1. Now it is\n"
      << now;
}

TEST(Published, NarrowerFormatsAreNoSlowerAndNoFasterThanThePeaksAllow) {
  for (std::size_t at = 0; at + 1 < lines().size(); ++at) {
    const Line &wide = lines()[at], &narrow = lines()[at + 1];
    if (wide.network != narrow.network || wide.platform != narrow.platform) continue;
    const double of_peaks = peak(wide.platform, narrow.format) / peak(wide.platform, wide.format);
    ASSERT_GT(of_peaks, 1) << wide.platform;
    for (std::size_t batch = 0; batch < kBatches.size(); ++batch) {
      const double gain = seconds(wide, batch) / seconds(narrow, batch);
      const std::string what = narrow.network + " on " + narrow.platform + ", " + narrow.format + ", batch " +
                               std::to_string(kBatches[batch]);
      EXPECT_GE(gain * kSlack, 1) << what;
      EXPECT_LE(gain, of_peaks * kBeyondPeaks) << what;
    }
  }
}

TEST(Published, ALargerBatchGivesMoreImagesASecond) {
  for (const Line& line : lines())
    EXPECT_GE(line.ours[1].throughput_per_second * kSlack, line.ours[0].throughput_per_second)
        << line.network << " on " << line.platform << " in " << line.format;
}

TEST(Published, EstimatesAreNearWhatWasPublished) {
  int figures = 0, inside = 0;
  for (const Line& line : lines())
    for (std::size_t batch = 0; batch < kBatches.size(); ++batch) {
      if (!line.published[batch]) continue;
      ++figures;
      const double theirs = line.published[batch]->milliseconds * 1e-3;
      const double factor = line.network.starts_with("bert") ? kTransformersWithin : kWithin;
      EXPECT_LT(std::abs(std::log(seconds(line, batch) / theirs)), std::log(factor))
          << line.network << " on " << line.platform << " in " << line.format << ", batch " << kBatches[batch] << ": "
          << seconds(line, batch) * 1e3 << " ms, published " << theirs * 1e3;
      const auto& within = line.ours[batch].latency_interval;
      ASSERT_TRUE(within);
      inside += within->low.value() <= theirs && theirs <= within->high.value() ? 1 : 0;
    }
  EXPECT_GE(figures, 20);
  EXPECT_GE(inside, figures * kInside);
}

}  // namespace
}  // namespace roofscape::published
