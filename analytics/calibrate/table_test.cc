#include "analytics/calibrate/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "analytics/base/status_matchers.h"

namespace roofscape::calibrate {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

auto refused(const char* text) { return StatusIs(Code::kInvalidArgument, HasSubstr(text)); }

TEST(Table, FindsCellsByColumn) {
  RS_ASSERT_OK_AND_ASSIGN(const Table table, Table::parse("name, value\na, 1.5\n\nb ,x\n", "t.csv"));
  EXPECT_THAT(table.columns(), ElementsAre("name", "value"));
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.row(0).text("name"), "a");
  EXPECT_EQ(table.row(0).number("value"), 1.5);
  EXPECT_EQ(table.row(1).text("name"), "b");
  EXPECT_EQ(table.row(1).number("value"), std::nullopt);
  EXPECT_EQ(table.row(1).text("nothing"), "");
  EXPECT_EQ(table.row(1).line(), 4);
  EXPECT_TRUE(table.has("value"));
  EXPECT_FALSE(table.has("nothing"));
}

TEST(Table, ReadsQuotesByteOrderMarksAndBothLineEndings) {
  RS_ASSERT_OK_AND_ASSIGN(const Table table, Table::parse("\xEF\xBB\xBF"
                                                          "a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\r\nlast,z",
                                                          "t.csv"));
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.row(0).text("a"), "x, \"y\"");
  EXPECT_EQ(table.row(0).text("b"), "two\nlines");
  EXPECT_EQ(table.row(1).text("b"), "z");
  EXPECT_EQ(table.row(1).line(), 4);
}

TEST(Table, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_THAT(Table::parse("a,b\n1,2\n\"open,2\n", "t.csv"), refused("t.csv:3: a quote is never closed"));
  EXPECT_THAT(Table::parse("a,b\n1,2,3\n", "t.csv"), refused("t.csv:2: 3 cells, but the first line names 2 columns"));
  EXPECT_THAT(Table::parse("a,,b\n1,2,3\n", "t.csv"), refused("t.csv:1: a column without a name"));
  EXPECT_THAT(Table::parse("a,a\n1,2\n", "t.csv"), refused("t.csv:1: the column 'a' stands twice"));
  EXPECT_THAT(Table::parse("a,b\n", "t.csv"), refused("t.csv: no rows"));
  EXPECT_THAT(Table::parse("", "t.csv"), refused("t.csv: no rows"));
}

TEST(Table, IsBounded) {
  EXPECT_THAT(Table::parse(std::string(Table::kMostBytes + 1, 'a'), "t.csv"), refused("at most 16777216"));
  std::string wide = "c0";
  for (std::size_t i = 1; i <= Table::kMostColumns; ++i) wide += ",c" + std::to_string(i);
  EXPECT_THAT(Table::parse(wide + "\n", "t.csv"), refused("t.csv:1: 257 columns; at most 256"));
  std::string tall = "a\n";
  for (std::size_t i = 0; i <= Table::kMostRows; ++i) tall += "1\n";
  EXPECT_THAT(Table::parse(tall, "t.csv"), refused("t.csv: more than 200000 rows"));
}

}  // namespace
}  // namespace roofscape::calibrate
