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

#include <array>
#include <cstddef>
#include <cstdint>

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

  bool states_lanes() const { return kinds_of_lanes() > 0; }
  int kinds_of_lanes() const { return (input_lanes > 0) + (output_lanes > 0) + (pixel_lanes > 0); }

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

// At most two products, without a place on the heap: prices of a layer ask for them again and again.
class ArrayProducts {
 public:
  ArrayProducts() = default;
  explicit ArrayProducts(const WorkOnArray& only) : products_{only}, size_(1) {}
  ArrayProducts(const WorkOnArray& first, const WorkOnArray& second) : products_{first, second}, size_(2) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  WorkOnArray& operator[](std::size_t index) { return products_[index]; }
  const WorkOnArray& operator[](std::size_t index) const { return products_[index]; }
  const WorkOnArray* begin() const { return products_.data(); }
  const WorkOnArray* end() const { return products_.data() + size_; }

 private:
  std::array<WorkOnArray, 2> products_{};
  std::size_t size_ = 0;
};

// Those of a convolution or dense layer: one; of a recurrent layer: inputs of all steps, and the state of each. Others:
// none.
ArrayProducts work_on_array(const Layer& layer);

// How many rounds an array makes of the inputs of one sum, of the filters of a group, and of the positions of all
// images; over a kind of lanes that is not stated, as many as there are.
struct ArrayRounds {
  double inputs = 1, filters = 1, positions = 1;
};
ArrayRounds array_rounds(const Array& array, const WorkOnArray& work, double images);

double array_cycles(const Array& array, const WorkOnArray& work, double images);

// Which share of its multiplications at most an array does for a layer, over the cycles that it takes: 1 where it is
// full throughout.
double share_filled(const Array& array, const Layer& layer, double images);

}  // namespace roofscape::cost
