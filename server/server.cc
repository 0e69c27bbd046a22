#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <climits>
#include <thread>
#include <utility>
#include <vector>

#include "analytics/base/text.h"
#include "server/activity.h"
#include "server/address.h"
#include "server/exploration_queue.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

constexpr int kCallsOfOneConnection = 256;

// Only the person who runs the daemon may reach its socket.
class PrivateFiles {
 public:
  PrivateFiles() : before_(::umask(0077)) {}
  ~PrivateFiles() { ::umask(before_); }
  PrivateFiles(const PrivateFiles&) = delete;
  PrivateFiles& operator=(const PrivateFiles&) = delete;

 private:
  mode_t before_;
};

class RunningServer final : public Server {
 public:
  RunningServer(const Settings& settings, std::unique_ptr<db::Store> store)
      : backend_(settings, std::move(store)),
        hub_(settings.kept_events),
        queue_(backend_, hub_),
        shell_(backend_),
        activity_(std::make_shared<Activity>()) {
    services_.push_back(make_model_service(shell_));
    services_.push_back(make_dataset_service(shell_));
    services_.push_back(make_platform_service(shell_));
    services_.push_back(make_calibration_service(shell_));
    services_.push_back(make_evaluation_service(shell_));
    services_.push_back(make_exploration_service(shell_, queue_, hub_));
  }
  ~RunningServer() override { stop(std::chrono::milliseconds(0)); }

  Status listen(Address address) {
    RS_TRY(check_free(address));
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    for (const auto& service : services_) builder.RegisterService(service.get());
    builder.SetMaxReceiveMessageSize(static_cast<int>(backend_.settings.message_bytes));
    builder.SetMaxSendMessageSize(INT_MAX);
    // Two daemons must not share a port.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kCallsOfOneConnection);
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> watchers;
    watchers.push_back(watch_calls(activity_));
    builder.experimental().SetInterceptorCreators(std::move(watchers));
    int port = 0;
    builder.AddListeningPort(address.text(), grpc::InsecureServerCredentials(), &port);
    {
      const PrivateFiles only_mine;
      grpc_ = builder.BuildAndStart();
    }
    if (!grpc_ || port == 0) {
      grpc_.reset();
      return unavailable("{} cannot be listened on; is it in use, or does it belong to another machine?",
                         printable(address.text()));
    }
    if (!address.is_unix()) address.port = port;
    address_ = address.text();
    return {};
  }
  Status recover() { return queue_.recover(); }
  void work() { queue_.start(); }

  const std::string& address() const override { return address_; }
  std::shared_ptr<grpc::Channel> in_process_channel() override { return grpc_->InProcessChannel({}); }

  std::chrono::duration<double> idle_time() const override {
    if (queue_.busy() + shell_.busy() > 0) activity_->touch();
    return activity_->quiet();
  }

  void stop(std::chrono::milliseconds grace) override {
    if (!grpc_) return;
    grpc_->GetHealthCheckService()->SetServingStatus(false);
    queue_.drain();
    hub_.shut();
    // gRPC's own grace waits for idle connections too; only open calls deserve it.
    const auto end = std::chrono::steady_clock::now() + grace;
    while (activity_->open() > 0 && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    grpc_->Shutdown(std::chrono::system_clock::now());
    shell_.stop();
    grpc_.reset();
  }

 private:
  Backend backend_;
  EventHub hub_;
  ExplorationQueue queue_;
  Shell shell_;
  std::shared_ptr<Activity> activity_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> grpc_;
  std::string address_;
};

Result<Address> checked_address(const Settings& settings) {
  RS_ASSIGN(Address address, parse_address(settings.listen));
  if (!address.is_local() && !settings.allow_remote)
    return invalid_argument(
        "{} can be reached from other machines, and the daemon has no accounts; listen on 127.0.0.1, or say "
        "--allow-remote if that is meant",
        printable(settings.listen));
  if (!address.is_local())
    spdlog::warn("listening on {}: whoever reaches it may do everything, for there are no accounts",
                 printable(settings.listen));
  return address;
}

}  // namespace

std::unique_ptr<Server> Server::start(const Settings& settings, StartError* error) {
  const auto fail = [&](Status status, StartFailure kind) {
    *error = {std::move(status), kind};
    return nullptr;
  };
  auto address = checked_address(settings);
  if (!address.ok()) return fail(address.status(), StartFailure::kAddress);
  auto store = db::open_store(settings.data_dir);
  if (!store.ok())
    return fail(store.status(), store.status().code() == Code::kUnavailable ? StartFailure::kDataFolderInUse
                                                                            : StartFailure::kDataFolder);
  auto server = std::make_unique<RunningServer>(settings, *std::move(store));
  // Before the first call can change anything.
  if (Status status = server->recover(); !status.ok()) return fail(std::move(status), StartFailure::kDataFolder);
  if (Status status = server->listen(*address); !status.ok()) return fail(std::move(status), StartFailure::kAddress);
  server->work();
  return server;
}

}  // namespace roofscape::server
