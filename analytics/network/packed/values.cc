#include "analytics/network/packed/values.h"

#include <algorithm>
#include <unordered_set>

#include "analytics/network/packed/huffman.h"

namespace roofscape::packed {
namespace {

// Which codebook a place uses.
struct Groups {
  Groups(const MatrixShape& shape, const Storage& storage) {
    const std::int64_t rows = std::max<std::int64_t>(shape.rows, 1);
    const std::int64_t each = storage.codebook_rows == 0 ? rows : storage.codebook_rows;
    count = (rows + each - 1) / each;
    size = each * std::max<std::int64_t>(shape.columns, 1);
  }
  std::size_t of(std::int64_t place) const { return static_cast<std::size_t>(place / size); }

  std::int64_t count, size;
};

using Codebooks = std::vector<std::vector<std::uint32_t>>;

Result<Codebooks> collect(const WeightMatrix& matrix, const Slots& slots, const Storage& storage,
                          const Groups& groups) {
  std::vector<std::unordered_set<std::uint32_t>> sets(static_cast<std::size_t>(groups.count));
  const std::vector<std::uint32_t>& codes = matrix.codes();
  const auto most = static_cast<std::size_t>(storage.codebook_entries);
  for (std::int64_t i = 0; i < slots.count(); ++i) {
    const std::int64_t place = slots.place(i);
    auto& set = sets[groups.of(place)];
    set.insert(codes[static_cast<std::size_t>(place)]);
    if (set.size() > most)
      return invalid_argument("codebook {} has {} entries; the weights up to {} need more", groups.of(place), most,
                              place);
  }
  Codebooks books;
  for (const auto& set : sets) {
    books.emplace_back(set.begin(), set.end());
    std::sort(books.back().begin(), books.back().end());
    books.back().resize(most, books.back().empty() ? 0 : books.back().back());
  }
  return books;
}

std::size_t alphabet_of(const Storage& storage, int bits) {
  return storage.values == Storage::Values::kCodebook ? static_cast<std::size_t>(storage.codebook_entries)
                                                      : std::size_t{1} << bits;
}

template <typename Symbol>
void put_symbols(std::int64_t count, int bits, const Storage& storage, Symbol&& symbol, BitSink& sink) {
  const bool codebook = storage.values == Storage::Values::kCodebook;
  if (!storage.huffman_values) {
    const int width = codebook ? bits_for(alphabet_of(storage, bits)) : bits;
    sink.put_each(count, width, symbol);
    return;
  }
  std::vector<std::int64_t> counts(alphabet_of(storage, bits), 0);
  for (std::int64_t i = 0; i < count; ++i) ++counts[symbol(i)];
  const HuffmanCode code = HuffmanCode::for_counts(counts);
  code.put_table(sink);
  for (std::int64_t i = 0; i < count; ++i) code.put(symbol(i), sink);
}

}  // namespace

Status put_values(const WeightMatrix& matrix, const Slots& slots, const Storage& storage, BitSink& sink) {
  const int bits = matrix.element().bits();
  const auto code_of = [&](std::int64_t slot) { return matrix.codes()[static_cast<std::size_t>(slots.place(slot))]; };
  if (storage.values == Storage::Values::kPlain) {
    put_symbols(slots.count(), bits, storage, code_of, sink);
    return {};
  }
  const Groups groups(matrix.shape(), storage);
  RS_ASSIGN(const Codebooks books, collect(matrix, slots, storage, groups));
  for (const std::vector<std::uint32_t>& book : books)
    sink.put_each(storage.codebook_entries, bits, [&](std::int64_t i) { return book[static_cast<std::size_t>(i)]; });
  const auto index_of = [&](std::int64_t slot) {
    const std::vector<std::uint32_t>& book = books[groups.of(slots.place(slot))];
    return static_cast<std::uint32_t>(std::lower_bound(book.begin(), book.end(), code_of(slot)) - book.begin());
  };
  put_symbols(slots.count(), bits, storage, index_of, sink);
  return {};
}

Result<std::vector<std::uint32_t>> read_values(const MatrixShape& shape, int bits, const Slots& slots,
                                               const Storage& storage, BitReader& reader) {
  const bool codebook = storage.values == Storage::Values::kCodebook;
  const Groups groups(shape, storage);
  Codebooks books;
  if (codebook) {
    RS_TRY(reader.need(groups.count * storage.codebook_entries, bits, "entries of codebooks"));
    for (std::int64_t group = 0; group < groups.count; ++group) {
      books.emplace_back();
      for (int i = 0; i < storage.codebook_entries; ++i)
        books.back().push_back(static_cast<std::uint32_t>(reader.take(bits)));
    }
  }
  const std::size_t alphabet = storage.huffman_values || codebook ? alphabet_of(storage, bits) : 0;
  const int width = codebook ? bits_for(alphabet) : bits;
  std::optional<HuffmanCode> huffman;
  if (storage.huffman_values) {
    RS_ASSIGN(huffman, HuffmanCode::read_table(reader, alphabet));
  } else {
    RS_TRY(reader.need(slots.count(), width, "weights"));
  }
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(slots.count()));
  for (std::int64_t i = 0; i < slots.count() && reader.ok(); ++i) {
    const std::uint32_t symbol = huffman ? huffman->take(reader) : static_cast<std::uint32_t>(reader.take(width));
    if (codebook && symbol >= alphabet)
      return reader.fail(fmt::format("entry {} of a codebook of {}", symbol, alphabet));
    codes[static_cast<std::size_t>(i)] = codebook ? books[groups.of(slots.place(i))][symbol] : symbol;
  }
  if (!reader.ok()) return reader.status();
  return codes;
}

}  // namespace roofscape::packed
