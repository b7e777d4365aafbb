#pragma once
// Everything that is known about one request when it ends: what the log line, the metrics and
// later the audit record are made of. Views point into what the exchange keeps alive; a record is
// used up before the exchange is.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "gateway/routes.h"
#include "net/address.h"
#include "openai/usage.h"
#include "policy/refusal.h"

namespace gh::gateway {

// How it ended.
enum class Ending : std::uint8_t {
  complete,        // the client has the whole answer
  refused,         // by us: by a rule before anything was sent upstream, or for want of memory,
                   // descriptors or ports
  upstream_error,  // the upstream answered with an error, or lied, or broke
  timeout,         // a deadline of ours
  client_left,
  shutdown,  // we were told to stop
};
std::string_view name(Ending ending);

struct RequestRecord {
  RequestId id;
  WallTime at;
  MonoTime began;
  net::Address client;
  std::optional<Route> route;

  std::string_view tenant;  // "" until authenticated
  std::string_view key_id;
  std::string_view user;
  std::string_view model;     // client name of a model that exists; never the client's own text
  std::string_view upstream;  // URL as written in the policy
  std::string_view auth_failure;

  bool admitted = false;  // step 11 was passed: it may cost something
  bool streamed = false;
  std::uint32_t n = 0;
  std::uint32_t max_tokens = 0;
  std::uint64_t body_bytes = 0;
  std::uint64_t answer_bytes = 0;
  std::uint32_t dropped_fields = 0;  // of the answer
  std::uint32_t ignored_fields = 0;  // of the request
  openai::UsageMeter::Total usage;
  bool charged_in_full = false;

  int status = 0;  // sent to the client; 0: none
  int upstream_status = 0;
  std::optional<policy::Code> code;  // of the refusal or failure
  std::string rule;
  std::string detail;  // for the operator: what the upstream said or did
  Ending ending = Ending::complete;
  std::optional<MonoTime> first_byte;
};

}  // namespace gh::gateway
