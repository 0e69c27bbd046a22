// What can be set about the daemon: one list of records that feeds --help, the flags, and the reading of --config.
//
//   Settings settings;                                             // defaults
//   RS_TRY(read_settings(text, "roofscaped.yaml", &settings));     // the file
//   RS_TRY(set_setting("workers", "2", &settings));                // a flag: --workers 2
//
// A setting has the same name in the file, as a flag (with '-' for '_'), and as a member below. The schema of the file
// is v1::Config; a test holds the two lists together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::server {

struct Settings {
  std::string listen = "127.0.0.1:7070";
  std::string data_dir;
  std::int64_t workers = 0;
  bool allow_remote = false;
  std::string log = "human";
  std::string log_level = "info";
  double exit_when_idle = 0;
  std::int64_t parallel_explorations = 4;
  std::int64_t parallel_evaluations = 2;
  std::int64_t queued_explorations = 1000;
  std::int64_t queued_calls = 256;
  std::int64_t message_bytes = std::int64_t{4} << 20;
  std::int64_t model_bytes = std::int64_t{1} << 30;
  std::int64_t dataset_bytes = std::int64_t{4} << 30;
  std::int64_t upload_bytes = std::int64_t{6} << 30;
  double upload_idle_seconds = 120;
  std::int64_t exploration_evaluations = 100'000;
  std::int64_t model_cache_bytes = std::int64_t{1} << 30;
  std::int64_t dataset_cache_bytes = std::int64_t{2} << 30;
  std::int64_t turn_milliseconds = 250;
  std::int64_t kept_events = 1024;
};

struct SettingInfo {
  using Member = std::variant<std::int64_t Settings::*, double Settings::*, std::string Settings::*, bool Settings::*>;
  std::string name;  // as in the file; a flag has '-' for '_'
  std::string hint;  // of the value, in help: "N", "SECONDS", "human|json"; empty for a switch
  Member member;
  double low = 0, high = 0;          // inclusive; numbers only
  std::vector<std::string> choices;  // words only; empty: any text
  std::string text;                  // one sentence for help

  // "1 to 64", "human or json".
  std::string range_text() const;
};

// All settings, in the order of help.
std::span<const SettingInfo> settings();

// Sets one from text. Errors name the setting, the value seen and what would be right.
Status set_setting(std::string_view name, std::string_view value, Settings* settings);
// Its value as text, for help and the log.
std::string setting_text(const SettingInfo& setting, const Settings& settings);
// Reads a YAML file; what it does not name stays as it is. Errors carry file:line:column.
Status read_settings(std::string_view text, std::string_view file_name, Settings* settings);

}  // namespace roofscape::server
