#include "analytics/network/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "analytics/base/rng.h"
#include "analytics/base/status.h"

namespace roofscape {
namespace {

// Normal, of variance 2 / (inputs of a row): He et al., "Delving Deep into Rectifiers" (2015). Vectors are one row.
std::vector<float> he_normal(const Shape& shape, const Digest& digest) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, digest.bytes.data(), sizeof seed);
  Rng rng(seed);
  const std::int64_t size = element_count(shape);
  const std::int64_t inputs =
      std::max<std::int64_t>(shape.size() > 1 ? size / std::max<std::int64_t>(shape[0], 1) : size, 1);
  const double deviation = std::sqrt(2.0 / static_cast<double>(inputs));
  std::vector<float> values(static_cast<std::size_t>(size));
  for (float& value : values)
    while (value == 0) value = static_cast<float>(deviation * rng.normal());
  return values;
}

}  // namespace

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dimension : shape) count *= dimension;
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Tensor::Tensor(Shape shape, std::vector<float> values)
    : shape_(std::move(shape)),
      size_(element_count(shape_)),
      shape_only_(false),
      values_(std::move(values)),
      has_values_(true) {
  RS_CHECK(size_ == static_cast<std::int64_t>(values_.size()));
}

Tensor::Tensor(Shape shape)
    : shape_(std::move(shape)), size_(element_count(shape_)), shape_only_(true), has_values_(false) {}

std::span<const float> Tensor::values() const {
  if (shape_only_)
    std::call_once(values_once_, [this] {
      values_ = he_normal(shape_, digest());
      has_values_.store(true, std::memory_order_release);
    });
  return values_;
}

const Digest& Tensor::digest() const {
  std::call_once(digest_once_, [this] {
    const std::span<const std::int64_t> shape(shape_);
    digest_ = shape_only_ ? Hasher("shape-only tensor/1").add_range(shape).finish()
                          : Hasher("tensor/1").add_range(shape).add_range(std::span<const float>(values_)).finish();
  });
  return digest_;
}

std::int64_t Tensor::nonzero_count() const {
  if (shape_only_) return size_;
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

TensorPtr shape_only_tensor(Shape shape) { return std::make_shared<const Tensor>(std::move(shape)); }

}  // namespace roofscape
