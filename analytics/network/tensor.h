// Constant tensors of a network: shared, immutable, content-addressed.
//
//   TensorPtr w = make_tensor({8, 1, 3, 3}, std::move(values));
//   w->digest();     // computed once
//
// A tensor may be known by its shape only, as those of networks whose weights nobody gave (analytics/zoo): then its
// size, shape and digest are there, and values are made up when somebody first asks for them. They are normal with the
// variance of He et al. (2015), 2 divided by the inputs of a row, the same ones for the same shape on every machine,
// and never 0; so a method that looks at weights can be priced, but nothing that such a network computes means
// anything.
//
//   TensorPtr w = shape_only_tensor({4096, 25088});   // no byte of 411 MB yet
//   w->is_shape_only();                                // true, for good
//   w->has_values();                                   // false until somebody calls values()
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/hash.h"

namespace roofscape {

// Dimensions, outermost first. Of activations: those of one image, without the batch, which is the engine's.
using Shape = std::vector<std::int64_t>;

// Product of the dimensions; 1 for a scalar (empty shape).
std::int64_t element_count(const Shape& shape);
// "[16, 32, 32]"
std::string to_string(const Shape& shape);

class Tensor {
 public:
  // values.size() must equal element_count(shape); row-major.
  Tensor(Shape shape, std::vector<float> values);
  // Known by its shape only.
  explicit Tensor(Shape shape);

  const Shape& shape() const { return shape_; }
  // Thread-safe, also where they are made up.
  std::span<const float> values() const;
  std::int64_t size() const { return size_; }
  // Whether nobody gave values: those that values() answers with are made up.
  bool is_shape_only() const { return shape_only_; }
  // Whether values are in memory, given or made up.
  bool has_values() const { return has_values_.load(std::memory_order_acquire); }
  // Hash of shape and values' bits, or of the shape alone where only that is known; thread-safe.
  const Digest& digest() const;
  // How many values are not 0: counted once, thread-safe; all of them where only the shape is known.
  std::int64_t nonzero_count() const;
  // Counts that others made of these values and would rather not make again, under a key of theirs; thread-safe.
  std::optional<std::int64_t> remembered(const std::string& key) const;
  void remember(const std::string& key, std::int64_t count) const;

 private:
  Shape shape_;
  std::int64_t size_;
  bool shape_only_;
  mutable std::vector<float> values_;
  mutable std::atomic<bool> has_values_;
  mutable std::once_flag values_once_, digest_once_, nonzero_once_;
  mutable Digest digest_;
  mutable std::int64_t nonzero_ = 0;
  mutable std::mutex remembered_mutex_;
  mutable std::map<std::string, std::int64_t> remembered_;
};
using TensorPtr = std::shared_ptr<const Tensor>;

TensorPtr make_tensor(Shape shape, std::vector<float> values);
TensorPtr shape_only_tensor(Shape shape);

}  // namespace roofscape
