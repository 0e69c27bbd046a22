#include "client/console/table.h"

#include <gtest/gtest.h>

#include "client/testing/console.h"

namespace roofscape::client {
namespace {

TEST(Table, AlignsByWhatIsShown) {
  TestConsole test;
  Table table({{"layer"}, {"time", Align::kRight}});
  table.add({"conv1", "12.3 µs"});
  table.add({"漢字", "1 s"});
  table.add_total({"2 layers", "1 s"});
  EXPECT_EQ(table.to_text(test.console),
            "layer        time\n"
            "conv1     12.3 µs\n"
            "漢字          1 s\n"
            "--------  -------\n"
            "2 layers      1 s\n");
}

TEST(Table, WrapsItsLastColumnOnATerminalOnly) {
  TestConsole test;
  Table table({{"#"}, {"text", Align::kLeft, true}});
  table.add({"1", "a rather long sentence that wants two lines"});
  EXPECT_EQ(table.to_text(test.console), "#  text\n1  a rather long sentence that wants two lines\n");
  test.console.width = 30;
  EXPECT_EQ(table.to_text(test.console),
            "#  text\n"
            "1  a rather long sentence that\n"
            "   wants two lines\n");
}

TEST(Table, PaintsOnlyWhereColourIsOn) {
  TestConsole test;
  Table table({{"a"}});
  table.add({"x"}, Ink::kBad);
  EXPECT_EQ(table.to_text(test.console).find('\x1b'), std::string::npos);
  test.console.colour = true;
  EXPECT_NE(table.to_text(test.console).find("\x1b[31mx\x1b[0m"), std::string::npos);
}

TEST(Facts, LeaveOutWhatIsEmpty) {
  TestConsole test;
  Facts facts;
  facts.add("model", "lenet5");
  facts.add("notes", "");
  facts.add("top-1", "91 %");
  EXPECT_EQ(facts.to_text(test.console), "model  lenet5\ntop-1  91 %\n");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("µs"), 2u);
  EXPECT_EQ(display_width("漢"), 2u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
  EXPECT_GE(display_width("\xff\xfe"), 1u) << "broken text still has a width";
}

}  // namespace
}  // namespace roofscape::client
