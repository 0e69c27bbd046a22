// The program `roofscape`; everything it does is in run.h.
#include "client/run.h"

int main(int argc, char** argv) {
  roofscape::client::Console console = roofscape::client::Console::of_process();
  return roofscape::client::run(std::vector<std::string>(argv + 1, argv + argc), console);
}
