#include "http/h1_request.h"

#include "http/framing.h"
#include "http/grammar.h"

namespace gh::http {
HeadStatus H1Request::feed(std::string_view& bytes) {
  return lines_.read(
      bytes, [this](std::string_view line) { return read_start_line(line); },
      [this] { return read_fields(); });
}

// Called when the line is complete, so that a request that can never be right is refused at once,
// and again when the fields are, because the text has moved by then.
std::optional<Glitch> H1Request::read_start_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Glitch::bad_request_line;
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!grammar::is_token(method) || target.find(' ') != std::string_view::npos) {
    return Glitch::bad_request_line;
  }
  if (method == "CONNECT") return Glitch::connect;
  const auto known = grammar::parse_method(method);
  if (!known) return Glitch::bad_method;
  if (version != "HTTP/1.1") return Glitch::bad_version;
  const auto parts = grammar::parse_target(target);
  if (!parts) return Glitch::bad_target;
  head_.method = *known;
  head_.target = parts->path;
  head_.query = parts->query;
  return std::nullopt;
}

std::optional<Glitch> H1Request::read_fields() {
  if (const auto glitch = read_start_line(lines_.start_line())) return glitch;
  const std::span<Field> fields = lines_.fields(fields_);
  Framing framing;
  if (const auto glitch = read_framing(fields, framing)) return glitch;
  if (!framing.host) return Glitch::bad_host;

  head_.authority = *framing.host;
  head_.fields = fields.first(framing.kept);
  head_.has_body = framing.chunked || framing.content_length.value_or(0) > 0;
  head_.content_length = framing.content_length;
  head_.no_length = !framing.chunked && !framing.content_length;
  if (head_.no_length) head_.content_length = 0;
  head_.expects_continue = framing.expects_continue && head_.has_body;
  head_.content_encoded = framing.content_encoded;
  chunked_ = framing.chunked;
  close_ = framing.close;
  if (head_.has_body && grammar::never_has_body(head_.method)) return Glitch::bad_length;
  return std::nullopt;
}

H1Body H1Request::body() const {
  return chunked_ ? H1Body::chunked() : H1Body::of_length(head_.content_length.value_or(0));
}

void H1Request::reset() {
  lines_.reset();
  head_ = RequestHead{};
  chunked_ = close_ = false;
}

}  // namespace gh::http
