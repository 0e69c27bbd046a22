// For tests of the services: a daemon in this process on a Unix socket in a folder of its own, a small network and a
// small data set for it, and stubs to talk to it.
//
//   TestServer server;
//   server.import_all();                       // model "tiny", data set "dots"
//   v1::Exploration e = server.create(server.spec(/*evaluations=*/20));
//   server.wait_for("e1", v1::SUCCEEDED);
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "proto/grpc_status.h"
#include "roofscape/v1/service.grpc.pb.h"
#include "server/server.h"
#include "server/test_data.h"

namespace roofscape::server::testing {

// A daemon seen from outside.
class TestClient {
 public:
  void connect(const std::string& address);

  Status import_model(const std::string& id, const std::string& onnx, v1::Model* model = nullptr);
  Status import_dataset(const std::string& id, const std::string& images, const std::string& labels,
                        v1::Dataset* dataset = nullptr, std::int64_t limit = 0);
  void import_all();

  v1::ExplorationSpec spec(std::int64_t wanted) const { return tiny_spec(wanted); }
  Result<v1::Exploration> create(const v1::ExplorationSpec& spec, const std::string& request_id = "");
  Result<v1::Exploration> get(const std::string& id);
  // Watches until the exploration is in this state; fails the test if it ends in another.
  v1::Exploration wait_for(const std::string& id, v1::ExplorationState state);
  // Watches until it has so many evaluations.
  void wait_for_evaluations(const std::string& id, std::int64_t count);
  Result<v1::GetParetoFrontResponse> fronts(const std::string& id);

  // A unary call: (stub->*method)(context, request, reply) as a Result.
  template <typename Reply, typename Stub, typename Request>
  Result<Reply> call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                     const Request& request) {
    grpc::ClientContext context;
    Reply reply;
    const grpc::Status status = (stub.*method)(&context, request, &reply);
    if (!status.ok()) return from_grpc(status);
    return reply;
  }

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ModelService::Stub> models;
  std::unique_ptr<v1::DatasetService::Stub> datasets;
  std::unique_ptr<v1::PlatformService::Stub> platforms;
  std::unique_ptr<v1::EvaluationService::Stub> evaluations;
  std::unique_ptr<v1::ExplorationService::Stub> explorations;
};

// A daemon in this process, and its client.
class TestServer : public TestClient {
 public:
  // Settings other than folder and address are kept as given. Two engine threads unless they say otherwise.
  explicit TestServer(Settings settings = {});
  ~TestServer();

  // Ends the daemon as SIGTERM does, and starts another on the same folder.
  void restart();
  void stop();

  std::unique_ptr<Server> server;
  std::string folder;

 private:
  void start();
  Settings settings_;
};

}  // namespace roofscape::server::testing
