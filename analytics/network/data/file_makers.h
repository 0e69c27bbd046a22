// Writes the files that the tests of this folder read: IDX, NPY, ZIP and gzip, whole or damaged on purpose.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::testing {

using Bytes = std::vector<std::byte>;

inline Bytes bytes_of(std::string_view text) {
  const auto span = std::as_bytes(std::span(text.data(), text.size()));
  return {span.begin(), span.end()};
}

inline void append(Bytes& to, std::span<const std::byte> more) { to.insert(to.end(), more.begin(), more.end()); }

inline void append_little(Bytes& to, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

inline void append_big(Bytes& to, std::uint64_t value, int width) {
  for (int i = width; i-- > 0;) to.push_back(static_cast<std::byte>(value >> (8 * i)));
}

// `values` are the bytes as they stand in the file.
inline Bytes idx_file(int type, const std::vector<std::uint32_t>& shape, std::span<const std::byte> values) {
  Bytes file = {std::byte{0}, std::byte{0}, static_cast<std::byte>(type), static_cast<std::byte>(shape.size())};
  for (const std::uint32_t size : shape) append_big(file, size, 4);
  append(file, values);
  return file;
}

template <typename T>
Bytes raw(const std::vector<T>& values) {
  const auto span = std::as_bytes(std::span(values));
  return {span.begin(), span.end()};
}

inline Bytes npy_with_header(const std::string& header, std::span<const std::byte> values, int version = 1) {
  Bytes file = bytes_of("\x93NUMPY");
  file.push_back(static_cast<std::byte>(version));
  file.push_back(std::byte{0});
  append_little(file, header.size(), version == 1 ? 2 : 4);
  append(file, bytes_of(header));
  append(file, values);
  return file;
}

inline Bytes npy_file(const std::string& descr, const std::string& shape, std::span<const std::byte> values,
                      bool fortran = false, int version = 1) {
  return npy_with_header("{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
                             ", 'shape': " + shape + ", }   \n",
                         values, version);
}

inline Bytes deflated(std::span<const std::byte> bytes, int window_bits) {
  z_stream stream{};
  RS_CHECK(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()) + 64);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  RS_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline Bytes gzip(std::span<const std::byte> bytes) { return deflated(bytes, MAX_WBITS + 16); }

struct ZipOptions {
  bool deflate = false;
  bool zip64 = false;  // sizes in the extra field, as numpy writes large ones
  std::uint32_t crc_error = 0;
  std::int64_t claimed_size = -1;
};

inline Bytes zip_file(const std::vector<std::pair<std::string, Bytes>>& entries, const ZipOptions& options = {}) {
  Bytes file;
  Bytes directory;
  for (const auto& [name, content] : entries) {
    const std::uint64_t at = file.size();
    const Bytes stored = options.deflate ? deflated(content, -MAX_WBITS) : content;
    const std::uint32_t crc = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()),
                                                               static_cast<uInt>(content.size()))) ^
                              options.crc_error;
    const std::uint64_t size =
        options.claimed_size >= 0 ? static_cast<std::uint64_t>(options.claimed_size) : content.size();
    const int method = options.deflate ? 8 : 0;
    append_little(file, 0x04034B50, 4);
    append_little(file, 20, 2);
    append_little(file, 0, 2);
    append_little(file, static_cast<std::uint64_t>(method), 2);
    append_little(file, 0, 4);
    append_little(file, crc, 4);
    append_little(file, stored.size(), 4);
    append_little(file, size, 4);
    append_little(file, name.size(), 2);
    append_little(file, 4, 2);  // an extra field, to be skipped
    append(file, bytes_of(name));
    append_little(file, 0x9999, 2);
    append_little(file, 0, 2);
    append(file, stored);

    append_little(directory, 0x02014B50, 4);
    append_little(directory, 20, 2);
    append_little(directory, 20, 2);
    append_little(directory, 0, 2);
    append_little(directory, static_cast<std::uint64_t>(method), 2);
    append_little(directory, 0, 4);
    append_little(directory, crc, 4);
    append_little(directory, options.zip64 ? 0xFFFFFFFF : stored.size(), 4);
    append_little(directory, options.zip64 ? 0xFFFFFFFF : size, 4);
    append_little(directory, name.size(), 2);
    append_little(directory, options.zip64 ? 20 : 0, 2);
    append_little(directory, 0, 2);  // comment
    append_little(directory, 0, 8);  // disk, attributes
    append_little(directory, at, 4);
    append(directory, bytes_of(name));
    if (options.zip64) {
      append_little(directory, 1, 2);
      append_little(directory, 16, 2);
      append_little(directory, size, 8);
      append_little(directory, stored.size(), 8);
    }
  }
  const std::uint64_t start = file.size();
  append(file, directory);
  append_little(file, 0x06054B50, 4);
  append_little(file, 0, 4);
  append_little(file, entries.size(), 2);
  append_little(file, entries.size(), 2);
  append_little(file, directory.size(), 4);
  append_little(file, start, 4);
  append_little(file, 0, 2);
  return file;
}

}  // namespace roofscape::testing
