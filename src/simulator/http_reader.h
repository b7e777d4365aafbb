#pragma once
// HTTP/1.1 requests, read permissively: enough for a gateway, for curl and for recorded requests,
// and no judge of anybody's grammar. Bodies by Content-Length only. Pure; views into the buffer.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gh::simulator {

struct HttpField {
  std::string_view name;   // as it was sent
  std::string_view value;  // without white space before it; vLLM keeps what follows it
};

struct HttpRequest {
  std::string_view raw;  // the whole of it
  std::string_view method;
  std::string_view target;  // as it was sent
  std::string_view body;
  std::vector<HttpField> fields;
  bool keep_alive = true;

  // The first field of that name in any case, or "".
  std::string_view field(std::string_view name) const;
};

inline constexpr std::size_t kMaxHead = 1 << 20;

enum class ReadState : std::uint8_t { need_more, complete, bad };

// Reads the request at the beginning of `bytes`. While it is incomplete, `needed` is how many bytes
// there must be before another try makes sense.
ReadState read_request(std::string_view bytes, std::size_t max_body, HttpRequest& request,
                       std::size_t& needed);

// The path that routing sees: without scheme and host, query and fragment, percent-decoded; vLLM's
// server does all of that before it compares (0.32.0, measured).
std::string route_path(std::string_view target);

}  // namespace gh::simulator
