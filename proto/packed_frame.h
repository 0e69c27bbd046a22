// The frame of a packed weight file (.rsw): a manifest and the bits that it describes.
//
//   offset  bytes
//   0       8      "RSWEIGHT"
//   8       4      version, 1 (little-endian, as the next)
//   12      4      bytes of the manifest
//   16      32     SHA-256 of all that follows
//   48             the manifest (PackedManifest), then the bits, the last byte filled up with zeros
#pragma once

#include <string>
#include <string_view>

#include "analytics/base/status.h"
#include "roofscape/v1/packed.pb.h"

namespace roofscape {

constexpr std::size_t kPackedHeaderBytes = 48;

std::string write_packed_frame(const v1::PackedManifest& manifest, std::string_view bits);

struct PackedFrame {
  v1::PackedManifest manifest;
  std::string_view bits;  // within what was read
};
// Fails with kInvalidArgument for another kind of file or version, with kDataLoss for a damaged one.
Result<PackedFrame> read_packed_frame(std::string_view file);

}  // namespace roofscape
