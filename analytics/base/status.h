// Status and Result<T>: how every function of Roofscape reports failure.
//
// A Status is a canonical code (gRPC's sixteen), one sentence for people, and, where the fault lies in something
// that a person wrote, the path of the offending field. Errors are built by the helpers below, so that a message
// says what is wrong, where, and what would be right:
//
//   Result<int> parse_bits(int value) {
//     if (value < 2 || value > 16)
//       return out_of_range("weight_bits is {}; use 2 to 16", value).at("space[0].integer.weight_bits");
//     return value;
//   }
//
//   Status use() {
//     RS_ASSIGN(int bits, parse_bits(17));   // returns the Status to the caller on failure
//     RS_TRY(check(bits));
//     return {};
//   }
//
// Libraries never print, exit or abort. A condition that cannot be false unless Roofscape itself is wrong is an
// RS_CHECK; it throws CheckFailure, which only the edges (an RPC handler, a job's thread) catch, as kInternal.
#pragma once

#include <fmt/core.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace roofscape {

// gRPC's canonical codes; the comment says when Roofscape uses each.
enum class Code : int {
  kOk = 0,
  kCancelled = 1,           // the person, or a vanished client, asked to stop
  kUnknown = 2,             // never built by us; only what a peer sent
  kInvalidArgument = 3,     // a file, field or flag that could never be right, whatever is stored
  kDeadlineExceeded = 4,    // the caller's deadline passed before the answer was there
  kNotFound = 5,            // a named model, data set, platform, exploration or evaluation is not stored
  kAlreadyExists = 6,       // the name is taken by something with other content
  kPermissionDenied = 7,    // the file system refused
  kResourceExhausted = 8,   // a limit on size, memory, disk or queue
  kFailedPrecondition = 9,  // right in itself, but not in this state (resume of a finished exploration …)
  kAborted = 10,            // lost a race; trying again may work
  kOutOfRange = 11,         // a knob, index or page beyond its declared range
  kUnimplemented = 12,      // an operator, format or option that Roofscape does not know
  kInternal = 13,           // Roofscape is wrong: please report
  kUnavailable = 14,        // the daemon is starting, draining or gone
  kDataLoss = 15,           // a stored file or row does not match its hash
  kUnauthenticated = 16,    // not used: the daemon has no accounts
};

// "INVALID_ARGUMENT" and so on, as gRPC spells them.
std::string_view code_name(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // Path of the offending field as the sender wrote it, e.g. "space[1].integer.weight_bits[2]"; empty if none.
  const std::string& field() const { return field_; }

  // Returns the same status, pointing at `field`.
  Status at(std::string field) && {
    field_ = std::move(field);
    return std::move(*this);
  }
  // Returns the same status with `context` and ": " before its message: "node 'conv1': kernel is 0 …".
  Status in(std::string_view context) &&;

  friend bool operator==(const Status&, const Status&) = default;

 private:
  Code code_ = Code::kOk;
  std::string message_;
  std::string field_;
};

#define RS_DEFINE_ERROR(function, code)                                  \
  template <typename... Args>                                            \
  Status function(fmt::format_string<Args...> text, Args&&... args) {    \
    return Status(code, fmt::format(text, std::forward<Args>(args)...)); \
  }
RS_DEFINE_ERROR(cancelled, Code::kCancelled)
RS_DEFINE_ERROR(invalid_argument, Code::kInvalidArgument)
RS_DEFINE_ERROR(not_found, Code::kNotFound)
RS_DEFINE_ERROR(already_exists, Code::kAlreadyExists)
RS_DEFINE_ERROR(resource_exhausted, Code::kResourceExhausted)
RS_DEFINE_ERROR(failed_precondition, Code::kFailedPrecondition)
RS_DEFINE_ERROR(aborted, Code::kAborted)
RS_DEFINE_ERROR(out_of_range, Code::kOutOfRange)
RS_DEFINE_ERROR(unimplemented, Code::kUnimplemented)
RS_DEFINE_ERROR(internal_error, Code::kInternal)
RS_DEFINE_ERROR(unavailable, Code::kUnavailable)
RS_DEFINE_ERROR(data_loss, Code::kDataLoss)
#undef RS_DEFINE_ERROR

// Roofscape's own logic is wrong; see RS_CHECK.
class CheckFailure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};
[[noreturn]] void check_failed(const char* file, int line, const char* condition);

// A value or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}        // NOLINT(google-explicit-constructor)
  Result(Status status) : state_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    if (std::get<Status>(state_).ok()) check_failed(__FILE__, __LINE__, "a Result without value needs an error");
  }

  bool ok() const { return std::holds_alternative<T>(state_); }
  Status status() const { return ok() ? Status() : std::get<Status>(state_); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(value()); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const T& value() const {
    if (!ok()) check_failed(__FILE__, __LINE__, std::get<Status>(state_).message().c_str());
    return std::get<T>(state_);
  }
  T& value() {
    if (!ok()) check_failed(__FILE__, __LINE__, std::get<Status>(state_).message().c_str());
    return std::get<T>(state_);
  }

 private:
  std::variant<Status, T> state_;
};

}  // namespace roofscape

#define RS_CONCAT_INNER(a, b) a##b
#define RS_CONCAT(a, b) RS_CONCAT_INNER(a, b)

// Returns the Status of `expression` to the caller unless it is ok.
#define RS_TRY(expression)                                                               \
  do {                                                                                   \
    if (::roofscape::Status rs_status = (expression); !rs_status.ok()) return rs_status; \
  } while (false)

// Declares or assigns `target` from a Result, or returns its Status to the caller.
#define RS_ASSIGN(target, expression) RS_ASSIGN_INNER(target, expression, RS_CONCAT(rs_result_, __LINE__))
#define RS_ASSIGN_INNER(target, expression, name) \
  auto name = (expression);                       \
  if (!name.ok()) return name.status();           \
  target = std::move(*name)

// Throws CheckFailure when `condition` is false: for what only a fault of Roofscape can make false.
#define RS_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::roofscape::check_failed(__FILE__, __LINE__, #condition))
