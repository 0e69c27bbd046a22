// What the exit status of `roofscape` means: one number for each kind of failure, the same in every command.
//
//   return exit_code(status);   // NOT_FOUND → 4
#pragma once

#include <span>
#include <string_view>

#include "analytics/base/status.h"

namespace roofscape::client {

enum class ExitCode : int {
  kDone = 0,
  kBroken = 1,
  kBadInput = 2,
  kNoServer = 3,
  kNotFound = 4,
  kConflict = 5,
  kLimit = 6,
  kTrouble = 7,
  kUnfinished = 8,
  kInterrupted = 130,
};

struct ExitCodeInfo {
  ExitCode code;
  std::string_view meaning;  // one sentence, for docs/cli.md and `roofscape --help`
};
std::span<const ExitCodeInfo> exit_codes();

ExitCode exit_code(const Status& status);

}  // namespace roofscape::client
