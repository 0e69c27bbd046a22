#include "analytics/engine/form.h"

namespace roofscape::engine {

std::size_t element_bytes(Element element) {
  switch (element) {
    case Element::kUint8:
    case Element::kInt8: return 1;
    case Element::kInt16: return 2;
    case Element::kInt32:
    case Element::kFloat32: return 4;
  }
  return 4;
}

Element code_element(const NumberFormat& format) {
  if (format.lowest() >= 0 && format.highest() <= 255) return Element::kUint8;
  if (format.lowest() >= -128 && format.highest() <= 127) return Element::kInt8;
  if (format.lowest() >= -32768 && format.highest() <= 32767) return Element::kInt16;
  return Element::kInt32;
}

bool operator==(const Form& a, const Form& b) {
  if (a.layout != b.layout || a.codes != b.codes) return false;
  if (a.quantiser == b.quantiser) return true;
  return a.quantiser && b.quantiser && *a.quantiser == *b.quantiser;
}

}  // namespace roofscape::engine
