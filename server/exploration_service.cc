#include <string>

#include "analytics/base/text.h"
#include "roofscape/v1/service.grpc.pb.h"
#include "server/call.h"
#include "server/exploration_queue.h"
#include "server/exploration_view.h"
#include "server/names.h"
#include "server/paging.h"
#include "server/services.h"
#include "server/shell.h"

namespace roofscape::server {
namespace {

// One WatchExploration: pulls the next event whenever the one before was sent.
class WatchSession : public Watcher, public std::enable_shared_from_this<WatchSession> {
 public:
  using Stream = OutStream<v1::ExplorationEvent>;

  WatchSession(EventHub& hub, std::string id, const v1::WatchExplorationRequest& request,
               std::shared_ptr<Stream> stream)
      : hub_(hub),
        id_(std::move(id)),
        include_evaluations_(request.include_evaluations()),
        after_(request.after_sequence()),
        stream_(std::move(stream)) {}

  void begin() {
    // The stream keeps the session; the hub only knows of it.
    stream_->on_idle([self = shared_from_this()] { self->sent(); });
    stream_->on_cancel([stream = stream_] { stream->finish(cancelled("the watch was cancelled")); });
    hub_.watch(id_, weak_from_this());
    wake();
  }

  void wake() override {
    const std::lock_guard lock(mutex_);
    if (sending_ || over_) return;
    if (auto event = hub_.next(id_, after_)) {
      after_ = event->sequence();
      if (!include_evaluations_) event->clear_evaluations();
      sending_ = true;
      over_ = is_final(event->state());
      stream_->send(std::move(*event));
      if (over_) stream_->finish({});
    } else if (hub_.is_shut()) {
      over_ = true;
      stream_->finish(unavailable("the daemon is shutting down; connect again with after_sequence {}", after_));
    } else if (hub_.last_sequence(id_) == 0) {
      over_ = true;
      stream_->finish(not_found("exploration '{}' was deleted", id_));
    }
  }

 private:
  void sent() {
    {
      const std::lock_guard lock(mutex_);
      sending_ = false;
    }
    wake();
  }

  EventHub& hub_;
  const std::string id_;
  const bool include_evaluations_;
  std::mutex mutex_;
  std::int64_t after_;
  bool sending_ = false;
  bool over_ = false;
  const std::shared_ptr<Stream> stream_;
};

// "state=RUNNING" → its number; 0 for an empty filter.
Result<int> state_filter(std::string_view filter) {
  if (trim(filter).empty()) return 0;
  constexpr std::string_view kState = "state=";
  std::string compact;
  for (const char c : filter)
    if (c != ' ') compact += c;
  v1::ExplorationState state = v1::EXPLORATION_STATE_UNSPECIFIED;
  if (compact.starts_with(kState) && v1::ExplorationState_Parse(compact.substr(kState.size()), &state) && state != 0)
    return static_cast<int>(state);
  return invalid_argument(
             "filter '{}' is not one; use 'state=' with QUEUED, RUNNING, PAUSED, SUCCEEDED, FAILED or CANCELLED",
             printable(filter))
      .at("filter");
}

class ExplorationService final : public v1::ExplorationService::CallbackService {
 public:
  ExplorationService(Shell& shell, ExplorationQueue& queue, EventHub& hub) : shell_(shell), queue_(queue), hub_(hub) {}

  grpc::ServerUnaryReactor* CreateExploration(grpc::CallbackServerContext*, const v1::CreateExplorationRequest* request,
                                              v1::Exploration* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(*reply, queue_.create(*request));
      return {};
    });
  }

  grpc::ServerUnaryReactor* GetExploration(grpc::CallbackServerContext*, const v1::GetExplorationRequest* request,
                                           v1::Exploration* reply) override {
    return on_exploration(request->name(), reply, [this](const std::string& id) { return queue_.get(id); });
  }

