#include "client/commands/watching.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "analytics/base/text.h"
#include "client/console/progress.h"
#include "client/console/quantity.h"
#include "client/follow.h"
#include "client/report/exploration_report.h"
#include "client/rpc/interrupt.h"
#include "client/text/json.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

void sleep_for(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

std::string detached(const Session& session, const std::string& name) {
  const std::string id = id_of(name), where = session.same_server();
  return fmt::format(
      "detached; {} goes on: 'roofscape exploration watch {}{}' shows it, 'roofscape exploration cancel {}{}' ends it",
      name, id, where, id, where);
}

Result<ExitCode> ended(const Session& session, const std::string& name, const v1::ExplorationEvent& last) {
  const std::string id = id_of(name), where = session.same_server();
  switch (last.state()) {
    case v1::SUCCEEDED: return ExitCode::kDone;
    case v1::PAUSED:
      session.console.note(fmt::format("{} is paused; 'roofscape exploration resume {}{}' goes on", name, id, where));
      return ExitCode::kDone;
    case v1::FAILED:
      session.console.note(fmt::format("roofscape: {} failed: {}", name, printable(last.error_message(), 1000)));
      return ExitCode::kUnfinished;
    default: session.console.note(fmt::format("roofscape: {} was cancelled", name)); return ExitCode::kUnfinished;
  }
}

}  // namespace

Result<ExitCode> watch_exploration(Session& session, const std::string& name, bool print_events,
                                   std::int64_t after_sequence) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const rpc::Interrupt interrupt;
  Progress progress(session.console, id_of(name));
  Status printing;
  FollowOptions options;
  options.after_sequence = after_sequence;
  options.include_evaluations = print_events;
  options.sleep = sleep_for;
  options.note = [&](const std::string& line) {
    progress.wipe();
    session.console.note(line);
  };
  options.take = [&](const v1::ExplorationEvent& event) {
    if (print_events) {
      const Result<std::string> json = to_json_line(event);
      if (json.ok())
        session.console.out << *json << '\n' << std::flush;
      else
        printing = json.status();
      return;
    }
    std::optional<double> rate;
    if (event.evaluations_per_second() > 0) rate = event.evaluations_per_second();
    progress.update(event.evaluation_count(), event.evaluations_wanted(), standing_text(event), rate);
  };
  const Result<v1::ExplorationEvent> last = follow(*daemon, name, options, interrupt.token());
  progress.finish();
  RS_TRY(printing);
  if (!last.ok() && last.status().code() == Code::kCancelled) {
    session.console.note(detached(session, name));
    return ExitCode::kInterrupted;
  }
  if (!last.ok()) return last.status();
  return ended(session, name, *last);
}

}  // namespace roofscape::client
