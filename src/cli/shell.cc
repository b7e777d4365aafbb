#include "cli/shell.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gh::cli {
namespace {

bool is_plain(char c) {
  constexpr std::string_view kPlain = "._-+/:,@%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kPlain.contains(c);
}

// Byte by byte, since what is invisible has many forms.
std::string in_code(std::string_view word) {
  std::string out = "$'";
  for (const char c : word) {
    // The shells read two digits at most, so that what follows is no third one.
    out +=
        is_plain(c) ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out + "'";
}

}  // namespace

std::string shell_word(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  std::string printable(word);
  std::erase(printable, '\\');
  if (escape(printable, printable.size() + 1) != printable) return in_code(word);
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace gh::cli