  grpc::ServerUnaryReactor* ListExplorations(grpc::CallbackServerContext*, const v1::ListExplorationsRequest* request,
                                             v1::ListExplorationsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      const Digest list = Hasher("list-explorations/1").add(request->filter()).finish();
      db::Page page;
      RS_ASSIGN(page.size, page_size(request->page_size()));
      RS_ASSIGN(page.token, read_token(request->page_token(), list));
      RS_ASSIGN(const int state, state_filter(request->filter()));
      RS_ASSIGN(auto listed, shell_.backend.store->list_explorations(page, state));
      for (v1::Exploration& exploration : listed.rows) {
        queue_.overlay(&exploration);
        exploration.clear_known();
        *reply->add_explorations() = std::move(exploration);
      }
      if (!listed.next_token.empty()) reply->set_next_page_token(write_token(listed.next_token, list));
      return {};
    });
  }

  grpc::ServerUnaryReactor* PauseExploration(grpc::CallbackServerContext*, const v1::PauseExplorationRequest* request,
                                             v1::Exploration* reply) override {
    return on_exploration(request->name(), reply, [this](const std::string& id) { return queue_.pause(id); });
  }
  grpc::ServerUnaryReactor* ResumeExploration(grpc::CallbackServerContext*, const v1::ResumeExplorationRequest* request,
                                              v1::Exploration* reply) override {
    return on_exploration(request->name(), reply, [this](const std::string& id) { return queue_.resume(id); });
  }
  grpc::ServerUnaryReactor* CancelExploration(grpc::CallbackServerContext*, const v1::CancelExplorationRequest* request,
                                              v1::Exploration* reply) override {
    return on_exploration(request->name(), reply, [this](const std::string& id) { return queue_.cancel(id); });
  }
  grpc::ServerUnaryReactor* ExtendExploration(grpc::CallbackServerContext*, const v1::ExtendExplorationRequest* request,
                                              v1::Exploration* reply) override {
    return on_exploration(request->name(), reply, [this, more = request->evaluations()](const std::string& id) {
      return queue_.extend(id, more);
    });
  }

  grpc::ServerUnaryReactor* DeleteExploration(grpc::CallbackServerContext*, const v1::DeleteExplorationRequest* request,
                                              google::protobuf::Empty*) override {
    return answer(shell_.quick, [this, request](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kExplorations, request->name(), "name"));
      return queue_.remove(id);
    });
  }

  grpc::ServerWriteReactor<v1::ExplorationEvent>* WatchExploration(
      grpc::CallbackServerContext*, const v1::WatchExplorationRequest* request) override {
    auto stream = WatchSession::Stream::create();
    const Status posted = shell_.quick.post([this, stream, copy = *request] {
      const Status begun = guarded([&] { return begin_watch(copy, stream); });
      if (!begun.ok()) stream->finish(begun);
    });
    if (!posted.ok()) stream->finish(posted);
    return stream.get();
  }

  grpc::ServerUnaryReactor* GetParetoFront(grpc::CallbackServerContext*, const v1::GetParetoFrontRequest* request,
                                           v1::GetParetoFrontResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(*reply, pareto_fronts(shell_.backend, *request));
      return {};
    });
  }

  grpc::ServerUnaryReactor* CompareFronts(grpc::CallbackServerContext*, const v1::CompareFrontsRequest* request,
                                          v1::CompareFrontsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(*reply, compare_fronts(shell_.backend, *request));
      return {};
    });
  }

  grpc::ServerUnaryReactor* GetEvaluation(grpc::CallbackServerContext*, const v1::GetEvaluationRequest* request,
                                          v1::Evaluation* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken& cancel) -> Status {
      RS_ASSIGN(*reply, evaluation_in_full(shell_.backend, *request, &cancel));
      return {};
    });
  }

  grpc::ServerUnaryReactor* ListEvaluations(grpc::CallbackServerContext*, const v1::ListEvaluationsRequest* request,
                                            v1::ListEvaluationsResponse* reply) override {
    return answer(shell_.quick, [this, request, reply](const CancelToken&) -> Status {
      RS_ASSIGN(*reply, list_evaluations(shell_.backend, *request));
      return {};
    });
  }

  grpc::ServerWriteReactor<v1::FileChunk>* ExportEvaluation(grpc::CallbackServerContext*,
                                                            const v1::ExportEvaluationRequest* request) override {
    auto stream = OutStream<v1::FileChunk>::create();
    const Status posted = shell_.quick.post([this, stream, copy = *request] {
      stream->finish(guarded([&]() -> Status {
        RS_ASSIGN(const std::string file, export_evaluation(shell_.backend, copy, &stream->token()));
        for (std::size_t at = 0; at < file.size(); at += kLargestChunk) {
          v1::FileChunk chunk;
          chunk.set_data(file.substr(at, kLargestChunk));
          stream->send(std::move(chunk));
        }
        return {};
      }));
    });
    if (!posted.ok()) stream->finish(posted);
    return stream.get();
  }

 private:
  // A call that names an exploration and answers with it.
  grpc::ServerUnaryReactor* on_exploration(const std::string& name, v1::Exploration* reply,
                                           std::function<Result<v1::Exploration>(const std::string&)> action) {
    return answer(shell_.quick, [name, reply, action = std::move(action)](const CancelToken&) -> Status {
      RS_ASSIGN(const std::string id, parse_name(kExplorations, name, "name"));
      RS_ASSIGN(*reply, action(id));
      return {};
    });
  }

  Status begin_watch(const v1::WatchExplorationRequest& request, const std::shared_ptr<WatchSession::Stream>& stream) {
    RS_ASSIGN(const std::string id, parse_name(kExplorations, request.name(), "name"));
    if (request.after_sequence() < 0)
      return invalid_argument("after_sequence is {}; use 0 or more", request.after_sequence()).at("after_sequence");
    RS_ASSIGN(const v1::Exploration exploration, queue_.get(id));
    hub_.open(exploration);
    std::make_shared<WatchSession>(hub_, id, request, stream)->begin();
    return {};
  }

  Shell& shell_;
  ExplorationQueue& queue_;
  EventHub& hub_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_exploration_service(Shell& shell, ExplorationQueue& queue, EventHub& hub) {
  return std::make_unique<ExplorationService>(shell, queue, hub);
}

}  // namespace roofscape::server
