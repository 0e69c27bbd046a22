// Sensitivities as layers × settings: what the table and the picture of them show.
//
//   const SensitivityMap map = SensitivityMap::of("lenet5", response);
//   map.groups[0].settings[2].nats[0]      // what "integer w4 a8" does to the first row's layers
//   map.most_sensitive(3)                  // rows, the most sensitive first
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

struct SensitivityMap {
  // One way of using a method.
  struct Setting {
    std::string title;  // "w4 a8"; empty where the method has one setting
    std::vector<std::optional<double>>
        nats;                  // by row: mean divergence; nothing where it does not apply or was not measured
    double worst() const;      // of its rows
    std::size_t rows() const;  // to which it applies
    // The row that it damages most; nothing where it applies to one alone.
    std::optional<std::size_t> most_sensitive() const;
  };
  struct Group {
    std::string method;
    std::vector<Setting> settings;                   // what does least comes first
    std::string name(const Setting& setting) const;  // "integer w4 a8"
  };

  static SensitivityMap of(std::string network, const v1::MeasureSensitivityResponse& response);

  // Rows, the most sensitive first: by how much more the settings do there than elsewhere, in the mean of logarithms.
  std::vector<std::size_t> most_sensitive(std::size_t count) const;
  // Of the settings that apply to most rows, the one whose worst row is damaged least.
  struct Mildest {
    std::string name;
    double worst = 0;
  };
  std::optional<Mildest> mildest() const;

  std::string network;
  std::vector<std::string> rows;  // "conv1", or "conv1, fc1" of layers that change together; in the network's order
  std::vector<Group> groups;      // by method
  std::string legend;             // "integer: w weight_bits, a activation_bits"
  std::int64_t images = 0;
};

// "0.0013", "2.4", "<1e-6": two digits.
std::string nats_text(double nats);
// "conv1, conv2", or "conv1, … fc2 (7 layers)" for more than two.
std::string layers_text(const v1::Sensitivity& sensitivity);

}  // namespace roofscape::client
