#include "server/call.h"

namespace roofscape::server {
namespace {

class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  static std::shared_ptr<UnaryCall> create() {
    auto call = std::make_shared<UnaryCall>();
    call->self_ = call;
    return call;
  }
  const CancelToken& token() const { return token_; }

  void OnCancel() override { token_.cancel(); }
  // The last that gRPC does with it; a running body holds its own pointer.
  void OnDone() override { const auto self = std::move(self_); }

 private:
  std::shared_ptr<UnaryCall> self_;
  CancelToken token_;
};

}  // namespace

grpc::ServerUnaryReactor* answer(Pool& pool, CallBody body) {
  auto call = UnaryCall::create();
  const Status posted = pool.post([call, body = std::move(body)] {
    Status status;
    if (call->token().cancelled())
      status = cancelled("the call was cancelled before its turn came");
    else
      status = guarded([&] { return body(call->token()); });
    call->Finish(to_grpc(status));
  });
  if (!posted.ok()) call->Finish(to_grpc(posted));
  return call.get();
}

grpc::ServerUnaryReactor* refuse(const Status& status) {
  auto call = UnaryCall::create();
  call->Finish(to_grpc(status));
  return call.get();
}

}  // namespace roofscape::server
