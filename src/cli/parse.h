#pragma once
// Arguments to a command. Help, version and errors are printed here.

#include <optional>
#include <variant>

#include "cli/demo.h"
#include "cli/keys.h"
#include "cli/pages.h"
#include "cli/policy.h"
#include "cli/rules.h"
#include "cli/scan.h"
#include "cli/serve.h"
#include "cli/sign.h"
#include "cli/sim.h"

namespace gh::cli {

using Command = std::variant<Serve, HealthCheck, Init, PolicyCheck, PolicyShow, PolicyExplain,
                             PolicyReference, KeysCreate, KeysList, KeysShow, KeysRevoke, Sign,
                             Verify, Scan, Explain, RulesList, Sim, Demo, Completion, Man>;

struct Parsed {
  std::optional<Command> command;
  int exit_code = 0;  // when there is no command to run
};

Parsed parse(int argc, char** argv);

}  // namespace gh::cli
