// Names of stored things as people type them: `lenet5` and `models/lenet5` both.
//
//   RS_ASSIGN(std::string name, model_name("lenet5"));      // "models/lenet5"
//   id_of("models/lenet5") == "lenet5"
#pragma once

#include <string>
#include <string_view>

#include "analytics/base/status.h"

namespace roofscape::client {

// INVALID_ARGUMENT, saying what a name may hold, for anything else.
Result<std::string> model_name(std::string_view given);
Result<std::string> dataset_name(std::string_view given);
Result<std::string> platform_name(std::string_view given);
Result<std::string> exploration_name(std::string_view given);
// ("e1", "17") and the full "explorations/e1/evaluations/17" as the second one → the latter.
Result<std::string> evaluation_name(std::string_view exploration, std::string_view evaluation);

// Whether what stands for a configuration is no file but an exploration's evaluation, "explorations/e1/evaluations/17".
bool names_evaluation(std::string_view configuration);

// What follows the last '/'; fit for a terminal.
std::string id_of(std::string_view name);
// A valid id made of a file name: "My Net v2.onnx" → "my-net-v2"; "" where nothing is left.
std::string id_from_file(std::string_view path);

}  // namespace roofscape::client
