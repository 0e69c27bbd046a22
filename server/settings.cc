#include "server/settings.h"

#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cmath>

#include "analytics/base/text.h"
#include "proto/yaml_reader.h"
#include "roofscape/v1/config.pb.h"

namespace roofscape::server {
namespace {

constexpr double kManyBytes = 1e15;

// The one list.
const std::vector<SettingInfo>& table() {
  using S = Settings;
  static const std::vector<SettingInfo> kSettings = {
      {"listen",
       "ADDRESS",
       &S::listen,
       0,
       0,
       {},
       "Where to listen: HOST:PORT (port 0: a free one, printed on stdout) or unix:PATH"},
      {"data_dir", "DIR", &S::data_dir, 0, 0, {}, "Folder that holds the database, models and data sets"},
      {"workers", "N", &S::workers, 0, 1024, {}, "Threads that the engine uses; 0: one a processor"},
      {"allow_remote",
       "",
       &S::allow_remote,
       0,
       0,
       {},
       "Listen on addresses other than this machine's own; there are no accounts, so whoever reaches the port may do "
       "everything"},
      {"log", "human|json", &S::log, 0, 0, {"human", "json"}, "Form of the log on stderr"},
      {"log_level",
       "LEVEL",
       &S::log_level,
       0,
       0,
       {"debug", "info", "warning", "error", "off"},
       "Least level that is logged"},
      {"exit_when_idle",
       "SECONDS",
       &S::exit_when_idle,
       0,
       1e9,
       {},
       "End after so long without a call or a job; 0: never"},
      {"parallel_explorations",
       "N",
       &S::parallel_explorations,
       1,
       64,
       {},
       "Explorations that are worked at together, taking turns"},
      {"parallel_evaluations",
       "N",
       &S::parallel_evaluations,
       1,
       64,
       {},
       "Evaluations, checks and imports that run together; others wait"},
      {"queued_explorations",
       "N",
       &S::queued_explorations,
       1,
       1e6,
       {},
       "Explorations that may be queued or running; more are refused"},
      {"queued_calls", "N", &S::queued_calls, 1, 1e6, {}, "Calls that may wait for a thread; more are refused"},
      {"message_bytes", "BYTES", &S::message_bytes, 2 << 20, 1 << 30, {}, "Largest message that is accepted"},
      {"model_bytes", "BYTES", &S::model_bytes, 1, kManyBytes, {}, "Largest ONNX file that is accepted"},
      {"dataset_bytes",
       "BYTES",
       &S::dataset_bytes,
       1,
       kManyBytes,
       {},
       "Largest data set that is accepted, its files as well as its inflated images"},
      {"upload_bytes", "BYTES", &S::upload_bytes, 1, kManyBytes, {}, "Bytes of all uploads in progress together"},
      {"upload_idle_seconds",
       "SECONDS",
       &S::upload_idle_seconds,
       0.01,
       1e6,
       {},
       "An upload that sends nothing for so long is dropped"},
      {"exploration_evaluations",
       "N",
       &S::exploration_evaluations,
       1,
       1e9,
       {},
       "Evaluations that one exploration may ask for"},
      {"model_cache_bytes", "BYTES", &S::model_cache_bytes, 0, kManyBytes, {}, "Parsed networks kept in memory"},
      {"dataset_cache_bytes", "BYTES", &S::dataset_cache_bytes, 0, kManyBytes, {}, "Data sets kept in memory"},
      {"turn_milliseconds",
       "MS",
       &S::turn_milliseconds,
       0,
       60'000,
       {},
       "How long one exploration may keep the engine while another waits for it"},
      {"kept_events", "N", &S::kept_events, 1, 1e6, {}, "Events of one exploration kept for watchers that come back"},
  };
  return kSettings;
}

Result<const SettingInfo*> find_setting(std::string_view name) {
  std::vector<std::string> names;
  for (const SettingInfo& setting : table()) {
    if (setting.name == name) return &setting;
    names.push_back(setting.name);
  }
  return invalid_argument("there is no setting '{}'{}", printable(name), suggestion(name, names));
}

Status wrong_value(const SettingInfo& setting, std::string_view value) {
  return invalid_argument("{} is '{}'; use {}", setting.name, printable(value), setting.range_text());
}

// A number's exact text where it is whole.
std::string number_text(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 ? fmt::format("{}", static_cast<std::int64_t>(value))
                                                              : fmt::format("{}", value);
}

// The file's value of one field, as a flag would give it.
std::string field_text(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field) {
  using Field = google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case Field::CPPTYPE_INT64: return fmt::format("{}", reflection->GetInt64(message, field));
    case Field::CPPTYPE_DOUBLE: return fmt::format("{}", reflection->GetDouble(message, field));
    case Field::CPPTYPE_BOOL: return reflection->GetBool(message, field) ? "true" : "false";
    default: return reflection->GetString(message, field);
  }
}

}  // namespace

