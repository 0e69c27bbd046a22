#include "analytics/engine/kernel.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/engine/integer/arithmetic.h"

namespace roofscape::engine {

Choice choose_kernel(const Site& site, std::span<const std::string> forced) {
  const auto list = kernel_list(site.layer->operation);
  for (const Kernel* kernel : list) {
    if (std::find(forced.begin(), forced.end(), kernel->id()) == forced.end()) continue;
    if (!kernel->declines(site)) return {kernel, {}};
  }
  Choice choice;
  for (const Kernel* kernel : list) {
    if (MaybeDecline decline = kernel->declines(site)) {
      choice.declined.push_back(*std::move(decline));
      continue;
    }
    choice.kernel = kernel;
    return choice;
  }
  check_failed(__FILE__, __LINE__, "the reference takes every layer");
}

Status check_forced(std::span<const std::string> forced) {
  const std::vector<std::string> known = kernel_ids();
  for (const std::string& id : forced) {
    if (std::binary_search(known.begin(), known.end(), id)) continue;
    return not_found("no kernel has the id '{}'{}", printable(id), suggestion(id, known));
  }
  return {};
}

Form input_form(const Layer& layer, std::size_t i, Layout layout) {
  const QuantiserPtr quantiser = layer.arithmetic.input(i);
  if (!quantiser || quantiser->format.is_fp32()) return {layout, nullptr, false};
  return {layout, quantiser, is_integer_layer(layer)};
}

}  // namespace roofscape::engine
