#include "analytics/engine/arena.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace roofscape::engine {
namespace {

TEST(Arena, ReusesWhatIsNoLongerNeeded) {
  // A chain: each buffer is read once, by the step that writes the next.
  const Placement placement = place_buffers({{640, 0, 1}, {640, 1, 2}, {640, 2, 3}, {640, 3, 4}});
  EXPECT_EQ(placement.bytes, 1280);
  EXPECT_EQ(placement.offsets, (std::vector<std::size_t>{0, 640, 0, 640}));
}

TEST(Arena, FillsTheLowestGapThatFits) {
  const Placement placement = place_buffers({{64, 0, 9}, {128, 0, 1}, {64, 0, 9}, {192, 2, 3}, {100, 2, 3}});
  EXPECT_EQ(placement.offsets, (std::vector<std::size_t>{0, 64, 192, 256, 64}));
}

RC_GTEST_PROP(Arena, BuffersAliveTogetherNeverOverlap, ()) {
  std::vector<Lifetime> buffers;
  const int count = *rc::gen::inRange(1, 60);
  int now = 0;
  for (int i = 0; i < count; ++i) {
    now += *rc::gen::inRange(0, 3);
    buffers.push_back({*rc::gen::inRange<std::size_t>(0, 2000), now, now + *rc::gen::inRange(0, 12)});
  }
  const Placement placement = place_buffers(buffers);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    RC_ASSERT(placement.offsets[i] % kAlignment == 0U);
    RC_ASSERT(placement.offsets[i] + buffers[i].bytes <= placement.bytes);
    for (std::size_t j = 0; j < i; ++j) {
      const bool together = buffers[i].first <= buffers[j].last && buffers[j].first <= buffers[i].last;
      const bool apart = placement.offsets[i] + std::max<std::size_t>(1, buffers[i].bytes) <= placement.offsets[j] ||
                         placement.offsets[j] + std::max<std::size_t>(1, buffers[j].bytes) <= placement.offsets[i];
      RC_ASSERT(!together || apart);
    }
  }
}

}  // namespace
}  // namespace roofscape::engine