std::span<const SettingInfo> settings() { return table(); }

std::string SettingInfo::range_text() const {
  if (std::holds_alternative<bool Settings::*>(member)) return "true or false";
  if (std::holds_alternative<std::string Settings::*>(member))
    return choices.empty() ? "any text but an empty one" : fmt::format("{}", fmt::join(choices, ", "));
  const bool whole = std::holds_alternative<std::int64_t Settings::*>(member);
  return fmt::format("a {}number from {} to {}", whole ? "whole " : "", number_text(low), number_text(high));
}

Status set_setting(std::string_view name, std::string_view value, Settings* settings) {
  RS_ASSIGN(const SettingInfo* setting, find_setting(name));
  if (const auto* number = std::get_if<std::int64_t Settings::*>(&setting->member)) {
    const auto parsed = parse_int(value);
    if (!parsed || static_cast<double>(*parsed) < setting->low || static_cast<double>(*parsed) > setting->high)
      return wrong_value(*setting, value);
    settings->*(*number) = *parsed;
  } else if (const auto* real = std::get_if<double Settings::*>(&setting->member)) {
    const auto parsed = parse_double(value);
    if (!parsed || *parsed < setting->low || *parsed > setting->high) return wrong_value(*setting, value);
    settings->*(*real) = *parsed;
  } else if (const auto* flag = std::get_if<bool Settings::*>(&setting->member)) {
    if (value != "true" && value != "false") return wrong_value(*setting, value);
    settings->*(*flag) = value == "true";
  } else {
    bool known = setting->choices.empty();
    for (const std::string& choice : setting->choices) known = known || choice == value;
    if (!known || value.empty()) return wrong_value(*setting, value);
    settings->*std::get<std::string Settings::*>(setting->member) = std::string(value);
  }
  return {};
}

std::string setting_text(const SettingInfo& setting, const Settings& settings) {
  if (const auto* number = std::get_if<std::int64_t Settings::*>(&setting.member))
    return fmt::format("{}", settings.*(*number));
  if (const auto* real = std::get_if<double Settings::*>(&setting.member)) return number_text(settings.*(*real));
  if (const auto* flag = std::get_if<bool Settings::*>(&setting.member)) return settings.*(*flag) ? "true" : "false";
  return settings.*std::get<std::string Settings::*>(setting.member);
}

Status read_settings(std::string_view text, std::string_view file_name, Settings* settings) {
  v1::Config config;
  RS_ASSIGN(const YamlPositions where, read_yaml(text, file_name, &config));
  std::vector<const google::protobuf::FieldDescriptor*> given;
  config.GetReflection()->ListFields(config, &given);
  for (const auto* field : given) {
    Status status = set_setting(field->name(), field_text(config, field), settings);
    if (!status.ok()) return where.place(std::move(status).at(field->name()));
  }
  return {};
}

}  // namespace roofscape::server
