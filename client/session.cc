#include "client/session.h"

#include <cstdlib>

#include "client/rpc/connect.h"

namespace roofscape::client {

Format Session::format() const {
  const std::string given = arguments.text("--format");
  return given == "json" ? Format::kJson : given == "csv" ? Format::kCsv : Format::kTable;
}

Result<rpc::Daemon*> Session::daemon() {
  if (daemon_ == nullptr) {
    RS_ASSIGN(daemon_, rpc::connect(arguments.text("--server"), arguments.text("--local"), console));
  }
  return daemon_.get();
}

std::string Session::same_server() const {
  for (const char* option : {"--server", "--local"})
    if (arguments.has(option)) return std::string(" ") + option + " " + arguments.text(option);
  return "";
}

}  // namespace roofscape::client
