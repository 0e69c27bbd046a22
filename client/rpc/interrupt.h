// Turns Ctrl-C (and SIGTERM) into a CancelToken while it lives, so that a command can say good-bye; a second Ctrl-C
// ends the program as usual.
//
//   Interrupt interrupt;
//   follow(…, interrupt.token());
#pragma once

#include <csignal>

#include "analytics/base/cancel.h"

namespace roofscape::client::rpc {

class Interrupt {
 public:
  Interrupt();   // at most one at a time
  ~Interrupt();  // puts the handlers back that were there before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  const CancelToken& token() const { return token_; }

 private:
  CancelToken token_;
  struct sigaction before_int_ {};
  struct sigaction before_term_ {};
};

}  // namespace roofscape::client::rpc
