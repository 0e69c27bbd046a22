// How an array of multipliers takes a layer: in rounds of so many channels, filters and output rows at once, of which
// the last is partly idle, as is every round of a layer that has fewer.
//
//   const Array b4096{.input_lanes = 16, .output_lanes = 16, .pixel_lanes = 8};   // a DPU core
//   array_cycles(b4096, work_on_array(layer), /*images=*/1);      // rows / 8 · columns · channels / 16 · filters / 16
//   … share_filled(b4096, layer, /*images=*/1);                     // of its multipliers, over all those cycles
//
// Kinds of lanes that are not stated do not count: what runs over them comes one after the other, and idles nothing.
//
// Systolic arrays, of rows R and columns C, for M output positions, K inputs of each and N filters, as SCALE-Sim counts
// them (Samajdar et al., ISPASS 2020; from 0, so that its totals are one less), folds · p cycles:
//
//   input and output lanes   (weights stay)   folds ⌈K/R⌉·⌈N/C⌉   p = 2R + C + M − 2
//   pixel and output lanes   (sums stay)      folds ⌈M/R⌉·⌈N/C⌉   p = K + R + C − 2
//   input and pixel lanes    (inputs stay)    folds ⌈K/R⌉·⌈M/C⌉   p = 2R + C + N − 2
//
// Row stationary (Chen et al., ISCA 2016): input lanes take the rows of a kernel, as many kernels as fit, and pixel
// lanes rows of the output.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/layer.h"

namespace roofscape::v1 {
class ComputeCeiling;
}

namespace roofscape::cost {

struct Array {
  enum class InputLanes : std::uint8_t {
    kChannels,    // channels, one position of the kernel after the other
    kWindow,      // of fewer channels than lanes, several positions at once
    kKernelRows,  // rows of the kernel
  };
  std::int64_t input_lanes = 0, output_lanes = 0, pixel_lanes = 0;  // side by side; 0: not stated
  InputLanes takes = InputLanes::kChannels;
  bool systolic = false;

  bool states_lanes() const { return input_lanes > 0 || output_lanes > 0 || pixel_lanes > 0; }

  // Fails where a count is not whole, or the lanes do not go together. Nothing is stated: an array that any layer
  // fills.
  static Result<Array> create(const v1::ComputeCeiling& given);
};

// One matrix product, or a convolution as one, of one image.
struct WorkOnArray {
  double groups = 1, channels = 1, filters = 1;  // the latter two in a group
  double kernel_rows = 1, kernel_columns = 1;
  double rows = 1, columns = 1;  // positions of the output
  double repeats = 1;            // one after the other, as the steps of a recurrent layer are

  double macs() const;
};

// Those of a convolution or dense layer: one; of a recurrent layer: inputs of all steps, and the state of each. Others:
// none.
std::vector<WorkOnArray> work_on_array(const Layer& layer);

double array_cycles(const Array& array, const WorkOnArray& work, double images);

// Which share of its multiplications at most an array does for a layer, over the cycles that it takes: 1 where it is
// full throughout.
double share_filled(const Array& array, const Layer& layer, double images);

}  // namespace roofscape::cost
