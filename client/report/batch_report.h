// Throughput against batch, and the latency that it costs: one estimate a batch.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstddef>
#include <string>
#include <vector>

#include "client/console/console.h"
#include "roofscape/v1/estimate.pb.h"

namespace roofscape::client {

struct BatchSeries {
  std::string network;                  // "resnet-50"
  std::vector<v1::Estimate> estimates;  // by ascending batch; at least one
};

// Index of the smallest batch that reaches 90 % of the best throughput.
std::size_t sufficient_batch(const BatchSeries& series);

std::string batch_text(const BatchSeries& series, const Console& console);
std::string batch_csv(const BatchSeries& series);
google::protobuf::Struct batch_json(const BatchSeries& series);

}  // namespace roofscape::client
