// An upload: metadata first, then chunks, then one reply. Every chunk is checked as it arrives; the finished whole is
// handed to a thread of a pool; one that sends nothing for too long is dropped.
//
//   return start_upload<v1::ImportModelRequest>(shell,
//       /*part:*/ [state](const v1::ImportModelRequest& part) -> Status { … },   // in the order of arrival
//       /*end:*/ [state, reply](const CancelToken&) -> Status { … });            // on the pool
#pragma once

#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "server/call.h"
#include "server/ticker.h"

namespace roofscape::server {

inline constexpr std::size_t kLargestChunk = std::size_t{1} << 20;

struct UploadOptions {
  Pool& pool;
  Ticker& ticker;
  double idle_seconds;
};

template <typename Request>
class Upload : public grpc::ServerReadReactor<Request>, public Ticked {
 public:
  using PartHandler = std::function<Status(const Request&)>;

  Upload(const UploadOptions& options, PartHandler part, CallBody end)
      : options_(options), part_(std::move(part)), end_(std::move(end)) {}

  // gRPC owns it until the call is over.
  static grpc::ServerReadReactor<Request>* start(const std::shared_ptr<Upload>& upload) {
    upload->self_ = upload;
    upload->options_.ticker.add(upload);
    upload->read_next();
    return upload.get();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return received_all();
    const Status status = guarded([&] { return part_(request_); });
    if (!status.ok()) return finish(status);
    read_next();
  }
  void OnCancel() override { token_.cancel(); }
  void OnDone() override { const auto self = std::move(self_); }

  void tick(std::chrono::steady_clock::time_point now) override {
    {
      const std::lock_guard lock(mutex_);
      if (!receiving_ || now - last_part_ < std::chrono::duration<double>(options_.idle_seconds)) return;
    }
    finish(Status(Code::kDeadlineExceeded, fmt::format("the upload sent nothing for {} s (setting upload_idle_seconds)",
                                                       options_.idle_seconds)));
  }

 private:
  void read_next() {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    request_.Clear();
    last_part_ = std::chrono::steady_clock::now();
    this->StartRead(&request_);
  }

  void received_all() {
    {
      const std::lock_guard lock(mutex_);
      receiving_ = false;
      if (finished_) return;
    }
    const Status posted = options_.pool.post([self = self_] {
      Status status = cancelled("the upload was cancelled");
      if (!self->token_.cancelled()) status = guarded([&] { return self->end_(self->token_); });
      self->finish(status);
    });
    if (!posted.ok()) finish(posted);
  }

  void finish(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    receiving_ = false;
    this->Finish(to_grpc(status));
  }

  const UploadOptions options_;
  const PartHandler part_;
  const CallBody end_;
  std::shared_ptr<Upload> self_;
  CancelToken token_;
  Request request_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point last_part_ = std::chrono::steady_clock::now();
  bool receiving_ = true;
  bool finished_ = false;
};

template <typename Request>
grpc::ServerReadReactor<Request>* start_upload(const UploadOptions& options, std::function<Status(const Request&)> part,
                                               CallBody end) {
  return Upload<Request>::start(std::make_shared<Upload<Request>>(options, std::move(part), std::move(end)));
}

}  // namespace roofscape::server
