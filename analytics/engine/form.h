// How a value lies in memory between two steps of a plan.
//
// A value is a batch of images, image after image. Most of the time it is fp32 in row-major order; fast kernels may ask
// for channels last, and for the integers of a quantiser. Converting from one form to another never changes a value
// (layouts) or does so as Quantiser's scalar functions say (quantisers), so forms cannot change a result.
#pragma once

#include <cstddef>
#include <cstdint>

#include "analytics/arith/quantiser.h"

namespace roofscape::engine {

enum class Layout : std::uint8_t {
  kPlain,         // row-major as the shape says: [batch, C, H, W], [batch, S, I] …
  kChannelsLast,  // [batch, H, W, C]; only for values of rank 3
};

enum class Element : std::uint8_t { kFloat32, kUint8, kInt8, kInt16, kInt32 };
std::size_t element_bytes(Element element);
// The narrowest element that holds every integer of an integer format: uint4 → kUint8, int12 → kInt16, uint16 → kInt32.
Element code_element(const NumberFormat& format);

struct Form {
  Layout layout = Layout::kPlain;
  QuantiserPtr quantiser;  // null: fp32 values as they are
  bool codes = false;      // with a quantiser: its integers q (zero point included), not the floats they stand for

  Element element() const { return codes ? code_element(quantiser->format) : Element::kFloat32; }
  // Quantisers are compared by what they say, not by where they lie.
  friend bool operator==(const Form& a, const Form& b);
};

// Reads the i-th integer of a value in code form.
inline std::int64_t code_at(const void* codes, Element element, std::int64_t i) {
  switch (element) {
    case Element::kUint8: return static_cast<const std::uint8_t*>(codes)[i];
    case Element::kInt8: return static_cast<const std::int8_t*>(codes)[i];
    case Element::kInt16: return static_cast<const std::int16_t*>(codes)[i];
    case Element::kInt32:
    case Element::kFloat32: break;
  }
  return static_cast<const std::int32_t*>(codes)[i];
}

}  // namespace roofscape::engine
