// `estimate` on several platforms: one row each, in an order, with a picture.
#pragma once

#include <string>
#include <vector>

#include "client/command.h"
#include "client/session.h"
#include "client/text/spec_file.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// Whether --platform names more than one platform, or may do so by a pattern.
bool compares_platforms(const Arguments& given);
// --sort and --limit.
std::vector<OptionSpec> comparison_options();
// Refuses these where one platform is priced.
Status refuse_comparison_options(const Arguments& given);
// `request` without platform; `config` is where its configuration stands, and `network` what the network is called.
Result<ExitCode> compare_platforms(Session& session, v1::EstimateModelRequest request, const SpecFile& config,
                                   std::string network);

}  // namespace roofscape::client
