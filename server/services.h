// The services of roofscape.v1, one file each. All hold references: the Shell outlives them.
#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>

namespace roofscape::server {

struct Shell;
class EventHub;
class ExplorationQueue;

std::unique_ptr<grpc::Service> make_model_service(Shell& shell);
std::unique_ptr<grpc::Service> make_dataset_service(Shell& shell);
std::unique_ptr<grpc::Service> make_platform_service(Shell& shell);
std::unique_ptr<grpc::Service> make_calibration_service(Shell& shell);
std::unique_ptr<grpc::Service> make_evaluation_service(Shell& shell);
std::unique_ptr<grpc::Service> make_exploration_service(Shell& shell, ExplorationQueue& queue, EventHub& hub);

}  // namespace roofscape::server
