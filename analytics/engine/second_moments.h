// Adds up Σ x·xᵀ over the vectors that a layer's weights multiply: batch by batch, as the values pass by.
//
//   std::optional<InputVectors> vectors = input_vectors(layer, input_shape);
//   MomentsSum sum(*vectors);
//   sum.add(values, count, scratch);     // of one piece: products of some vectors in fp32, added in double
//   total.merge(sum);                    // of later batches, in their order
//   SecondMoments moments = total.finish();
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/network/layer.h"
#include "analytics/network/statistics.h"

namespace roofscape::engine {

// Which vectors a layer takes out of one image of its input. Layers that agree in this and in their input share
// moments.
struct InputVectors {
  enum class Kind : std::uint8_t {
    kWindows,  // of [C, H, W]: one a position of the output
    kRows,     // of [.., I]: one a leading index
    kStates,   // of a recurrent layer's sequence [S, D, H]: h before each step
  };
  Kind kind = Kind::kRows;
  std::int64_t groups = 1;
  std::int64_t channels = 0;  // a group; the length of a row
  std::int64_t height = 1, width = 1;
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 2> pad{0, 0};       // top, left
  std::int64_t out_height = 1, out_width = 1;  // positions; rows are 1 × out_width
  bool reverse = false;                        // states of a layer that runs only backwards
  std::vector<float> initial{};                // states: h before the first step, [D, H]
  bool operator==(const InputVectors&) const = default;

  std::int64_t columns() const { return channels * kernel[0] * kernel[1]; }
  std::int64_t samples() const { return out_height * out_width; }  // vectors an image and group
  std::int64_t elements() const { return groups * channels * height * width; }
};

// Nothing for layers without weights.
std::optional<InputVectors> input_vectors(const Layer& layer, const Shape& input);
// What a recurrent layer's R multiplies, taken from the sequence [S, D, H] of its states.
InputVectors state_vectors(const Layer& layer, const Shape& sequence);

// One thread's buffers.
struct MomentsScratch {
  std::vector<float> vectors, products;
};

class MomentsSum {
 public:
  explicit MomentsSum(InputVectors vectors);

  // Adds `count` images, plain fp32.
  void add(const float* values, std::int64_t count, MomentsScratch& scratch);
  // Adds the images of a later batch. Sums are merged batch by batch, so that threads cannot change them.
  void merge(const MomentsSum& later);
  SecondMoments finish() const;

  static std::int64_t bytes(const InputVectors& vectors);  // of one such sum

 private:
  struct Block;  // vectors side by side in memory
  struct Tile;   // positions whose windows make a block
  void add_tile(const float* values, std::int64_t group, const Tile& tile, MomentsScratch& scratch);
  void add_block(std::int64_t group, const Block& block, MomentsScratch& scratch);
  void add_windows(const float* values, std::int64_t count, MomentsScratch& scratch);
  void add_states(const float* values, std::int64_t count, MomentsScratch& scratch);

  InputVectors vectors_;
  std::int64_t images_ = 0;
  SecondMoments moments_;  // lower triangles
};

}  // namespace roofscape::engine
