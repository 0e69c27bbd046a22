// Explorations on their way from QUEUED to an end: accepted, worked at a few at a time, paused, resumed, extended,
// cancelled, and taken up again after a crash.
//
//   ExplorationQueue queue(backend, hub);
//   RS_TRY(queue.recover());                             // finds what a crash or a drain left behind …
//   queue.start();                                       // … and goes on with it
//   RS_ASSIGN(v1::Exploration e, queue.create(request)); // durable and QUEUED
//   …
//   queue.drain();                                       // running ones stop between steps and are QUEUED again
//
// The store holds the truth about states; here is only which of them a thread is at. All functions are thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "roofscape/v1/service.pb.h"
#include "server/backend.h"
#include "server/event_hub.h"
#include "server/pool.h"
#include "server/turns.h"

namespace roofscape::server {

class ExplorationQueue {
 public:
  ExplorationQueue(Backend& backend, EventHub& hub);
  ~ExplorationQueue();
  ExplorationQueue(const ExplorationQueue&) = delete;
  ExplorationQueue& operator=(const ExplorationQueue&) = delete;

  Status recover();
  void start();
  Result<v1::Exploration> create(const v1::CreateExplorationRequest& request);
  Result<v1::Exploration> get(const std::string& id);
  Result<v1::Exploration> pause(const std::string& id);
  Result<v1::Exploration> resume(const std::string& id);
  Result<v1::Exploration> cancel(const std::string& id);
  Result<v1::Exploration> extend(const std::string& id, std::int64_t evaluations);
  Status remove(const std::string& id);
  // What only this process knows, put over what is stored: the latest event, and a failure that could not be written.
  void overlay(v1::Exploration* exploration) const;

  // Explorations waiting or worked at.
  std::int64_t busy() const;
  void drain();

 private:
  struct Run;

  Result<v1::Exploration> change(const std::string& id, const std::function<Status(v1::Exploration&)>& edit);
  Result<v1::Exploration> store_new(v1::Exploration exploration, const v1::CreateExplorationRequest& request);
  void enqueue(const std::string& id);
  void stop_run(const std::string& id);
  bool wait_until_stopped(const std::string& id);
  void work();
  std::shared_ptr<Run> take_next();
  void run(const std::shared_ptr<Run>& run);
  Status explore(Run& run, const v1::Exploration& exploration);
  Status confirm(Run& run, const v1::Exploration& exploration);
  bool finish(Run& run, const Status& status);

  Backend& backend_;
  EventHub& hub_;
  Turns& turns_;
  std::mutex control_;            // one change of a state by a person at a time; taken before mutex_
  std::int64_t next_number_ = 1;  // under control_
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  std::deque<std::string> waiting_;
  std::map<std::string, std::shared_ptr<Run>> running_;
  std::map<std::string, std::string> unsaved_failures_;  // the store refused to keep these
  bool draining_ = false;
  Pool pool_;  // last: its threads use what stands above
};

}  // namespace roofscape::server
