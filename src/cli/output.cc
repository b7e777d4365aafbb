#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "cli/exit_code.h"

namespace gh::cli {

void say(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

int complain(int exit_code, std::string_view message) {
  say(fmt::format("gatehouse: {}\n", message));
  return exit_code;
}

void note(std::string_view message) {
  say(fmt::format("gatehouse: note: {}\n", message));
}

bool print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

int print(int exit_code, std::string_view text) {
  return print(text) ? exit_code : complain(kUndecided, "cannot write to standard output");
}

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): one thread
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

void complain_of(const std::vector<policy::Problem>& problems) {
  for (const policy::Problem& problem : problems) {
    say(policy::format(problem) + '\n');
  }
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      out += last ? row[i] + "\n" : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
  }
  return out;
}

}  // namespace gh::cli
