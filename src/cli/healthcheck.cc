#include <cstdio>

#include "cli/exit_code.h"
#include "cli/http_caller.h"
#include "cli/serve.h"
#include "policy/load.h"

namespace gh::cli {

int run(const HealthCheck& command) {
  const policy::Loaded loaded = policy::load(command.config, {.upstream_keys = false});
  if (loaded.snapshot == nullptr) {
    for (const policy::Problem& problem : loaded.problems) {
      std::fprintf(stderr, "%s\n", policy::format(problem).c_str());
    }
    return kUndecided;
  }
  const auto& admin = loaded.snapshot->admin;
  if (!admin || admin->tls) {
    std::fprintf(stderr,
                 "gatehouse: healthcheck asks a plain admin listener; set `admin.address` to a "
                 "loopback address or a Unix socket\n");
    return kUndecided;
  }
  auto caller = HttpCaller::open(admin->address, "");
  if (!caller) {
    std::fprintf(stderr, "gatehouse: %s\n", caller.error().message.c_str());
    return kUndecided;
  }
  const HttpReply reply = (*caller)->call({.path = "/readyz"});
  std::printf("%s", reply.status == 0 ? (reply.failure + "\n").c_str() : reply.body.c_str());
  return reply.status == 200 ? kFine : kFindings;
}

}  // namespace gh::cli
