#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "analytics/network/onnx/element_type.h"
#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/importer.h"
#include "analytics/network/onnx/quantised.h"
#include "analytics/network/shape_inference.h"

namespace roofscape::onnx_import {
namespace {

using Integer = std::int64_t;

// Two's complement, as ONNX's integers are; without undefined behaviour on overflow.
Integer wrap(std::uint64_t bits) { return static_cast<Integer>(bits); }
std::uint64_t bits(Integer value) { return static_cast<std::uint64_t>(value); }

std::function<float(float)> float_function(std::string_view op) {
  if (op == "Abs") return [](float x) { return std::fabs(x); };
  if (op == "Ceil") return [](float x) { return std::ceil(x); };
  if (op == "Erf") return [](float x) { return std::erf(x); };
  if (op == "Exp") return [](float x) { return std::exp(x); };
  if (op == "Floor") return [](float x) { return std::floor(x); };
  if (op == "Log") return [](float x) { return std::log(x); };
  if (op == "Neg") return [](float x) { return -x; };
  if (op == "Reciprocal") return [](float x) { return 1 / x; };
  if (op == "Relu") return [](float x) { return std::max(x, 0.0F); };
  if (op == "Round") return [](float x) { return std::nearbyint(x); };
  if (op == "Sigmoid") return [](float x) { return 1 / (1 + std::exp(-x)); };
  if (op == "Sign") return [](float x) { return static_cast<float>((x > 0) - (x < 0)); };
  if (op == "Sqrt") return [](float x) { return std::sqrt(x); };
  if (op == "Tanh") return [](float x) { return std::tanh(x); };
  return nullptr;
}

std::function<Integer(Integer)> integer_function(std::string_view op) {
  if (op == "Abs") return [](Integer x) { return x < 0 ? wrap(0 - bits(x)) : x; };
  if (op == "Neg") return [](Integer x) { return wrap(0 - bits(x)); };
  if (op == "Not") return [](Integer x) { return static_cast<Integer>(x == 0); };
  if (op == "Relu") return [](Integer x) { return std::max<Integer>(x, 0); };
  if (op == "Sign") return [](Integer x) { return static_cast<Integer>((x > 0) - (x < 0)); };
  return nullptr;
}

bool gives_bool(std::string_view op) {
  return op == "And" || op == "Equal" || op == "Greater" || op == "GreaterOrEqual" || op == "Less" ||
         op == "LessOrEqual" || op == "Or";
}

template <typename T>
std::function<T(T, T)> common_function(std::string_view op) {
  if (op == "Max") return [](T a, T b) { return std::max(a, b); };
  if (op == "Min") return [](T a, T b) { return std::min(a, b); };
  if (op == "Equal") return [](T a, T b) { return static_cast<T>(a == b); };
  if (op == "Greater") return [](T a, T b) { return static_cast<T>(a > b); };
  if (op == "GreaterOrEqual") return [](T a, T b) { return static_cast<T>(a >= b); };
  if (op == "Less") return [](T a, T b) { return static_cast<T>(a < b); };
  if (op == "LessOrEqual") return [](T a, T b) { return static_cast<T>(a <= b); };
  if (op == "And") return [](T a, T b) { return static_cast<T>(a != 0 && b != 0); };
  if (op == "Or") return [](T a, T b) { return static_cast<T>(a != 0 || b != 0); };
  return nullptr;
}

std::function<float(float, float)> float_function2(std::string_view op) {
  if (op == "Add" || op == "Sum") return std::plus<>();
  if (op == "Sub") return std::minus<>();
  if (op == "Mul") return std::multiplies<>();
  if (op == "Div") return std::divides<>();
  if (op == "Mod" || op == "FMod") return [](float a, float b) { return std::fmod(a, b); };
  if (op == "Pow") return [](float a, float b) { return std::pow(a, b); };
  return common_function<float>(op);
}

Integer integer_power(Integer base, Integer exponent) {
  if (exponent < 0) return base == 1 ? 1 : 0;  // rounded towards 0
  std::uint64_t product = 1, square = bits(base);
  for (; exponent > 0; exponent >>= 1, square *= square)
    if ((exponent & 1) != 0) product *= square;
  return wrap(product);
}

// The divisor is known not to be 0.
std::function<Integer(Integer, Integer)> integer_function2(std::string_view op) {
  if (op == "Add" || op == "Sum") return [](Integer a, Integer b) { return wrap(bits(a) + bits(b)); };
  if (op == "Sub") return [](Integer a, Integer b) { return wrap(bits(a) - bits(b)); };
  if (op == "Mul") return [](Integer a, Integer b) { return wrap(bits(a) * bits(b)); };
  if (op == "Div") return [](Integer a, Integer b) { return b == -1 ? wrap(0 - bits(a)) : a / b; };
  if (op == "Mod")
    return [](Integer a, Integer b) {  // the sign of the divisor, as in Python
      const Integer rest = b == -1 ? 0 : a % b;
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    };
  if (op == "FMod") return [](Integer a, Integer b) { return b == -1 ? 0 : a % b; };  // the sign of the dividend
  if (op == "Pow") return integer_power;
  return common_function<Integer>(op);
}

// Both operands broadcast to one shape.
struct Operands {
  ConstantPtr a, b;
};
Result<Operands> broadcast_both(ConstantPtr a, ConstantPtr b, Budget& budget) {
  RS_ASSIGN(const Shape shape, broadcast_shapes(a->shape, b->shape));
  RS_ASSIGN(a, broadcast_to(a, shape, budget));
  RS_ASSIGN(b, broadcast_to(b, shape, budget));
  return Operands{std::move(a), std::move(b)};
}

Result<ConstantPtr> combine(std::string_view op, const ConstantPtr& left, const ConstantPtr& right, Budget& budget) {
  RS_ASSIGN(const Operands operands, broadcast_both(left, right, budget));
  const Constant &a = *operands.a, &b = *operands.b;
  RS_TRY(budget.allocate(a.size()));
  const auto count = static_cast<std::size_t>(a.size());
  if (a.is_float() || b.is_float()) {
    const auto function = float_function2(op);
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = function(static_cast<float>(a.number(i)), static_cast<float>(b.number(i)));
    if (!gives_bool(op)) return float_constant(a.shape, std::move(values));
    return integer_constant(a.shape, {values.begin(), values.end()}, Constant::Type::kBool);
  }
  const auto function = integer_function2(op);
  const bool divides = op == "Div" || op == "Mod" || op == "FMod";
  std::vector<Integer> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (divides && b.integers[i] == 0) return invalid_argument("it divides the integer {} by 0", a.integers[i]);
    values[i] = function(a.integers[i], b.integers[i]);
  }
  return integer_constant(a.shape, std::move(values), gives_bool(op) ? Constant::Type::kBool : a.type);
}

}  // namespace

