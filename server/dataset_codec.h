// A data set as the bytes of one blob: a header, the raw images, the labels.
//
//   std::vector<std::byte> blob = encode_dataset(dataset);
//   RS_ASSIGN(Dataset again, decode_dataset(blob));
//
// Layout, little-endian: 8 bytes "RSDATA1\n"; u32 element (0 uint8, 1 float32); u32 rank; i64 each dimension; i64
// number of images; i64 number of labels (0 or that of images); the images, row-major; the labels as i32. Every size is
// checked against the blob's own before anything is allocated: a damaged blob is kDataLoss.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/dataset.h"

namespace roofscape::server {

std::vector<std::byte> encode_dataset(const Dataset& dataset);
Result<Dataset> decode_dataset(std::span<const std::byte> blob);

}  // namespace roofscape::server
