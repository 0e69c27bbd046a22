// The networks of the zoo as models: known by their shapes only, built when somebody asks.
//
//   if (is_built_in_model("vgg-16")) …
//   RS_ASSIGN(StoredModel model, built_in_model("vgg-16"));
//
// Each call builds afresh, in a millisecond or less: weights that a method makes a network make up (tensor.h) go with
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/model_shelf.h"

namespace roofscape::server {

bool is_built_in_model(std::string_view id);
// Ascending.
std::vector<std::string> built_in_model_ids();
// kNotFound for an id that is none of them.
Result<StoredModel> built_in_model(const std::string& id);

}  // namespace roofscape::server
