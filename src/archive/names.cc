#include "archive/names.h"

#include <algorithm>

#include "base/text.h"

namespace gh::archive {

namespace {

bool is_separator(char c) {
  return c == '/' || c == '\\';
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// How many bytes at the beginning are of no ASCII character.
std::size_t unicode_run(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if(text, is_ascii) - text.begin());
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

bool leaves_folder(std::string_view name) {
  if (name.empty()) return false;
  if (is_separator(name[0])) return true;
  if (name.size() >= 2 && name[1] == ':' && is_letter(name[0])) return true;
  while (!name.empty()) {
    const auto end = std::ranges::find_if(name, is_separator);
    const auto length = static_cast<std::size_t>(end - name.begin());
    if (name.substr(0, length) == "..") return true;
    name.remove_prefix(std::min(length + 1, name.size()));
  }
  return false;
}

bool is_ambiguous(std::string_view name) {
  return name.empty() || std::ranges::any_of(name, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f || c == '\\';
         });
}

bool is_same_name(std::string_view plain, std::string_view unicode) {
  if (unicode.empty()) return true;
  while (!plain.empty() && !unicode.empty()) {
    if (is_ascii(unicode[0])) {
      if (unicode[0] != plain[0]) return false;
      plain.remove_prefix(1);
      unicode.remove_prefix(1);
      continue;
    }
    // Characters that the older code had as bytes of its own, or as question marks.
    const std::string_view run = unicode.substr(0, unicode_run(unicode));
    const auto characters = std::ranges::count_if(
        run, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; });
    const std::size_t bytes = unicode_run(plain);
    const std::size_t marks =
        bytes != 0 ? 0
                   : std::min(plain.find_first_not_of('?'), static_cast<std::size_t>(characters));
    if (bytes + marks == 0) return false;
    plain.remove_prefix(std::min(bytes + marks, plain.size()));
    unicode.remove_prefix(run.size());
  }
  return plain.empty() && unicode.empty();
}

int compare_folded(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto left = static_cast<unsigned char>(to_lower(a[i]));
    const auto right = static_cast<unsigned char>(to_lower(b[i]));
    if (left != right) return left < right ? -1 : 1;
  }
  if (a.size() == b.size()) return 0;
  return a.size() < b.size() ? -1 : 1;
}

}  // namespace gh::archive
