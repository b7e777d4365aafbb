#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "cli/output.h"

namespace gh::cli {

using namespace std::chrono_literals;

ProgressLine::ProgressLine(bool quiet) : wanted_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(std::string_view text) {
  const auto now = Clock::now();
  if (!wanted_ || now - begin_ < 2s || now - last_ < 200ms) return;
  last_ = now;
  shown_ = true;
  say(fmt::format("\r\x1b[K{}", text));
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (shown_) say("\r\x1b[K");
  shown_ = false;
}

}  // namespace gh::cli
