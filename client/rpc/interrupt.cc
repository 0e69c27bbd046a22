#include "client/rpc/interrupt.h"

#include <atomic>

namespace roofscape::client::rpc {
namespace {

std::atomic<CancelToken*> current_token{nullptr};
static_assert(std::atomic<CancelToken*>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void on_signal(int) {
  if (CancelToken* token = current_token.load()) token->cancel();
}

}  // namespace

Interrupt::Interrupt() {
  current_token.store(&token_);
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, &before_int_);
  sigaction(SIGTERM, &action, &before_term_);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &before_int_, nullptr);
  sigaction(SIGTERM, &before_term_, nullptr);
  current_token.store(nullptr);
}

}  // namespace roofscape::client::rpc
