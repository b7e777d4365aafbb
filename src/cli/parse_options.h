#pragma once
// The options of commands that have many. Private to the parser.

#include "cli/scan.h"
#include "cli/sim.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace gh::cli {

// Each fills `options`, which outlives the parsing.
void add_scan_options(CLI::App& command, Scan& options);
void add_sim_options(CLI::App& command, Sim& options);

}  // namespace gh::cli
