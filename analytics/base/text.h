// Small text helpers that every room needs: what is safe to print, what was probably meant, what a pattern matches.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roofscape {

// `text` fit for a terminal, a log line or a file of ours: control characters, DEL and malformed UTF-8 become \xNN,
// and what is longer than `limit` bytes ends in "…". Use it on every name that came from outside.
std::string printable(std::string_view text, std::size_t limit = 120);

// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the fingers.
std::optional<std::string> did_you_mean(std::string_view word, std::span<const std::string> candidates);

// "; did you mean 'x'?" or "; known: a, b, c" (at most 12 of them), to end a message about an unknown name.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// Shell-style pattern: '*' any run, '?' any one byte, everything else itself. Linear time, no recursion.
bool glob_match(std::string_view pattern, std::string_view text);

// Whether `name` may name a stored resource: 1 to 63 of [a-z0-9-_.], starting with a letter or digit.
bool is_resource_id(std::string_view name);

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// Parses the whole of `text` as a finite number, locale-free; nothing on anything else.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_int(std::string_view text);

}  // namespace roofscape
