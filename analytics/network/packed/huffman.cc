#include "analytics/network/packed/huffman.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <tuple>

namespace roofscape::packed {
namespace {

constexpr int kLengthBits = 5;

// Depth of each leaf of Huffman's tree; `counts` are positive, at least two.
std::vector<int> tree_depths(std::span<const std::int64_t> counts) {
  using Entry = std::tuple<std::int64_t, std::size_t>;  // weight, node
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  for (std::size_t i = 0; i < counts.size(); ++i) open.emplace(counts[i], i);
  std::vector<std::size_t> parent(2 * counts.size() - 1, 0);
  std::size_t next = counts.size();
  while (open.size() > 1) {
    const auto [first_weight, first] = open.top();
    open.pop();
    const auto [second_weight, second] = open.top();
    open.pop();
    parent[first] = parent[second] = next;
    open.emplace(first_weight + second_weight, next++);
  }
  std::vector<int> depth(parent.size(), 0);
  for (std::size_t node = parent.size() - 1; node-- > 0;) depth[node] = depth[parent[node]] + 1;
  depth.resize(counts.size());
  return depth;
}

// Package-merge (Larmore and Hirschberg 1990): a leaf costs its weight at each of `longest` depths; of each depth,
// cheapest first, two and two become a package for the depth above. The 2n − 2 cheapest at the top hold each leaf as
// often as its code is long.
std::vector<int> limited_depths(std::span<const std::int64_t> counts, int longest) {
  struct Item {
    std::int64_t weight;
    std::int32_t leaf;        // or −1: a package of
    std::size_t left, right;  // these items
  };
  std::vector<Item> items;
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] < counts[b]; });
  std::vector<std::size_t> below;
  for (int depth = 0; depth < longest; ++depth) {
    std::vector<std::size_t> packages, leaves, merged;
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      items.push_back({items[below[i]].weight + items[below[i + 1]].weight, -1, below[i], below[i + 1]});
      packages.push_back(items.size() - 1);
    }
    for (const std::size_t leaf : order) {
      items.push_back({counts[leaf], static_cast<std::int32_t>(leaf), 0, 0});
      leaves.push_back(items.size() - 1);
    }
    std::merge(leaves.begin(), leaves.end(), packages.begin(), packages.end(), std::back_inserter(merged),
               [&](std::size_t a, std::size_t b) { return items[a].weight < items[b].weight; });
    below = std::move(merged);
  }
  below.resize(2 * counts.size() - 2);
  std::vector<int> length(counts.size(), 0);
  while (!below.empty()) {
    const Item item = items[below.back()];
    below.pop_back();
    if (item.leaf >= 0) {
      ++length[static_cast<std::size_t>(item.leaf)];
    } else {
      below.push_back(item.left);
      below.push_back(item.right);
    }
  }
  return length;
}

}  // namespace

HuffmanCode::HuffmanCode(std::vector<std::uint32_t> used, std::vector<std::uint8_t> length)
    : used_(std::move(used)), length_(std::move(length)), code_(length_.size(), 0) {
  std::stable_sort(used_.begin(), used_.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return length_[a] < length_[b]; });
  first_code_.assign(kLongest + 2, 0);
  first_index_.assign(kLongest + 2, 0);
  std::uint64_t code = 0;
  std::size_t index = 0;
  for (int bits = 1; bits <= kLongest; ++bits) {
    code <<= 1;
    const auto at = static_cast<std::size_t>(bits);
    first_code_[at] = code;
    first_index_[at] = index;
    for (; used_.size() > 1 && index < used_.size() && length_[used_[index]] == bits; ++index)
      code_[used_[index]] = static_cast<std::uint32_t>(code++);
  }
  first_index_[kLongest + 1] = index;
}

