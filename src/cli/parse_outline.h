#pragma once
// What the parser's library knows of a command, without the library. Private to the parser.

#include "cli/outline.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace gh::cli {

// What help hides is left out.
Outline outline_of(const CLI::App& command);

}  // namespace gh::cli
