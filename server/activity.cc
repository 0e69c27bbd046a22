#include "server/activity.h"

#include <utility>

namespace roofscape::server {
namespace {

// Lives as long as its call.
class CallCounter : public grpc::experimental::Interceptor {
 public:
  explicit CallCounter(std::shared_ptr<Activity> activity) : activity_(std::move(activity)) { activity_->begin(); }
  ~CallCounter() override { activity_->end(); }
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override { methods->Proceed(); }

 private:
  std::shared_ptr<Activity> activity_;
};

class Factory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit Factory(std::shared_ptr<Activity> activity) : activity_(std::move(activity)) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo*) override {
    return new CallCounter(activity_);  // gRPC owns it
  }

 private:
  std::shared_ptr<Activity> activity_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> watch_calls(std::shared_ptr<Activity> activity) {
  return std::make_unique<Factory>(std::move(activity));
}

}  // namespace roofscape::server
