#include "client/report/shape.h"

#include <array>
#include <ctime>

#include "client/console/quantity.h"

namespace roofscape::client {

std::string shape_text(const google::protobuf::RepeatedField<google::protobuf::int64>& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : "×") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

std::string date_text(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return std::string(kDash);
  const auto seconds = static_cast<std::time_t>(time.seconds());
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local);
  return text.data();
}

}  // namespace roofscape::client
