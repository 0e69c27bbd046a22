#include "analytics/network/onnx/exporter.h"

namespace roofscape::onnx_export {
namespace {

using Kind = op::Activation::Kind;

std::string scaled(Exporter& out, const std::string& value, float factor, std::string_view suffix) {
  return out.part("Mul", {value, out.writer().number(out.named(suffix), factor)}, suffix);
}

// x/2·(1 + f(inner))
std::string half_gated(Exporter& out, std::string_view function, const std::string& inner) {
  const std::string one = out.writer().number(out.named("one"), 1);
  const std::string gate = out.part("Add", {out.part(function, {inner}, "function"), one}, "gate");
  return out.result("Mul", {scaled(out, out.input(0), 0.5F, "half"), gate});
}

std::string gelu(Exporter& out) { return half_gated(out, "Erf", scaled(out, out.input(0), 0.70710678F, "inner")); }

std::string gelu_tanh(Exporter& out) {
  const std::string& x = out.input(0);
  const std::string square = out.part("Mul", {x, x}, "square");
  const std::string cube = scaled(out, out.part("Mul", {square, x}, "cube"), 0.044715F, "term");
  return half_gated(out, "Tanh", scaled(out, out.part("Add", {x, cube}, "sum"), 0.79788456F, "inner"));
}

}  // namespace

std::string export_operation(Exporter& out, const op::Activation& o) {
  const std::string& x = out.input(0);
  switch (o.kind) {
    case Kind::kRelu: return out.result("Relu", {x});
    case Kind::kLeakyRelu: return out.result("LeakyRelu", {x}, {{"alpha", o.alpha}});
    case Kind::kPRelu: return out.result("PRelu", {x, out.constant(0, "slope")});
    case Kind::kClip:
      return out.result(
          "Clip", {x, out.writer().number(out.named("min"), o.alpha), out.writer().number(out.named("max"), o.beta)});
    case Kind::kSigmoid: return out.result("Sigmoid", {x});
    case Kind::kTanh: return out.result("Tanh", {x});
    case Kind::kHardSigmoid: return out.result("HardSigmoid", {x}, {{"alpha", o.alpha}, {"beta", o.beta}});
    case Kind::kHardSwish:  // an operator of its own only from opset 14 on
      return out.result("Mul", {x, out.part("HardSigmoid", {x}, "gate", {{"alpha", 1.0F / 6}, {"beta", 0.5F}})});
    case Kind::kElu: return out.result("Elu", {x}, {{"alpha", o.alpha}});
    case Kind::kGelu: return gelu(out);
    case Kind::kGeluTanh: return gelu_tanh(out);
    case Kind::kErf: return out.result("Erf", {x});
    case Kind::kExp: return out.result("Exp", {x});
    case Kind::kLog: return out.result("Log", {x});
    case Kind::kSqrt: return out.result("Sqrt", {x});
    case Kind::kNegate: return out.result("Neg", {x});
    case Kind::kAbs: return out.result("Abs", {x});
    case Kind::kSquare: return out.result("Mul", {x, x});
    case Kind::kSoftplus: return out.result("Softplus", {x});
    case Kind::kSoftsign: return out.result("Softsign", {x});
    case Kind::kSilu: return out.result("Mul", {x, out.part("Sigmoid", {x}, "gate")});
    case Kind::kHardShrink: return out.result("Shrink", {x}, {{"lambd", o.alpha}, {"bias", 0.0F}});
  }
  check_failed(__FILE__, __LINE__, "a kind of activation is missing");
}

}  // namespace roofscape::onnx_export
