#include "client/commands/commands.h"

namespace roofscape::client {

std::span<const CommandSpec> commands() {
  static const std::vector<CommandSpec> kCommands = {
      model_import(),
      model_list(),
      model_show(),
      model_delete(),
      dataset_import(),
      dataset_list(),
      dataset_show(),
      dataset_delete(),
      platform_list(),
      platform_show(),
      platform_import(),
      platform_delete(),
      platform_probe(),
      platform_calibrate(),
      platform_uncalibrate(),
      validate(),
      methods(),
      methods_table(),
      estimate(),
      evaluate(),
      sensitivity(),
      explore(),
      exploration_list(),
      exploration_show(),
      exploration_watch(),
      exploration_pause(),
      exploration_resume(),
      exploration_cancel(),
      exploration_extend(),
      exploration_delete(),
      exploration_evaluations(),
      front(),
      compare(),
      roofline(),
      export_evaluation(),
      check(),
      completion(),
      complete(),
      docs(),
      docs_platforms(),
  };
  return kCommands;
}

}  // namespace roofscape::client
