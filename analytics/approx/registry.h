// One function a method: each is defined in the method's own file and called in registry.cc, the one list.
#pragma once

#include "analytics/approx/method.h"

namespace roofscape::approx {

const Method& accumulator_method();     // accumulator.cc
const Method& binary_method();          // binary.cc
const Method& block_method();           // block.cc
const Method& circulant_method();       // circulant.cc
const Method& early_exit_method();      // early_exit.cc
const Method& equalise_method();        // equalise.cc
const Method& function_table_method();  // function_table.cc
const Method& huffman_method();         // huffman.cc
const Method& integer_method();         // integer.cc
const Method& low_rank_method();        // low_rank.cc
const Method& minifloat_method();       // minifloat.cc
const Method& monarch_method();         // monarch.cc
const Method& power_of_two_method();    // power_of_two.cc
const Method& prune_method();           // prune.cc
const Method& prune_channels_method();  // prune_channels.cc
const Method& prune_filters_method();   // prune_filters.cc
const Method& share_method();           // share.cc
const Method& smooth_method();          // smooth.cc
const Method& ternary_method();         // ternary.cc
const Method& zero_skip_method();       // zero_skip.cc

}  // namespace roofscape::approx
