// For tests: the bits of a layer's constants by the formulas of docs/storage.md, counted naively from its values.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "analytics/arith/block_quantise.h"
#include "analytics/arith/element.h"
#include "analytics/network/layer.h"

namespace roofscape::testing {

inline std::int64_t naive_log2_ceiling(double choices) {
  std::int64_t bits = 0;
  while (std::ldexp(1.0, static_cast<int>(bits)) < choices) ++bits;
  return bits;
}

// Σ count·length of Huffman's code and its table.
inline std::int64_t naive_huffman_bits(const std::vector<std::uint32_t>& symbols, std::int64_t alphabet) {
  std::map<std::uint32_t, std::int64_t> counts;
  for (const std::uint32_t symbol : symbols) ++counts[symbol];
  const auto used = static_cast<std::int64_t>(counts.size());
  std::multiset<std::int64_t> open;
  for (const auto& [symbol, count] : counts) open.insert(count);
  std::int64_t bits = 0;
  while (open.size() > 1) {
    std::int64_t sum = 0;
    for (int i = 0; i < 2; ++i) {
      sum += *open.begin();
      open.erase(open.begin());
    }
    bits += sum;  // each symbol below gets a bit longer
    open.insert(sum);
  }
  const std::int64_t list = naive_log2_ceiling(static_cast<double>(alphabet + 1)) +
                            used * (naive_log2_ceiling(static_cast<double>(alphabet)) + (used > 1 ? 5 : 0));
  return bits + 1 + (used > 1 ? std::min(list, 5 * alphabet) : list);
}

// One weight tensor, element by element.
class NaiveTensor {
 public:
  NaiveTensor(const Layer& layer, const Tensor& tensor) : layer_(layer), tensor_(tensor), s_(layer.storage) {
    const Shape& shape = tensor.shape();
    const bool stacked = layer.as<op::Recurrent>() != nullptr;
    matrix_rows_ = stacked ? shape[1] : shape[0];
    rows_ = stacked ? shape[0] * shape[1] : shape[0];
    columns_ = tensor.size() / rows_;
    for (std::size_t axis = 2; axis < shape.size() && !stacked; ++axis) taps_ *= shape[axis];
  }

  std::int64_t bits() {
    const std::int64_t positions = find_positions();
    return positions + value_bits() + exponent_bits();
  }

 private:
  float at(std::int64_t place) const { return tensor_.values()[static_cast<std::size_t>(place)]; }
  bool zero(std::int64_t row, std::int64_t column) const { return at(row * columns_ + column) == 0; }
  std::int64_t format_bits() const { return layer_.arithmetic.weight ? layer_.arithmetic.weight->format.bits() : 32; }

