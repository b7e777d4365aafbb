#pragma once
// Answers as HTTP/1.1 bytes, as few as may be: no phrase beyond the usual, names as given. Pure.

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "http/glitch.h"
#include "http/message.h"

namespace gh::http {

enum class BodyFraming : std::uint8_t { length, chunked, none };

void append_head(Buffer& out, const ResponseHead& head, std::string_view date, BodyFraming framing,
                 bool close);
void append_chunk(Buffer& out, std::string_view bytes);  // not empty
void append_last_chunk(Buffer& out);
// A whole answer that says why, and that the connection closes. To HEAD without the body.
void append_refusal(Buffer& out, Glitch glitch, std::string_view date, bool head_only);

// "OK", "Too Many Requests", …; "" for a status that this program does not send.
std::string_view reason_phrase(int status);

}  // namespace gh::http
