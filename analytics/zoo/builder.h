// Builds networks whose weights are known by their shapes only, a line a layer; shapes follow by inference.
//
//   Builder b({3, 224, 224});
//   b.part("stem");                                            // layers are named stem.conv1, stem.relu1 …
//   LayerId x = b.relu(b.conv(b.input(), 64, {.kernel = {7, 7}, .stride = 2}));
//   return b.finish(b.dense(b.global_average(x), 1000));
//
// A structure that does not fit together is a fault of the program (RS_CHECK).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::zoo {

using Kind = op::Activation::Kind;

// Rows and columns of a kernel. Padding without a word keeps the size where the stride is 1: half the kernel, less the
// middle.
struct Window {
  std::array<std::int64_t, 2> kernel{3, 3};
  std::int64_t stride = 1;
  std::optional<std::array<std::int64_t, 4>> pad{};  // top, left, bottom, right
  std::int64_t groups = 1;

  std::array<std::int64_t, 4> padding() const;
};
inline constexpr std::array<std::int64_t, 4> kNoPad{0, 0, 0, 0};

class Builder {
 public:
  explicit Builder(Shape input);

  // Layers from here on are of this part, and numbered within it.
  void part(std::string name);

  LayerId input() const { return 0; }
  const Shape& shape(LayerId value) const { return shapes_[static_cast<std::size_t>(value)]; }
  std::int64_t channels(LayerId value) const { return shape(value)[0]; }
  // Of whatever operation; named after `kind`.
  LayerId add(std::string_view kind, Operation operation, std::vector<LayerId> inputs,
              std::vector<TensorPtr> constants = {});

  // With a bias, be it its own or what is left of the normalisation behind it.
  LayerId conv(LayerId x, std::int64_t filters, const Window& window = {});
  LayerId pointwise(LayerId x, std::int64_t filters) { return conv(x, filters, {.kernel = {1, 1}}); }
  // One filter a channel.
  LayerId depthwise(LayerId x, std::int64_t kernel, std::int64_t stride = 1);
  // Along the last axis.
  LayerId dense(LayerId x, std::int64_t outputs, bool bias = true);
  LayerId matmul(LayerId a, LayerId b) { return add("matmul", op::MatMul{}, {a, b}); }

  LayerId activation(LayerId x, Kind kind);
  LayerId relu(LayerId x) { return activation(x, Kind::kRelu); }
  LayerId relu6(LayerId x);
  LayerId softmax(LayerId x, std::int64_t axis) { return add("softmax", op::Softmax{axis}, {x}); }
  // A normalisation that no convolution takes in: a scale and a shift a channel.
  LayerId scale_shift(LayerId x, std::int64_t axis = 0);
  // Of the values along one axis: mean 0, variance 1, then a scale and a shift each.
  LayerId layer_norm(LayerId x, std::int64_t axis);

  LayerId max_pool(LayerId x, std::int64_t kernel, std::int64_t stride, std::int64_t pad = 0, bool ceil_mode = false);
  LayerId average_pool(LayerId x, std::int64_t kernel, std::int64_t stride, std::int64_t pad = 0);
  // [C, H, W] → [C, 1, 1].
  LayerId global_pool(LayerId x);
  // [C, H, W] → [C].
  LayerId global_average(LayerId x) { return flatten(global_pool(x)); }

  LayerId plus(LayerId a, LayerId b) { return add("add", op::Binary{op::Binary::Kind::kAdd}, {a, b}); }
  LayerId times(LayerId a, LayerId b) { return add("mul", op::Binary{op::Binary::Kind::kMul}, {a, b}); }
  // With one number, which is part of the structure: it has a value.
  LayerId with_number(LayerId x, op::Binary::Kind kind, float number);
  LayerId concat(std::vector<LayerId> inputs, std::int64_t axis = 0);
  LayerId slice(LayerId x, std::int64_t axis, std::int64_t start, std::int64_t size);
  // Whole entries of the first axis, in this order.
  LayerId gather(LayerId x, std::vector<std::int64_t> indices);
  LayerId reshape(LayerId x, Shape shape) { return add("reshape", op::Reshape{std::move(shape)}, {x}); }
  LayerId transpose(LayerId x, std::vector<std::int64_t> order);
  LayerId flatten(LayerId x) { return reshape(x, {element_count(shape(x))}); }

  Result<Network> finish(LayerId output) { return network_.finish(output); }

 private:
  NetworkBuilder network_;
  std::vector<Shape> shapes_;
  std::string part_;
  std::map<std::string, int, std::less<>> numbers_;  // of the part's layers so far, by kind
};

}  // namespace roofscape::zoo