HuffmanCode HuffmanCode::for_counts(std::span<const std::int64_t> counts, int longest) {
  RS_CHECK(counts.size() <= kLargestAlphabet && longest <= kLongest);
  std::vector<std::uint32_t> used;
  std::vector<std::int64_t> weights;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    if (counts[symbol] == 0) continue;
    used.push_back(static_cast<std::uint32_t>(symbol));
    weights.push_back(counts[symbol]);
  }
  std::vector<std::uint8_t> length(counts.size(), 0);
  if (used.size() > 1) {
    RS_CHECK(bits_for(used.size()) <= longest);
    std::vector<int> depths = tree_depths(weights);
    if (*std::max_element(depths.begin(), depths.end()) > longest) depths = limited_depths(weights, longest);
    for (std::size_t i = 0; i < used.size(); ++i) length[used[i]] = static_cast<std::uint8_t>(depths[i]);
  }
  return {std::move(used), std::move(length)};
}

void HuffmanCode::put_table(BitSink& sink) const {
  const auto alphabet = static_cast<std::int64_t>(length_.size());
  const auto used = static_cast<std::int64_t>(used_.size());
  const int symbol_bits = bits_for(length_.size());
  const int length_bits = used > 1 ? kLengthBits : 0;
  const bool all =
      used > 1 && alphabet * kLengthBits < bits_for(length_.size() + 1) + used * (symbol_bits + length_bits);
  sink.put(all ? 1 : 0, 1);
  if (all) {
    sink.put_each(alphabet, kLengthBits, [&](std::int64_t i) { return length_[static_cast<std::size_t>(i)]; });
    return;
  }
  sink.put(used_.size(), bits_for(length_.size() + 1));
  std::vector<std::uint32_t> ascending = used_;
  std::sort(ascending.begin(), ascending.end());
  for (const std::uint32_t symbol : ascending) {
    sink.put(symbol, symbol_bits);
    sink.put(length_[symbol], length_bits);
  }
}

Result<HuffmanCode> HuffmanCode::read_table(BitReader& reader, std::size_t alphabet) {
  RS_CHECK(alphabet <= kLargestAlphabet);
  std::vector<std::uint32_t> used;
  std::vector<std::uint8_t> length(alphabet, 0);
  if (reader.take_bit()) {
    for (std::size_t symbol = 0; symbol < alphabet; ++symbol) {
      length[symbol] = static_cast<std::uint8_t>(reader.take(kLengthBits));
      if (length[symbol] > 0) used.push_back(static_cast<std::uint32_t>(symbol));
    }
    if (used.size() < 2) return reader.fail("a Huffman code that lists every length needs two symbols");
  } else {
    const std::uint64_t count = reader.take(bits_for(alphabet + 1));
    if (count > alphabet)
      return reader.fail(fmt::format("a Huffman code has {} symbols of an alphabet of {}", count, alphabet));
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t symbol = reader.take(bits_for(alphabet));
      if (!reader.ok()) return reader.status();
      if (symbol >= alphabet || (!used.empty() && symbol <= used.back()))
        return reader.fail(
            fmt::format("symbol {} of a Huffman code is out of order or of its alphabet of {}", symbol, alphabet));
      used.push_back(static_cast<std::uint32_t>(symbol));
      if (count > 1) length[symbol] = static_cast<std::uint8_t>(reader.take(kLengthBits));
      if (count > 1 && length[symbol] == 0 && reader.ok()) return reader.fail("a symbol's Huffman code has no bits");
    }
  }
  if (!reader.ok()) return reader.status();
  if (used.size() > 1) {
    std::uint64_t room = 0;
    for (const std::uint32_t symbol : used) room += std::uint64_t{1} << (kLongest - length[symbol]);
    if (room != std::uint64_t{1} << kLongest) return reader.fail("the lengths of a Huffman code do not fill it");
  }
  return HuffmanCode(std::move(used), std::move(length));
}

std::uint32_t HuffmanCode::take(BitReader& reader) const {
  if (used_.size() == 1) return used_.front();
  std::uint64_t code = 0;
  for (int bits = 1; bits <= kLongest && reader.ok(); ++bits) {
    code = (code << 1) | reader.take(1);
    const auto at = static_cast<std::size_t>(bits);
    const std::size_t count = first_index_[at + 1] - first_index_[at];
    if (code - first_code_[at] < count) return used_[first_index_[at] + (code - first_code_[at])];
  }
  static_cast<void>(reader.fail("no Huffman code begins like this"));
  return 0;
}

}  // namespace roofscape::packed
