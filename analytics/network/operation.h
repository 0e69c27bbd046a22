// What a layer computes: one struct for each operation, in a variant.
//
// Shapes are those of one image: the batch is not an axis of any layer (the importer lowers ONNX's axes). Axis numbers
// and permutations count the axes of one image. Constant operands are the layer's `constants`, in the order stated at
// each struct; an optional one that is absent is a null pointer.
//
// A new operation is: a struct here and in Operation, a file in shape inference, one kernel in engine/ref.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/arith/quantiser.h"
#include "analytics/base/hash.h"
#include "analytics/network/tensor.h"

namespace roofscape::op {

// The network's input, already prepared (scaled, shifted). No inputs.
struct Input {
  Shape shape;
  bool operator==(const Input&) const = default;
};

// Two-dimensional convolution, input [C, H, W] → [O, H', W']. One-dimensional ones have H = 1.
// constants: weight [O, C/groups, kh, kw]; bias [O] or null.
struct Conv {
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 4> pad{0, 0, 0, 0};  // top, left, bottom, right; zeros
  std::int64_t groups = 1;
  bool operator==(const Conv&) const = default;
};

// Transposed convolution, input [C, H, W] → [O, H', W'], H' = stride·(H−1) + output_pad + (kh−1)·dilation + 1 − pads.
// constants: weight [C, O/groups, kh, kw]; bias [O] or null.
struct ConvTranspose {
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 4> pad{0, 0, 0, 0};
  std::array<std::int64_t, 2> output_pad{0, 0};
  std::int64_t groups = 1;
  bool operator==(const ConvTranspose&) const = default;
};

// y[…, o] = Σ_i x[…, i]·W[o, i] + b[o]; ONNX Gemm, or MatMul with a constant.
// constants: weight [O, I]; bias [O] or null.
struct Dense {
  bool operator==(const Dense&) const = default;
};

// Product of two activations, [.., M, K] × [.., K, N], leading axes broadcast as in numpy. No constants.
struct MatMul {
  bool operator==(const MatMul&) const = default;
};

// y = scale[c]·x + shift[c] along `axis`: a batch normalisation that could not be folded.
// constants: scale [C]; shift [C].
struct Affine {
  std::int64_t axis = 0;
  bool operator==(const Affine&) const = default;
};

// Element-wise function.
struct Activation {
  enum class Kind : std::uint8_t {
    kRelu,       // max(x, 0)
    kLeakyRelu,  // x < 0 ? alpha·x : x
    kPRelu,      // x < 0 ? slope·x : x; constants: slope, broadcast to x's shape from the right
    kClip,       // min(max(x, alpha), beta)
    kSigmoid,    // 1 / (1 + e^−x)
    kTanh,
    kHardSigmoid,  // min(max(alpha·x + beta, 0), 1)
    kHardSwish,    // x·min(max(x/6 + 0.5, 0), 1)
    kElu,          // x < 0 ? alpha·(e^x − 1) : x
    kGelu,         // x/2·(1 + erf(x/√2))
    kGeluTanh,     // x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
    kErf,
    kExp,
    kLog,
    kSqrt,
    kNegate,
    kAbs,
    kSquare,
    kSoftplus,    // log(1 + e^x)
    kSoftsign,    // x / (1 + |x|)
    kSilu,        // x·sigmoid(x)
    kHardShrink,  // |x| > alpha ? x : 0
  };
  Kind kind = Kind::kRelu;
  float alpha = 0;
  float beta = 0;
  bool operator==(const Activation&) const = default;
};

// Softmax or its logarithm along one axis.
struct Softmax {
  std::int64_t axis = 0;
  bool log = false;
  bool operator==(const Softmax&) const = default;
};

// Pooling of [C, H, W] windows. Global pools have kernel = [H, W] and `global` set.
struct Pool {
  enum class Kind : std::uint8_t { kMax, kAverage };
  Kind kind = Kind::kMax;
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 4> pad{0, 0, 0, 0};
  bool ceil_mode = false;
  bool count_include_pad = false;  // average only: divide by the whole window
  bool global = false;
  bool operator==(const Pool&) const = default;
};

// Element-wise arithmetic with numpy broadcasting of two activations, or of one and a constant.
// constants: none, or the one constant operand; `constant_first` says that it is the left one.
struct Binary {
  enum class Kind : std::uint8_t { kAdd, kSub, kMul, kDiv, kMax, kMin };
  Kind kind = Kind::kAdd;
  bool constant_first = false;
  bool operator==(const Binary&) const = default;
};

struct Concat {
  std::int64_t axis = 0;
  bool operator==(const Concat&) const = default;
};

// x[start : … : step] along each axis; one entry an axis, start within the axis, step not 0, size ≥ 1.
struct Slice {
  std::vector<std::int64_t> start, size, step;
  bool operator==(const Slice&) const = default;
};

// Padding at both ends of every axis (never negative).
struct Pad {
  enum class Mode : std::uint8_t { kConstant, kReflect, kEdge };
  std::vector<std::int64_t> before, after;
  float value = 0;
  Mode mode = Mode::kConstant;
  bool operator==(const Pad&) const = default;
};

// Same elements in the same order under another shape: ONNX Reshape, Flatten, Squeeze, Unsqueeze.
struct Reshape {
  Shape shape;
  bool operator==(const Reshape&) const = default;
};

struct Transpose {
  std::vector<std::int64_t> permutation;  // output axis i is input axis permutation[i]
  bool operator==(const Transpose&) const = default;
};

// Constant indices along one axis; output shape = x[..axis] + indices_shape + x[axis+1..].
struct Gather {
  std::int64_t axis = 0;
  std::vector<std::int64_t> indices;  // each in [0, size of the axis)
  Shape indices_shape;
  bool operator==(const Gather&) const = default;
};

struct ReduceMean {
  std::vector<std::int64_t> axes;  // ascending, none empty
  bool keep_dims = true;
  bool operator==(const ReduceMean&) const = default;
};

// LSTM or GRU over a whole sequence, input [S, I] → [S, D, H] (`kSequence`), or the last hidden or cell state [D, H].
// D = 2 when bidirectional; a reverse direction writes its outputs at the positions of its inputs, as ONNX does.
// Gates in ONNX's order (iofc for LSTM, zrh for GRU). No clipping, default activations (sigmoid, tanh).
// constants: W [D, G·H, I]; R [D, G·H, H]; B [D, 2·G·H] or null; initial h [D, H] or null; initial c or null;
// peepholes [D, 3·H] or null (the last two LSTM only).
struct Recurrent {
  enum class Kind : std::uint8_t { kLstm, kGru };
  enum class Direction : std::uint8_t { kForward, kReverse, kBidirectional };
  enum class Output : std::uint8_t { kSequence, kLastHidden, kLastCell };
  Kind kind = Kind::kLstm;
  Direction direction = Direction::kForward;
  Output output = Output::kSequence;
  bool linear_before_reset = false;  // GRU only
  bool operator==(const Recurrent&) const = default;
};

// How many thresholds a value reaches: y = scale·#{t : x ≥ thresholds[c, t]} + bias, c along `axis`. An activation
// function and its quantiser in one (FINN's MultiThreshold).
// constants: thresholds [C, T], or [1, T] for all channels alike.
struct MultiThreshold {
  std::int64_t axis = 0;
  float scale = 1;
  float bias = 0;
  bool operator==(const MultiThreshold&) const = default;
};

// Low bits cut off: y = output_scale·(round(rint(x/scale + zero_point) / 2^shift) − output_zero_point), with `rounding`
// for the outer rounding. x is meant to be a quantised value already (QONNX's Trunc).
struct Truncate {
  float scale = 1;
  float zero_point = 0;
  std::int64_t shift = 0;  // 0 to 31
  Rounding rounding = Rounding::kFloor;
  float output_scale = 1;
  float output_zero_point = 0;
  bool operator==(const Truncate&) const = default;
};

// The early scores (input 0) of an image if they are confident enough, else the late ones (input 1); both [classes].
// Hardware need not compute what only the late ones need for images that leave early.
struct Select {
  float confidence = 1;        // least probability of the best class (confidence_of) with which an image leaves
  bool probabilities = false;  // the early scores are probabilities already, not logits or their like
  double leaving = 0;          // share of images that leave, as measured on calibration images: changes costs, no value
  bool operator==(const Select&) const = default;
};

}  // namespace roofscape::op

namespace roofscape {

using Operation =
    std::variant<op::Input, op::Conv, op::ConvTranspose, op::Dense, op::MatMul, op::Affine, op::Activation, op::Softmax,
                 op::Pool, op::Binary, op::Concat, op::Slice, op::Pad, op::Reshape, op::Transpose, op::Gather,
                 op::ReduceMean, op::Recurrent, op::MultiThreshold, op::Truncate, op::Select>;

// The field's name, as ONNX spells it: "Conv", "Gemm", "Relu", "MaxPool", "GlobalAveragePool", "Add", "LSTM" …
std::string operation_name(const Operation& operation);
// The largest of some scores as a probability: of their softmax, unless they are probabilities. 0 where one is NaN.
float confidence_of(std::span<const float> scores, bool probabilities);

// Adds all attributes that change what is computed to a content address.
void hash_into(Hasher& hasher, const Operation& operation);

}  // namespace roofscape
