#pragma once
// What the fields of a head say about the message itself: its length, its connection, its host.
// One reading for HTTP/1.1 requests and responses and for HTTP/2. Pure; any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/glitch.h"
#include "http/message.h"

namespace gh::http {

struct Framing {
  std::optional<std::string_view> host;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool close = false;
  bool expects_continue = false;
  bool content_encoded = false;
  std::size_t connection_fields = 0;  // those that HTTP/2 does not have (RFC 9113 §8.2.2)
  std::size_t kept = 0;               // fields that are left, moved to the front
};

// Reads and takes out the framing fields (the list in message.h). Refuses a repeated or malformed
// one of those that matter, Content-Length beside Transfer-Encoding, every transfer coding but
// "chunked" written exactly so, and names that read as a framing field where "_" counts as "-".
std::optional<Glitch> read_framing(std::span<Field> fields, Framing& framing);

}  // namespace gh::http
