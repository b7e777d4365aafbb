#include "http/glitch.h"

namespace gh::http {

std::string_view name(Glitch glitch) {
  switch (glitch) {
    case Glitch::bad_request_line:
      return "bad_request_line";
    case Glitch::bad_method:
      return "bad_method";
    case Glitch::connect:
      return "connect";
    case Glitch::bad_version:
      return "bad_version";
    case Glitch::bad_target:
      return "bad_target";
    case Glitch::bad_field:
      return "bad_field";
    case Glitch::bad_host:
      return "bad_host";
    case Glitch::bad_length:
      return "bad_length";
    case Glitch::bad_transfer_encoding:
      return "bad_transfer_encoding";
    case Glitch::bad_chunk:
      return "bad_chunk";
    case Glitch::trailer:
      return "trailer";
    case Glitch::obs_fold:
      return "obs_fold";
    case Glitch::bare_lf:
      return "bare_lf";
    case Glitch::head_too_large:
      return "head_too_large";
    case Glitch::line_too_large:
      return "line_too_large";
    case Glitch::too_many_fields:
      return "too_many_fields";
    case Glitch::early_data:
      return "early_data";
    case Glitch::expect:
      return "expect";
    case Glitch::slow_head:
      return "slow_head";
    case Glitch::slow_body:
      return "slow_body";
    case Glitch::slow_reader:
      return "slow_reader";
    case Glitch::h2_protocol:
      return "h2_protocol";
    case Glitch::h2_flood:
      return "h2_flood";
    case Glitch::h2_reset_flood:
      return "h2_reset_flood";
    case Glitch::h2_authority:
      return "h2_authority";
    case Glitch::handshake:
      return "handshake";
    case Glitch::pipelining:
      return "pipelining";
    case Glitch::count_:
      break;
  }
  return "unknown";
}

int status_of(Glitch glitch) {
  switch (glitch) {
    case Glitch::head_too_large:
    case Glitch::line_too_large:
    case Glitch::too_many_fields:
      return 431;
    case Glitch::connect:
      return 405;
    case Glitch::slow_head:
    case Glitch::slow_body:
      return 408;
    default:
      return 400;
  }
}

}  // namespace gh::http
