// The daemon's log: on stderr, for people or as one JSON object a line.
//
//   start_log("json", "info");
//   spdlog::info("exploration {} runs", id);     // {"time":"2026-11-24T15:04:05.123Z","level":"info","message":"…"}
#pragma once

#include <string_view>

namespace roofscape::server {

// `form`: "human" or "json"; `level`: "debug", "info", "warning", "error" or "off". Both are checked settings.
void start_log(std::string_view form, std::string_view level);

}  // namespace roofscape::server
