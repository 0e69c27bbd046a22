// How many images take each early exit of a network, counted on data: what the price of a network with exits rests on
// is a share, and this is where it can be seen on other images.
//
//   RS_ASSIGN(const auto shares, exit_shares(network, dataset, preparation, {.threads = 2}));
//   shares[0].layer;                      // "exit", a Select
//   shares[0].left, shares[0].reached;    // 6,140 of 9,744
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/engine/engine.h"

namespace roofscape::engine {

struct ExitShare {
  std::string layer;
  std::int64_t reached = 0;  // images that need this decision: those that left before do not
  std::int64_t left = 0;     // of them, those that leave here
  double priced = 0;         // op::Select::leaving

  double share() const { return reached == 0 ? 0 : static_cast<double>(left) / static_cast<double>(reached); }
};

// One entry a Select, in the order of the layers; none for networks without. Runs the network up to each exit.
Result<std::vector<ExitShare>> exit_shares(const Network& network, const Dataset& dataset,
                                           const Preparation& preparation, const EngineOptions& options,
                                           const CancelToken* cancel = nullptr);

}  // namespace roofscape::engine