Status fold_unary(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, in.constant(0, "input"));
  if (!x) return invalid_argument("its input is missing");
  RS_TRY(in.budget().allocate(x->size()));
  if (x->is_float()) {
    const auto function = float_function(in.node().op);
    if (!function) return unimplemented("it is not defined on floating-point numbers");
    std::vector<float> values(x->floats->values().begin(), x->floats->values().end());
    std::transform(values.begin(), values.end(), values.begin(), function);
    return in.set_output(0, float_constant(x->shape, std::move(values)));
  }
  const auto function = integer_function(in.node().op);
  if (!function) return unimplemented("it is not defined on integers");
  std::vector<Integer> values(x->integers);
  std::transform(values.begin(), values.end(), values.begin(), function);
  return in.set_output(0, integer_constant(x->shape, std::move(values), x->type));
}

Status fold_binary(Importer& in) {
  RS_ASSIGN(ConstantPtr result, in.constant(0, "first operand"));
  if (!result) return invalid_argument("its first operand is missing");
  const bool variadic = in.node().op == "Max" || in.node().op == "Min" || in.node().op == "Sum";
  if (!variadic && in.input_count() != 2) return invalid_argument("it has {} inputs, not 2", in.input_count());
  RS_ASSIGN(const std::int64_t fmod, in.node().integer("fmod", 0));
  const std::string op = fmod != 0 ? "FMod" : in.node().op;  // only Mod has the attribute
  for (std::size_t i = 1; i < in.input_count(); ++i) {
    RS_ASSIGN(const ConstantPtr next, in.constant(i, "operand"));
    if (!next) return invalid_argument("its operand {} is missing", i);
    RS_ASSIGN(result, combine(op, result, next, in.budget()));
  }
  return in.set_output(0, std::move(result));
}

