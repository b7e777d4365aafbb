#pragma once
// The options of commands: those that several share, and those of commands that have many. Private
// to the parser. Help calls a path FILE, DIR or PATH and the only words that a value may be {a,b};
// completion goes by that.

#include <string>
#include <vector>

#include "cli/scan.h"
#include "cli/sign.h"
#include "cli/sim.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
class Option;
}  // namespace CLI

namespace gh::cli {

// What help calls the words that a value may be.
std::string in_braces(const std::vector<std::string>& words);

// Refuses every other word.
CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words);

// Each fills its second argument, which outlives the parsing.
void add_config(CLI::App& command, std::string& config);
void add_format(CLI::App& command, bool& json);
CLI::Option* add_quiet(
    CLI::App& command, bool& quiet,
    const std::string& what = "Nothing when all is well: neither progress nor what was done");
void add_scan_options(CLI::App& command, Scan& options);
void add_sign_options(CLI::App& command, Sign& options);
void add_verify_options(CLI::App& command, Verify& options);
void add_sim_options(CLI::App& command, Sim& options);

}  // namespace gh::cli
