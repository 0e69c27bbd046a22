#include "analytics/approx/storage_choice.h"

#include <limits>

#include "analytics/approx/weight_matrix.h"
#include "analytics/network/packed/packed.h"
#include "analytics/network/packed/weight_matrix.h"

namespace roofscape::approx {
namespace {

using Encoding = Storage::Encoding;

constexpr int kWidestGap = 16;

std::int64_t nonzeros(const Layer& layer) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < weight_count(layer); ++i) count += layer.constants[i]->nonzero_count();
  return count;
}

std::int64_t weights(const Layer& layer) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < weight_count(layer); ++i) count += layer.constants[i]->size();
  return count;
}

// Keeps the best of what it is shown.
class Choice {
 public:
  Choice(const Layer& layer, const Storage& values) : count_(layer), storage_(values), best_(values) {}

  // What the codes of values stay, with positions as `set` says; its bits, or nothing where it cannot hold the weights.
  template <typename Set>
  std::optional<std::int64_t> offer(Encoding encoding, Set&& set) {
    Storage storage = storage_;
    storage.encoding = encoding;
    set(storage);
    const auto bits = count_.under(storage);
    if (!bits.ok()) return std::nullopt;
    if (*bits < bits_) {
      bits_ = *bits;
      best_ = storage;
    }
    return *bits;
  }
  std::optional<std::int64_t> offer(Encoding encoding) {
    return offer(encoding, [](Storage&) {});
  }

  const packed::BitCount& count() const { return count_; }
  bool found() const { return bits_ != std::numeric_limits<std::int64_t>::max(); }
  const Storage& best() const { return best_; }
  std::int64_t bits() const { return bits_; }

 private:
  packed::BitCount count_;
  Storage storage_, best_;
  std::int64_t bits_ = std::numeric_limits<std::int64_t>::max();
};

// Bits that each stored weight takes at the least.
std::int64_t least_bits(const Layer& layer) {
  if (layer.storage.huffman_values) return 0;
  if (layer.storage.values == Storage::Values::kCodebook)
    return packed::bits_for(static_cast<std::uint64_t>(layer.storage.codebook_entries));
  return layer.arithmetic.weight ? layer.arithmetic.weight->format.bits() : NumberFormat::fp32().bits();
}

// `rest`: bits of all that is not weights. Wider gaps need fewer fillers, but a bit more for every weight that is not
// 0: where these alone take as much as the best does, so do all wider ones.
void offer_relative(const Layer& layer, std::int64_t rest, Choice& choice) {
  const std::int64_t nonzero = nonzeros(layer);
  for (int bits = 1; bits <= kWidestGap; ++bits) {
    const std::int64_t gap = layer.storage.huffman_gaps ? 0 : bits;
    if (rest + nonzero * (gap + least_bits(layer)) >= choice.bits()) return;
    choice.offer(Encoding::kRelative, [&](Storage& storage) { storage.gap_bits = bits; });
  }
}

void offer_groups(Choice& choice) {
  for (const int members : {4, 8, 16}) {
    const std::int64_t kept = choice.count().fullest_group(members);
    if (kept == 0 || kept >= members) continue;
    choice.offer(Encoding::kGroups, [&](Storage& storage) {
      storage.group = members;
      storage.kept = static_cast<int>(kept);
    });
  }
}

// Flags of blocks of 1 × `columns`.
std::int64_t flag_count(const Layer& layer, std::int64_t columns) {
  std::int64_t flags = 0;
  for (std::size_t i = 0; i < weight_count(layer); ++i) {
    const packed::MatrixShape matrix = packed::matrix_shape(layer.constants[i]->shape(), layer.as<op::Recurrent>());
    flags += matrix.rows * ((matrix.columns + columns - 1) / columns);
  }
  return flags;
}

void offer_blocks(const Layer& layer, Choice& choice) {
  const auto offer = [&](std::int64_t rows, std::int64_t columns) {
    return choice.offer(Encoding::kBlocks, [&](Storage& storage) {
      storage.block_rows = static_cast<int>(rows);
      storage.block_columns = static_cast<int>(columns);
    });
  };
  offer(4, 1);
  const Shape& shape = layer.constants[0]->shape();
  constexpr std::size_t kConvolution = 4;
  // A whole kernel window of a convolution.
  if (shape.size() == kConvolution) offer(1, shape[2] * shape[3]);
  // Larger squares consist of these, so that they store no weight less: only flags are to be saved.
  constexpr std::int64_t kNarrow = 4;
  const auto narrow = offer(1, kNarrow);
  if (narrow && !layer.storage.huffman_values && *narrow - flag_count(layer, kNarrow) >= choice.bits()) return;
  for (const int size : {4, 8, 16}) offer(size, size);
}

}  // namespace

Storage smallest_storage(const Layer& layer) {
  if (!layer.has_weight()) return {};
  Choice choice(layer, layer.storage);
  const auto dense = choice.offer(Encoding::kDense);
  choice.offer(layer.storage.encoding);
  if (nonzeros(layer) < weights(layer)) {
    choice.offer(Encoding::kBitmap);
    offer_relative(layer, dense ? *dense - weights(layer) * least_bits(layer) : 0, choice);
    choice.offer(Encoding::kCsr);
    offer_groups(choice);
    offer_blocks(layer, choice);
  }
  if (choice.found()) return choice.best();
  // The values have outgrown their code.
  Layer plain = layer;
  plain.storage.values = Storage::Values::kPlain;
  plain.storage.huffman_values = false;
  return plain.storage == layer.storage ? Storage{} : smallest_storage(plain);
}

}  // namespace roofscape::approx
