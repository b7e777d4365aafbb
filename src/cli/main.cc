#include <cstdio>
#include <exception>
#include <variant>

#include "cli/exit_code.h"
#include "cli/parse.h"

int main(int argc, char** argv) {
  try {
    const gh::cli::Parsed parsed = gh::cli::parse(argc, argv);
    if (!parsed.command) return parsed.exit_code;
    return std::visit([](const auto& command) { return gh::cli::run(command); }, *parsed.command);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gatehouse: %s\n", error.what());
    return gh::cli::kUndecided;
  }
}
