// Where a command writes: standard output, standard error, and what is known of the terminals behind them.
//
//   Console console = Console::of_process();
//   console.out << table;                       // results, and nothing else
//   console.note("imported models/lenet5");     // remarks for people, on standard error
//
// Colour and progress bars appear on terminals only; NO_COLOR and TERM=dumb are respected.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace roofscape::client {

enum class Ink { kPlain, kBold, kFaint, kGood, kBad, kAccent };

struct Console {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool colour = false;                      // on out
  bool unicode = false;                     // whether bars may use more than ASCII
  int width = 0;                            // columns of the terminal behind out; 0: no limit
  int err_width = 0;                        // the same of err
  std::function<double()> clock_seconds{};  // monotonic; for rates and time left

  static Console of_process();

  // `text` in `ink` where colour is on, otherwise as it is.
  std::string paint(Ink ink, std::string_view text) const;
  // A remark for people: one line on standard error.
  void note(std::string_view line) const;
};

}  // namespace roofscape::client
