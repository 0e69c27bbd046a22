// A file of comma-separated values whose first line names the columns (RFC 4180: quotes, doubled quotes, CR or LF).
//
//   RS_ASSIGN(const Table table, Table::parse(text, "measured.csv"));
//   table.row(0).text("platform"), table.row(0).number("value")
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::calibrate {

class Table {
 public:
  class Row {
   public:
    // The cell without surrounding blanks; empty where the table has no such column.
    std::string text(std::string_view column) const;
    // Nothing where the cell is empty or no number.
    std::optional<double> number(std::string_view column) const;
    int line() const { return line_; }

   private:
    friend class Table;
    Row(const Table* table, const std::vector<std::string>* cells, int line)
        : table_(table), cells_(cells), line_(line) {}
    const Table* table_;
    const std::vector<std::string>* cells_;
    int line_;
  };

  static constexpr std::size_t kMostBytes = std::size_t{16} << 20, kMostRows = 200'000, kMostColumns = 256;
  // Fails with kInvalidArgument and file:line where a quote stays open, a row has other than the header's number of
  // cells, a column has no name or stands twice, there is no row, or the file is larger than the limits above.
  static Result<Table> parse(std::string_view text, std::string_view file);

  const std::string& file() const { return file_; }
  const std::vector<std::string>& columns() const { return columns_; }
  bool has(std::string_view column) const { return index_.find(column) != index_.end(); }
  std::size_t size() const { return cells_.size(); }
  Row row(std::size_t index) const { return {this, &cells_[index], lines_[index]}; }

 private:
  std::string file_;
  std::vector<std::string> columns_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<std::vector<std::string>> cells_;
  std::vector<int> lines_;
};

}  // namespace roofscape::calibrate
