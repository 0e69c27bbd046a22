// N:M: of each group of M neighbours in a row N are stored; which ones is a number below C(M, N), ⌈log2 C(M, N)⌉ bits.
// Groups start anew in each row; the last may hold M' < M, of which min(N, M') are stored. Where fewer than N are not
// 0, the first zeros of the group are stored as well.
//
// The number is that of the combinatorial number system: places p1 < p2 < … < pN stand for Σ C(p_i, i).
#include <algorithm>
#include <array>

#include "analytics/network/packed/positions.h"

namespace roofscape::packed {
namespace {

constexpr std::size_t kMost = 65;  // a group has at most 64 members

// C(n, k) for n ≤ 64: at most C(64, 32) < 2^61.
std::uint64_t choose(std::int64_t n, std::int64_t k) {
  static const auto kTable = [] {
    std::array<std::array<std::uint64_t, kMost>, kMost> table{};
    for (std::size_t i = 0; i < kMost; ++i) {
      table[i][0] = 1;
      for (std::size_t j = 1; j <= i; ++j) table[i][j] = table[i - 1][j - 1] + (j < i ? table[i - 1][j] : 0);
    }
    return table;
  }();
  return k > n ? 0 : kTable[static_cast<std::size_t>(n)][static_cast<std::size_t>(k)];
}

struct Group {
  std::int64_t first, members, kept;
};

// Calls `visit(group)`, which says whether to go on.
template <typename Visit>
void for_groups(const MatrixShape& shape, const Storage& storage, Visit&& visit) {
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    for (std::int64_t column = 0; column < shape.columns; column += storage.group) {
      const std::int64_t members = std::min<std::int64_t>(storage.group, shape.columns - column);
      if (!visit(Group{row * shape.columns + column, members, std::min<std::int64_t>(storage.kept, members)})) return;
    }
  }
}

// Appends the kept places of a group; false where more are not 0.
bool keep(const WeightMatrix& matrix, const Group& group, std::vector<std::uint32_t>& places) {
  std::int64_t spare = group.kept;
  for (std::int64_t i = 0; i < group.members; ++i) spare -= matrix.is_zero(group.first + i) ? 0 : 1;
  if (spare < 0) return false;
  for (std::int64_t i = 0; i < group.members; ++i) {
    const bool zero = matrix.is_zero(group.first + i);
    if (zero && spare == 0) continue;
    if (zero) --spare;
    places.push_back(static_cast<std::uint32_t>(group.first + i));
  }
  return true;
}

std::uint64_t number_of(const Group& group, std::span<const std::uint32_t> places) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < places.size(); ++i)
    number += choose(places[i] - group.first, static_cast<std::int64_t>(i) + 1);
  return number;
}

// The places that a number below C(members, kept) stands for, appended in ascending order.
void places_of(const Group& group, std::uint64_t number, std::vector<std::uint32_t>& places) {
  std::array<std::uint32_t, kMost> found{};
  std::int64_t place = group.members - 1;
  for (std::int64_t i = group.kept; i > 0; --i, --place) {
    while (choose(place, i) > number) --place;
    number -= choose(place, i);
    found[static_cast<std::size_t>(i - 1)] = static_cast<std::uint32_t>(group.first + place);
  }
  places.insert(places.end(), found.begin(), found.begin() + group.kept);
}

Result<Slots> put(const WeightMatrix& matrix, const Storage& storage, BitSink& sink) {
  std::vector<std::uint32_t> places;
  Status status;
  for_groups(matrix.shape(), storage, [&](const Group& group) {
    const std::size_t before = places.size();
    if (!keep(matrix, group, places)) {
      status = invalid_argument("more than {} of the {} weights from {} on are not 0", group.kept, group.members,
                                group.first);
      return false;
    }
    sink.put(sink.counts_only() ? 0 : number_of(group, std::span(places).subspan(before)),
             bits_for(choose(group.members, group.kept)));
    return true;
  });
  RS_TRY(std::move(status));
  return Slots(std::move(places));
}

Result<Slots> read(const MatrixShape& shape, const Storage& storage, BitReader& reader) {
  std::vector<std::uint32_t> places;
  for_groups(shape, storage, [&](const Group& group) {
    const std::uint64_t choices = choose(group.members, group.kept);
    const std::uint64_t number = reader.take(bits_for(choices));
    if (number >= choices)
      static_cast<void>(
          reader.fail(fmt::format("choice {} of {} in the group of weight {}", number, choices, group.first)));
    if (!reader.ok()) return false;
    places_of(group, number, places);
    return true;
  });
  if (!reader.ok()) return reader.status();
  return Slots(std::move(places));
}

}  // namespace

const PositionCode& groups_code() {
  static constexpr PositionCode kCode{Storage::Encoding::kGroups, "groups", put, read};
  return kCode;
}

}  // namespace roofscape::packed
