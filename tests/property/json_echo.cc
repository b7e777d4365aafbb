// Reads documents on stdin, each after its length as four bytes, little endian, and answers each on
// stdout in the same framing: "=" and the canonical text, or "!" and the kind of refusal.

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "json/json.h"

namespace gh::json {
namespace {

std::string_view name_of(ParseErrorKind kind) {
  switch (kind) {
    case ParseErrorKind::syntax:
      return "syntax";
    case ParseErrorKind::encoding:
      return "encoding";
    case ParseErrorKind::number:
      return "number";
    case ParseErrorKind::duplicate_key:
      return "duplicate_key";
    case ParseErrorKind::too_deep:
      return "too_deep";
    case ParseErrorKind::too_large:
      return "too_large";
  }
  return "";
}

bool read_document(std::string& text) {
  std::array<unsigned char, 4> size;
  if (std::fread(size.data(), 1, size.size(), stdin) != size.size()) return false;
  text.resize(std::uint32_t{size[0]} | std::uint32_t{size[1]} << 8 | std::uint32_t{size[2]} << 16 |
              std::uint32_t{size[3]} << 24);
  return std::fread(text.data(), 1, text.size(), stdin) == text.size();
}

void write_answer(std::string_view text) {
  std::array<unsigned char, 4> size;
  for (std::size_t i = 0; i < size.size(); ++i) {
    size[i] = static_cast<unsigned char>(text.size() >> (8 * i));
  }
  std::fwrite(size.data(), 1, size.size(), stdout);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void echo_all() {
  Parser parser;
  std::string text;
  std::string answer;
  while (read_document(text)) {
    if (const auto parsed = parser.parse(text)) {
      answer = "=";
      Writer(answer).value(parsed->root());
    } else {
      answer = "!";
      answer += name_of(parsed.error().kind);
    }
    write_answer(answer);
  }
}

}  // namespace
}  // namespace gh::json

int main() {
  gh::json::echo_all();
  return std::fflush(stdout) == 0 ? 0 : 1;
}
