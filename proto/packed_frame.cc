#include "proto/packed_frame.h"

#include <algorithm>
#include <limits>

#include "analytics/base/hash.h"

namespace roofscape {
namespace {

constexpr std::string_view kMagic = "RSWEIGHT";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kSizeAt = 12;
constexpr std::size_t kDigestAt = 16;

void put_number(std::uint32_t number, std::string& out) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((number >> shift) & 0xFF));
}

std::uint32_t number_at(std::string_view file, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = (number << 8) | static_cast<std::uint8_t>(file[at + i]);
  return number;
}

}  // namespace

std::string write_packed_frame(const v1::PackedManifest& manifest, std::string_view bits) {
  const std::string described = manifest.SerializeAsString();
  RS_CHECK(described.size() <= std::numeric_limits<std::uint32_t>::max());
  const std::string body = described + std::string(bits);
  std::string file(kMagic);
  put_number(kVersion, file);
  put_number(static_cast<std::uint32_t>(described.size()), file);
  const Digest digest = sha256(body);
  file.append(digest.bytes.begin(), digest.bytes.end());
  return file + body;
}

Result<PackedFrame> read_packed_frame(std::string_view file) {
  if (!file.starts_with(kMagic))
    return invalid_argument("this is no packed weight file: it does not begin with {}", kMagic);
  if (file.size() < kPackedHeaderBytes)
    return data_loss("the packed weight file ends after {} bytes, within its header of {}", file.size(),
                     kPackedHeaderBytes);
  if (const std::uint32_t version = number_at(file, kVersionAt); version != kVersion)
    return invalid_argument("the packed weight file is of version {}; this Roofscape reads version {}", version,
                            kVersion);
  const std::size_t described = number_at(file, kSizeAt);
  const std::string_view body = file.substr(kPackedHeaderBytes);
  if (described > body.size())
    return data_loss("the manifest of the packed weight file has {} bytes; {} are there", described, body.size());
  const Digest digest = sha256(body);
  if (!std::equal(digest.bytes.begin(), digest.bytes.end(), file.begin() + kDigestAt,
                  [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }))
    return data_loss("the packed weight file was damaged: its SHA-256 is {}", digest.short_hex());
  PackedFrame frame;
  if (!frame.manifest.ParseFromArray(body.data(), static_cast<int>(described)))
    return data_loss("the manifest of the packed weight file cannot be read");
  frame.bits = body.substr(described);
  return frame;
}

}  // namespace roofscape
