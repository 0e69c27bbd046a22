#include "analytics/approx/registry.h"

#include <array>

#include "analytics/base/text.h"

namespace roofscape::approx {

std::span<const Method* const> methods() {
  // clang-format off
  static const std::array kMethods = {
      &accumulator_method(),
      &binary_method(),
      &block_method(),
      &circulant_method(),
      &early_exit_method(),
      &equalise_method(),
      &function_table_method(),
      &huffman_method(),
      &integer_method(),
      &low_rank_method(),
      &minifloat_method(),
      &monarch_method(),
      &power_of_two_method(),
      &prune_method(),
      &prune_channels_method(),
      &prune_filters_method(),
      &share_method(),
      &smooth_method(),
      &ternary_method(),
      &zero_skip_method(),
  };
  // clang-format on
  return kMethods;
}

Result<const Method*> find_method(std::string_view id) {
  std::vector<std::string> known;
  for (const Method* method : methods()) {
    if (method->info().id == id) return method;
    known.push_back(method->info().id);
  }
  return invalid_argument("'{}' is not a method{}", printable(id, 60), suggestion(id, known));
}

}  // namespace roofscape::approx
