// What a running command may use: its arguments, the console, and a server when it asks for one.
#pragma once

#include <memory>
#include <string>

#include "client/arguments.h"
#include "client/console/console.h"
#include "client/exit_codes.h"
#include "client/rpc/daemon.h"

namespace roofscape::client {

enum class Format { kTable, kJson, kCsv };

struct Session {
  Session(const Arguments& given, Console& terminal) : arguments(given), console(terminal) {}

  const Arguments& arguments;
  Console& console;

  Format format() const;
  // Connects on first use: to --server, $ROOFSCAPE_SERVER, or a private server in --local.
  Result<rpc::Daemon*> daemon();
  // "--local DIR" or "--server ADDRESS" as given, with a leading space: what follow-up commands in messages need.
  std::string same_server() const;

 private:
  std::unique_ptr<rpc::Daemon> daemon_;
};

}  // namespace roofscape::client
