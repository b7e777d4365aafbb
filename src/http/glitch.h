#pragma once
// Why a connection or request was refused below the level of requests. Each is counted by reason;
// none of them says more about the peer than that. Values; any thread.

#include <cstdint>
#include <string_view>

namespace gh::http {

enum class Glitch : std::uint8_t {
  bad_request_line,
  bad_method,
  connect,  // the method: there is no tunnel here
  bad_version,
  bad_target,
  bad_field,
  bad_host,
  bad_length,
  bad_transfer_encoding,
  bad_chunk,
  trailer,
  obs_fold,
  bare_lf,  // or a bare CR
  head_too_large,
  line_too_large,
  too_many_fields,
  early_data,  // more pipelined bytes than are kept
  expect,
  slow_head,
  slow_body,
  slow_reader,
  h2_protocol,
  h2_flood,
  h2_reset_flood,
  h2_authority,
  handshake,
  pipelining,  // bytes after a request that said it was the last
  count_
};
std::string_view name(Glitch glitch);

// What a client is told: 431 for the limits of the head, 408 for the deadlines, 405 for CONNECT,
// else 400.
int status_of(Glitch glitch);

}  // namespace gh::http
