// From the words of a command line to a command and its arguments.
//
//   RS_ASSIGN(Invocation call, parse({"model", "show", "lenet5", "--format", "json"}, commands()));
//   call.command->path == "model show";  call.arguments.text("MODEL") == "lenet5"
#pragma once

#include <span>
#include <string>
#include <vector>

#include "client/arguments.h"
#include "client/command.h"

namespace roofscape::client {

struct Invocation {
  const CommandSpec* command = nullptr;  // nothing with `help`: the whole program, or all commands under `topic`
  std::string topic;                     // "model" of `roofscape model --help`
  bool help = false;
  bool version = false;
  Arguments arguments;
};

// Errors (INVALID_ARGUMENT) name the word, what it resembles, and the usage line of the command.
Result<Invocation> parse(std::span<const std::string> words, std::span<const CommandSpec> commands);

}  // namespace roofscape::client
