#include "server/command_line.h"

#include <cstdio>
#include <fstream>
#include <vector>

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::StatusIs;

Result<CommandLine> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "roofscaped");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, FlagsSetSettings) {
  RS_ASSERT_OK_AND_ASSIGN(const CommandLine line,
                          parse({"--data-dir", "/d", "--workers=3", "--exit-when-idle", "2.5", "--allow-remote"}));
  EXPECT_EQ(line.settings.data_dir, "/d");
  EXPECT_EQ(line.settings.workers, 3);
  EXPECT_EQ(line.settings.exit_when_idle, 2.5);
  EXPECT_TRUE(line.settings.allow_remote);
}

TEST(CommandLine, FlagsWinOverTheFile) {
  const std::string path = ::testing::TempDir() + "roofscaped_command_line_test.yaml";
  std::ofstream(path) << "workers: 7\nlog: json\ndata_dir: /from/file\n";
  RS_ASSERT_OK_AND_ASSIGN(const CommandLine line, parse({"--workers", "2", "--config", path.c_str()}));
  EXPECT_EQ(line.settings.workers, 2);
  EXPECT_EQ(line.settings.log, "json");
  EXPECT_EQ(line.settings.data_dir, "/from/file");
  std::remove(path.c_str());
}

TEST(CommandLine, ErrorsSayWhatWouldBeRight) {
  EXPECT_THAT(parse({}), StatusIs(Code::kInvalidArgument, HasSubstr("--data-dir DIR")));
  EXPECT_THAT(parse({"--worker", "2"}),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'--worker'"), HasSubstr("--workers"))));
  EXPECT_THAT(parse({"--workers"}), StatusIs(Code::kInvalidArgument, HasSubstr("--workers needs a value")));
  EXPECT_THAT(parse({"serve"}), StatusIs(Code::kInvalidArgument, HasSubstr("'serve' is not a flag")));
  EXPECT_THAT(parse({"--data-dir", "d", "--config", "/nowhere.yaml"}),
              StatusIs(Code::kInvalidArgument, HasSubstr("'/nowhere.yaml' cannot be read")));
}

TEST(CommandLine, HelpNamesEverySettingAndExitCode) {
  const std::string help = help_text();
  EXPECT_TRUE(parse({"--help"})->help);
  EXPECT_TRUE(parse({"--version"})->version);
  for (const SettingInfo& setting : settings()) EXPECT_THAT(help, HasSubstr(setting.text));
  for (const int code : {kExitUsage, kExitAddress, kExitDataFolder, kExitDataFolderInUse, kExitInternal})
    EXPECT_THAT(help, HasSubstr(fmt::format(" {} ", code)));
}

}  // namespace
}  // namespace roofscape::server
