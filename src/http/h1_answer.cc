#include "http/h1_answer.h"

#include <array>
#include <charconv>
#include <string>

#include "http/session.h"

namespace gh::http {
namespace {

template <class Number>
void append_number(Buffer& out, Number number, int base) {
  char* place = out.prepare(20);
  const auto written = std::to_chars(place, place + 20, number, base);
  out.commit(static_cast<std::size_t>(written.ptr - place));
}

void append_field(Buffer& out, std::string_view name, std::string_view value) {
  out.append(name);
  out.append(": ");
  out.append(value);
  out.append("\r\n");
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
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
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";
  }
}

void append_head(Buffer& out, const ResponseHead& head, std::string_view date, BodyFraming framing,
                 bool close) {
  out.append("HTTP/1.1 ");
  append_number(out, head.status, 10);
  out.append(" ");
  out.append(reason_phrase(head.status));
  out.append("\r\n");
  for (const Field& field : head.fields) append_field(out, field.name, field.value);
  append_field(out, "date", date);
  if (framing == BodyFraming::chunked) out.append("transfer-encoding: chunked\r\n");
  if (framing == BodyFraming::length) {
    out.append("content-length: ");
    append_number(out, head.content_length.value_or(0), 10);
    out.append("\r\n");
  }
  if (close) out.append("connection: close\r\n");
  out.append("\r\n");
}

void append_chunk(Buffer& out, std::string_view bytes) {
  append_number(out, bytes.size(), 16);
  out.append("\r\n");
  out.append(bytes);
  out.append("\r\n");
}

void append_last_chunk(Buffer& out) {
  out.append("0\r\n\r\n");
}

void append_refusal(Buffer& out, Glitch glitch, std::string_view date, bool head_only) {
  const std::string text = glitch_text(glitch);
  const std::array fields = {Field{.name = "content-type", .value = "text/plain"}};
  append_head(out, {.status = status_of(glitch), .fields = fields, .content_length = text.size()},
              date, BodyFraming::length, true);
  if (!head_only) out.append(text);
}

}  // namespace gh::http
