#include "analytics/network/data/npz.h"

#include <array>
#include <string>
#include <string_view>

#include "analytics/base/text.h"
#include "analytics/network/data/zip.h"

namespace roofscape::data {
namespace {

constexpr std::array<std::string_view, 11> kImageNames = {
    "images", "x", "x_test", "X", "X_test", "test_images", "data", "test_data", "x_train", "train_images", "arr_0"};
constexpr std::array<std::string_view, 11> kLabelNames = {
    "labels",       "y",       "y_test",       "Y",    "Y_test", "test_labels", "targets",
    "test_targets", "y_train", "train_labels", "arr_1"};
constexpr std::size_t kListed = 12;

std::string_view array_name(const Zip::Entry& entry) {
  std::string_view name = entry.name;
  if (name.ends_with(".npy")) name.remove_suffix(4);
  return name;
}

std::string list_of(const std::vector<Zip::Entry>& entries) {
  std::string list;
  for (std::size_t i = 0; i < entries.size() && i < kListed; ++i) {
    list += fmt::format("{}'{}'", i == 0 ? "" : ", ", printable(array_name(entries[i]), 40));
  }
  if (entries.size() > kListed) list += fmt::format(" and {} more", entries.size() - kListed);
  return entries.empty() ? "none" : list;
}

const Zip::Entry* choose(const std::vector<Zip::Entry>& entries, ArrayRole role, bool only_one_will_do) {
  for (const std::string_view wanted : role == ArrayRole::kImages ? kImageNames : kLabelNames) {
    for (const Zip::Entry& entry : entries) {
      if (array_name(entry) == wanted) return &entry;
    }
  }
  return only_one_will_do && entries.size() == 1 ? &entries[0] : nullptr;
}

}  // namespace

Result<std::vector<std::byte>> read_npz_array(std::span<const std::byte> bytes, ArrayRole role, bool required,
                                              std::int64_t limit) {
  RS_ASSIGN(const Zip zip, Zip::open(bytes));
  const Zip::Entry* entry = choose(zip.entries(), role, required);
  if (entry == nullptr) {
    if (!required) return std::vector<std::byte>();
    const bool images = role == ArrayRole::kImages;
    return invalid_argument("the NPZ file has no {}: name the array '{}' or '{}'; found {}",
                            images ? "images" : "labels", images ? "images" : "labels", images ? "x_test" : "y_test",
                            list_of(zip.entries()));
  }
  return zip.read(*entry, limit);
}

}  // namespace roofscape::data
