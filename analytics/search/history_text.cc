#include "analytics/search/history_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <charconv>

#include "analytics/base/text.h"

namespace roofscape::search {
namespace {

std::string bits(const Values& values) {
  std::string text;
  for (double value : values) text += fmt::format(" {:016x}", std::bit_cast<std::uint64_t>(value));
  return text;
}

// Reads the words of one line, remembering whether all were well formed.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : words_(split(line, ' ')) {}

  std::string_view word() { return at_ < words_.size() ? words_[at_++] : (ok_ = false, std::string_view()); }
  void expect(std::string_view text) { ok_ = word() == text && ok_; }
  template <typename T>
  T number(int base = 10) {
    const std::string_view text = word();
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    ok_ = ok_ && error == std::errc() && end == text.data() + text.size();
    return value;
  }
  Point point(const Problem& problem) {
    Point point;
    for (std::uint32_t choices : problem.choices) {
      point.push_back(number<std::uint16_t>());
      ok_ = ok_ && point.back() < choices;
    }
    return point;
  }
  Values values(std::size_t count) {
    Values values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(std::bit_cast<double>(number<std::uint64_t>(16)));
    return values;
  }
  bool done() const { return ok_ && at_ == words_.size(); }

 private:
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

Outcome read_outcome(LineReader& line, const Problem& problem) {
  Outcome outcome;
  outcome.point = line.point(problem);
  line.expect("|");
  outcome.objectives = line.values(problem.measured.size());
  line.expect("|");
  outcome.measured = line.values(problem.measured_count);
  line.expect("|");
  outcome.violation = line.values(1)[0];
  line.expect("|");
  outcome.damage = line.values(1)[0];
  outcome.partial = line.number<int>() != 0;
  return outcome;
}

}  // namespace

std::string history_text(const HistoryRecord& record) {
  std::string text = fmt::format("roofscape-search 2 {} {}\n", record.searcher, record.seed);
  for (const Point& point : record.asked) text += fmt::format("asked {}\n", fmt::join(point, " "));
  std::size_t at = 0;
  for (std::size_t size : record.batches) {
    text += fmt::format("batch {}\n", size);
    for (const std::size_t end = at + size; at < end; ++at) {
      const Outcome& outcome = record.told[at];
      text += fmt::format("told {} |{} |{} |{} |{} {}\n", fmt::join(outcome.point, " "), bits(outcome.objectives),
                          bits(outcome.measured), bits({outcome.violation}), bits({outcome.damage}),
                          outcome.partial ? 1 : 0);
    }
  }
  return text + "end\n";
}

Result<HistoryRecord> parse_history(std::string_view text, const Problem& problem) {
  HistoryRecord record;
  std::size_t number = 0, missing = 0;  // outcomes still to come in the current batch
  bool ended = false;
  for (std::string_view content : split(text, '\n')) {
    ++number;
    if (ended && content.empty()) continue;
    LineReader line(content);
    const std::string_view kind = line.word();
    bool expected = !ended;
    if (number == 1) {
      line.expect("2");
      record.searcher = line.word();
      record.seed = line.number<std::uint64_t>();
      expected = kind == "roofscape-search";
    } else if (kind == "asked") {
      record.asked.push_back(line.point(problem));
      expected = expected && record.batches.empty();
    } else if (kind == "batch") {
      record.batches.push_back(line.number<std::size_t>());
      expected = expected && missing == 0;
      missing = record.batches.back();
    } else if (kind == "told") {
      record.told.push_back(read_outcome(line, problem));
      expected = expected && missing-- > 0;
    } else {
      expected = expected && kind == "end" && missing == 0;
      ended = true;
    }
    if (!line.done() || !expected)
      return data_loss("the searcher's state is damaged or of another problem: line {}, '{}'", number,
                       printable(content, 60));
  }
  if (!ended) return data_loss("the searcher's state ends after line {} without its last line, 'end'", number);
  return record;
}

}  // namespace roofscape::search
