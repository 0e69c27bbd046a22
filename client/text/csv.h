// Comma-separated values after RFC 4180: header line, quotes where needed, numbers in full precision and SI base units.
//
//   Csv csv({"platform", "latency_seconds"});
//   csv.add({"zcu104", Csv::number(1.5e-5)});
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roofscape::client {

class Csv {
 public:
  explicit Csv(const std::vector<std::string>& header) { add(header); }
  void add(const std::vector<std::string>& cells);
  const std::string& to_text() const { return text_; }
  // The shortest digits that read back as the same number.
  static std::string number(double value);

 private:
  std::string text_;
};

}  // namespace roofscape::client
