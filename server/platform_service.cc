#include <algorithm>
#include <string>

#include "platforms/probe.h"
#include "roofscape/v1/service.grpc.pb.h"
#include "server/call.h"
#include "server/engine_ceilings.h"
#include "server/names.h"
#include "server/paging.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

class PlatformService final : public v1::PlatformService::CallbackService {
 public:
  explicit PlatformService(Shell& shell) : shell_(shell) {}

  grpc::ServerUnaryReactor* GetPlatform(grpc::CallbackServerContext*, const v1::GetPlatformRequest* request,
                                        v1::Platform* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kPlatforms, request->name(), "name"));
      RS_ASSIGN(*reply, shell_.backend.platforms.get(id));
      return {};
    });
  }

  grpc::ServerUnaryReactor* ListPlatforms(grpc::CallbackServerContext*, const v1::ListPlatformsRequest* request,
                                          v1::ListPlatformsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      const Digest list = Hasher("list-platforms/1").finish();
      RS_ASSIGN(const int size, page_size(request->page_size()));
      RS_ASSIGN(const std::string after, read_token(request->page_token(), list));
      RS_ASSIGN(auto all, shell_.backend.platforms.list());
      auto next = std::find_if(all.begin(), all.end(), [&](const v1::Platform& p) { return p.id() > after; });
      for (; next != all.end() && reply->platforms_size() < size; ++next) *reply->add_platforms() = std::move(*next);
      if (next != all.end())
        reply->set_next_page_token(write_token(reply->platforms(reply->platforms_size() - 1).id(), list));
      return {};
    });
  }

  grpc::ServerUnaryReactor* ImportPlatform(grpc::CallbackServerContext*, const v1::ImportPlatformRequest* request,
                                           v1::Platform* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(*reply, shell_.backend.platforms.import(request->platform()));
      return {};
    });
  }

  grpc::ServerUnaryReactor* DeletePlatform(grpc::CallbackServerContext*, const v1::DeletePlatformRequest* request,
                                           google::protobuf::Empty*) override {
    return answer(shell_.quick, [this, request](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kPlatforms, request->name(), "name"));
      return shell_.backend.platforms.remove(id);
    });
  }

  grpc::ServerUnaryReactor* ProbeHost(grpc::CallbackServerContext*, const v1::ProbeHostRequest* request,
                                      v1::Platform* reply) override {
    return answer(shell_.measuring, [this, request, reply](const CancelToken& cancel) -> Status {
      platforms::ProbeOptions options;
      if (!request->id().empty()) options.id = request->id();
      RS_TRY(check_new_id("platform", options.id, "id"));
      options.threads = shell_.backend.engine_options().threads;
      options.cancel = &cancel;
      RS_ASSIGN(*reply, platforms::probe_host(options));
      return add_engine_ceilings(options.threads, &cancel, reply);
    });
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_platform_service(Shell& shell) { return std::make_unique<PlatformService>(shell); }

}  // namespace roofscape::server
