#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

Result<Network> build() {
  Builder b({3, 224, 224});
  LayerId x = b.relu(b.conv(b.input(), 64, {.kernel = {11, 11}, .stride = 4, .pad = {{2, 2, 2, 2}}}));
  x = b.relu(b.conv(b.max_pool(x, 3, 2), 192, {.kernel = {5, 5}}));
  x = b.relu(b.conv(b.max_pool(x, 3, 2), 384));
  x = b.relu(b.conv(x, 256));
  x = b.relu(b.conv(x, 256));
  x = b.flatten(b.max_pool(x, 3, 2));
  for (int i = 0; i < 2; ++i) x = b.relu(b.dense(x, 4096));
  return b.finish(b.dense(x, 1000));
}

}  // namespace

std::vector<Entry> alexnet() {
  return {{.id = "alexnet",
           .title = "AlexNet in one column",
           .structure = "Krizhevsky, One weird trick for parallelizing convolutional neural networks (2014)",
           .note = "Its first form (2012) had two columns in two devices, 60.97 M parameters and 0.72 G MACs.",
           .published = {torchvision("61,100,840", "0.71 G")},
           .build = build}};
}

}  // namespace roofscape::zoo
