// Every subcommand, one file each. A new one is a new file here, its name in this list and in commands.cc.
#pragma once

#include <span>

#include "client/command.h"

namespace roofscape::client {

// In the order in which help and docs show them.
std::span<const CommandSpec> commands();

CommandSpec model_import();
CommandSpec model_list();
CommandSpec model_show();
CommandSpec model_delete();
CommandSpec dataset_import();
CommandSpec dataset_list();
CommandSpec dataset_show();
CommandSpec dataset_delete();
CommandSpec platform_list();
CommandSpec platform_show();
CommandSpec platform_import();
CommandSpec platform_delete();
CommandSpec platform_probe();
CommandSpec platform_calibrate();
CommandSpec platform_uncalibrate();
CommandSpec validate();
CommandSpec methods();
CommandSpec methods_table();
CommandSpec estimate();
CommandSpec evaluate();
CommandSpec sensitivity();
CommandSpec explore();
CommandSpec exploration_list();
CommandSpec exploration_show();
CommandSpec exploration_watch();
CommandSpec exploration_pause();
CommandSpec exploration_resume();
CommandSpec exploration_cancel();
CommandSpec exploration_extend();
CommandSpec exploration_delete();
CommandSpec exploration_evaluations();
CommandSpec front();
CommandSpec compare();
CommandSpec roofline();
CommandSpec export_evaluation();
CommandSpec check();
CommandSpec completion();
CommandSpec complete();
CommandSpec docs();
CommandSpec docs_platforms();

}  // namespace roofscape::client
