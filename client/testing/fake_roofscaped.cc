// Plays roofscaped for the test of the private server: takes its options, listens on its socket, leaves a line in
// DIR/started for every start, and ends when DIR/stop appears. FAKE_ROOFSCAPED=fail makes it fail to start.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <thread>

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  const std::string folder = options["--data-dir"], path = options["--listen"].substr(std::strlen("unix:"));
  std::ofstream(folder + "/started", std::ios::app) << options["--exit-when-idle"] << '\n';
  const char* mood = std::getenv("FAKE_ROOFSCAPED");
  if (mood != nullptr && std::string(mood) == "fail") {
    std::cerr << "the database is locked\n";
    return 4;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // two starters have time to collide
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  unlink(path.c_str());
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 || listen(listener, 8) != 0) return 5;
  for (int i = 0; i < 3000 && std::filesystem::exists(folder) && !std::filesystem::exists(folder + "/stop"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  unlink(path.c_str());
  return 0;
}
