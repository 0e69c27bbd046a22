#include "analytics/cost/notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"

namespace roofscape::cost {

void note(std::string text, Estimate* estimate) {
  if (std::find(estimate->notes.begin(), estimate->notes.end(), text) == estimate->notes.end())
    estimate->notes.push_back(std::move(text));
}

void Names::add(const std::string& name) {
  if (++count_ <= 3) shown_.push_back(fmt::format("'{}'", printable(name, 40)));
}

std::string Names::text() const {
  std::string out = count_ == 1 ? "layer " : "layers ";
  for (std::size_t i = 0; i < shown_.size(); ++i) out += (i == 0 ? "" : ", ") + shown_[i];
  if (count_ > shown_.size()) out += fmt::format(" and {} more", count_ - shown_.size());
  return out;
}

}  // namespace roofscape::cost
