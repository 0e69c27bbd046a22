// A look at the raw protobuf bytes of an ONNX file before they are parsed.
//
// A message of two bytes on the wire becomes an object of a hundred and more in memory, so that a small file could
// take all of it. This walk, which allocates nothing, counts messages and texts and refuses more than a model can need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "analytics/base/status.h"

namespace roofscape::onnx_import {

// Messages and texts in one file.
constexpr std::int64_t kWireRecords = 2'000'000;

Status check_wire(std::span<const std::byte> bytes, std::int64_t most_records = kWireRecords);

}  // namespace roofscape::onnx_import
