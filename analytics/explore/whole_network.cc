#include "analytics/explore/whole_network.h"

#include "analytics/approx/method.h"
#include "analytics/engine/calibrate.h"

namespace roofscape::explore {

Result<Network> in_integers(const Network& network, const Dataset& images, const Preparation& preparation,
                            const IntegerWidths& widths, const CancelToken* cancel) {
  RS_ASSIGN(const approx::Method* method, approx::find_method("integer"));
  const approx::Knobs given{{"weight_bits", double(widths.weight_bits)},
                            {"activation_bits", double(widths.activation_bits)}};
  RS_ASSIGN(const approx::Knobs knobs, approx::complete_knobs(method->info(), given));
  approx::Recipe recipe;
  for (LayerId id = 0; id < network.size(); ++id)
    if (!method->applies(network, id)) recipe.push_back({network.layer(id).name, "integer", knobs});
  RS_ASSIGN(Calibration ranges, engine::calibrate(network, images, preparation, {}, cancel));
  RS_ASSIGN(approx::Draft draft, approx::apply_recipe({network, std::move(ranges)}, recipe, 1));
  return std::move(draft.network);
}

}  // namespace roofscape::explore
