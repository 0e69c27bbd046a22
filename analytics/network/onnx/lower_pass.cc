// Operators that change nothing in inference.
#include <utility>

#include "analytics/network/onnx/element_type.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/quantised.h"

namespace roofscape::onnx_import {

Status lower_identity(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  return in.set_output(0, std::move(x));
}

Status lower_dropout(Importer& in) {
  if (in.output_used(1)) return unimplemented("its output of a mask is not supported");
  RS_ASSIGN(const ConstantPtr training, in.constant(2, "training mode"));
  if (training && (training->size() != 1 || training->number(0) != 0))
    return unimplemented("it is exported in training mode; export the network for inference");
  return lower_identity(in);
}

Status lower_cast(Importer& in) {
  RS_ASSIGN(const std::int64_t to, in.node().integer("to", 0));
  RS_ASSIGN(const CastTarget target, cast_target(to));
  RS_ASSIGN(Signal x, in.signal(0));
  if (target.type != Constant::Type::kFloat)
    return unimplemented("it casts a value that depends on the network's input to integers or bools");
  RS_ASSIGN(x, as_numbers(in, std::move(x)));
  return in.set_output(0, std::move(x));
}

}  // namespace roofscape::onnx_import
