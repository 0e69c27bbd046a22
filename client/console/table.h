// A table for people: columns aligned by what they show, one header line, no boxes.
//
//   Table table({{"layer"}, {"time", Align::kRight}});
//   table.add({"conv1", "12.3 µs"});
//   console.out << table.to_text(console);
//
// Cells are UTF-8 and already fit for a terminal (printable()). On a terminal, a column marked `flexible` is wrapped to
// the width that is left; elsewhere lines are as long as they need to be, so that grep and cut see whole rows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/console/console.h"

namespace roofscape::client {

// Columns that `text` takes on a terminal; wide and combining characters counted well enough for names and units.
std::size_t display_width(std::string_view text);

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  bool flexible = false;  // may be wrapped; at most one, the last
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells, Ink ink = Ink::kPlain);
  // A row set off by a rule above it: totals.
  void add_total(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::string to_text(const Console& console) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Ink ink = Ink::kPlain;
    bool total = false;
  };
  std::vector<std::size_t> widths(const Console& console) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

// "key  value" lines, keys aligned: what `show` commands open with.
class Facts {
 public:
  void add(std::string key, std::string value) { rows_.emplace_back(std::move(key), std::move(value)); }
  std::string to_text(const Console& console) const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

}  // namespace roofscape::client
