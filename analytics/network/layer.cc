#include "analytics/network/layer.h"

#include <algorithm>

namespace roofscape {

bool Arithmetic::is_fp32() const {
  return !weight && std::none_of(inputs.begin(), inputs.end(), [](const QuantiserPtr& q) { return q != nullptr; });
}

bool Layer::has_weight() const {
  return as<op::Conv>() || as<op::ConvTranspose>() || as<op::Dense>() || as<op::Recurrent>();
}

}  // namespace roofscape
