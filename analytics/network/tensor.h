// Constant tensors of a network: shared, immutable, content-addressed.
//
//   TensorPtr w = make_tensor({8, 1, 3, 3}, std::move(values));
//   w->digest();     // computed once
#pragma once

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

  const Shape& shape() const { return shape_; }
  std::span<const float> values() const { return values_; }
  std::int64_t size() const { return static_cast<std::int64_t>(values_.size()); }
  // Hash of shape and values' bits; thread-safe.
  const Digest& digest() const;
  // How many values are not 0; counted once, thread-safe.
  std::int64_t nonzero_count() const;
  // Counts that others made of these values and would rather not make again, under a key of theirs; thread-safe.
  std::optional<std::int64_t> remembered(const std::string& key) const;
  void remember(const std::string& key, std::int64_t count) const;

 private:
  Shape shape_;
  std::vector<float> values_;
  mutable std::once_flag digest_once_, nonzero_once_;
  mutable Digest digest_;
  mutable std::int64_t nonzero_ = 0;
  mutable std::mutex remembered_mutex_;
  mutable std::map<std::string, std::int64_t> remembered_;
};
using TensorPtr = std::shared_ptr<const Tensor>;

TensorPtr make_tensor(Shape shape, std::vector<float> values);

}  // namespace roofscape
