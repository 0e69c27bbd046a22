#include "client/console/table.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace roofscape::client {
namespace {

constexpr std::size_t kGap = 2;

// Decodes the code point at the start of `text` (well-formed or not) and says how many bytes it took.
std::uint32_t decode(std::string_view text, std::size_t* taken) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  *taken = std::min(length, text.size());
  if (*taken == 1) return lead;
  std::uint32_t point = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < *taken; ++i) point = point << 6 | (byte(i) & 0x3fu);
  return point;
}

std::size_t width_of(std::uint32_t point) {
  const auto in = [point](std::uint32_t low, std::uint32_t high) { return point >= low && point <= high; };
  if (in(0x300, 0x36f) || in(0x200b, 0x200f) || in(0xfe00, 0xfe0f)) return 0;
  if (in(0x1100, 0x115f) || in(0x2e80, 0xa4cf) || in(0xac00, 0xd7a3) || in(0xf900, 0xfaff) || in(0xfe30, 0xfe6f) ||
      in(0xff00, 0xff60) || in(0xffe0, 0xffe6) || in(0x1f300, 0x1faff) || in(0x20000, 0x3fffd))
    return 2;
  return 1;
}

std::string padded(std::string_view text, std::size_t width, Align align) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return align == Align::kRight ? space + std::string(text) : std::string(text) + space;
}

// Breaks `text` at spaces into lines of at most `width` columns; a word that is longer stands alone.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    std::string& line = lines.back();
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.emplace_back(word);
    } else {
      if (!line.empty()) line += ' ';
      line += word;
    }
  }
  return lines;
}

std::string without_trailing_space(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    std::size_t taken = 1;
    width += width_of(decode(text, &taken));
    text.remove_prefix(taken);
  }
  return width;
}

void Table::add(std::vector<std::string> cells, Ink ink) {
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), ink, false});
}

void Table::add_total(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), Ink::kBold, true});
}

std::vector<std::size_t> Table::widths(const Console& console) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].title);
    for (const Row& row : rows_) width = std::max(width, display_width(row.cells[c]));
    widths.push_back(width);
  }
  if (console.width > 0 && !columns_.empty() && columns_.back().flexible) {
    constexpr std::size_t kLeast = 24;
    const std::size_t before = std::accumulate(widths.begin(), widths.end() - 1, kGap * (columns_.size() - 1));
    const auto all = static_cast<std::size_t>(console.width);
    widths.back() = std::min(widths.back(), std::max(kLeast, all > before ? all - before : 0));
  }
  return widths;
}

std::string Table::to_text(const Console& console) const {
  const std::vector<std::size_t> width = widths(console);
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells, Ink ink) {
    std::string line;
    for (std::size_t c = 0; c < columns_.size(); ++c)
      line += (c == 0 ? "" : std::string(kGap, ' ')) + padded(cells[c], width[c], columns_[c].align);
    text += console.paint(ink, without_trailing_space(std::move(line))) + '\n';
  };

  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  add_line(titles, Ink::kBold);
  for (const Row& row : rows_) {
    if (row.total) {
      std::vector<std::string> rules;
      for (std::size_t c = 0; c < columns_.size(); ++c) rules.emplace_back(row.cells[c].empty() ? 0 : width[c], '-');
      add_line(rules, Ink::kFaint);
    }
    std::vector<std::string> cells = row.cells;
    std::vector<std::string> rest;
    if (!cells.empty() && columns_.back().flexible) {
      rest = wrapped(cells.back(), width.back());
      cells.back() = rest.front();
      rest.erase(rest.begin());
    }
    add_line(cells, row.ink);
    for (const std::string& more : rest) {
      std::vector<std::string> continued(columns_.size());
      continued.back() = more;
      add_line(continued, row.ink);
    }
  }
  return text;
}

std::string Facts::to_text(const Console& console) const {
  std::size_t width = 0;
  for (const auto& [key, value] : rows_) width = std::max(width, display_width(key));
  std::string text;
  for (const auto& [key, value] : rows_) {
    if (value.empty()) continue;
    const std::size_t left = console.width > 0
                                 ? static_cast<std::size_t>(console.width) -
                                       std::min<std::size_t>(static_cast<std::size_t>(console.width) - 1, width + kGap)
                                 : std::string::npos;
    bool first = true;
    for (const std::string& line : wrapped(value, std::max<std::size_t>(left, 24))) {
      text += console.paint(Ink::kFaint, padded(first ? key : "", width, Align::kLeft)) + std::string(kGap, ' ') +
              line + '\n';
      first = false;
    }
  }
  return text;
}

}  // namespace roofscape::client