Status fold_where(Importer& in) {
  RS_ASSIGN(ConstantPtr condition, in.constant(0, "condition"));
  RS_ASSIGN(ConstantPtr x, in.constant(1, "first choice"));
  RS_ASSIGN(ConstantPtr y, in.constant(2, "second choice"));
  if (!condition || !x || !y) return invalid_argument("it needs 3 inputs");
  if (condition->is_float() || x->is_float() != y->is_float()) return invalid_argument("its inputs' types do not fit");
  RS_ASSIGN(const Shape choices, broadcast_shapes(x->shape, y->shape));
  RS_ASSIGN(const Shape shape, broadcast_shapes(choices, condition->shape));
  RS_ASSIGN(condition, broadcast_to(condition, shape, in.budget()));
  RS_ASSIGN(x, broadcast_to(x, shape, in.budget()));
  RS_ASSIGN(y, broadcast_to(y, shape, in.budget()));
  RS_TRY(in.budget().allocate(x->size()));
  const auto choose = [&](const auto& a, const auto& b) {
    std::vector<std::decay_t<decltype(a[0])>> values(a.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = condition->integers[i] != 0 ? a[i] : b[i];
    return values;
  };
  if (x->is_float()) return in.set_output(0, float_constant(shape, choose(x->floats->values(), y->floats->values())));
  return in.set_output(0, integer_constant(shape, choose(x->integers, y->integers), x->type));
}

// Bounds are inputs from opset 11 on, attributes before. Integers clipped to the range of a narrower format are codes
// of that format.
Status fold_clip(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, in.constant(0, "input"));
  if (!x) return invalid_argument("its input is missing");
  RS_TRY(in.budget().allocate(x->size()));
  if (x->is_float()) {
    RS_ASSIGN(float low, in.node().real("min", -std::numeric_limits<float>::infinity()));
    RS_ASSIGN(float high, in.node().real("max", std::numeric_limits<float>::infinity()));
    for (std::size_t i = 1; i <= 2; ++i) {
      RS_ASSIGN(const ConstantPtr bound, in.constant(i, "bound"));
      if (!bound) continue;
      RS_ASSIGN(const double value, as_scalar(*bound, "bound"));
      (i == 1 ? low : high) = static_cast<float>(value);
    }
    std::vector<float> values(x->floats->values().begin(), x->floats->values().end());
    for (float& value : values) value = std::min(std::max(value, low), high);
    return in.set_output(0, float_constant(x->shape, std::move(values)));
  }
  Integer low = std::numeric_limits<Integer>::min(), high = std::numeric_limits<Integer>::max();
  for (std::size_t i = 1; i <= 2; ++i) {
    RS_ASSIGN(const ConstantPtr bound, in.constant(i, "bound"));
    if (!bound) continue;
    RS_TRY(as_scalar(*bound, "bound").status());
    if (bound->is_float()) return invalid_argument("it clips integers to floating-point bounds");
    (i == 1 ? low : high) = bound->integers[0];
  }
  auto clipped = std::make_shared<Constant>(*x);
  for (Integer& value : clipped->integers) value = std::min(std::max(value, low), high);
  clipped->quantiser = nullptr;
  if (const auto format = format_between(low, high))
    clipped->quantiser = std::make_shared<const Quantiser>(Quantiser{.format = *format});
  return in.set_output(0, ConstantPtr(std::move(clipped)));
}

Status fold_cast(Importer& in) {
  RS_ASSIGN(const ConstantPtr x, in.constant(0, "input"));
  if (!x) return invalid_argument("its input is missing");
  RS_ASSIGN(const std::int64_t to, in.node().integer("to", 0));
  RS_ASSIGN(const CastTarget target, cast_target(to));
  RS_TRY(in.budget().allocate(x->size()));
  const auto count = static_cast<std::size_t>(x->size());
  if (target.type == Constant::Type::kFloat)
    return in.set_output(0, float_constant(x->shape, [&] {
                           std::vector<float> values(count);
                           for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(x->number(i));
                           return values;
                         }()));
  std::vector<Integer> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (target.type == Constant::Type::kBool) {
      values[i] = static_cast<Integer>(x->number(i) != 0);
    } else if (!x->is_float()) {
      values[i] = x->integers[i];
    } else {
      const double whole = std::trunc(x->number(i));
      if (!(whole >= -0x1p63 && whole < 0x1p63))
        return invalid_argument("it casts {} to an integer, which cannot hold it", x->number(i));
      values[i] = static_cast<Integer>(whole);
    }
    if (values[i] < target.lowest || values[i] > target.highest)
      return invalid_argument("it casts {} to a type of {} to {}, which cannot hold it", values[i], target.lowest,
                              target.highest);
  }
  return in.set_output(0, integer_constant(x->shape, std::move(values), target.type, static_cast<std::int32_t>(to)));
}

}  // namespace roofscape::onnx_import
