#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"

namespace roofscape::zoo {
namespace {

// A mean of four, times a coefficient, plus a bias.
LayerId subsample(Builder& b, LayerId x) { return b.activation(b.scale_shift(b.average_pool(x, 2, 2)), Kind::kTanh); }

// Each of the third layer's sixteen maps reads some of the six before it (table I of the paper): 60 pairs, not 96. Maps
// that read equally many are one convolution in groups.
LayerId third_layer(Builder& b, LayerId x) {
  const auto maps = [&](std::int64_t count, std::vector<std::int64_t> read) {
    return b.conv(b.gather(x, std::move(read)), count, {.kernel = {5, 5}, .pad = kNoPad, .groups = count});
  };
  const LayerId threes = maps(6, {0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 0, 4, 5, 0, 1, 5});
  const LayerId fours = maps(
      9, {0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 0, 3, 4, 5, 0, 1, 4, 5, 0, 1, 2, 5, 0, 1, 3, 4, 1, 2, 4, 5, 0, 2, 3, 5});
  const LayerId all = b.conv(x, 1, {.kernel = {5, 5}, .pad = kNoPad});
  return b.activation(b.concat({threes, fours, all}), Kind::kTanh);
}

Result<Network> build() {
  Builder b({1, 28, 28});
  // The paper centres the digits in 32 × 32.
  LayerId x = b.activation(b.conv(b.input(), 6, {.kernel = {5, 5}, .pad = {{2, 2, 2, 2}}}), Kind::kTanh);
  x = subsample(b, third_layer(b, subsample(b, x)));
  x = b.activation(b.conv(x, 120, {.kernel = {5, 5}, .pad = kNoPad}), Kind::kTanh);
  x = b.activation(b.dense(b.flatten(x), 84), Kind::kTanh);
  return b.finish(b.dense(x, 10, false));
}

}  // namespace

std::vector<Entry> lenet() {
  return {{.id = "lenet-5",
           .title = "LeNet-5 in its classic form, 28 × 28 padded to 32 × 32",
           .structure = "LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998)",
           .note = "With the paper's sparse third layer; every map reading all six would take 833 k operations.",
           .published = {{"LeCun et al. (1998): 60,000 trained parameters and 840 fixed ones; 340,908 connections of a "
                          "multiplication and an addition each",
                          "60,840",
                          {},
                          {},
                          "681,816"}},
           .build = build}};
}

}  // namespace roofscape::zoo
