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

// What a code alone does not tell: the field at fault says whether a figure is missing or nothing is feasible.
std::optional<v1::ErrorReason> reason_for(const Status& status) {
  if (status.code() != Code::kFailedPrecondition) return std::nullopt;
  if (status.field().starts_with("platform")) return v1::FIGURE_MISSING;
  if (status.field().starts_with("constraints")) return v1::INFEASIBLE;
  return std::nullopt;
}

}  // namespace

grpc::Status as_reply(const Status& status) { return to_grpc(status, reason_for(status)); }

grpc::ServerUnaryReactor* answer(Pool& pool, CallBody body) {
  auto call = UnaryCall::create();
  const Status posted = pool.post([call, body = std::move(body)] {
    Status status;
    if (call->token().cancelled())
      status = cancelled("the call was cancelled before its turn came");
    else
      status = guarded([&] { return body(call->token()); });
    call->Finish(as_reply(status));
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
