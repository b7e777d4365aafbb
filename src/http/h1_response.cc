#include "http/h1_response.h"

#include <algorithm>

#include "http/framing.h"

namespace gh::http {

HeadStatus H1Response::feed(std::string_view& bytes) {
  return lines_.read(
      bytes, [this](std::string_view line) { return read_start_line(line); },
      [this] { return read_fields(); });
}

std::optional<Glitch> H1Response::read_start_line(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!line.starts_with(kVersion)) return Glitch::bad_version;
  line.remove_prefix(kVersion.size());
  if (line.size() < 4 || line[3] != ' ') return Glitch::bad_request_line;
  status_ = 0;
  for (const char c : line.substr(0, 3)) {
    if (c < '0' || c > '9') return Glitch::bad_request_line;
    status_ = status_ * 10 + (c - '0');
  }
  if (status_ < 100 || status_ > 599) return Glitch::bad_request_line;
  return std::nullopt;
}

std::optional<Glitch> H1Response::read_fields() {
  const std::span<Field> fields = lines_.fields(fields_);
  Framing framing;
  if (const auto glitch = read_framing(fields, framing)) return glitch;
  if (framing.chunked && bodiless()) return Glitch::bad_transfer_encoding;
  kept_ = fields.first(framing.kept);
  length_ = framing.content_length;
  chunked_ = framing.chunked;
  close_ = framing.close;
  return std::nullopt;
}

H1Body H1Response::body(bool to_head) const {
  if (to_head || bodiless()) return H1Body::of_length(0);
  if (chunked_) return H1Body::chunked();
  return length_ ? H1Body::of_length(*length_) : H1Body::until_close();
}

void H1Response::reset() {
  lines_.reset();
  kept_ = {};
  length_.reset();
  status_ = 0;
  chunked_ = close_ = false;
}

}  // namespace gh::http
