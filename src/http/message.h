#pragma once
// Heads of HTTP messages, the same for HTTP/1.1 and HTTP/2. Views, valid as long as the codec says.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gh::http {

enum class Method : std::uint8_t { get, head, post, put, delete_, options, patch, trace };
std::string_view name(Method method);

struct Field {
  std::string_view name;   // lower case
  std::string_view value;  // without surrounding white space; bytes 0x20–0x7E and tab only
};

// The only field of that lower-case name, nothing when absent or repeated.
std::optional<std::string_view> only_field(std::span<const Field> fields, std::string_view name);

// A request head that passed the whole grammar. `target` is the origin form: begins with "/", no
// "//", no dot segment, no "%" "\\" ";" "#", printable ASCII; "?" and what follows is in `query`.
// Fields about the message or the connection rather than the request are not in `fields`: host,
// content-length, transfer-encoding, connection, keep-alive, proxy-connection, te, trailer, expect,
// upgrade, http2-settings. So an upgrade is never seen, let alone made.
struct RequestHead {
  Method method = Method::get;
  std::string_view target;     // the path
  std::string_view query;      // without "?"
  std::string_view authority;  // host[:port], validated
  std::span<const Field> fields;
  std::optional<std::uint64_t> content_length;  // of the body; 0 when there is none
  bool has_body = false;   // content_length > 0, or chunked, or an open HTTP/2 stream
  bool no_length = false;  // nothing says whether a body follows; HTTP/1.1 takes that for none
  bool expects_continue = false;
  bool content_encoded = false;

  std::optional<std::string_view> only(std::string_view name) const;  // as only_field
  std::size_t count(std::string_view name) const;
};

// A response head to be sent. Content-Length, Transfer-Encoding, Date and Connection are the
// codec's to write.
struct ResponseHead {
  int status = 200;
  std::span<const Field> fields;                // names lower case; values trusted, already valid
  std::optional<std::uint64_t> content_length;  // absent: a stream (chunked, or HTTP/2 DATA)
};

}  // namespace gh::http
