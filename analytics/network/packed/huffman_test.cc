#include "analytics/network/packed/huffman.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::packed {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

double kraft_sum(const HuffmanCode& code) {
  double sum = 0;
  for (const std::uint8_t length : code.lengths()) sum += length > 0 ? std::ldexp(1.0, -length) : 0.0;
  return sum;
}

std::int64_t total_bits(const HuffmanCode& code, const std::vector<std::int64_t>& counts) {
  std::int64_t bits = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) bits += counts[i] * code.lengths()[i];
  return bits;
}

std::vector<std::int64_t> random_counts(Rng& rng) {
  std::vector<std::int64_t> counts(2 + rng.below(200));
  const double skew = 1 + static_cast<double>(rng.below(20));
  for (std::int64_t& count : counts) count = static_cast<std::int64_t>(std::exp(skew * rng.uniform())) - 1;
  counts.front() += 1;
  counts.back() += 1;
  return counts;
}

RC_GTEST_PROP(Huffman, MeanLengthIsWithinABitOfTheEntropyAndTheCodeIsFull, (std::uint64_t seed)) {
  Rng rng(seed);
  const std::vector<std::int64_t> counts = random_counts(rng);
  const HuffmanCode code = HuffmanCode::for_counts(counts);
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  double entropy = 0;
  for (const std::int64_t count : counts) {
    const double p = static_cast<double>(count) / total;
    if (count > 0) entropy -= p * std::log2(p);
  }
  const double mean = static_cast<double>(total_bits(code, counts)) / total;
  RC_ASSERT(mean >= entropy - 1e-9);
  RC_ASSERT(mean < entropy + 1);
  RC_ASSERT(kraft_sum(code) == 1.0);
}

RC_GTEST_PROP(Huffman, SymbolsAndTableComeBack, (std::uint64_t seed)) {
  Rng rng(seed);
  const std::vector<std::int64_t> counts = random_counts(rng);
  const HuffmanCode code = HuffmanCode::for_counts(counts, 20);
  BitSink sink, counter = BitSink::counting();
  std::vector<std::uint32_t> symbols;
  for (std::uint32_t s = 0; s < counts.size(); ++s)
    if (counts[s] > 0) symbols.push_back(s);
  for (BitSink* each : {&sink, &counter}) {
    code.put_table(*each);
    for (const std::uint32_t symbol : symbols) code.put(symbol, *each);
  }
  RC_ASSERT(sink.bits() == counter.bits());
  const std::vector<std::uint8_t> bytes = sink.bytes();
  BitReader reader(bytes, 0, sink.bits());
  const auto read = HuffmanCode::read_table(reader, counts.size());
  RC_ASSERT(read.ok());
  for (const std::uint32_t symbol : symbols) RC_ASSERT(read->take(reader) == symbol);
  RC_ASSERT(reader.ok() && reader.left() == 0);
}

// Package-merge against trying every set of lengths that fills the code.
std::int64_t best_by_search(std::vector<std::int64_t> counts, int longest) {
  std::sort(counts.rbegin(), counts.rend());
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  const auto search = [&](auto&& self, std::size_t i, int least, std::int64_t room, std::int64_t bits) -> void {
    if (i == counts.size()) {
      if (room >= 0) best = std::min(best, bits);
      return;
    }
    for (int length = least; length <= longest; ++length) {
      const std::int64_t takes = std::int64_t{1} << (longest - length);
      if (takes <= room) self(self, i + 1, length, room - takes, bits + counts[i] * length);
    }
  };
  search(search, 0, 1, std::int64_t{1} << longest, 0);
  return best;
}

TEST(Huffman, LimitedCodesAreTheBestOfTheirLength) {
  Rng rng(5);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::int64_t> counts(3 + rng.below(6));
    std::int64_t a = 1, b = 1;
    for (std::int64_t& count : counts) {  // Fibonacci: the deepest tree
      count = round % 2 == 0 ? a : static_cast<std::int64_t>(1 + rng.below(100));
      b = std::exchange(a, a + b);
    }
    const int least = bits_for(counts.size());
    for (int longest = least; longest < least + 3; ++longest) {
      const HuffmanCode code = HuffmanCode::for_counts(counts, longest);
      for (const std::uint8_t length : code.lengths()) EXPECT_LE(length, longest);
      EXPECT_EQ(total_bits(code, counts), best_by_search(counts, longest));
      EXPECT_EQ(kraft_sum(code), 1);
    }
  }
}

