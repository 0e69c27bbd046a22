// Which array of an NPZ file is which: by the names that people give them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::data {

enum class ArrayRole : std::uint8_t { kImages, kLabels };

// The NPY bytes of the array that plays `role`: the first of the well-known names that is there (images, x, x_test …;
// labels, y, y_test …), or the only array of the file. Empty when there is no such array and `required` is false;
// else an error that lists what was found.
Result<std::vector<std::byte>> read_npz_array(std::span<const std::byte> zip, ArrayRole role, bool required,
                                              std::int64_t limit);

}  // namespace roofscape::data
