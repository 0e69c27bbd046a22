// ONNX's element types by their numbers in files, for the parts that do without protobuf.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "analytics/arith/number_format.h"
#include "analytics/base/status.h"
#include "analytics/network/onnx/constant.h"

namespace roofscape::onnx_import {

// Types that ONNX's own headers may not know yet, by their numbers.
inline constexpr std::int32_t kFloat8E4M3fn = 17;
inline constexpr std::int32_t kFloat8E5M2 = 19;
inline constexpr std::int32_t kUint4 = 21;
inline constexpr std::int32_t kInt4 = 22;
inline constexpr std::int32_t kFloat4E2M1 = 23;

// The format of the numbers that a QuantizeLinear gives; nothing for types that it cannot give.
inline std::optional<NumberFormat> quantised_format(std::int64_t element_type) {
  using enum Signedness;
  switch (element_type) {
    case 2: return NumberFormat::integer(8, kUnsigned);
    case 3: return NumberFormat::integer(8, kSigned);
    case 4: return NumberFormat::integer(16, kUnsigned);
    case 5: return NumberFormat::integer(16, kSigned);
    case 6: return NumberFormat::integer(32, kSigned);
    case kUint4: return NumberFormat::integer(4, kUnsigned);
    case kInt4: return NumberFormat::integer(4, kSigned);
    case kFloat8E4M3fn: return NumberFormat::finite(4, 3);
    case kFloat8E5M2: return NumberFormat::minifloat(5, 2);
    case kFloat4E2M1: return NumberFormat::finite(2, 1);
    default: return std::nullopt;
  }
}

// What Cast, ConstantOfShape and graph inputs may name: how we keep it, and what its integers range over.
struct CastTarget {
  Constant::Type type = Constant::Type::kFloat;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
};

inline Result<CastTarget> cast_target(std::int64_t element_type) {
  using Type = Constant::Type;
  switch (element_type) {
    case 1:                                                    // float
    case 10:                                                   // float16
    case 11:                                                   // double
    case 16: return CastTarget{};                              // bfloat16
    case 2: return CastTarget{Type::kInteger, 0, 255};         // uint8
    case 3: return CastTarget{Type::kInteger, -128, 127};      // int8
    case 4: return CastTarget{Type::kInteger, 0, 65535};       // uint16
    case 5: return CastTarget{Type::kInteger, -32768, 32767};  // int16
    case 6:
      return CastTarget{Type::kInteger, std::numeric_limits<std::int32_t>::min(),
                        std::numeric_limits<std::int32_t>::max()};
    case 12: return CastTarget{Type::kInteger, 0, std::numeric_limits<std::uint32_t>::max()};
    case 7: return CastTarget{Type::kInteger};      // int64
    case 13: return CastTarget{Type::kInteger, 0};  // uint64
    case 9: return CastTarget{Type::kBool, 0, 1};
    default:
      return unimplemented("element type {} is not supported; floating-point, integer and bool ones are", element_type);
  }
}

}  // namespace roofscape::onnx_import
