// The loops that a probe times: multiply-accumulates in registers, and reads of a buffer. Fastest first in each list;
// the last of each runs anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace roofscape::platforms {

struct ComputeKernel {
  const char* format;          // of both operands: "fp32", "int16", "int8"
  const char* name;            // "AVX2 FMA"
  bool (*supported)();         // by this machine, asked at run time
  double operations_per_step;  // a multiply-accumulate is two
  // Does so many steps and returns something that depends on all of them.
  double (*run)(std::int64_t steps);
};
// int8 only where the machine has an instruction for it: elsewhere int8 runs at int16's rate.
std::span<const ComputeKernel> compute_kernels();
// The first supported one for this format, or null.
const ComputeKernel* find_kernel(const char* format);

struct ReadKernel {
  const char* name;
  bool (*supported)();
  // Reads all `count` words (a multiple of 64) once; returns something that depends on all of them.
  std::uint64_t (*run)(const std::uint64_t* words, std::size_t count);
};
std::span<const ReadKernel> read_kernels();
const ReadKernel& best_read_kernel();

}  // namespace roofscape::platforms
