#include "server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "analytics/base/text.h"

namespace roofscape::server {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kForms = "use HOST:PORT, like 127.0.0.1:7070, or unix:PATH";

std::string reason(int error) { return std::generic_category().message(error); }

// A socket that closes itself.
struct Socket {
  explicit Socket(int family) : fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd >= 0) ::close(fd);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd;
};

Status check_path_free(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return Status(Code::kPermissionDenied, fmt::format("'{}' cannot be looked at: {}", printable(path), reason(errno)));
  }
  if (!S_ISSOCK(info.st_mode))
    return already_exists("'{}' is there and is not a socket; choose another path", printable(path));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  const Socket socket(AF_UNIX);
  if (::connect(socket.fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0)
    return already_exists("a daemon listens on '{}' already; choose another path", printable(path));
  if (errno != ECONNREFUSED)
    return already_exists("'{}' cannot be taken over ({}); choose another path", printable(path), reason(errno));
  if (::unlink(path.c_str()) != 0)
    return Status(Code::kPermissionDenied,
                  fmt::format("the old socket '{}' cannot be removed: {}", printable(path), reason(errno)));
  return {};
}

Status bind_failure(const Address& address, int error) {
  if (error == EADDRINUSE)
    return already_exists("{} is in use; choose another port, or 0 for a free one", printable(address.text()));
  return Status(Code::kPermissionDenied,
                fmt::format("{} cannot be listened on: {}", printable(address.text()), reason(error)));
}

// Binds and lets go again, for the sake of the operating system's reason.
Status check_port_free(const Address& address) {
  const bool six = address.host.starts_with('[');
  const Socket socket(six ? AF_INET6 : AF_INET);
  if (socket.fd < 0) return bind_failure(address, errno);
  const int on = 1;
  ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int result = 0;
  if (six) {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(static_cast<std::uint16_t>(address.port));
    const std::string bare = address.host.substr(1, address.host.size() - 2);
    if (::inet_pton(AF_INET6, bare.c_str(), &name.sin6_addr) != 1) return {};
    result = ::bind(socket.fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  } else {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<std::uint16_t>(address.port));
    const std::string bare = address.host == "localhost" ? "127.0.0.1" : address.host;
    if (::inet_pton(AF_INET, bare.c_str(), &name.sin_addr) != 1) return {};  // a name: gRPC resolves it
    result = ::bind(socket.fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  }
  return result == 0 ? Status() : bind_failure(address, errno);
}

}  // namespace

bool Address::is_local() const {
  if (is_unix() || host == "localhost" || host == "[::1]") return true;
  in_addr parsed{};
  return ::inet_pton(AF_INET, host.c_str(), &parsed) == 1 && (ntohl(parsed.s_addr) >> 24) == 127;
}

std::string Address::text() const { return is_unix() ? std::string(kUnix) + path : fmt::format("{}:{}", host, port); }

Result<Address> parse_address(std::string_view text) {
  Address address;
  if (text.starts_with(kUnix)) {
    address.path = text.substr(kUnix.size());
    if (address.path.empty()) return invalid_argument("address '{}' has no path; {}", printable(text), kForms);
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    if (address.path.size() > kLongest)
      return invalid_argument("the socket path '{}' has {} bytes; the system allows {}", printable(address.path),
                              address.path.size(), kLongest);
    return address;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return invalid_argument("address '{}' has no port or no host; {}", printable(text), kForms);
  const auto port = parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535)
    return invalid_argument("port '{}' is not a number from 0 to 65535; {}", printable(text.substr(colon + 1)), kForms);
  address.host = text.substr(0, colon);
  address.port = static_cast<int>(*port);
  if (address.host.find_first_of("/ \t\n") != std::string::npos ||
      (address.host.find(':') != std::string::npos && !(address.host.starts_with('[') && address.host.ends_with(']'))))
    return invalid_argument("host '{}' is not one; {} ([::1]:7070 for IPv6)", printable(address.host), kForms);
  return address;
}

Status check_free(const Address& address) {
  return address.is_unix() ? check_path_free(address.path) : check_port_free(address);
}

}  // namespace roofscape::server
