#include "client/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "analytics/base/status_matchers.h"
#include "client/commands/commands.h"

namespace roofscape::client {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Invocation> parse_words(const std::vector<std::string>& words) { return parse(words, commands()); }

TEST(Parse, FindsCommandArgumentsAndOptions) {
  RS_ASSERT_OK_AND_ASSIGN(const Invocation call, parse_words({"model", "import", "net.onnx", "--scale=1/255", "--mean",
                                                              "-0.5,0.1", "--name", "n"}));
  EXPECT_EQ(call.command->path, "model import");
  EXPECT_EQ(call.arguments.text("FILE"), "net.onnx");
  EXPECT_EQ(call.arguments.text("--scale"), "1/255");
  EXPECT_EQ(call.arguments.text("--mean"), "-0.5,0.1") << "a value may start with a minus";
  EXPECT_FALSE(call.arguments.has("--std"));
}

TEST(Parse, TakesSharedOptionsBeforeTheCommand) {
  RS_ASSERT_OK_AND_ASSIGN(const Invocation call,
                          parse_words({"--server", "host:7070", "--format", "json", "model", "list"}));
  EXPECT_EQ(call.command->path, "model list");
  EXPECT_EQ(call.arguments.text("--server"), "host:7070");
  EXPECT_EQ(call.arguments.text("--format"), "json");
}

TEST(Parse, RepeatsWhatMayBeRepeated) {
  RS_ASSERT_OK_AND_ASSIGN(const Invocation call,
                          parse_words({"front", "--where", "top1>=0.9", "e1", "--where", "energy <= 5 uJ"}));
  EXPECT_THAT(call.arguments.list("--where"), ElementsAre("top1>=0.9", "energy <= 5 uJ"));
  EXPECT_EQ(call.arguments.text("EXPLORATION"), "e1");
  EXPECT_THAT(parse_words({"model", "list", "--server", "a", "--server", "b"}),
              StatusIs(Code::kInvalidArgument, HasSubstr("--server is given 2 times")));
}

TEST(Parse, ShortNamesAndFlags) {
  RS_ASSERT_OK_AND_ASSIGN(const Invocation call, parse_words({"export", "e1", "17", "-o", "out.onnx"}));
  EXPECT_EQ(call.arguments.text("--output"), "out.onnx");
  EXPECT_EQ(call.arguments.text("EVALUATION"), "17");
  RS_ASSERT_OK_AND_ASSIGN(const Invocation explore, parse_words({"explore", "--detach", "e.yaml"}));
  EXPECT_TRUE(explore.arguments.has("--detach"));
  EXPECT_EQ(explore.arguments.text("FILE"), "e.yaml");
}

TEST(Parse, SaysWhatIsWrongAndWhatWouldBeRight) {
  const auto expect = [](std::vector<std::string> words, const auto& text) {
    EXPECT_THAT(parse_words(words), StatusIs(Code::kInvalidArgument, text));
  };
  expect({"modle"}, HasSubstr("did you mean 'model'"));
  expect({"model"}, HasSubstr("needs one of: import, list, show, delete"));
  expect({"model", "shwo"}, AllOf(HasSubstr("'model shwo'"), HasSubstr("did you mean 'show'")));
  expect({"model", "show"}, AllOf(HasSubstr("needs MODEL"), HasSubstr("usage: roofscape model show MODEL")));
  expect({"model", "show", "a", "b"}, HasSubstr("'b' is one argument too many"));
  expect({"model", "list", "--serve", "x"}, HasSubstr("did you mean '--server'"));
  expect({"model", "list", "--format", "xml"}, HasSubstr("--format is 'xml'; use table, json, csv"));
  expect({"dataset", "show", "d", "--format", "csv"}, HasSubstr("use table, json"));
  expect({"model", "import", "x", "--name"}, HasSubstr("--name needs a value"));
  expect({"dataset", "import", "--images", "x"}, HasSubstr("needs --name NAME"));
  expect({"model", "\x1b[2J"}, HasSubstr("\\x1b"));
}

TEST(Parse, HelpWinsOverEverything) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"model", "import", "--help"}, {"--help", "model", "import"}, {"model", "import", "--no-such", "-h"}}) {
    RS_ASSERT_OK_AND_ASSIGN(const Invocation call, parse_words(words));
    EXPECT_TRUE(call.help);
    EXPECT_EQ(call.command->path, "model import");
  }
  RS_ASSERT_OK_AND_ASSIGN(const Invocation topic, parse_words({"model", "--help"}));
  EXPECT_EQ(topic.topic, "model");
  RS_ASSERT_OK_AND_ASSIGN(const Invocation nothing, parse_words({}));
  EXPECT_TRUE(nothing.help);
}

// Every command keeps the rules that help, completion and docs rely on.
TEST(Commands, AreDescribedInFull) {
  std::set<std::string> paths;
  for (const CommandSpec& command : commands()) {
    SCOPED_TRACE(command.path);
    EXPECT_TRUE(paths.insert(command.path).second) << "two commands of one name";
    EXPECT_FALSE(command.summary.empty());
    EXPECT_NE(command.summary.back(), '.');
    ASSERT_FALSE(command.examples.empty()) << "a command needs an example";
    EXPECT_TRUE(command.run);
    std::set<std::string> names;
    for (const OptionSpec& option : all_options(command)) {
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      EXPECT_EQ(option.text.back(), '.') << option.name;
      EXPECT_EQ(option.values == Values::kChoice, !option.choices.empty()) << option.name;
    }
    for (const Example& example : command.examples)
      EXPECT_THAT(example.command, HasSubstr("roofscape " + command.path));
  }
}

// Examples are commands that parse: a renamed option cannot leave a stale one behind.
TEST(Commands, ExamplesParse) {
  for (const CommandSpec& command : commands())
    for (const Example& example : command.examples) {
      SCOPED_TRACE(example.command);
      std::vector<std::string> words;
      std::string word;
      bool quoted = false;
      for (const char c : example.command + " ") {
        if (c == '\'')
          quoted = !quoted;
        else if (c != ' ' || quoted)
          word += c;
        else if (!word.empty())
          words.push_back(std::exchange(word, ""));
      }
      // Up to the first sign of the shell.
      const auto is_shell = [](const std::string& w) { return w == ">" || w == "&&" || w == "|"; };
      words.erase(std::find_if(words.begin(), words.end(), is_shell), words.end());
      if (words[0] == "source") words = {"roofscape", "completion", "bash"};
      ASSERT_EQ(words[0], "roofscape");
      EXPECT_THAT(parse_words({words.begin() + 1, words.end()}), ::roofscape::testing::IsOk());
    }
}

}  // namespace
}  // namespace roofscape::client
