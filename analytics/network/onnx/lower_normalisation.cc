#include <cmath>
#include <utility>

#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {

// In inference a batch normalisation is y = scale·x + shift for each channel, which folds into the layer before it.
Status lower_batch_normalization(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  for (std::size_t i = 1; i < 5; ++i)
    if (in.output_used(i)) return unimplemented("its output {} belongs to training and is not supported", i);
  RS_ASSIGN(const std::int64_t training, in.node().integer("training_mode", 0));
  RS_ASSIGN(const std::int64_t spatial, in.node().integer("spatial", 1));
  RS_ASSIGN(const float epsilon, in.node().real("epsilon", 1e-5F));
  if (training != 0) return unimplemented("it is exported in training mode; export the network for inference");
  if (spatial != 1) return unimplemented("spatial is {}; only 1 is supported", spatial);
  if (x.rank() < 2) return invalid_argument("its input {} has no channel axis", to_string(x.shape));

  const std::int64_t channels = x.shape[1];
  TensorPtr parameters[4];  // gamma, beta, mean, variance
  for (std::size_t i = 0; i < 4; ++i) {
    RS_ASSIGN(const ConstantPtr given, in.constant(i + 1, "parameter"));
    if (!given || given->shape != Shape{channels})
      return invalid_argument("its input {} is {}; [{}] is needed", i + 1,
                              given ? to_string(given->shape) : std::string("missing"), channels);
    parameters[i] = as_tensor(*given);
  }
  RS_TRY(in.budget().allocate(4 * channels));
  std::vector<double> scale(static_cast<std::size_t>(channels)), shift(scale.size());
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const auto parameter = [&](int i) { return static_cast<double>(parameters[i]->values()[c]); };
    scale[c] = parameter(0) / std::sqrt(parameter(3) + static_cast<double>(epsilon));
    shift[c] = parameter(1) - parameter(2) * scale[c];
  }

  RS_ASSIGN(const std::int64_t axis, image_axis(x, 1));
  RS_ASSIGN(const bool folded, fold_into_weights(in, x, axis, scale, shift));
  if (folded) return in.set_output(0, std::move(x));
  const auto tensor = [&](const std::vector<double>& values) {
    return make_tensor({channels}, std::vector<float>(values.begin(), values.end()));
  };
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(x.layer, in.add(op::Affine{.axis = axis}, {image}, {tensor(scale), tensor(shift)}));
  x.sole = true;
  return in.set_output(0, std::move(x));
}

}  // namespace roofscape::onnx_import
