// What every gRPC service needs around the Backend: threads to answer on, and bounds on uploads.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

#include "server/backend.h"
#include "server/pool.h"
#include "server/ticker.h"
#include "server/upload.h"
#include "server/upload_budget.h"

namespace roofscape::server {

struct Shell {
  explicit Shell(Backend& served)
      : backend(served),
        quick(std::max(4, static_cast<int>(std::thread::hardware_concurrency())), served.settings.queued_calls),
        measuring(static_cast<int>(served.settings.parallel_evaluations), served.settings.queued_calls),
        importing(static_cast<int>(served.settings.parallel_evaluations), served.settings.queued_calls),
        uploads(served.settings.upload_bytes),
        ticker(std::chrono::milliseconds(200)) {}

  UploadOptions upload_options() { return {importing, ticker, backend.settings.upload_idle_seconds}; }
  // Calls that wait or run.
  std::int64_t busy() const { return quick.busy() + measuring.busy() + importing.busy(); }
  void stop() {
    quick.stop();
    measuring.stop();
    importing.stop();
  }

  Backend& backend;
  // Three pools, so that a look at a model waits neither for a measurement nor for an upload to be parsed.
  Pool quick, measuring, importing;
  UploadBudget uploads;
  Ticker ticker;
};

}  // namespace roofscape::server
