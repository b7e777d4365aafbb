#include "cli/serve.h"

#include <malloc.h>

#include <cstdio>

#include "base/log.h"
#include "cli/descriptor_limit.h"
#include "cli/exit_code.h"
#include "cli/notify.h"
#include "console/admin.h"
#include "gateway/gateway.h"

namespace gh::cli {
namespace {

// Bodies of 100 KB come and go. By default each is a mapping of its own or grows and shrinks the
// heap, and the page faults cost more than all the copying.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

void print(std::string_view line) {
  std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);
}

}  // namespace

int run(const Serve& command) {
  raise_descriptor_limit();  // two per exchange are the normal case
  keep_freed_memory();
  const log::Background background;  // ends after everything that logs
  auto gateway = gateway::Gateway::open(command.config);
  if (!gateway) {
    std::fprintf(stderr, "%s\n", gateway.error().message.c_str());
    return kUndecided;
  }
  auto admin = console::Admin::open(**gateway);
  if (!admin) {
    std::fprintf(stderr, "%s\n", admin.error().message.c_str());
    return kUndecided;
  }
  for (const std::string& address : (*gateway)->addresses()) print("listening public " + address);
  if (*admin != nullptr) print("listening admin " + (*admin)->address());
  (*gateway)->run([] {
    print("ready");
    notify("READY=1");
  });
  return kFine;
}

}  // namespace gh::cli