  // Fills stored_ and returns the bits of positions.
  std::int64_t find_positions() {
    const auto count_bits = naive_log2_ceiling(static_cast<double>(tensor_.size() + 1));
    std::int64_t bits = 0;
    const auto keep_nonzero = [&] {
      for (std::int64_t i = 0; i < tensor_.size(); ++i)
        if (at(i) != 0) stored_.push_back(i);
      return static_cast<double>(stored_.size());
    };
    switch (s_.encoding) {
      case Storage::Encoding::kDense:
        for (std::int64_t i = 0; i < tensor_.size(); ++i) stored_.push_back(i);
        return 0;
      case Storage::Encoding::kBitmap: keep_nonzero(); return tensor_.size();
      case Storage::Encoding::kRelative: {
        std::vector<std::uint32_t> gaps;
        std::uint32_t gap = 0;
        std::size_t last = 0;  // entries up to the last non-zero weight
        for (std::int64_t i = 0; i < tensor_.size(); ++i) {
          if (at(i) != 0 || gap == (1U << s_.gap_bits) - 1) {
            stored_.push_back(i);
            gaps.push_back(gap);
            gap = 0;
            if (at(i) != 0) last = gaps.size();
          } else {
            ++gap;
          }
        }
        stored_.resize(last);
        gaps.resize(last);
        return count_bits + (s_.huffman_gaps ? naive_huffman_bits(gaps, std::int64_t{1} << s_.gap_bits)
                                             : static_cast<std::int64_t>(last) * s_.gap_bits);
      }
      case Storage::Encoding::kCsr: {
        const double nonzero = keep_nonzero();
        return count_bits + (rows_ - 1) * naive_log2_ceiling(nonzero + 1) +
               static_cast<std::int64_t>(nonzero) * naive_log2_ceiling(static_cast<double>(columns_));
      }
      case Storage::Encoding::kGroups:
        for (std::int64_t row = 0; row < rows_; ++row) {
          for (std::int64_t left = 0; left < columns_; left += s_.group) {
            const std::int64_t members = std::min<std::int64_t>(s_.group, columns_ - left);
            const std::int64_t kept = std::min<std::int64_t>(s_.kept, members);
            bits += naive_log2_ceiling(std::round(
                std::exp(std::lgamma(members + 1) - std::lgamma(kept + 1) - std::lgamma(members - kept + 1))));
            std::int64_t spare = kept;
            for (std::int64_t i = 0; i < members; ++i) spare -= zero(row, left + i) ? 0 : 1;
            for (std::int64_t i = 0; i < members; ++i)
              if (!zero(row, left + i) || spare-- > 0) stored_.push_back(row * columns_ + left + i);
          }
        }
        return bits;
      case Storage::Encoding::kBlocks:
        for_blocks(s_.block_rows, s_.block_columns, [&](const std::vector<std::int64_t>& places) {
          ++bits;
          if (std::any_of(places.begin(), places.end(), [&](std::int64_t p) { return at(p) != 0; }))
            stored_.insert(stored_.end(), places.begin(), places.end());
        });
        return bits;
      case Storage::Encoding::kCirculant:
        for_blocks(s_.block_rows, s_.block_rows * taps_, [&](const std::vector<std::int64_t>& places) {
          const std::int64_t left = places[0] % columns_ / taps_, top = places[0] / columns_;
          for (std::int64_t tap = 0; tap < taps_; ++tap)
            for (std::int64_t d = 0; d < s_.block_rows; ++d) {
              const auto found = std::find_if(places.begin(), places.end(), [&](std::int64_t place) {
                const std::int64_t steps = (place / columns_ - top) - (place % columns_ / taps_ - left);
                return place % taps_ == tap && (steps + s_.block_rows) % s_.block_rows == d;
              });
              stored_.push_back(found == places.end() ? places[0] + tap : *found);
            }
        });
        return 0;
    }
    return 0;
  }

  template <typename Visit>
  void for_blocks(std::int64_t height, std::int64_t width, Visit&& visit) {
    for (std::int64_t matrix = 0; matrix < rows_; matrix += matrix_rows_)
      for (std::int64_t top = 0; top < matrix_rows_; top += height)
        for (std::int64_t left = 0; left < columns_; left += width) {
          std::vector<std::int64_t> places;
          for (std::int64_t i = top; i < std::min(top + height, matrix_rows_); ++i)
            for (std::int64_t j = left; j < std::min(left + width, columns_); ++j)
              places.push_back((matrix + i) * columns_ + j);
          visit(places);
        }
  }

