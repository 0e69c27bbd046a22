// kill -9 at random moments, twenty times in a row: the exploration ends with the front of an undisturbed one, and
// nothing that was committed is measured again. Likewise a calibration: what was answered stays in force.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "server/test_daemon.h"
#include "server/test_support.h"

namespace roofscape {
namespace {

using server::testing::DaemonProcess;
using server::testing::TestClient;

constexpr int kKills = 20;
constexpr std::int64_t kEvaluations = 600;

const std::vector<std::string> kFlags{"--workers", "2", "--log", "json", "--log-level", "debug"};

// The fronts are confirmed at the end, so that a kill may fall into that too.
v1::ExplorationSpec confirmed_spec(const TestClient& client) {
  v1::ExplorationSpec spec = client.spec(kEvaluations);
  spec.mutable_confirmation()->set_share(0.25);
  return spec;
}

std::string fronts_of(TestClient& client) {
  const auto fronts = client.fronts("e1");
  EXPECT_TRUE(fronts.ok()) << fronts.status().message();
  return fronts.ok() ? fronts->DebugString() : "";
}

// How often the daemons on a folder say that they measured each network, said after it was committed.
std::map<std::string, int> measured_networks(const std::string& log) {
  const std::string mark = "measured network ";
  std::map<std::string, int> times;
  for (std::size_t at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1))
    ++times[log.substr(at + mark.size(), 64)];
  return times;
}

TEST(Kill, TwentyKillsChangeNothing) {
  const std::string calm = server::testing::new_folder(), stormy = server::testing::new_folder();
  TestClient client;
  std::string expected;
  std::size_t networks = 0;
  {
    DaemonProcess daemon(calm, kFlags);
    client.connect(daemon.wait_until_listening());
    client.import_all();
    ASSERT_TRUE(client.create(confirmed_spec(client)).ok());
    client.wait_for("e1", v1::SUCCEEDED);
    expected = fronts_of(client);
    networks = measured_networks(daemon.log()).size();
    ASSERT_GT(networks, 100u);
  }

  std::mt19937 random(std::random_device{}());
  std::ostringstream moments;  // shown on failure, to try again
  for (int kill = 0; kill < kKills; ++kill) {
    DaemonProcess daemon(stormy, kFlags);
    const std::string address = daemon.wait_until_listening();
    ASSERT_FALSE(address.empty()) << daemon.log();
    client.connect(address);
    if (kill == 0) {
      client.import_all();
      ASSERT_TRUE(client.create(confirmed_spec(client), "once").ok());
    }
    const int microseconds = static_cast<int>(random() % 800'000);
    moments << microseconds << ' ';
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    daemon.kill_now();
  }
  SCOPED_TRACE("killed after microseconds: " + moments.str());
  DaemonProcess daemon(stormy, kFlags);
  client.connect(daemon.wait_until_listening());
  const v1::Exploration done = client.wait_for("e1", v1::SUCCEEDED);
  EXPECT_EQ(done.evaluation_count(), kEvaluations);
  EXPECT_EQ(fronts_of(client), expected);
  const auto measured = measured_networks(daemon.log());
  EXPECT_LE(measured.size(), networks);
  for (const auto& [network, times] : measured) EXPECT_EQ(times, 1) << network;
  std::filesystem::remove_all(calm);
  std::filesystem::remove_all(stormy);
}

using Calibrations = v1::CalibrationService::Stub;

// Learns from a file that is named after its number, and puts that in force.
Status calibrate(TestClient& client, int number) {
  const auto stub = v1::CalibrationService::NewStub(client.channel);
  v1::CalibratePlatformsRequest request;
  request.set_store(true);
  v1::MeasurementFile& file = *request.add_files();
  file.set_name(std::to_string(number));
  file.set_contents("platform,network,precision,metric,value,unit,gmacs\nxeon-8280,ResNet-50,FP32,latency," +
                    std::to_string(300 + number) + ",ms,4.1\n");
  return client.call(*stub, &Calibrations::CalibratePlatforms, request).status();
}

// The number of the file from which the calibration in force was learned on top of the one that ships; 0: of none.
int calibrated_from(TestClient& client) {
  const auto stub = v1::CalibrationService::NewStub(client.channel);
  const auto current = client.call(*stub, &Calibrations::GetCalibration, v1::GetCalibrationRequest());
  EXPECT_TRUE(current.ok()) << current.status().message();
  if (!current.ok() || current->built_in()) return 0;
  return std::atoi(current->sources(current->sources_size() - 1).c_str());
}

TEST(Kill, ACalibrationThatWasAnsweredStaysInForce) {
  constexpr int kCalibrationKills = 8;
  const std::string folder = server::testing::new_folder();
  TestClient client;
  std::mt19937 random(std::random_device{}());
  int answered = 0;
  for (int kill = 0; kill <= kCalibrationKills; ++kill) {
    DaemonProcess daemon(folder, kFlags);
    client.connect(daemon.wait_until_listening());
    const int found = calibrated_from(client);
    // The last answered, or the one that was under way when the daemon was killed.
    EXPECT_TRUE(found == answered || found == answered + 1) << found << " after " << answered;
    if (kill == kCalibrationKills) break;
    ASSERT_TRUE(calibrate(client, answered = found + 1).ok());
    const int microseconds = static_cast<int>(random() % 150'000);
    SCOPED_TRACE("killed after microseconds: " + std::to_string(microseconds));
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
      daemon.kill_now();
    });
    Status status;
    while ((status = calibrate(client, answered + 1)).ok()) ++answered;
    EXPECT_EQ(status.code(), Code::kUnavailable) << status.message();
    killer.join();
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace roofscape
