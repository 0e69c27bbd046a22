// Element-wise functions, and the softmaxes.
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/quantised.h"

namespace roofscape::onnx_import {
namespace {

using Kind = op::Activation::Kind;

struct UnaryEntry {
  std::string_view op;
  Kind kind;
  float alpha, beta;  // ONNX's defaults of the attributes, 0 where there is none
};
constexpr std::array kUnary = {
    UnaryEntry{"Abs", Kind::kAbs, 0, 0},
    UnaryEntry{"Elu", Kind::kElu, 1, 0},
    UnaryEntry{"Erf", Kind::kErf, 0, 0},
    UnaryEntry{"Exp", Kind::kExp, 0, 0},
    UnaryEntry{"HardSigmoid", Kind::kHardSigmoid, 0.2F, 0.5F},
    UnaryEntry{"HardSwish", Kind::kHardSwish, 0, 0},
    UnaryEntry{"LeakyRelu", Kind::kLeakyRelu, 0.01F, 0},
    UnaryEntry{"Log", Kind::kLog, 0, 0},
    UnaryEntry{"Neg", Kind::kNegate, 0, 0},
    UnaryEntry{"Relu", Kind::kRelu, 0, 0},
    UnaryEntry{"Sigmoid", Kind::kSigmoid, 0, 0},
    UnaryEntry{"Softplus", Kind::kSoftplus, 0, 0},
    UnaryEntry{"Softsign", Kind::kSoftsign, 0, 0},
    UnaryEntry{"Sqrt", Kind::kSqrt, 0, 0},
    UnaryEntry{"Tanh", Kind::kTanh, 0, 0},
};

// Element-wise functions run on the layer as it is: the shape does not matter.
Status finish(Importer& in, Signal x, op::Activation activation) {
  RS_ASSIGN(x.layer, in.add(activation, {x.layer}));
  x.sole = true;
  return in.set_output(0, std::move(x));
}

}  // namespace

Status lower_unary(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  for (const UnaryEntry& entry : kUnary) {
    if (entry.op != in.node().op) continue;
    op::Activation activation{.kind = entry.kind};
    if (entry.alpha != 0) {
      RS_ASSIGN(activation.alpha, in.node().real("alpha", entry.alpha));
    }
    if (entry.beta != 0) {
      RS_ASSIGN(activation.beta, in.node().real("beta", entry.beta));
    }
    return finish(in, std::move(x), activation);
  }
  return unimplemented("Roofscape does not know this function");
}

// Of the integers of a QuantizeLinear: the same quantiser of fewer integers, as files say formats that are narrower
// than their type.
Status clip_codes(Importer& in, const Signal& x) {
  const NumberFormat& format = x.codes->format;
  if (!format.is_integer()) return unimplemented("it clips {} numbers; integers can be", format.name());
  std::int64_t bounds[2] = {format.lowest(), format.highest()};
  for (std::size_t i = 0; i < 2; ++i) {
    RS_ASSIGN(const ConstantPtr bound, in.constant(i + 1, i == 0 ? "minimum" : "maximum"));
    if (!bound) continue;
    RS_ASSIGN(const double value, as_scalar(*bound, i == 0 ? "minimum" : "maximum"));
    const double inside = std::clamp(value, static_cast<double>(bounds[0]), static_cast<double>(bounds[1]));
    bounds[i] = static_cast<std::int64_t>(inside);
  }
  const auto narrower = format_between(bounds[0], bounds[1]);
  if (!narrower)
    return unimplemented("it clips integers to {} to {}, which is no integer format's range", bounds[0], bounds[1]);
  auto q = std::make_shared<Quantiser>(*x.codes);
  q->format = *narrower;
  Signal y = x;
  RS_ASSIGN(y.layer, in.add_quantiser(x.layer, q));
  y.sole = true;
  y.codes = std::move(q);
  return in.set_output(0, std::move(y));
}

Status lower_clip(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  if (x.codes) return clip_codes(in, x);
  op::Activation clip{.kind = Kind::kClip};
  RS_ASSIGN(clip.alpha, in.node().real("min", std::numeric_limits<float>::lowest()));
  RS_ASSIGN(clip.beta, in.node().real("max", std::numeric_limits<float>::max()));
  for (std::size_t i = 1; i <= 2; ++i) {
    RS_ASSIGN(const ConstantPtr bound, in.constant(i, i == 1 ? "minimum" : "maximum"));
    if (!bound) continue;
    RS_ASSIGN(const double value, as_scalar(*bound, i == 1 ? "minimum" : "maximum"));
    (i == 1 ? clip.alpha : clip.beta) = static_cast<float>(value);
  }
  return finish(in, std::move(x), clip);
}

Status lower_gelu(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const std::string approximate, in.node().text("approximate", "none"));
  return finish(in, std::move(x), {.kind = approximate == "tanh" ? Kind::kGeluTanh : Kind::kGelu});
}

