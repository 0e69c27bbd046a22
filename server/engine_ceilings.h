// What the engine's own loops reach on this machine, kind by kind of layer: the part of a probe that micro-benchmarks
// of the processor (platforms/probe.h) do not see.
//
//   RS_ASSIGN(v1::Platform platform, platforms::probe_host({.threads = 2}));
//   RS_ASSIGN(const auto ceilings, EngineCeilings::create(2, cancel));
//   for (int i = 0; i < EngineCeilings::kRounds; ++i) RS_TRY(ceilings->round(cancel));
//   ceilings->write(&platform);                    // layer_ceilings, and what starting a layer takes
//
// Measured on layers made for the purpose, eight in a row, none of them a layer of a network that anybody asks about.
#pragma once

#include <memory>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::server {

class EngineCeilings {
 public:
  static constexpr int kRounds = 8;  // are enough; the best counts

  // Makes everything ready. Fails where the engine cannot run, and with kCancelled.
  static Result<std::unique_ptr<EngineCeilings>> create(int threads, const CancelToken* cancel);
  virtual ~EngineCeilings() = default;

  // Times every kind once; less than a second. Fails with kCancelled.
  virtual Status round(const CancelToken* cancel) = 0;
  // The best so far, of at least one round.
  virtual void write(v1::Platform* platform) const = 0;
};

// A platform as platforms::probe_host measured it with so many threads, with the engine's ceilings; some seconds.
Status add_engine_ceilings(int threads, const CancelToken* cancel, v1::Platform* platform);

}  // namespace roofscape::server
