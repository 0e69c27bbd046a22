#include "proto/yaml_node.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::StartsWith;
using testing::StatusIs;

Result<YamlNode> parse(std::string_view text, YamlLimits limits = {}) { return parse_yaml(text, "f.yaml", limits); }

TEST(YamlNode, KeepsPlacesKindsAndQuotes) {
  RS_ASSERT_OK_AND_ASSIGN(const YamlNode root, parse("a: 1\nb:\n  - \"2\"\n  - {c: }\n"));
  ASSERT_EQ(root.kind, YamlNode::Kind::kMapping);
  ASSERT_EQ(root.items.size(), 2U);
  EXPECT_EQ(root.keys[1].text, "b");
  EXPECT_EQ(root.keys[1].line, 2);
  EXPECT_EQ(root.items[0].text, "1");
  EXPECT_FALSE(root.items[0].quoted);
  EXPECT_EQ(root.items[0].column, 4);
  ASSERT_EQ(root.items[1].kind, YamlNode::Kind::kList);
  EXPECT_TRUE(root.items[1].items[0].quoted);
  EXPECT_EQ(root.items[1].items[0].line, 3);
  EXPECT_EQ(root.items[1].items[0].column, 5);
  EXPECT_EQ(root.items[1].items[1].items[0].kind, YamlNode::Kind::kNull);
}

TEST(YamlNode, ReadsJson) {
  RS_ASSERT_OK_AND_ASSIGN(const YamlNode root, parse("{\"a\":[1,2.5,true],\n\t\"b\":{\"c\":\"x\\/\\n\\u00e9\"}}"));
  ASSERT_EQ(root.items.size(), 2U);
  EXPECT_EQ(root.items[0].items[1].text, "2.5");
  EXPECT_EQ(root.items[1].items[0].text, "x/\n\u00e9");
}

TEST(YamlNode, AnEmptyFileIsNothing) {
  for (const char* text : {"", "# only a comment\n", "---\n", "~"}) {
    RS_ASSERT_OK_AND_ASSIGN(const YamlNode root, parse(text));
    EXPECT_EQ(root.kind, YamlNode::Kind::kNull) << text;
  }
}

TEST(YamlNode, AcceptsAByteOrderMarkAndWindowsLines) {
  RS_ASSERT_OK_AND_ASSIGN(const YamlNode root, parse("\xEF\xBB\xBF"
                                                     "a: 1\r\nb: 2\r\n"));
  ASSERT_EQ(root.keys.size(), 2U);
  EXPECT_EQ(root.items[1].text, "2");
}

