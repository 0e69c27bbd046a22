// A progress bar on standard error: on a terminal one line that is drawn over and over, elsewhere a plain line now and
// then, so that logs of CI jobs stay short.
//
//   Progress bar(console, "measuring");
//   bar.update(57, 200, "best top-1 91.30 %");     // measuring ━━━━━━━╺────── 57/200  3.2/s  0:45 left  best top-1 …
//   bar.finish();
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/console/console.h"

namespace roofscape::client {

class Progress {
 public:
  enum class Unit { kCount, kBytes };
  Progress(const Console& console, std::string what, Unit unit = Unit::kCount);
  ~Progress();  // ends the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `rate` is work a second where the sender knows better than a stopwatch; time left follows from it.
  void update(std::int64_t done, std::int64_t total, const std::string& more = "",
              std::optional<double> rate = std::nullopt);
  // Wipes the bar, so that a message can be printed; the next update draws it again.
  void wipe();
  // The last state stays, and the line ends.
  void finish();
  // Everything after the bar itself: "57/200  3.20/s  0:45 left  best …".
  std::string text(std::int64_t done, std::int64_t total, const std::string& more, std::optional<double> rate) const;

 private:
  std::string bar(double share) const;
  std::string amount(std::int64_t value) const;

  const Console& console_;
  std::string what_;
  Unit unit_;
  double started_ = 0;
  double drawn_ = -1e9;
  std::int64_t first_ = -1;        // done at the first update: what a resumed job starts with
  std::int64_t plain_tenths_ = 0;  // tenths of the way for which a plain line was printed
  std::string line_;
  bool visible_ = false;
};

}  // namespace roofscape::client
