#include "analytics/network/layer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roofscape {

bool Arithmetic::is_fp32() const {
  return !weight && std::none_of(inputs.begin(), inputs.end(), [](const QuantiserPtr& q) { return q != nullptr; });
}

double Skips::mean() const {
  if (zero_shares.empty()) return 0;
  return std::accumulate(zero_shares.begin(), zero_shares.end(), 0.0) / static_cast<double>(zero_shares.size());
}

double Skips::work_left(int lanes) const {
  if (zero_shares.empty()) return 1;
  const auto count = std::min(static_cast<std::size_t>(std::max(lanes, 1)), zero_shares.size());
  std::vector<double> busy(count, 0);
  for (std::size_t c = 0; c < zero_shares.size(); ++c) busy[c % count] += 1 - static_cast<double>(zero_shares[c]);
  const double turns = std::ceil(static_cast<double>(zero_shares.size()) / static_cast<double>(count));
  return *std::max_element(busy.begin(), busy.end()) / turns;
}

Status Storage::validate() const {
  const auto within = [](const char* field, int value, int low, int high) -> Status {
    if (value >= low && value <= high) return {};
    return invalid_argument("{} of a storage is {}; use {} to {}", field, value, low, high);
  };
  constexpr int kLargestBlock = 65536;
  constexpr int kMostEntries = 65536;
  constexpr int kLargestGroup = 64;
  constexpr int kWidestGap = 16;
  if (encoding == Encoding::kRelative) RS_TRY(within("gap_bits", gap_bits, 1, kWidestGap));
  if (encoding == Encoding::kGroups) {
    RS_TRY(within("group", group, 2, kLargestGroup));
    RS_TRY(within("kept", kept, 1, group - 1));
  }
  if (encoding == Encoding::kBlocks || encoding == Encoding::kCirculant)
    RS_TRY(within("block_rows", block_rows, 1, kLargestBlock));
  if (encoding == Encoding::kBlocks) RS_TRY(within("block_columns", block_columns, 1, kLargestBlock));
  if (values == Values::kCodebook) {
    RS_TRY(within("codebook_entries", codebook_entries, 1, kMostEntries));
    if (codebook_rows < 0) return invalid_argument("codebook_rows of a storage is {}; use 0 or more", codebook_rows);
  }
  return {};
}

void Storage::hash_into(Hasher& hasher) const {
  hasher.add(encoding);
  // Added later, and only where they say something, so that older addresses stay.
  if (*this == Storage{.encoding = encoding}) return;
  hasher.add("storage").add(gap_bits).add(kept).add(group).add(block_rows).add(block_columns);
  hasher.add(values).add(codebook_entries).add(codebook_rows).add(huffman_values).add(huffman_gaps);
}

std::vector<op::Activation::Kind> Layer::functions() const {
  using Kind = op::Activation::Kind;
  if (const auto* activation = as<op::Activation>(); activation != nullptr && activation->kind != Kind::kPRelu)
    return {activation->kind};
  if (as<op::Softmax>()) return {Kind::kExp};
  if (as<op::Recurrent>()) return {Kind::kSigmoid, Kind::kTanh};
  return {};
}

bool Layer::has_weight() const {
  return as<op::Conv>() || as<op::ConvTranspose>() || as<op::Dense>() || as<op::Recurrent>();
}

}  // namespace roofscape
