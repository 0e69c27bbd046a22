// Relative indexes, as in Deep Compression (Han et al. 2016): entries, each the number of zeros since the last one in
// k bits. Where more than 2^k − 1 zeros follow one another, the 2^k-th becomes an entry of its own, a filler. Entries
// run on from row to row; the zeros after the last one need none.
//
// How many entries there are, ⌈log2(n + 1)⌉ bits; with huffman_gaps the table of their code; then the gaps.
#include "analytics/network/packed/huffman.h"
#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

std::int64_t largest_gap(const Storage& storage) { return (std::int64_t{1} << storage.gap_bits) - 1; }

// Calls `entry(gap, place)` for each.
template <typename Entry>
void for_entries(const std::vector<std::uint32_t>& nonzero, std::int64_t most, Entry&& entry) {
  std::int64_t next = 0;  // the place after the last entry
  for (const std::uint32_t place : nonzero) {
    for (; place - next > most; next += most + 1) entry(most, next + most);
    entry(place - next, place);
    next = std::int64_t{place} + 1;
  }
}

std::int64_t entry_count(const std::vector<std::uint32_t>& nonzero, int gap_bits) {
  auto count = static_cast<std::int64_t>(nonzero.size());
  std::int64_t next = 0;
  for (const std::int64_t place : nonzero) {
    count += (place - next) >> gap_bits;
    next = place + 1;
  }
  return count;
}

Result<Slots> put(const WeightMatrix& matrix, const Storage& storage, BitSink& sink) {
  const Slots::Places nonzero = matrix.nonzero();
  const std::int64_t most = largest_gap(storage);
  const std::int64_t count = entry_count(*nonzero, storage.gap_bits);
  const auto for_each_entry = [nonzero, most](auto&& entry) { for_entries(*nonzero, most, entry); };
  sink.put(static_cast<std::uint64_t>(count), bits_for(static_cast<std::uint64_t>(matrix.shape().size()) + 1));
  if (storage.huffman_gaps) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(most) + 1, 0);
    for_each_entry([&](std::int64_t gap, std::int64_t) { ++counts[static_cast<std::size_t>(gap)]; });
    const HuffmanCode code = HuffmanCode::for_counts(counts);
    code.put_table(sink);
    for_each_entry([&](std::int64_t gap, std::int64_t) { code.put(static_cast<std::uint32_t>(gap), sink); });
  } else if (sink.counts_only()) {
    sink.add_counted(count * storage.gap_bits);
  } else {
    for_each_entry(
        [&](std::int64_t gap, std::int64_t) { sink.put(static_cast<std::uint64_t>(gap), storage.gap_bits); });
  }
  return Slots::later(count, [for_each_entry] {
    std::vector<std::uint32_t> places;
    for_each_entry([&](std::int64_t, std::int64_t place) { places.push_back(static_cast<std::uint32_t>(place)); });
    return places;
  });
}

Result<Slots> read(const MatrixShape& shape, const Storage& storage, BitReader& reader) {
  const auto count = static_cast<std::int64_t>(reader.take(bits_for(static_cast<std::uint64_t>(shape.size()) + 1)));
  if (!reader.ok()) return reader.status();
  if (count > shape.size())
    return reader.fail(fmt::format("{} entries of relative indexes for {} weights", count, shape.size()));
  std::optional<HuffmanCode> code;
  if (storage.huffman_gaps) {
    RS_ASSIGN(code, HuffmanCode::read_table(reader, static_cast<std::size_t>(largest_gap(storage)) + 1));
  } else {
    RS_TRY(reader.need(count, storage.gap_bits, "relative indexes"));
  }
  std::vector<std::uint32_t> places;
  std::int64_t next = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    next += code ? code->take(reader) : static_cast<std::int64_t>(reader.take(storage.gap_bits));
    if (!reader.ok()) return reader.status();
    if (next >= shape.size())
      return reader.fail(fmt::format("relative index {} leads to weight {} of {}", i, next, shape.size()));
    places.push_back(static_cast<std::uint32_t>(next++));
  }
  return Slots(std::move(places));
}

}  // namespace

const PositionCode& relative_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kRelative, "relative", put, read};
  return kCode;
}

}  // namespace roofscape::packed
