// What every kernel on oneDNN needs: the engine, a stream a thread, and primitives kept across measurements.
//
// Making a primitive generates code, which can take milliseconds; candidates share most shapes, so that the primitives
// are kept for the process, the least recently used given up first. They are immutable and shared by threads; scratch
// memory is the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <span>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/engine/kernel.h"

namespace roofscape::engine::onednn {

const dnnl::engine& cpu();
// This thread's stream.
dnnl::stream& stream();

// What determines a convolution, transposed or not.
struct ConvolutionKey {
  bool transposed = false, relu = false, bias = false;
  std::int64_t batch = 0;
  dnnl::memory::dims input, weight, output, stride, dilation, pad_before, pad_after;  // weight: groups first, if any
  auto operator<=>(const ConvolutionKey&) const = default;
};

struct Convolution {
  dnnl::memory::desc input, weight, bias, output;
  std::size_t scratch_bytes = 0;
  dnnl::primitive primitive;
};

// The primitive for channels-last fp32 in and out, weights in a layout of its choice.
Result<std::shared_ptr<const Convolution>> convolution(const ConvolutionKey& key);

// Copies plain weights into the layout that a primitive wants.
Result<dnnl::memory> packed(const float* values, const dnnl::memory::desc& plain, const dnnl::memory::desc& wanted);

}  // namespace roofscape::engine::onednn
