#include "platforms/probe.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "platforms/host_info.h"
#include "platforms/library.h"
#include "platforms/probe_kernels.h"
#include "proto/yaml_reader.h"

namespace roofscape::platforms {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

TEST(HostInfo, ReadsWhatTheKernelWrites) {
  EXPECT_EQ(processor_name("processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\nmodel name\t: other\n"),
            "Fast CPU @ 3 GHz");
  EXPECT_EQ(processor_name("nothing\n"), "");
  EXPECT_EQ(processor_name("model name : a\x1b[2J\n"), "a\\x1b[2J");
  EXPECT_EQ(parse_cache_size("32K"), 32768);
  EXPECT_EQ(parse_cache_size("8M"), 8 << 20);
  EXPECT_EQ(parse_cache_size("512"), 512);
  EXPECT_EQ(parse_cache_size("K"), 0);
  EXPECT_EQ(parse_cache_size("-4K"), 0);
  EXPECT_EQ(count_processors("0-3,8"), 5);
  EXPECT_EQ(count_processors("0"), 1);
  EXPECT_EQ(count_processors("3-1,x"), 0);
}

// Each loop counts what it says: twice the steps, twice the sum of an integer kernel; any kernel answers at all.
TEST(ProbeKernels, EverySupportedLoopDoesItsWork) {
  std::set<std::string> formats;
  for (const ComputeKernel& kernel : compute_kernels()) {
    if (!kernel.supported()) continue;
    formats.insert(kernel.format);
    const double sum = kernel.run(64);
    EXPECT_NE(sum, 0) << kernel.name;
    if (std::string(kernel.name) == "portable" || std::string(kernel.format) == "fp32") continue;
    // 3 · 5 for each multiply-accumulate.
    EXPECT_EQ(sum, 15 * 64 * kernel.operations_per_step / 2) << kernel.name;
    EXPECT_EQ(kernel.run(128), 2 * sum) << kernel.name;
  }
  EXPECT_TRUE(formats.count("fp32") == 1 && formats.count("int16") == 1);
}

TEST(ProbeKernels, ReadersReadEveryWord) {
  std::vector<std::uint64_t> words(256);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = i * 0x9E3779B97F4A7C15U;
  std::uint64_t expected = 0;
  for (const std::uint64_t word : words) expected ^= word;
  for (const ReadKernel& kernel : read_kernels()) {
    if (!kernel.supported()) continue;
    EXPECT_EQ(kernel.run(words.data(), words.size()), expected) << kernel.name;
  }
}

TEST(Probe, MeasuresAValidPlatformThatAFileCanHold) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform host, probe_host({.id = "host", .seconds = 0.3}));
  EXPECT_THAT(validate_platform(host), IsOk());
  EXPECT_EQ(host.device_class(), v1::CPU);
  ASSERT_GE(host.compute_size(), 2);
  EXPECT_EQ(host.compute(0).weight(), "fp32");
  EXPECT_GT(host.compute(0).ops_per_second().value(), 1e6);
  ASSERT_GE(host.memory_size(), 1);
  EXPECT_EQ(host.memory(host.memory_size() - 1).name(), "DRAM");
  for (const v1::MemoryLevel& level : host.memory()) {
    EXPECT_GT(level.bandwidth_bytes_per_second().value(), 1e6) << level.name();
    EXPECT_EQ(level.bandwidth_bytes_per_second().provenance(), v1::MEASURED);
    EXPECT_THAT(level.bandwidth_bytes_per_second().source(), HasSubstr("roofscape platform probe"));
  }
  EXPECT_FALSE(host.has_peak_watts());
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform again, parse_platform(write_yaml(host), "host.yaml"));
  EXPECT_EQ(again.SerializeAsString(), host.SerializeAsString());
}

TEST(Probe, RefusesNonsenseAndStopsWhenAsked) {
  EXPECT_THAT(probe_host({.id = "My Host"}), StatusIs(Code::kInvalidArgument, HasSubstr("'My Host' is no id")));
  EXPECT_THAT(probe_host({.threads = -1}), StatusIs(Code::kInvalidArgument, HasSubstr("threads is -1")));
  EXPECT_THAT(probe_host({.seconds = 0}), StatusIs(Code::kInvalidArgument, HasSubstr("seconds is 0")));
  CancelToken cancel;
  cancel.cancel();
  EXPECT_THAT(probe_host({.seconds = 600, .cancel = &cancel}),
              StatusIs(Code::kCancelled, HasSubstr("the probe was cancelled")));
}

}  // namespace
}  // namespace roofscape::platforms
