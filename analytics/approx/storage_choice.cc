#include "analytics/approx/storage_choice.h"

#include <limits>

#include "analytics/network/packed/packed.h"

namespace roofscape::approx {
namespace {

using Encoding = Storage::Encoding;

constexpr int kWidestGap = 16;

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
  void offer(Encoding encoding) {
    offer(encoding, [](Storage&) {});
  }

  const packed::BitCount& count() const { return count_; }
  bool found() const { return bits_ != std::numeric_limits<std::int64_t>::max(); }
  const Storage& best() const { return best_; }

 private:
  packed::BitCount count_;
  Storage storage_, best_;
  std::int64_t bits_ = std::numeric_limits<std::int64_t>::max();
};

// Wider gaps need fewer fillers but more bits each: past the smallest sum every width that has no filler costs more.
void offer_relative(Choice& choice) {
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (int bits = 1, worse = 0; bits <= kWidestGap && worse < 2; ++bits) {
    const auto taken = choice.offer(Encoding::kRelative, [&](Storage& storage) { storage.gap_bits = bits; });
    if (!taken) continue;
    worse = *taken >= before ? worse + 1 : 0;
    before = *taken;
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

void offer_blocks(const Layer& layer, Choice& choice) {
  std::vector<std::pair<std::int64_t, std::int64_t>> sizes = {{1, 4}, {4, 1}, {4, 4}, {8, 8}, {16, 16}};
  const Shape& shape = layer.constants[0]->shape();
  constexpr std::size_t kConvolution = 4;
  // A whole kernel window of a convolution.
  if (shape.size() == kConvolution) sizes.emplace_back(1, shape[2] * shape[3]);
  for (const auto& [rows, columns] : sizes) {
    choice.offer(Encoding::kBlocks, [&](Storage& storage) {
      storage.block_rows = static_cast<int>(rows);
      storage.block_columns = static_cast<int>(columns);
    });
  }
}

std::int64_t zeros(const Layer& layer) {
  std::int64_t count = 0;
  const std::size_t weights = layer.as<op::Recurrent>() ? 2 : 1;
  for (std::size_t i = 0; i < weights; ++i) count += layer.constants[i]->size() - layer.constants[i]->nonzero_count();
  return count;
}

}  // namespace

Storage smallest_storage(const Layer& layer) {
  if (!layer.has_weight()) return {};
  Choice choice(layer, layer.storage);
  choice.offer(Encoding::kDense);
  choice.offer(layer.storage.encoding);
  if (zeros(layer) > 0) {
    choice.offer(Encoding::kBitmap);
    offer_relative(choice);
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
