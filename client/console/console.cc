#include "client/console/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

namespace roofscape::client {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos || value.find("utf8") != std::string_view::npos;
  }
  return false;
}

std::string_view escape(Ink ink) {
  switch (ink) {
    case Ink::kPlain: return "";
    case Ink::kBold: return "\x1b[1m";
    case Ink::kFaint: return "\x1b[2m";
    case Ink::kGood: return "\x1b[32m";
    case Ink::kBad: return "\x1b[31m";
    case Ink::kAccent: return "\x1b[36m";
  }
  return "";
}

}  // namespace

Console Console::of_process() {
  Console console{std::cout, std::cerr};
  const bool able = variable("TERM") != "dumb";
  console.out_is_terminal = isatty(STDOUT_FILENO) != 0;
  console.err_is_terminal = isatty(STDERR_FILENO) != 0 && able;
  console.colour = console.out_is_terminal && able && variable("NO_COLOR").empty();
  console.unicode = locale_is_utf8();
  winsize size{};
  if (console.out_is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) console.width = size.ws_col;
  if (console.err_is_terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0) console.err_width = size.ws_col;
  console.clock_seconds = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  return console;
}

std::string Console::paint(Ink ink, std::string_view text) const {
  if (!colour || ink == Ink::kPlain || text.empty()) return std::string(text);
  return std::string(escape(ink)) + std::string(text) + "\x1b[0m";
}

void Console::note(std::string_view line) const { err << line << '\n' << std::flush; }

}  // namespace roofscape::client
