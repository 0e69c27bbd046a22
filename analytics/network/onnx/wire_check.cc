#include "analytics/network/onnx/wire_check.h"

#include <array>
#include <string_view>

namespace roofscape::onnx_import {
namespace {

// The messages of onnx.proto that hold other messages; everything else counts as a leaf.
enum class Kind {
  kLeaf,
  kModel,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kPort,
  kType,
  kTensorType,
  kShape,
  kFunction,
  kTraining,
  kSparse,
  kAnnotation,
  kTypeBox
};
struct Child {
  Kind parent;
  std::uint64_t field;
  Kind kind;
};
constexpr std::array kChildren = {
    Child{Kind::kModel, 7, Kind::kGraph},       Child{Kind::kModel, 25, Kind::kFunction},
    Child{Kind::kGraph, 1, Kind::kNode},        Child{Kind::kGraph, 5, Kind::kTensor},
    Child{Kind::kGraph, 11, Kind::kPort},       Child{Kind::kGraph, 12, Kind::kPort},
    Child{Kind::kGraph, 13, Kind::kPort},       Child{Kind::kNode, 5, Kind::kAttribute},
    Child{Kind::kAttribute, 5, Kind::kTensor},  Child{Kind::kAttribute, 6, Kind::kGraph},
    Child{Kind::kAttribute, 10, Kind::kTensor}, Child{Kind::kAttribute, 11, Kind::kGraph},
    Child{Kind::kPort, 2, Kind::kType},         Child{Kind::kType, 1, Kind::kTensorType},
    Child{Kind::kTensorType, 2, Kind::kShape},  Child{Kind::kFunction, 7, Kind::kNode},
    Child{Kind::kModel, 20, Kind::kTraining},   Child{Kind::kTraining, 1, Kind::kGraph},
    Child{Kind::kTraining, 2, Kind::kGraph},    Child{Kind::kGraph, 15, Kind::kSparse},
    Child{Kind::kAttribute, 22, Kind::kSparse}, Child{Kind::kAttribute, 23, Kind::kSparse},
    Child{Kind::kSparse, 1, Kind::kTensor},     Child{Kind::kSparse, 2, Kind::kTensor},
    Child{Kind::kGraph, 14, Kind::kAnnotation}, Child{Kind::kAttribute, 14, Kind::kType},
    Child{Kind::kAttribute, 15, Kind::kType},   Child{Kind::kType, 4, Kind::kTypeBox},
    Child{Kind::kType, 5, Kind::kTypeBox},      Child{Kind::kType, 8, Kind::kTensorType},
    Child{Kind::kType, 9, Kind::kTypeBox},      Child{Kind::kTypeBox, 1, Kind::kType},
    Child{Kind::kTypeBox, 2, Kind::kType},
};
Kind child_of(Kind parent, std::uint64_t field) {
  for (const Child& child : kChildren)
    if (child.parent == parent && child.field == field) return child.kind;
  return Kind::kLeaf;
}

class Walk {
 public:
  explicit Walk(std::int64_t most) : most_(most) {}

  // False where the bytes are no protobuf message or the limits are exceeded; `nesting` guards the stack.
  bool message(std::span<const std::byte> bytes, Kind kind, int nesting) {
    if (nesting > 100) return false;
    std::size_t at = 0;
    while (at < bytes.size()) {
      std::uint64_t tag = 0, length = 0;
      if (!varint(bytes, at, tag)) return false;
      switch (tag & 7U) {
        case 0:
          if (!varint(bytes, at, length)) return false;
          continue;
        case 1: length = 8; break;
        case 5: length = 4; break;
        case 2:
          if (!varint(bytes, at, length)) return false;
          if (++records_ > most_) return false;
          break;
        default: return false;  // groups: not in ONNX
      }
      if (length > bytes.size() - at) return false;
      const auto content = bytes.subspan(at, static_cast<std::size_t>(length));
      const Kind inner = (tag & 7U) == 2 ? child_of(kind, tag >> 3) : Kind::kLeaf;
      if (inner != Kind::kLeaf && !message(content, inner, nesting + 1)) return false;
      at += content.size();
    }
    return true;
  }
  bool too_many() const { return records_ > most_; }

 private:
  static bool varint(std::span<const std::byte> bytes, std::size_t& at, std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == bytes.size()) return false;
      const auto byte = static_cast<std::uint64_t>(bytes[at++]);
      value |= (byte & 0x7fU) << shift;
      if (byte < 0x80U) return true;
    }
    return false;
  }

  std::int64_t most_;
  std::int64_t records_ = 0;
};

}  // namespace

Status check_wire(std::span<const std::byte> bytes, std::int64_t most_records) {
  Walk walk(most_records);
  if (walk.message(bytes, Kind::kModel, 0)) return {};
  if (walk.too_many())
    return resource_exhausted("the file holds more than {} parts (nodes, attributes, names …)", most_records);
  return invalid_argument("the file is not ONNX, or it is damaged or cut short ({} bytes)", bytes.size());
}

}  // namespace roofscape::onnx_import