TEST(Huffman, FibonacciCountsStayWithin31Bits) {
  std::vector<std::int64_t> counts = {1, 1};
  while (counts.size() < 40) counts.push_back(counts[counts.size() - 1] + counts[counts.size() - 2]);
  const HuffmanCode code = HuffmanCode::for_counts(counts);
  EXPECT_EQ(*std::max_element(code.lengths().begin(), code.lengths().end()), HuffmanCode::kLongest);
  EXPECT_EQ(kraft_sum(code), 1);
}

TEST(Huffman, ALoneSymbolTakesNoBits) {
  const std::vector<std::int64_t> counts = {0, 0, 7, 0};
  const HuffmanCode code = HuffmanCode::for_counts(counts);
  BitSink sink;
  code.put_table(sink);
  for (int i = 0; i < 7; ++i) code.put(2, sink);
  EXPECT_EQ(sink.bits(), 1 + 3 + 2);
  const std::vector<std::uint8_t> bytes = sink.bytes();
  BitReader reader(bytes);
  RS_ASSERT_OK_AND_ASSIGN(const HuffmanCode read, HuffmanCode::read_table(reader, 4));
  EXPECT_EQ(read.take(reader), 2u);
}

TEST(Huffman, BadTablesSayWhatAndWhere) {
  const auto read = [](const std::vector<std::pair<std::uint64_t, int>>& fields) {
    BitSink sink;
    for (const auto& [value, width] : fields) sink.put(value, width);
    const std::vector<std::uint8_t> bytes = sink.bytes();
    BitReader reader(bytes, 0, sink.bits());
    return HuffmanCode::read_table(reader, 4).status();
  };
  EXPECT_THAT(read({{0, 1}, {5, 3}}), StatusIs(Code::kDataLoss, HasSubstr("5 symbols of an alphabet of 4")));
  EXPECT_THAT(read({{0, 1}, {2, 3}, {1, 2}, {1, 5}, {1, 2}, {1, 5}}),
              StatusIs(Code::kDataLoss, HasSubstr("bit 13: symbol 1 of a Huffman code is out of order")));
  EXPECT_THAT(read({{0, 1}, {2, 3}, {1, 2}, {1, 5}, {2, 2}, {2, 5}}),
              StatusIs(Code::kDataLoss, HasSubstr("do not fill it")));
  EXPECT_THAT(read({{0, 1}, {2, 3}, {1, 2}, {0, 5}}), StatusIs(Code::kDataLoss, HasSubstr("has no bits")));
  EXPECT_THAT(read({{1, 1}, {0, 20}}), StatusIs(Code::kDataLoss, HasSubstr("needs two symbols")));
  EXPECT_THAT(read({{0, 1}, {2, 3}, {1, 2}}), StatusIs(Code::kDataLoss, HasSubstr("end at bit 6")));
}

TEST(Bits, WhatIsPutIsTaken) {
  BitSink sink;
  sink.put(1, 1);
  sink.put(0x123456789ABCDEF0, 64);
  sink.put(5, 3);
  EXPECT_EQ(sink.bits(), 68);
  const std::vector<std::uint8_t> bytes = sink.bytes();
  BitReader reader(bytes);
  EXPECT_EQ(reader.take(1), 1u);
  EXPECT_EQ(reader.take(64), 0x123456789ABCDEF0u);
  EXPECT_EQ(reader.take(3), 5u);
  EXPECT_EQ(reader.left(), 4);
  EXPECT_EQ(reader.take(5), 0u);
  EXPECT_THAT(reader.status(), StatusIs(Code::kDataLoss, HasSubstr("end at bit 72")));
  EXPECT_EQ(bits_for(1), 0);
  EXPECT_EQ(bits_for(2), 1);
  EXPECT_EQ(bits_for(6), 3);
}

}  // namespace
}  // namespace roofscape::packed
