#include "client/exit_codes.h"

#include <array>

namespace roofscape::client {

std::span<const ExitCodeInfo> exit_codes() {
  static constexpr std::array<ExitCodeInfo, 10> kCodes = {{
      {ExitCode::kDone, "Done; for `check`: every limit holds."},
      {ExitCode::kBroken, "`check` only: at least one limit is broken."},
      {ExitCode::kBadInput,
       "The command line, a file or a value in it is wrong; for `check` also a name in the file that is not stored."},
      {ExitCode::kNoServer, "No server answers, or the private one does not start."},
      {ExitCode::kNotFound, "The named model, data set, platform, exploration or evaluation is not stored."},
      {ExitCode::kConflict, "The name is taken by other content, or the state of the thing forbids this."},
      {ExitCode::kLimit, "A limit on size, memory, disk, queue or time was reached."},
      {ExitCode::kTrouble, "The server failed or its store is damaged; its log says more."},
      {ExitCode::kUnfinished, "The exploration failed or was cancelled while it was watched."},
      {ExitCode::kInterrupted, "Interrupted by Ctrl-C; an exploration goes on without its watcher."},
  }};
  return kCodes;
}

ExitCode exit_code(const Status& status) {
  switch (status.code()) {
    case Code::kOk: return ExitCode::kDone;
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
    case Code::kUnimplemented:
    case Code::kPermissionDenied:
    case Code::kUnauthenticated: return ExitCode::kBadInput;
    case Code::kUnavailable: return ExitCode::kNoServer;
    case Code::kNotFound: return ExitCode::kNotFound;
    case Code::kAlreadyExists:
    case Code::kFailedPrecondition:
    case Code::kAborted: return ExitCode::kConflict;
    case Code::kResourceExhausted:
    case Code::kDeadlineExceeded: return ExitCode::kLimit;
    case Code::kCancelled: return ExitCode::kInterrupted;
    case Code::kUnknown:
    case Code::kInternal:
    case Code::kDataLoss: return ExitCode::kTrouble;
  }
  return ExitCode::kTrouble;
}

}  // namespace roofscape::client
