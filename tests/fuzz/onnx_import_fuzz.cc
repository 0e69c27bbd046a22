// Any bytes at all as an ONNX file: import must return, whatever they say.
#include <cstddef>
#include <cstdint>
#include <span>

#include "analytics/network/onnx_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto imported = roofscape::import_onnx(std::as_bytes(std::span(data, size)));
  if (imported.ok() && imported->network.size() == 0) __builtin_trap();  // a network has at least its input
  return 0;
}
