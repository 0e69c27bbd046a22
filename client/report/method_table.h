// The table of `roofscape methods table`: what each method saves, what platforms make of it, and what it costs in
// accuracy.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/evaluation.pb.h"

namespace roofscape::client {

// Factors against `base`, which was measured on the same images. Rows that failed say why.
std::string method_table_text(const v1::MethodTable& table, const v1::Evaluation& base, const Console& console);
std::string method_table_csv(const v1::MethodTable& table, const v1::Evaluation& base);

}  // namespace roofscape::client
