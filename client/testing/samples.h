// Hand-made answers of a server: a small network on two platforms, with an exploration that found a front.
#pragma once

#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

v1::Model sample_model();
v1::Platform sample_cpu();
v1::Platform sample_fpga();
// Every layer priced; `bits` 32 is fp32, fewer make weights smaller and time shorter.
v1::Estimate sample_estimate(const v1::Platform& platform, int bits);
// Five platforms whose energies rest on three different bases or are not known, one of them too small for the network;
// and two that cannot price it.
v1::EstimateOnPlatformsResponse sample_platform_estimates();
// Rows of two classes of hardware, each predicted without its network and without its platform; one is far off.
v1::Validation sample_validation();
v1::Evaluation sample_evaluation(int index, int bits, double top1);
// So many layers under integers of 2 to 8 bits and, every second of them, with half of the weights pruned; `conv1` and
// the last layer, `fc`, are the most sensitive.
v1::MeasureSensitivityResponse sample_sensitivities(int layers);
v1::Exploration sample_exploration();
// All that was measured: 120 evaluations.
v1::ListEvaluationsResponse sample_evaluations();
v1::GetParetoFrontResponse sample_fronts();
// The same with every second point folded into the one before it and one of them recommended.
v1::GetParetoFrontResponse sample_folded_fronts();
// The same confirmed on 2,846 images, where points are worse by 0.4 points of top-1 and the base network by 0.1; the
// last point of each front is refuted.
v1::GetParetoFrontResponse sample_confirmed_fronts();
// The fronts of two explorations, e1 and e2, on both platforms, and two configurations held against that of e1.
v1::CompareFrontsResponse sample_comparison();

}  // namespace roofscape::client
