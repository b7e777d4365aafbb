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
  if (unicode.empty() || unicode == plain) return true;
  const auto ending = [](std::string_view name) {
    return name.substr(std::min(name.rfind('.'), name.size()));
  };
  const bool needed = !std::ranges::all_of(unicode, is_ascii);
  const bool coded = plain.contains('?') || !std::ranges::all_of(plain, is_ascii);
  return needed && coded && ending(plain) == ending(unicode) &&
         std::ranges::count(plain, '/') == std::ranges::count(unicode, '/');
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
