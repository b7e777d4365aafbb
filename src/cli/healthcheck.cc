// `gatehouse healthcheck`.

#include <fmt/format.h>

#include <string>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/http_caller.h"
#include "cli/output.h"
#include "cli/serve.h"
#include "policy/load.h"

namespace gh::cli {
namespace {

constexpr std::string_view kPath = "/readyz";

// As one would ask it by hand.
std::string url(const std::string& address) {
  return address.starts_with("unix:") ? fmt::format("{} {}", address, kPath)
                                      : fmt::format("http://{}{}", address, kPath);
}

// What was answered and, unless that is good, what to do; one line.
std::string told(const HttpReply& reply, const std::string& config) {
  if (reply.status == 0) {
    return fmt::format("no answer{}{}; is a gateway running with {}, and may this user reach it?",
                       reply.failure.empty() ? "" : ": ", escape(reply.failure, 128),
                       escape(config, 512));
  }
  const std::string_view line = std::string_view(reply.body).substr(0, reply.body.find('\n'));
  std::string answer = fmt::format("{} {}", reply.status, escape(line, 64));
  if (reply.status == 200) return answer;
  if (answer == "503 draining") return answer + "; it is about to stop and takes no new requests";
  if (answer == "503 no upstream") {
    return answer +
           "; no URL of any upstream can be used: `upstream … is not well: …` in the gateway's log "
           "says why";
  }
  return fmt::format(
      "{}; that is no answer of a gateway's admin listener: does something else listen at "
      "`admin.address` of {}?",
      answer, escape(config, 512));
}

}  // namespace

int run(const HealthCheck& command) {
  const policy::Loaded loaded = policy::load(command.config, {.upstream_keys = false});
  if (loaded.snapshot == nullptr) {
    complain_of(loaded.problems);
    return kUndecided;
  }
  const auto& admin = loaded.snapshot->admin;
  if (!admin || admin->tls) {
    return complain(kUndecided,
                    "healthcheck asks a plain admin listener; set `admin.address` to a loopback "
                    "address or a Unix socket, without `tls`");
  }
  if (admin->address.ends_with(":0")) {
    return complain(
        kUndecided,
        "healthcheck cannot know the port: `admin.address` has port 0, which is another "
        "one at each start; write a number");
  }
  auto caller = HttpCaller::open(admin->address, "");
  if (!caller) return complain(kUndecided, caller.error().message);
  const HttpReply reply = (*caller)->call({.path = std::string(kPath)});
  if (command.quiet && reply.status == 200) return kFine;
  // The exit code is the answer, also where nobody reads the words.
  print(kFine, fmt::format("{}: {}\n", url(admin->address), told(reply, command.config)));
  return reply.status == 200 ? kFine : kFindings;
}

}  // namespace gh::cli
