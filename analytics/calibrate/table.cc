#include "analytics/calibrate/table.h"

#include "analytics/base/text.h"

namespace roofscape::calibrate {
namespace {

// Takes one record after the other off the text.
class Records {
 public:
  explicit Records(std::string_view text) : text_(text) {}
  bool done() const { return at_ >= text_.size(); }
  int line() const { return line_; }

  // Nothing where a quote is still open at the end of the text.
  std::optional<std::vector<std::string>> next() {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (quoted && c == '"' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cells.back() += c;
        ++at_;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == ',') {
        cells.emplace_back();
      } else if (!quoted && c == '\n') {
        ++at_;
        break;
      } else if (quoted || c != '\r') {
        cells.back() += c;
      }
    }
    if (quoted) return std::nullopt;
    return cells;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::string Table::Row::text(std::string_view column) const {
  const auto found = table_->index_.find(column);
  return found == table_->index_.end() ? "" : std::string(trim((*cells_)[found->second]));
}

std::optional<double> Table::Row::number(std::string_view column) const { return parse_double(text(column)); }

Result<Table> Table::parse(std::string_view text, std::string_view file) {
  if (text.size() > kMostBytes)
    return invalid_argument("{}: {} bytes; at most {}", file, text.size(), kMostBytes).at("file");
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Table table;
  table.file_ = printable(file, 120);
  Records records(text);
  while (!records.done()) {
    const int line = records.line();
    auto cells = records.next();
    if (!cells) return invalid_argument("{}:{}: a quote is never closed", table.file_, line);
    if (cells->size() == 1 && trim(cells->front()).empty()) continue;
    if (table.columns_.empty()) {
      if (cells->size() > kMostColumns)
        return invalid_argument("{}:{}: {} columns; at most {}", table.file_, line, cells->size(), kMostColumns);
      for (const std::string& cell : *cells) {
        const std::string name = printable(trim(cell), 80);
        if (name.empty()) return invalid_argument("{}:{}: a column without a name", table.file_, line);
        if (!table.index_.emplace(name, table.columns_.size()).second)
          return invalid_argument("{}:{}: the column '{}' stands twice", table.file_, line, name);
        table.columns_.push_back(name);
      }
      continue;
    }
    if (cells->size() != table.columns_.size())
      return invalid_argument("{}:{}: {} cells, but the first line names {} columns", table.file_, line, cells->size(),
                              table.columns_.size());
    if (table.cells_.size() >= kMostRows) return invalid_argument("{}: more than {} rows", table.file_, kMostRows);
    table.cells_.push_back(std::move(*cells));
    table.lines_.push_back(line);
  }
  if (table.cells_.empty()) return invalid_argument("{}: no rows under a line that names the columns", table.file_);
  return table;
}

}  // namespace roofscape::calibrate
