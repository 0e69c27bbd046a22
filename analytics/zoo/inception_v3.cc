#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

// A convolution of this network: rows × columns, and where it halves the image, without padding.
LayerId conv(Builder& b, LayerId x, std::int64_t filters, std::array<std::int64_t, 2> kernel) {
  return b.relu(b.conv(x, filters, {.kernel = kernel}));
}
LayerId halving(Builder& b, LayerId x, std::int64_t filters) {
  return b.relu(b.conv(x, filters, {.stride = 2, .pad = kNoPad}));
}
LayerId pooled(Builder& b, LayerId x, std::int64_t filters) {
  return conv(b, b.average_pool(x, 3, 1, 1), filters, {1, 1});
}

LayerId stem(Builder& b) {
  LayerId x = halving(b, b.input(), 32);
  x = b.relu(b.conv(x, 32, {.pad = kNoPad}));
  x = b.max_pool(conv(b, x, 64, {3, 3}), 3, 2);
  x = b.relu(b.conv(conv(b, x, 80, {1, 1}), 192, {.pad = kNoPad}));
  return b.max_pool(x, 3, 2);
}

LayerId module_a(Builder& b, LayerId x, std::int64_t pool_filters) {
  const LayerId five = conv(b, conv(b, x, 48, {1, 1}), 64, {5, 5});
  const LayerId three = conv(b, conv(b, conv(b, x, 64, {1, 1}), 96, {3, 3}), 96, {3, 3});
  return b.concat({conv(b, x, 64, {1, 1}), five, three, pooled(b, x, pool_filters)});
}

LayerId module_b(Builder& b, LayerId x) {
  const LayerId twice = halving(b, conv(b, conv(b, x, 64, {1, 1}), 96, {3, 3}), 96);
  return b.concat({halving(b, x, 384), twice, b.max_pool(x, 3, 2)});
}

LayerId module_c(Builder& b, LayerId x, std::int64_t width) {
  const LayerId once = conv(b, conv(b, conv(b, x, width, {1, 1}), width, {1, 7}), 192, {7, 1});
  LayerId twice = conv(b, x, width, {1, 1});
  for (int i = 0; i < 2; ++i) twice = conv(b, conv(b, twice, width, {7, 1}), i == 0 ? width : 192, {1, 7});
  return b.concat({conv(b, x, 192, {1, 1}), once, twice, pooled(b, x, 192)});
}

LayerId module_d(Builder& b, LayerId x) {
  const LayerId short_one = halving(b, conv(b, x, 192, {1, 1}), 320);
  const LayerId seven = conv(b, conv(b, conv(b, x, 192, {1, 1}), 192, {1, 7}), 192, {7, 1});
  return b.concat({short_one, halving(b, seven, 192), b.max_pool(x, 3, 2)});
}

LayerId module_e(Builder& b, LayerId x) {
  const LayerId three = conv(b, x, 384, {1, 1});
  const LayerId twice = conv(b, conv(b, x, 448, {1, 1}), 384, {3, 3});
  return b.concat({conv(b, x, 320, {1, 1}), conv(b, three, 384, {1, 3}), conv(b, three, 384, {3, 1}),
                   conv(b, twice, 384, {1, 3}), conv(b, twice, 384, {3, 1}), pooled(b, x, 192)});
}

Result<Network> build() {
  Builder b({3, 299, 299});
  b.part("stem");
  LayerId x = stem(b);
  int number = 0;
  const auto next = [&] { b.part(fmt::format("mixed{}", number++)); };
  for (const std::int64_t filters : {32, 64, 64}) {
    next();
    x = module_a(b, x, filters);
  }
  next();
  x = module_b(b, x);
  for (const std::int64_t width : {128, 160, 160, 192}) {
    next();
    x = module_c(b, x, width);
  }
  next();
  x = module_d(b, x);
  for (int i = 0; i < 2; ++i) {
    next();
    x = module_e(b, x);
  }
  b.part("head");
  return b.finish(b.dense(b.global_average(x), 1000));
}

}  // namespace

std::vector<Entry> inception_v3() {
  return {{.id = "inception-v3",
           .title = "Inception v3, 299 × 299",
           .structure = "Szegedy et al., Rethinking the Inception Architecture (2016)",
           .note = "Without the auxiliary classifier, which only training needs.",
           .published = {timm_normalised("23.83 M", "5.73 G", "8.97 M")},
           .build = build}};
}

}  // namespace roofscape::zoo
