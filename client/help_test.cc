#include "client/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "client/commands/commands.h"
#include "client/completion.h"
#include "client/console/table.h"
#include "client/reference.h"

namespace roofscape::client {
namespace {

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Compares with a file of the repository; ROOFSCAPE_UPDATE_GOLDEN=1 writes it anew.
void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(ROOFSCAPE_SOURCE_DIR) + "/" + name;
  if (std::getenv("ROOFSCAPE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(text, content(path)) << name
                                 << " is stale; run this test with ROOFSCAPE_UPDATE_GOLDEN=1 and look at the change";
}

std::string all_help() {
  std::string text = overview(commands(), "");
  for (const CommandSpec& command : commands()) text += "\n" + std::string(100, '=') + "\n" + help_of(command);
  return text;
}

TEST(Help, ReadsAsItDid) { expect_golden("client/testdata/help.txt", all_help()); }

TEST(Help, FitsItsLines) {
  std::istringstream lines(all_help());
  for (std::string line; std::getline(lines, line);) {
    const bool is_example = line.starts_with("  roofscape") || line.starts_with("  source");
    if (!is_example) {
      EXPECT_LE(display_width(line), 100u) << line;
    }
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(Reference, IsFresh) { expect_golden("docs/cli.md", reference_page(commands())); }

std::string output_of(const std::string& shell_command) {
  std::string text;
  FILE* pipe = popen(shell_command.c_str(), "r");
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) text += static_cast<char>(c);
  pclose(pipe);
  return text;
}

// What bash would offer after these words.
std::string completions(const std::string& words) {
  const std::string script = ::testing::TempDir() + "/roofscape_completion_" + std::to_string(getpid()) + ".bash";
  std::ofstream(script) << bash_completion(commands());
  return output_of("bash -c 'source " + script + "; COMP_WORDS=(" + words +
                   "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _roofscape; echo \"${COMPREPLY[*]}\"'");
}

TEST(Completion, OffersCommandsOptionsAndChoices) {
  EXPECT_EQ(completions("roofscape mod"), "model\n");
  EXPECT_EQ(completions("roofscape model sh"), "show\n");
  EXPECT_EQ(completions("roofscape --format json exploration re"), "resume\n");
  EXPECT_EQ(completions("roofscape explore --det"), "--detach\n");
  EXPECT_EQ(completions("roofscape front e1 --format \"\""), "table json csv\n");
  EXPECT_EQ(completions("roofscape completion \"\""), "bash\n");
  EXPECT_THAT(completions("roofscape \"\""),
              ::testing::AllOf(::testing::HasSubstr("estimate"), ::testing::Not(::testing::HasSubstr("docs"))));
}

}  // namespace
}  // namespace roofscape::client
