#pragma once
// Heads and chunks as uvicorn writes them. Pure functions.

#include <optional>
#include <string>
#include <string_view>

namespace gh::simulator {

struct Head {
  int status = 200;
  std::string_view date = {};
  std::string_view content_type = {};      // "" for none
  std::optional<std::size_t> length = {};  // absent: chunked
  std::string_view request_id = {};        // x-request-id; "" for none
  std::string_view extra = {};             // whole lines, each with its CRLF
  bool vary = true;                        // false for what is refused before the application
  bool close = false;
};

void write_head(std::string& out, const Head& head);
void write_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kEventStream = "text/event-stream; charset=utf-8";
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

std::string_view reason_phrase(int status);

}  // namespace gh::simulator
