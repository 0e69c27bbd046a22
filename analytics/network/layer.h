// A layer: what it computes, how it is computed, how it is stored.
//
// fp32 and dense are only the defaults. An approximation method changes these fields; the engine runs them and the cost
// model prices the same ones, so that accuracy and cost cannot describe two different designs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analytics/arith/quantiser.h"
#include "analytics/network/operation.h"
#include "analytics/network/tensor.h"

namespace roofscape {

// Index of a layer in its network. Each layer has exactly one output, so this also names a value.
using LayerId = std::int32_t;

// How a layer is computed. Null quantisers mean fp32.
//
// With `weight` set, constants[0] (and, for recurrent layers, [1]) hold values that lie on the quantiser's grid, so
// the integer is recovered exactly by quantising again. With `inputs[i]` set, the i-th input is quantised on entry. If
// both are integer formats, sums are exact integers and the result is float(acc)·(input scale·weight scale) + bias.
struct Arithmetic {
  std::vector<QuantiserPtr> inputs;  // empty, or one entry an input
  QuantiserPtr weight;

  QuantiserPtr input(std::size_t i) const { return i < inputs.size() ? inputs[i] : nullptr; }
  bool is_fp32() const;
};

// How the weights are stored. The bits are counted from the weights themselves (see storage.h), never stated by hand.
struct Storage {
  enum class Encoding : std::uint8_t {
    kDense,   // every weight
    kBitmap,  // one bit a weight says whether it is there, then the non-zero ones
  };
  Encoding encoding = Encoding::kDense;
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
  // Convolutions, dense and recurrent layers: those whose constants[0] is a weight that methods may approximate.
  bool has_weight() const;
};

}  // namespace roofscape
