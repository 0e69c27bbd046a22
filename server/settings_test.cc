#include "server/settings.h"

#include <google/protobuf/descriptor.h>

#include <set>

#include "analytics/base/status_matchers.h"
#include "roofscape/v1/config.pb.h"

namespace roofscape::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

TEST(Settings, TheListAndTheSchemaHoldTheSame) {
  std::set<std::string> listed, in_schema;
  for (const SettingInfo& setting : settings()) listed.insert(setting.name);
  const auto* schema = v1::Config::descriptor();
  for (int i = 0; i < schema->field_count(); ++i) in_schema.insert(schema->field(i)->name());
  EXPECT_EQ(listed, in_schema);
}

TEST(Settings, EveryDefaultLiesInItsRange) {
  Settings defaults;
  for (const SettingInfo& setting : settings()) {
    if (setting.name == "data_dir") continue;  // has none
    Settings copy;
    EXPECT_THAT(set_setting(setting.name, setting_text(setting, defaults), &copy), IsOk());
    EXPECT_EQ(setting_text(setting, copy), setting_text(setting, defaults));
    EXPECT_FALSE(setting.text.empty()) << setting.name;
  }
}

TEST(Settings, WrongValuesSayWhatIsRight) {
  Settings settings;
  EXPECT_THAT(set_setting("parallel_explorations", "0", &settings),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("parallel_explorations is '0'"), HasSubstr("1 to 64"))));
  EXPECT_THAT(set_setting("workers", "two", &settings), StatusIs(Code::kInvalidArgument, HasSubstr("'two'")));
  EXPECT_THAT(set_setting("log", "xml", &settings), StatusIs(Code::kInvalidArgument, HasSubstr("human, json")));
  EXPECT_THAT(set_setting("allow_remote", "yes", &settings),
              StatusIs(Code::kInvalidArgument, HasSubstr("true or false")));
  EXPECT_THAT(set_setting("worker", "2", &settings),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'worker'"), HasSubstr("workers"))));
}

TEST(Settings, AFileSetsWhatItNames) {
  Settings settings;
  ASSERT_THAT(read_settings("workers: 2\nlog: json\nexit_when_idle: 1.5\nallow_remote: true\n", "r.yaml", &settings),
              IsOk());
  EXPECT_EQ(settings.workers, 2);
  EXPECT_EQ(settings.log, "json");
  EXPECT_EQ(settings.exit_when_idle, 1.5);
  EXPECT_TRUE(settings.allow_remote);
  EXPECT_EQ(settings.parallel_evaluations, Settings().parallel_evaluations);
}

TEST(Settings, ErrorsInAFileHaveTheirPlace) {
  Settings settings;
  EXPECT_THAT(read_settings("log: json\nworkers: 5000\n", "r.yaml", &settings),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("r.yaml:2:"), HasSubstr("workers is '5000'"))));
  EXPECT_THAT(read_settings("worker: 1\n", "r.yaml", &settings),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("r.yaml:1:1"), HasSubstr("workers"))));
}

}  // namespace
}  // namespace roofscape::server