struct Refused {
  const char* text;
  Code code;
  const char* message;  // how the message begins or what it holds
};
class YamlNodeRefuses : public ::testing::TestWithParam<Refused> {};
TEST_P(YamlNodeRefuses, WithAPlace) {
  EXPECT_THAT(parse(GetParam().text), StatusIs(GetParam().code, StartsWith(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    All, YamlNodeRefuses,
    ::testing::Values(
        Refused{"a: &x 1\nb: *x\n", Code::kInvalidArgument, "f.yaml:1:4: an anchor"},
        Refused{"a: 1\nb: &x [1]\n", Code::kInvalidArgument, "f.yaml:2:4: an anchor"},
        Refused{"a: &x {}\n", Code::kInvalidArgument, "f.yaml:1:4: an anchor"},
        Refused{"a: *x\n", Code::kInvalidArgument, "f.yaml:1:"},
        Refused{"a: !!str 1\n", Code::kInvalidArgument, "f.yaml:1:4: a tag ('tag:yaml.org,2002:str')"},
        Refused{"a: !!map {b: 1}\n", Code::kInvalidArgument, "f.yaml:1:4: a tag"},
        Refused{"a: 1\n---\nb: 2\n", Code::kInvalidArgument, "f.yaml:2:1: a second document; a file holds one"},
        Refused{"a: 1\nb: 2\na: 3\n", Code::kInvalidArgument,
                "f.yaml:3:1: key 'a' is repeated; it stands on line 1 already"},
        Refused{"l:\n  - {x: 1, \"x\": 2}\n", Code::kInvalidArgument, "f.yaml:2:12: key 'x' is repeated"},
        Refused{"? [a]\n: 1\n", Code::kInvalidArgument, "f.yaml:1:3: a list as a key, or a bracket that is not closed"},
        Refused{"{a: 1}: 2\n", Code::kInvalidArgument, "f.yaml:1:1: a mapping as a key"},
        Refused{"~: 2\n", Code::kInvalidArgument, "f.yaml:1:1: nothing as a key"},
        Refused{"a: [1, 2\n", Code::kInvalidArgument, "f.yaml:3:1: not YAML: end of sequence flow not found"},
        Refused{"{a: 1\n", Code::kInvalidArgument, "f.yaml:1:1: a mapping as a key, or a bracket that is not closed"},
        Refused{"a: 'x\n", Code::kInvalidArgument,
                "f.yaml:3:2: not YAML: a quote is not closed by the end of the file"},
        Refused{"a: \"x\nb: 1\n", Code::kInvalidArgument, "f.yaml:4:2: not YAML: a quote is not closed"},
        Refused{"a: b: c\n", Code::kInvalidArgument, "f.yaml:1:5: not YAML: "},
        Refused{"a: \x01\n", Code::kInvalidArgument, "f.yaml:1:4: byte 0x01 is not text"},
        Refused{"b: 1\na: \x7f\n", Code::kInvalidArgument, "f.yaml:2:4: byte 0x7f is not text"},
        Refused{"\xFF\xFE"
                "a",
                Code::kInvalidArgument, "f.yaml:1:1: byte 0xff is not text"}));

TEST(YamlNode, RefusesNulBytes) {
  EXPECT_THAT(parse(std::string_view("a: \0b", 5)),
              StatusIs(Code::kInvalidArgument, HasSubstr("f.yaml:1:4: byte 0x00")));
}

TEST(YamlNode, KeepsItsLimits) {
  EXPECT_THAT(parse("aaaa", {.bytes = 3}),
              StatusIs(Code::kResourceExhausted, HasSubstr("4 bytes; a specification has at most 3")));
  EXPECT_THAT(parse("[[1]]", {.depth = 2}), IsOk());
  EXPECT_THAT(parse("[[[1]]]", {.depth = 2}),
              StatusIs(Code::kResourceExhausted, HasSubstr("f.yaml:1:3: nested more than 2 deep")));
  EXPECT_THAT(parse("[1, 2]", {.nodes = 3}), IsOk());
  EXPECT_THAT(parse("[1, 2, 3]", {.nodes = 3}),
              StatusIs(Code::kResourceExhausted, HasSubstr("f.yaml:1:8: more than 3 values and keys")));
  EXPECT_THAT(parse(std::string(129, 'k') + ": 1"),
              StatusIs(Code::kInvalidArgument, HasSubstr("f.yaml:1:1: a key of 129 bytes; at most 128")));
}

// Each of these once cost some YAML reader its stack, its memory or its afternoon.
TEST(YamlNode, HostileFilesEndQuickly) {
  const auto repeat = [](std::string_view piece, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += piece;
    return text;
  };
  for (const char* piece :
       {"[",     "{",      "{a: ",    "[a, ",   "? ", "- ",   "a: ",   "!",     "&a ",         "*a ",
        "\"",    "'",      "|",       ">",      "#",  "%",    "---\n", "...\n", ": ",          ", ",
        "\t",    "a\n",    "? a\n",   "]",      "}",  "- - ", "a",     "{a}",   "[]",          "!<a> ",
        "- a\n", "  a:\n", "{\"a\":", "a:\n- ", "`",  "@",    "\\",    "\r",    "\"\\u0000\"", "\xC2\xA0"}) {
    const Result<YamlNode> result = parse(repeat(piece, std::size_t{1} << 17));
    if (result.ok()) continue;
    EXPECT_THAT(result.status().message(), StartsWith("f.yaml:")) << piece;
  }
}

}  // namespace
}  // namespace roofscape
