// What a person gave to a command, after parsing; typed on request.
//
//   const Arguments& given = session.arguments;
//   std::string name = given.text("--name");                     // "" when left out
//   RS_ASSIGN(std::int64_t batch, given.integer("--batch", 0, 1, 65536));
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::client {

class Arguments {
 public:
  void set(std::string name, std::vector<std::string> values) { values_[std::move(name)] = std::move(values); }
  bool has(std::string_view name) const { return values_.contains(name); }
  // The value, or "" when the option was left out.
  std::string text(std::string_view name) const;
  // All values of a repeatable option, in order.
  std::vector<std::string> list(std::string_view name) const;
  // A whole number from `low` to `high`, or `fallback` when the option was left out.
  Result<std::int64_t> integer(std::string_view name, std::int64_t fallback, std::int64_t low, std::int64_t high) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace roofscape::client
