// A layer: what it computes, how it is computed, how it is stored.
//
// fp32 and dense are only the defaults. An approximation method changes these fields; the engine runs them and the cost
// model prices the same ones, so that accuracy and cost cannot describe two different designs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analytics/arith/quantiser.h"
#include "analytics/network/function_table.h"
#include "analytics/network/operation.h"
#include "analytics/network/tensor.h"

namespace roofscape {

// Index of a layer in its network. Each layer has exactly one output, so this also names a value.
using LayerId = std::int32_t;

// Inputs that hardware may skip: those that are 0, and those so small that they are taken as 0.
struct Skips {
  float threshold = 0;  // |x| ≤ threshold becomes 0 on entry, before it is quantised
  // Share of zeros, then, of each channel of the input on the calibration images (axis 0 of [C, H, W], else the last).
  std::vector<float> zero_shares{};

  double mean() const;
  // The share of the work that is left for hardware that deals the channels out to so many lanes, in turn, and waits
  // for the slowest.
  double work_left(int lanes) const;
};
using SkipsPtr = std::shared_ptr<const Skips>;

// The two's complement register in which integer products are added up, and what it does with a sum that it cannot
// hold. Which sums those are, and in which order they come about: analytics/engine/integer/accumulator.h.
struct Accumulator {
  enum class Overflow : std::uint8_t { kWrap, kSaturate };
  static constexpr int kFewestBits = 4, kMostBits = 32;

  int bits = kMostBits;
  Overflow overflow = Overflow::kWrap;

  bool operator==(const Accumulator&) const = default;
};

// How a layer is computed. Null quantisers mean fp32.
//
// With `weight` set, constants[0] (and, for recurrent layers, [1]) hold values that lie on the quantiser's grid, so
// the integer is recovered exactly by quantising again. With `inputs[i]` set, the i-th input is quantised on entry. If
// both are integer formats, sums are exact integers and the result is float(acc)·(input scale·weight scale) + bias.
struct Arithmetic {
  std::vector<QuantiserPtr> inputs;  // empty, or one entry an input
  QuantiserPtr weight;
  // Empty: functions are computed as they are defined. Else tables in their place: one for an Activation's function,
  // one for a Softmax's exp, two for the sigmoid and the tanh of LSTM and GRU.
  std::vector<FunctionTablePtr> functions{};

  SkipsPtr skips{};  // of the first input; null: nothing is skipped. Convolutions and dense layers only

  // Of the sum of products, before scales and bias; absent: wide enough for every sum. Integer layers only
  // (integer_layer.h).
  std::optional<Accumulator> accumulator{};

  QuantiserPtr input(std::size_t i) const { return i < inputs.size() ? inputs[i] : nullptr; }
  FunctionTablePtr function(std::size_t i) const { return i < functions.size() ? functions[i] : nullptr; }
  bool is_fp32() const;
};

// How the weights are stored: which of them, and each in which code. The bits are counted by encoding the weights
// themselves (packed/packed.h), never stated by hand. docs/storage.md gives each code bit by bit.
//
//   Storage{.encoding = Storage::Encoding::kRelative, .gap_bits = 5};
//   Storage{.values = Storage::Values::kCodebook, .codebook_entries = 16, .huffman_values = true};
//
// A weight is a matrix here: Dense [O, I], Conv [O, C/groups·kh·kw], ConvTranspose [C, O/groups·kh·kw], each direction
// of a recurrent layer's W and R. A zero is a weight of value 0; codes that leave zeros out need a format that has one.
struct Storage {
  enum class Encoding : std::uint8_t {
    kDense,     // every weight
    kBitmap,    // one bit a weight says whether it is there, then the non-zero ones
    kRelative,  // before each non-zero one the zeros since the last, in `gap_bits`; where they overflow, a zero is kept
    kCsr,       // row pointers, then a column index before each non-zero one
    kGroups,    // `kept` of each `group` neighbours in a row (N:M)
    kBlocks,    // one bit says whether a block of block_rows × block_columns is there, then whole blocks
    kCirculant,  // blocks of block_rows × block_rows channels are circulant at each tap: block_rows weights each
  };
  enum class Values : std::uint8_t {
    kPlain,     // each in the weight's format
    kCodebook,  // each an index into a list of `codebook_entries` values of that format
  };
  Encoding encoding = Encoding::kDense;
  int gap_bits = 4;         // 1 to 16
  int kept = 2, group = 4;  // 1 ≤ kept < group ≤ 64
  int block_rows = 4;       // 1 to 65536
  int block_columns = 4;    // the same
  Values values = Values::kPlain;
  int codebook_entries = 16;    // 1 to 65536
  int codebook_rows = 0;        // rows that share a codebook; 0: all of a tensor
  bool huffman_values = false;  // codes of at most 16 bits as a Huffman code of their own
  bool huffman_gaps = false;    // kRelative: the gaps, too

  // Fails where a field that the codes use is out of its range.
  Status validate() const;
  // Whether zeros are left out.
  bool is_sparse() const { return encoding != Encoding::kDense && encoding != Encoding::kCirculant; }
  void hash_into(Hasher& hasher) const;
  bool operator==(const Storage&) const = default;
};

struct Layer {
  std::string name;  // unique in its network, printable
  Operation operation;
  std::vector<LayerId> inputs;
  std::vector<TensorPtr> constants;  // roles as stated at the operation; entries may be null
  Arithmetic arithmetic;
  Storage storage;
  Shape output_shape;  // of one image; kept true by Network

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&operation);
  }
  template <typename T>
  T* as() {
    return std::get_if<T>(&operation);
  }
  const Tensor* weight() const { return constants.empty() ? nullptr : constants[0].get(); }
  // The functions that `arithmetic.functions` may replace, in order; none for other layers.
  std::vector<op::Activation::Kind> functions() const;
  // Convolutions, dense and recurrent layers: those whose constants[0] is a weight that methods may approximate.
  bool has_weight() const;
};

}  // namespace roofscape
