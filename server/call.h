// Calls of the gRPC callback API as functions that return a Status, run on a Pool.
//
//   grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext*, const Request* request, v1::Model* reply) override
//   {
//     return answer(pool, [=, this](const CancelToken&) -> Status { … });
//   }
//
// A cancelled call or a passed deadline raises the token; exceptions become INTERNAL; a full pool RESOURCE_EXHAUSTED.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "proto/grpc_status.h"
#include "server/pool.h"

namespace roofscape::server {

// Runs `function`, turning what it throws into a Status: the edge at which exceptions end.
template <typename Function>
Status guarded(const Function& function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    return resource_exhausted("there is not enough memory for this");
  } catch (const std::exception& fault) {
    return internal_error("a fault inside Roofscape, please report it: {}", fault.what());
  }
}

// The status as it travels, with the reason that fits it best.
grpc::Status as_reply(const Status& status);

using CallBody = std::function<Status(const CancelToken&)>;

// Its reply is filled by `body`, on a thread of `pool`.
grpc::ServerUnaryReactor* answer(Pool& pool, CallBody body);
// Ends at once with this status.
grpc::ServerUnaryReactor* refuse(const Status& status);

// A call that streams messages to the client. Producers never wait: what cannot be sent yet is queued, and of messages
// that replace each other (progress) only the latest waits. gRPC owns the object from creation to the end of the call;
// producers hold a shared_ptr, and may go on sending into a call that is over.
template <typename Message>
class OutStream : public grpc::ServerWriteReactor<Message>, public std::enable_shared_from_this<OutStream<Message>> {
 public:
  static std::shared_ptr<OutStream> create() {
    auto stream = std::make_shared<OutStream>();
    stream->self_ = stream;
    return stream;
  }

  void send(Message message) {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    replaceable_.reset();
    queue_.push_back(std::move(message));
    write_next();
  }
  void send_progress(Message message) {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    replaceable_ = std::move(message);
    write_next();
  }
  // After what is queued was sent. The first status counts.
  void finish(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (over_ || last_) return;
    last_ = as_reply(status);
    replaceable_.reset();
    write_next();
  }
  const CancelToken& token() const { return token_; }
  // Called once, from a thread of gRPC, when the call is cancelled; at once if it is already.
  void on_cancel(std::function<void()> action) {
    {
      const std::lock_guard lock(mutex_);
      if (!token_.cancelled()) {
        on_cancel_ = std::move(action);
        return;
      }
    }
    action();
  }
  // Called whenever everything queued was sent, from a thread of gRPC: for producers that pull.
  void on_idle(std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    on_idle_ = std::move(action);
  }

  void OnWriteDone(bool ok) override {
    std::function<void()> idle;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) {
        // The client is gone: nothing more can be sent.
        queue_.clear();
        replaceable_.reset();
        if (!last_) last_ = grpc::Status(grpc::StatusCode::CANCELLED, "the client is gone");
      }
      write_next();
      if (!writing_ && !over_) idle = on_idle_;
    }
    if (idle) idle();
  }
  void OnCancel() override {
    std::function<void()> action;
    {
      const std::lock_guard lock(mutex_);
      token_.cancel();
      action = std::move(on_cancel_);
    }
    if (action) action();
  }
  void OnDone() override {
    std::function<void()> idle, cancel;  // may hold what must not be destroyed under the lock
    std::shared_ptr<OutStream> self;
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
      idle = std::move(on_idle_);
      cancel = std::move(on_cancel_);
      self = std::move(self_);
    }
  }

 private:
  // Starts the next write or ends the call; mutex_ is held.
  void write_next() {
    if (writing_ || over_) return;
    if (!queue_.empty()) {
      current_ = std::move(queue_.front());
      queue_.pop_front();
    } else if (replaceable_) {
      current_ = std::move(*replaceable_);
      replaceable_.reset();
    } else {
      if (last_) {
        over_ = true;
        this->Finish(*last_);
      }
      return;
    }
    writing_ = true;
    this->StartWrite(&current_);
  }

  std::shared_ptr<OutStream> self_;
  CancelToken token_;
  std::mutex mutex_;
  std::function<void()> on_cancel_, on_idle_;
  std::deque<Message> queue_;
  std::optional<Message> replaceable_;
  std::optional<grpc::Status> last_;
  Message current_;
  bool writing_ = false;
  bool over_ = false;
};

}  // namespace roofscape::server
