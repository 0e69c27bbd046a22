#include <zlib.h>

#include <algorithm>
#include <limits>

#include "analytics/base/text.h"
#include "analytics/network/data/file_bytes.h"

namespace roofscape::data {
namespace {

constexpr std::size_t kFirstChunk = 64 * 1024;

// zlib's stream, ended whatever happens.
class Inflater {
 public:
  explicit Inflater(bool raw) { ready_ = inflateInit2(&stream_, raw ? -MAX_WBITS : MAX_WBITS + 16) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

bool only_zeros(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

Status damaged(const z_stream& stream, std::size_t position) {
  return invalid_argument("the compressed data are damaged near byte {} ({})",
                          grouped(static_cast<std::int64_t>(position)),
                          stream.msg != nullptr ? printable(stream.msg) : std::string("not a deflate stream"));
}

}  // namespace

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

Result<std::vector<std::byte>> inflate_bytes(std::span<const std::byte> bytes, std::int64_t limit, bool raw) {
  Inflater inflater(raw);
  if (!inflater.ready()) return resource_exhausted("no memory for decompression");
  z_stream& stream = inflater.stream();
  std::vector<std::byte> output;
  std::size_t consumed = 0;
  std::size_t produced = 0;
  // One byte more than the limit may be made room for, to tell "exactly the limit" from "more".
  const std::size_t most = static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)) + 1;
  constexpr std::size_t kMostAtOnce = std::numeric_limits<uInt>::max();
  for (;;) {
    if (produced == output.size()) output.resize(std::min(most, std::max(kFirstChunk, output.size() * 2)));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data() + consumed));
    stream.avail_in = static_cast<uInt>(std::min(bytes.size() - consumed, kMostAtOnce));
    stream.next_out = reinterpret_cast<Bytef*>(output.data() + produced);
    stream.avail_out = static_cast<uInt>(std::min(output.size() - produced, kMostAtOnce));
    const int code = inflate(&stream, Z_NO_FLUSH);
    consumed = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(stream.next_in) - bytes.data());
    produced = static_cast<std::size_t>(reinterpret_cast<std::byte*>(stream.next_out) - output.data());
    if (produced == most) {
      return resource_exhausted("the data grow beyond the limit of {} bytes when decompressed", grouped(limit));
    }
    if (code == Z_STREAM_END) {
      const std::span<const std::byte> rest = bytes.subspan(consumed);
      if (raw || only_zeros(rest)) break;
      if (!is_gzip(rest) || inflateReset(&stream) != Z_OK) {
        return invalid_argument("{} bytes that are not gzip follow the compressed data",
                                grouped(static_cast<std::int64_t>(rest.size())));
      }
      continue;
    }
    if (code == Z_OK) continue;
    if (code == Z_BUF_ERROR && consumed == bytes.size()) {
      return invalid_argument("the compressed data are truncated: they end after {} bytes without an end mark",
                              grouped(static_cast<std::int64_t>(bytes.size())));
    }
    if (code == Z_BUF_ERROR) continue;  // the output was full: make more room
    return damaged(stream, consumed);
  }
  output.resize(produced);
  return output;
}

}  // namespace roofscape::data