Status lower_prelu(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(ConstantPtr slope, in.constant(1, "slope"));
  if (!slope) return invalid_argument("its slope is missing");
  if (slope->shape.size() > x.rank())
    return invalid_argument("its slope {} has more axes than its input {}", to_string(slope->shape),
                            to_string(x.shape));
  // Before opset 7 a slope of one number per channel runs along axis 1.
  if (in.opset() < 7 && slope->shape.size() == 1 && slope->size() > 1) {
    Shape shape{slope->size()};
    while (shape.size() + 1 < x.rank()) shape.push_back(1);
    RS_ASSIGN(slope, reshaped(slope, std::move(shape), in.budget()));
  }
  if (x.batch) {
    RS_ASSIGN(slope, in.without_batch(slope, x.rank() - 1 - *x.batch));
  }
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(x.layer, in.add(op::Activation{.kind = Kind::kPRelu}, {image}, {as_tensor(*slope)}));
  x.sole = true;
  return in.set_output(0, std::move(x));
}

// Powers that Roofscape can say: x², x³, √x, 1/x and x itself.
Status lower_pow(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const ConstantPtr exponent, in.constant(1, "exponent"));
  if (!exponent) return invalid_argument("its exponent is missing");
  RS_ASSIGN(const double power, as_scalar(*exponent, "exponent"));
  if (exponent->shape.size() > x.rank()) return unimplemented("its exponent has more axes than its base");
  if (power == 1) return in.set_output(0, std::move(x));
  if (power == 2) return finish(in, std::move(x), {.kind = Kind::kSquare});
  if (power == 0.5) return finish(in, std::move(x), {.kind = Kind::kSqrt});
  if (power == -1) return lower_reciprocal(in);
  if (power != 3) return unimplemented("its exponent is {}; -1, 0.5, 1, 2 and 3 are supported", power);
  RS_ASSIGN(const LayerId square, in.add(op::Activation{.kind = Kind::kSquare}, {x.layer}, {}, "square"));
  RS_ASSIGN(x.layer, in.add(op::Binary{.kind = op::Binary::Kind::kMul}, {x.layer, square}));
  x.sole = true;
  return in.set_output(0, std::move(x));
}

Status lower_reciprocal(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  const op::Binary divide{.kind = op::Binary::Kind::kDiv, .constant_first = true};
  RS_ASSIGN(x.layer, in.add(divide, {x.layer}, {make_tensor({}, {1.0F})}));
  x.sole = true;
  return in.set_output(0, std::move(x));
}

Status lower_softmax(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  op::Softmax softmax{.log = in.node().op == "LogSoftmax"};
  LayerId image = 0;
  if (in.opset() >= 13) {
    RS_ASSIGN(const std::int64_t axis, in.node().integer("axis", -1));
    RS_ASSIGN(softmax.axis, image_axis(x, axis));
    RS_ASSIGN(image, in.image(x));
  } else {  // over all axes from this one on, as one
    RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", 1));
    RS_ASSIGN(const std::size_t axis, checked_axis(attribute, x.rank()));
    if (x.batch && *x.batch >= axis)
      return unimplemented("it runs over all axes from {} on, among them the batch; each image must stand alone", axis);
    Shape shape;
    std::int64_t together = 1;
    for (std::size_t i = 0; i < x.rank(); ++i) {
      if (i >= axis)
        together *= x.shape[i];
      else if (i != x.batch)
        shape.push_back(x.shape[i]);
    }
    shape.push_back(together);
    softmax.axis = static_cast<std::int64_t>(shape.size()) - 1;
    RS_ASSIGN(image, in.with_shape(x, shape));
  }
  RS_ASSIGN(x.layer, in.add(softmax, {image}));
  x.sole = true;
  return in.set_output(0, std::move(x));
}

}  // namespace roofscape::onnx_import
