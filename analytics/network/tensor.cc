#include "analytics/network/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analytics/base/status.h"

namespace roofscape {

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) count *= dimension;
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Tensor::Tensor(Shape shape, std::vector<float> values) : shape_(std::move(shape)), values_(std::move(values)) {
  RS_CHECK(element_count(shape_) == static_cast<std::int64_t>(values_.size()));
}

const Digest& Tensor::digest() const {
  std::call_once(digest_once_, [this] {
    digest_ = Hasher("tensor/1").add_range(std::span<const std::int64_t>(shape_)).add_range(values()).finish();
  });
  return digest_;
}

std::int64_t Tensor::nonzero_count() const {
  std::call_once(nonzero_once_, [this] { nonzero_ = size() - std::count(values_.begin(), values_.end(), 0.0F); });
  return nonzero_;
}

std::optional<std::int64_t> Tensor::remembered(const std::string& key) const {
  const std::scoped_lock lock(remembered_mutex_);
  const auto found = remembered_.find(key);
  return found == remembered_.end() ? std::nullopt : std::optional(found->second);
}

void Tensor::remember(const std::string& key, std::int64_t count) const {
  const std::scoped_lock lock(remembered_mutex_);
  remembered_[key] = count;
}

TensorPtr make_tensor(Shape shape, std::vector<float> values) {
  return std::make_shared<const Tensor>(std::move(shape), std::move(values));
}

}  // namespace roofscape
