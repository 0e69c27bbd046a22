#include "analytics/network/operation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace roofscape {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;  // clang 14 does not deduce it by itself

std::string activation_name(op::Activation::Kind kind) {
  using Kind = op::Activation::Kind;
  switch (kind) {
    case Kind::kRelu: return "Relu";
    case Kind::kLeakyRelu: return "LeakyRelu";
    case Kind::kPRelu: return "PRelu";
    case Kind::kClip: return "Clip";
    case Kind::kSigmoid: return "Sigmoid";
    case Kind::kTanh: return "Tanh";
    case Kind::kHardSigmoid: return "HardSigmoid";
    case Kind::kHardSwish: return "HardSwish";
    case Kind::kElu: return "Elu";
    case Kind::kGelu:
    case Kind::kGeluTanh: return "Gelu";
    case Kind::kErf: return "Erf";
    case Kind::kExp: return "Exp";
    case Kind::kLog: return "Log";
    case Kind::kSqrt: return "Sqrt";
    case Kind::kNegate: return "Neg";
    case Kind::kAbs: return "Abs";
    case Kind::kSquare: return "Square";
    case Kind::kSoftplus: return "Softplus";
    case Kind::kSoftsign: return "Softsign";
    case Kind::kSilu: return "Silu";
    case Kind::kHardShrink: return "Shrink";
  }
  return "Activation";
}

std::string binary_name(op::Binary::Kind kind) {
  using Kind = op::Binary::Kind;
  switch (kind) {
    case Kind::kAdd: return "Add";
    case Kind::kSub: return "Sub";
    case Kind::kMul: return "Mul";
    case Kind::kDiv: return "Div";
    case Kind::kMax: return "Max";
    case Kind::kMin: return "Min";
  }
  return "Binary";
}

std::string pool_name(const op::Pool& pool) {
  return std::string(pool.global ? "Global" : "") + (pool.kind == op::Pool::Kind::kMax ? "MaxPool" : "AveragePool");
}

using Ints = std::span<const std::int64_t>;

}  // namespace

std::string operation_name(const Operation& operation) {
  return std::visit(Overloaded{[](const op::Input&) { return std::string("Input"); },
                               [](const op::Conv&) { return std::string("Conv"); },
                               [](const op::ConvTranspose&) { return std::string("ConvTranspose"); },
                               [](const op::Dense&) { return std::string("Gemm"); },
                               [](const op::MatMul&) { return std::string("MatMul"); },
                               [](const op::Affine&) { return std::string("BatchNormalization"); },
                               [](const op::Activation& a) { return activation_name(a.kind); },
                               [](const op::Softmax& s) { return std::string(s.log ? "LogSoftmax" : "Softmax"); },
                               [](const op::Pool& p) { return pool_name(p); },
                               [](const op::Binary& b) { return binary_name(b.kind); },
                               [](const op::Concat&) { return std::string("Concat"); },
                               [](const op::Slice&) { return std::string("Slice"); },
                               [](const op::Pad&) { return std::string("Pad"); },
                               [](const op::Reshape&) { return std::string("Reshape"); },
                               [](const op::Transpose&) { return std::string("Transpose"); },
                               [](const op::Gather&) { return std::string("Gather"); },
                               [](const op::ReduceMean&) { return std::string("ReduceMean"); },
                               [](const op::Recurrent& r) {
                                 return std::string(r.kind == op::Recurrent::Kind::kLstm ? "LSTM" : "GRU");
                               },
                               [](const op::MultiThreshold&) { return std::string("MultiThreshold"); },
                               [](const op::Truncate&) { return std::string("Trunc"); },
                               [](const op::Select&) { return std::string("Select"); }},
                    operation);
}

float confidence_of(std::span<const float> scores, bool probabilities) {
  float largest = -std::numeric_limits<float>::infinity();
  for (const float score : scores) {
    if (score != score) return 0;
    largest = std::max(largest, score);
  }
  if (probabilities) return largest;
  float sum = 0;
  for (const float score : scores) sum += std::exp(score - largest);
  return sum == sum ? 1 / sum : 0;
}

void hash_into(Hasher& hasher, const Operation& operation) {
  hasher.add(static_cast<std::uint32_t>(operation.index()));
  std::visit(
      Overloaded{
          [&](const op::Input& o) { hasher.add_range(Ints(o.shape)); },
          [&](const op::Conv& o) {
            hasher.add_range(Ints(o.stride)).add_range(Ints(o.dilation)).add_range(Ints(o.pad)).add(o.groups);
          },
          [&](const op::ConvTranspose& o) {
            hasher.add_range(Ints(o.stride)).add_range(Ints(o.dilation)).add_range(Ints(o.pad));
            hasher.add_range(Ints(o.output_pad)).add(o.groups);
          },
          [](const op::Dense&) {},
          [](const op::MatMul&) {},
          [&](const op::Affine& o) { hasher.add(o.axis); },
          [&](const op::Activation& o) { hasher.add(o.kind).add(o.alpha).add(o.beta); },
          [&](const op::Softmax& o) { hasher.add(o.axis).add(o.log); },
          [&](const op::Pool& o) {
            hasher.add(o.kind).add_range(Ints(o.kernel)).add_range(Ints(o.stride));
            hasher.add_range(Ints(o.dilation)).add_range(Ints(o.pad));
            hasher.add(o.ceil_mode).add(o.count_include_pad).add(o.global);
          },
          [&](const op::Binary& o) { hasher.add(o.kind).add(o.constant_first); },
          [&](const op::Concat& o) { hasher.add(o.axis); },
          [&](const op::Slice& o) { hasher.add_range(Ints(o.start)).add_range(Ints(o.size)).add_range(Ints(o.step)); },
          [&](const op::Pad& o) { hasher.add_range(Ints(o.before)).add_range(Ints(o.after)).add(o.value).add(o.mode); },
          [&](const op::Reshape& o) { hasher.add_range(Ints(o.shape)); },
          [&](const op::Transpose& o) { hasher.add_range(Ints(o.permutation)); },
          [&](const op::Gather& o) { hasher.add(o.axis).add_range(Ints(o.indices)).add_range(Ints(o.indices_shape)); },
          [&](const op::ReduceMean& o) { hasher.add_range(Ints(o.axes)).add(o.keep_dims); },
          [&](const op::Select& o) { hasher.add(o.confidence).add(o.probabilities); },
          [&](const op::Recurrent& o) { hasher.add(o.kind).add(o.direction).add(o.output).add(o.linear_before_reset); },
          [&](const op::MultiThreshold& o) { hasher.add(o.axis).add(o.scale).add(o.bias); },
          [&](const op::Truncate& o) {
            hasher.add(o.scale).add(o.zero_point).add(o.shift).add(o.rounding);
            hasher.add(o.output_scale).add(o.output_zero_point);
          },
      },
      operation);
}

}  // namespace roofscape
