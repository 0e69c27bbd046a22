// What no library of ours may do: the symbol check must find each of these.
#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace roofscape::symbols {

void prints_with_stdio(const char* text) { std::puts(text); }
void prints_with_streams(const char* text) { std::cerr << text; }
void prints_with_fmt(const char* text) { fmt::print("{}", text); }
[[noreturn]] void exits() { std::exit(1); }
[[noreturn]] void aborts() { std::abort(); }

}  // namespace roofscape::symbols
