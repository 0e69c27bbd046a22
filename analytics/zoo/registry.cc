#include <algorithm>

#include "analytics/zoo/families.h"

namespace roofscape::zoo {
namespace {

using Family = std::vector<Entry> (*)();

constexpr Family kFamilies[] = {
    alexnet,      autoencoder,       bert,         cnv,          convnext, densenet, ds_cnn,
    efficientnet, efficientnet_lite, googlenet,    inception_v3, lenet,    lstm,     mlp,
    mnasnet,      mobilenet_v1,      mobilenet_v2, mobilenet_v3, resnet,   resnet_8, shufflenet_v2,
    squeezenet,   ssd_mobilenet_v1,  vgg,          vit,
};

std::vector<Entry> all_sorted() {
  std::vector<Entry> all;
  for (const Family family : kFamilies)
    for (Entry& entry : family()) all.push_back(std::move(entry));
  std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
  return all;
}

}  // namespace

std::span<const Entry> networks() {
  static const std::vector<Entry> all = all_sorted();
  return all;
}

}  // namespace roofscape::zoo
