// Processor time of the thread that asks: on a machine that does nothing else the time on the clock, and where others
// want the processors, too, it leaves their share out.
//
//   const double began = thread_seconds();
//   …
//   const double spent = thread_seconds() - began;
#pragma once

#include <time.h>

namespace roofscape {

inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace roofscape
