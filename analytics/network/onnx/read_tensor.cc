#include "analytics/network/onnx/read_tensor.h"

#include <onnx/onnx_pb.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "analytics/arith/element.h"
#include "analytics/base/text.h"
#include "analytics/network/onnx/element_type.h"

namespace roofscape::onnx_import {
namespace {

using onnx::TensorProto;

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fU;
  const std::uint32_t mantissa = half & 0x3ffU;
  if (exponent == 0) {  // zero or subnormal: mantissa·2^-24, exact in fp32
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

float bfloat16_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

// Elements of `Raw` in raw_data, or in the typed list `list`, each through `convert`.
template <typename Raw, typename Out, typename List, typename Convert>
Result<std::vector<Out>> decode(const TensorProto& proto, const List& list, std::int64_t count, Convert convert) {
  const std::string& raw = proto.raw_data();
  if (!raw.empty() || (proto.has_raw_data() && count == 0)) {
    if (list.size() != 0) return invalid_argument("a tensor has both raw and typed data; one is needed");
    if (raw.size() != static_cast<std::size_t>(count) * sizeof(Raw))
      return invalid_argument("a tensor has {} bytes of raw data; its dimensions need {}", raw.size(),
                              static_cast<std::size_t>(count) * sizeof(Raw));
    std::vector<Out> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) {
      Raw element;
      std::memcpy(&element, raw.data() + i * sizeof(Raw), sizeof(Raw));
      values[i] = convert(element);
    }
    return values;
  }
  if (static_cast<std::int64_t>(list.size()) != count)
    return invalid_argument("a tensor has {} values; its dimensions need {}", list.size(), count);
  std::vector<Out> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = convert(static_cast<Raw>(list[static_cast<int>(i)]));
  return values;
}

template <typename Raw, typename List>
Result<ConstantPtr> integers(const TensorProto& proto, const List& list, Shape shape, std::int64_t count,
                             Constant::Type type = Constant::Type::kInteger) {
  const bool is_bool = type == Constant::Type::kBool;
  RS_ASSIGN(auto values, (decode<Raw, std::int64_t>(proto, list, count, [&](Raw x) {
              return is_bool ? static_cast<std::int64_t>(x != 0) : static_cast<std::int64_t>(x);
            })));
  return integer_constant(std::move(shape), std::move(values), type);
}

template <typename Raw, typename List, typename Convert>
Result<ConstantPtr> floats(const TensorProto& proto, const List& list, Shape shape, std::int64_t count,
                           Convert convert) {
  RS_ASSIGN(auto values, (decode<Raw, float>(proto, list, count, convert)));
  return float_constant(std::move(shape), std::move(values));
}

// Elements of a byte or half a byte, the lower half first: unsigned codes.
Result<std::vector<std::uint32_t>> packed_codes(const TensorProto& proto, std::int64_t count, bool halves) {
  const std::string& raw = proto.raw_data();
  const std::int64_t bytes = halves ? (count + 1) / 2 : count;
  const auto given =
      static_cast<std::int64_t>(raw.empty() ? static_cast<std::size_t>(proto.int32_data_size()) : raw.size());
  if (given != bytes) return invalid_argument("a tensor has {} bytes of data; its dimensions need {}", given, bytes);
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::size_t at = halves ? i / 2 : i;
    const std::uint32_t byte = raw.empty() ? static_cast<std::uint32_t>(proto.int32_data(static_cast<int>(at))) & 0xffU
                                           : static_cast<unsigned char>(raw[at]);
    codes[i] = halves ? (byte >> (i % 2 * 4)) & 0xfU : byte;
  }
  return codes;
}

Result<ConstantPtr> minifloats(const TensorProto& proto, Shape shape, std::int64_t count, const NumberFormat& format) {
  RS_ASSIGN(const auto codes, packed_codes(proto, count, format.bits() == 4));
  std::vector<float> values(codes.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = element_of_bits(codes[i], format);
    if (!(std::abs(values[i]) <= largest_element(format)))
      return unimplemented("element {} of a tensor of {} is infinite or no number", i, format.name());
  }
  return float_constant(std::move(shape), std::move(values));
}

Result<ConstantPtr> four_bit_integers(const TensorProto& proto, Shape shape, std::int64_t count, bool is_signed) {
  RS_ASSIGN(const auto codes, packed_codes(proto, count, /*halves=*/true));
  std::vector<std::int64_t> values(codes.begin(), codes.end());
  if (is_signed)
    for (std::int64_t& value : values) value -= value > 7 ? 16 : 0;
  return integer_constant(std::move(shape), std::move(values));
}

Result<ConstantPtr> decode_by_type(const TensorProto& proto, Shape shape, std::int64_t count) {
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      return floats<float>(proto, proto.float_data(), std::move(shape), count, [](float x) { return x; });
    case TensorProto::DOUBLE:
      return floats<double>(proto, proto.double_data(), std::move(shape), count,
                            [](double x) { return static_cast<float>(x); });
    case TensorProto::FLOAT16:
      return floats<std::uint16_t>(proto, proto.int32_data(), std::move(shape), count, half_to_float);
    case TensorProto::BFLOAT16:
      return floats<std::uint16_t>(proto, proto.int32_data(), std::move(shape), count, bfloat16_to_float);
    case TensorProto::INT64: return integers<std::int64_t>(proto, proto.int64_data(), std::move(shape), count);
    case TensorProto::INT32: return integers<std::int32_t>(proto, proto.int32_data(), std::move(shape), count);
    case TensorProto::INT16: return integers<std::int16_t>(proto, proto.int32_data(), std::move(shape), count);
    case TensorProto::INT8: return integers<std::int8_t>(proto, proto.int32_data(), std::move(shape), count);
    case TensorProto::UINT16: return integers<std::uint16_t>(proto, proto.int32_data(), std::move(shape), count);
    case TensorProto::UINT8: return integers<std::uint8_t>(proto, proto.int32_data(), std::move(shape), count);
    case TensorProto::UINT32: return integers<std::uint32_t>(proto, proto.uint64_data(), std::move(shape), count);
    case TensorProto::UINT64: return integers<std::uint64_t>(proto, proto.uint64_data(), std::move(shape), count);
    case TensorProto::BOOL:
      return integers<std::uint8_t>(proto, proto.int32_data(), std::move(shape), count, Constant::Type::kBool);
    case kUint4: return four_bit_integers(proto, std::move(shape), count, /*is_signed=*/false);
    case kInt4: return four_bit_integers(proto, std::move(shape), count, /*is_signed=*/true);
    case kFloat8E4M3fn:
    case kFloat8E5M2:
    case kFloat4E2M1: return minifloats(proto, std::move(shape), count, *quantised_format(proto.data_type()));
    default:
      return unimplemented("a tensor has data type {}; floating-point, integer and bool tensors are supported",
                           proto.data_type());
  }
}

bool is_floating(std::int32_t type) {
  return type == TensorProto::FLOAT || type == TensorProto::DOUBLE || type == TensorProto::FLOAT16 ||
         type == TensorProto::BFLOAT16;
}

}  // namespace

Result<ConstantPtr> read_tensor(TensorProto& proto, std::int64_t& budget) {
  if (proto.data_location() == TensorProto::EXTERNAL || proto.external_data_size() > 0)
    return unimplemented("its data lies in another file (external data); save the model as one file");
  if (proto.has_segment()) return unimplemented("its data is split into segments; save the model without them");
  Shape shape(proto.dims().begin(), proto.dims().end());
  const std::int64_t weight = is_floating(proto.data_type()) ? 1 : 2;
  RS_ASSIGN(const std::int64_t count, checked_count(shape, budget / weight));
  RS_ASSIGN(const ConstantPtr decoded, decode_by_type(proto, std::move(shape), count));
  const auto constant = std::const_pointer_cast<Constant>(decoded);  // just made: nobody else has it
  constant->element_type = proto.data_type();
  budget -= weight * count;
  TensorProto().Swap(&proto);
  return decoded;
}

}  // namespace roofscape::onnx_import
