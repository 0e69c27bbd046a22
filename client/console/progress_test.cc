#include "client/console/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/console/table.h"
#include "client/testing/console.h"

namespace roofscape::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Progress, DrawsOneLineOverAndOver) {
  TestConsole test;
  test.console.err_is_terminal = true;
  Progress bar(test.console, "e1");
  bar.update(0, 200);
  test.now = 10;
  bar.update(50, 200, "best top-1 91.30 %");
  EXPECT_THAT(test.err.str(),
              EndsWith("\r\x1b[Ke1 ######.................. 50/200  5.00/s  0:30 left  best top-1 91.30 %"));
  bar.finish();
  EXPECT_THAT(test.err.str(), EndsWith("\n"));
  EXPECT_THAT(test.out.str(), IsEmpty());
}

TEST(Progress, CountsOnlyWhatItSawFinish) {
  TestConsole test;
  test.console.err_is_terminal = true;
  Progress bar(test.console, "e1");
  bar.update(100, 200);  // a resumed job
  test.now = 10;
  EXPECT_EQ(bar.text(150, 200, "", std::nullopt), "150/200  5.00/s  0:10 left");
  EXPECT_EQ(bar.text(150, 200, "", 25.0), "150/200  25.0/s  0:02 left") << "the sender knows better";
}

TEST(Progress, NeverWrapsTheLine) {
  TestConsole test;
  test.console.err_is_terminal = true;
  test.console.err_width = 40;
  Progress bar(test.console, "exploration-with-a-name");
  bar.update(0, 200);
  test.now = 10;
  bar.update(50, 200, "best top-1 91.30 %  hypervolume 0.7");
  const std::string all = test.err.str();
  const std::string last = all.substr(all.rfind("\x1b[K") + 3);
  EXPECT_LT(display_width(last), 40u) << last;
  EXPECT_THAT(last, HasSubstr("50/200"));
}

TEST(Progress, IsQuietWithoutATerminal) {
  TestConsole test;
  Progress bar(test.console, "e1");
  for (int i = 0; i <= 20; ++i) {
    test.now = i * 0.05;
    bar.update(i, 20);
  }
  EXPECT_THAT(test.err.str(), IsEmpty()) << "done at once";
}

TEST(Progress, SaysATenthAtATimeWithoutATerminal) {
  TestConsole test;
  Progress bar(test.console, "e1");
  for (int i = 0; i <= 200; ++i) {
    test.now = i;
    bar.update(i, 200);
  }
  const std::string text = test.err.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace roofscape::client
