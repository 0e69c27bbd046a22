// Canonical Huffman codes: the lengths alone say the code.
//
//   const HuffmanCode code = HuffmanCode::for_counts(counts);   // counts[symbol]
//   code.put_table(sink);
//   for (const std::uint32_t symbol : symbols) code.put(symbol, sink);
//
// Codes of at most 31 bits, the best ones of that length (package-merge where Huffman's own would be longer). With at
// most 2^30 symbols in all, the mean length is below entropy + 1: ⌈−log2 p⌉ would do, and is at most 30. A lone symbol
// takes no bits. Codes of equal length ascend with their symbols.
//
// The table, for an alphabet of n symbols: one bit for its form. 0, a list: how many symbols occur (⌈log2(n + 1)⌉
// bits), then each, ascending (⌈log2 n⌉ bits), with its length (5 bits; not for a lone one). 1, all: the length of each
// symbol of the alphabet (5 bits; 0 where it does not occur). The shorter form is written.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/network/packed/bits.h"

namespace roofscape::packed {

class HuffmanCode {
 public:
  static constexpr int kLongest = 31;
  static constexpr std::size_t kLargestAlphabet = 1U << 16;

  // `counts` holds one entry a symbol; `longest` must leave room: 2^longest ≥ symbols that occur.
  static HuffmanCode for_counts(std::span<const std::int64_t> counts, int longest = kLongest);
  static Result<HuffmanCode> read_table(BitReader& reader, std::size_t alphabet);

  void put_table(BitSink& sink) const;
  // A symbol that occurs.
  void put(std::uint32_t symbol, BitSink& sink) const { sink.put(code_[symbol], length_[symbol]); }
  // The next symbol; fails the reader where no code fits.
  std::uint32_t take(BitReader& reader) const;

  std::span<const std::uint8_t> lengths() const { return length_; }

 private:
  HuffmanCode(std::vector<std::uint32_t> used, std::vector<std::uint8_t> length);

  std::vector<std::uint32_t> used_;   // symbols that occur, by length, then symbol
  std::vector<std::uint8_t> length_;  // of each symbol of the alphabet; 0: does not occur, or alone
  std::vector<std::uint32_t> code_;
  // By length: the first code, and where its symbol stands in used_.
  std::vector<std::uint64_t> first_code_;
  std::vector<std::size_t> first_index_;
};

}  // namespace roofscape::packed
