// Addresses to listen on: "HOST:PORT" or "unix:PATH". Checked by hand before gRPC sees them, because gRPC says only
// that it failed, and would take over a socket that another daemon still serves.
#pragma once

#include <string>

#include "analytics/base/status.h"

namespace roofscape::server {

struct Address {
  std::string host;  // "127.0.0.1", "[::1]"; empty for a Unix socket
  int port = 0;
  std::string path;  // of a Unix socket

  bool is_unix() const { return !path.empty(); }
  // Whether only this machine can reach it.
  bool is_local() const;
  // As gRPC reads it.
  std::string text() const;
};

Result<Address> parse_address(std::string_view text);
// kAlreadyExists when somebody listens there; removes the socket file of a daemon that is gone.
Status check_free(const Address& address);

}  // namespace roofscape::server
