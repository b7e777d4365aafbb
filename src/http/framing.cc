#include "http/framing.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/grammar.h"

namespace gh::http {
namespace {

enum class Kind : std::uint8_t {
  other,
  host,
  content_length,
  transfer_encoding,
  connection,
  hop_by_hop,  // read by nobody, passed to nobody, unknown to HTTP/2
  te,
  trailer,
  expect,
  content_encoding,
  look_alike,
};

struct Known {
  std::string_view name;
  Kind kind;
};

constexpr std::array kKnown = {
    Known{"host", Kind::host},
    Known{"content-length", Kind::content_length},
    Known{"transfer-encoding", Kind::transfer_encoding},
    Known{"connection", Kind::connection},
    Known{"keep-alive", Kind::hop_by_hop},
    Known{"proxy-connection", Kind::hop_by_hop},
    Known{"upgrade", Kind::hop_by_hop},
    Known{"http2-settings", Kind::hop_by_hop},
    Known{"te", Kind::te},
    Known{"trailer", Kind::trailer},
    Known{"expect", Kind::expect},
    Known{"content-encoding", Kind::content_encoding},
    Known{"content_length", Kind::look_alike},
    Known{"transfer_encoding", Kind::look_alike},
};

Kind kind_of(std::string_view name) {
  for (const Known& known : kKnown) {
    if (same_name(name, known.name)) return known.kind;
  }
  return Kind::other;
}

// A list of tokens, at least one; sets `close` when "close" is among them.
bool read_connection(std::string_view value, bool& close) {
  for (;;) {
    const std::size_t comma = value.find(',');
    const std::string_view option = trim(value.substr(0, comma));
    if (!grammar::is_token(option)) return false;
    if (equals_ignoring_case(option, "close")) close = true;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

std::optional<Glitch> read_field(const Field& field, Kind kind, Framing& framing) {
  switch (kind) {
    case Kind::host:
      if (framing.host || !grammar::is_authority(field.value)) return Glitch::bad_host;
      framing.host = field.value;
      break;
    case Kind::content_length: {
      const auto length = grammar::parse_length(field.value);
      if (!length || framing.content_length) return Glitch::bad_length;
      framing.content_length = length;
      break;
    }
    case Kind::transfer_encoding:
      if (framing.chunked || field.value != "chunked") return Glitch::bad_transfer_encoding;
      framing.chunked = true;
      ++framing.connection_fields;
      break;
    case Kind::connection:
      if (!read_connection(field.value, framing.close)) return Glitch::bad_field;
      ++framing.connection_fields;
      break;
    case Kind::hop_by_hop:
      ++framing.connection_fields;
      break;
    case Kind::te:
      if (!equals_ignoring_case(field.value, "trailers")) ++framing.connection_fields;
      break;
    case Kind::expect:
      if (framing.expects_continue || !equals_ignoring_case(field.value, "100-continue")) {
        return Glitch::expect;
      }
      framing.expects_continue = true;
      break;
    case Kind::content_encoding:
      if (!equals_ignoring_case(field.value, "identity")) framing.content_encoded = true;
      break;
    case Kind::look_alike:
      return Glitch::bad_field;
    case Kind::trailer:
    case Kind::other:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Glitch> read_framing(std::span<Field> fields, Framing& framing) {
  framing = Framing{};
  for (const Field& field : fields) {
    const Kind kind = kind_of(field.name);
    if (const auto glitch = read_field(field, kind, framing)) return glitch;
    if (kind == Kind::other || kind == Kind::content_encoding) fields[framing.kept++] = field;
  }
  if (framing.chunked && framing.content_length) return Glitch::bad_length;
  return std::nullopt;
}

}  // namespace gh::http
