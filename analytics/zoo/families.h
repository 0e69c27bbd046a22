// One function for each file of networks; registry.cc lists them.
#pragma once

#include <vector>

#include "analytics/zoo/zoo.h"

namespace roofscape::zoo {

std::vector<Entry> alexnet();
std::vector<Entry> autoencoder();
std::vector<Entry> bert();
std::vector<Entry> cnv();
std::vector<Entry> convnext();
std::vector<Entry> densenet();
std::vector<Entry> ds_cnn();
std::vector<Entry> efficientnet();
std::vector<Entry> efficientnet_lite();
std::vector<Entry> googlenet();
std::vector<Entry> inception_v3();
std::vector<Entry> lenet();
std::vector<Entry> lstm();
std::vector<Entry> mlp();
std::vector<Entry> mnasnet();
std::vector<Entry> mobilenet_v1();
std::vector<Entry> mobilenet_v2();
std::vector<Entry> mobilenet_v3();
std::vector<Entry> resnet();
std::vector<Entry> resnet_8();
std::vector<Entry> shufflenet_v2();
std::vector<Entry> squeezenet();
std::vector<Entry> ssd_mobilenet_v1();
std::vector<Entry> vgg();
std::vector<Entry> vit();

}  // namespace roofscape::zoo