  std::int64_t value_bits() const {
    const auto count = static_cast<std::int64_t>(stored_.size());
    const bool codebook = s_.values == Storage::Values::kCodebook;
    const std::int64_t each = s_.codebook_rows == 0 ? rows_ : s_.codebook_rows;
    const std::int64_t books = codebook ? (rows_ + each - 1) / each : 0;
    std::int64_t bits = books * s_.codebook_entries * format_bits();
    const std::int64_t width = codebook ? naive_log2_ceiling(static_cast<double>(s_.codebook_entries)) : format_bits();
    if (!s_.huffman_values) return bits + count * width;
    std::vector<std::set<std::uint32_t>> entries(static_cast<std::size_t>(books));
    for (const std::int64_t place : stored_)
      if (codebook) entries[static_cast<std::size_t>(place / columns_ / each)].insert(code(place));
    std::vector<std::uint32_t> symbols;
    for (const std::int64_t place : stored_) {
      const std::uint32_t own = code(place);
      if (!codebook) {
        symbols.push_back(own);
        continue;
      }
      const auto& book = entries[static_cast<std::size_t>(place / columns_ / each)];
      symbols.push_back(static_cast<std::uint32_t>(std::distance(book.begin(), book.find(own))));
    }
    return bits + naive_huffman_bits(symbols, codebook ? s_.codebook_entries : std::int64_t{1} << format_bits());
  }

  std::uint32_t code(std::int64_t place) const {
    const Quantiser* quantiser = layer_.arithmetic.weight.get();
    const float value = at(place) + 0.0F;
    if (quantiser == nullptr) return element_bits(value, NumberFormat::fp32());
    const NumberFormat element = quantiser->format.element();
    std::int64_t inner = 1, length = 1;
    const Shape& shape = tensor_.shape();
    if (quantiser->axis >= 0) {
      length = shape[static_cast<std::size_t>(quantiser->axis)];
      for (std::size_t i = static_cast<std::size_t>(quantiser->axis) + 1; i < shape.size(); ++i) inner *= shape[i];
    }
    const std::int64_t index = place / inner % length;
    if (const int block = quantiser->format.block(); block > 0) {
      float largest = 0;
      for (std::int64_t i = index / block * block; i < std::min(length, (index / block + 1) * block); ++i)
        largest = std::max(largest, std::abs(at(place + (i - index) * inner)));
      const float scale = std::ldexp(1.0F, shared_exponent(largest, quantiser->format));
      return element_bits(round_to_element(value / scale, element), element);
    }
    const auto channel = static_cast<std::size_t>(quantiser->per_channel() ? index : 0);
    if (!element.is_integer() || element.is_bipolar())
      return element_bits(round_to_element(value / quantiser->scale[channel], element), element);
    const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << element.bits()) - 1);
    return static_cast<std::uint32_t>(quantiser->quantise(value, channel)) & mask;
  }

  std::int64_t exponent_bits() const {
    const QuantiserPtr& quantiser = layer_.arithmetic.weight;
    if (!quantiser || quantiser->format.block() == 0) return 0;
    const std::int64_t length = tensor_.shape()[static_cast<std::size_t>(quantiser->axis)];
    return tensor_.size() / length * ((length + quantiser->format.block() - 1) / quantiser->format.block()) * 8;
  }

  const Layer& layer_;
  const Tensor& tensor_;
  const Storage& s_;
  std::int64_t rows_ = 0, columns_ = 0, matrix_rows_ = 0, taps_ = 1;
  std::vector<std::int64_t> stored_;
};

inline std::int64_t naive_bits(const Layer& layer) {
  std::int64_t total = 0;
  const QuantiserPtr& grid = layer.arithmetic.weight;
  if (grid && layer.has_weight() && grid->format.block() == 0) {
    const bool zero_points =
        std::any_of(grid->zero_point.begin(), grid->zero_point.end(), [](std::int32_t z) { return z != 0; });
    total += static_cast<std::int64_t>(grid->scale.size() + grid->negative_scale.size()) * 32;
    if (zero_points) total += static_cast<std::int64_t>(grid->scale.size()) * grid->format.bits();
  }
  for (std::size_t i = 0; i < layer.constants.size(); ++i) {
    if (!layer.constants[i]) continue;
    const bool weight = layer.has_weight() && i < (layer.as<op::Recurrent>() ? 2U : 1U);
    total += weight ? NaiveTensor(layer, *layer.constants[i]).bits() : 32 * layer.constants[i]->size();
  }
  return total;
}

}  // namespace roofscape::testing
