#include "simulator/wire.h"

#include <fmt/format.h>

#include <iterator>

namespace gh::simulator {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

void write_head(std::string& out, const Head& head) {
  const auto line = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.append(name).append(": ").append(value).append("\r\n");
  };
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", head.status,
                 reason_phrase(head.status));
  line("date", head.date);
  line("server", "uvicorn");
  if (head.length) fmt::format_to(std::back_inserter(out), "content-length: {}\r\n", *head.length);
  line("content-type", head.content_type);
  out += head.extra;
  if (head.vary) line("vary", "Origin");
  line("x-request-id", head.request_id);
  if (head.close) line("connection", "close");
  if (!head.length) line("transfer-encoding", "chunked");
  out += "\r\n";
}

void write_chunk(std::string& out, std::string_view bytes) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes.size());
  out.append(bytes).append("\r\n");
}

}  // namespace gh::simulator
