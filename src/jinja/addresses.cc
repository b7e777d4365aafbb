#include "jinja/addresses.h"

#include <algorithm>

#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

// A host begins the text; `dotted`: one of several parts.
bool names_host(std::string_view text, bool dotted) {
  const std::size_t end = std::min(
      static_cast<std::size_t>(
          std::ranges::find_if_not(text, [](char c) { return is_name_character(c) || c == '-'; }) -
          text.begin()),
      text.size());
  if (end == 0) return false;
  return !dotted || (end + 1 < text.size() && text[end] == '.' && is_name_character(text[end + 1]));
}

}  // namespace

std::optional<std::size_t> find_address(std::string_view text) {
  // With a scheme.
  for (std::size_t at = text.find("://"); at != std::string_view::npos;
       at = text.find("://", at + 1)) {
    for (const std::string_view scheme : {"http", "https", "ftp", "ws", "wss"}) {
      if (at < scheme.size()) continue;
      const std::size_t begin = at - scheme.size();
      const bool whole = begin == 0 || !is_letter(text[begin - 1]);
      if (whole && names_host(text.substr(at + 3), false) &&
          equals_ignoring_case(text.substr(begin, scheme.size()), scheme))
        return begin;
    }
  }
  // As links in pages have it: "//host.name/x", "www.host.name".
  for (std::size_t at = text.find("//"); at != std::string_view::npos; at = text.find("//", at + 1))
    if (at > 0 && std::string_view("\"'(=").contains(text[at - 1]) &&
        names_host(text.substr(at + 2), true))
      return at;
  for (std::size_t at = text.find("www."); at != std::string_view::npos;
       at = text.find("www.", at + 1))
    if ((at == 0 || !is_name_character(text[at - 1])) && names_host(text.substr(at + 4), true))
      return at;
  return std::nullopt;
}

std::string_view address_in(std::string_view text) {
  const std::size_t end = static_cast<std::size_t>(
      std::ranges::find_if(text,
                           [](char c) {
                             return !is_ascii(c) || c <= ' ' ||
                                    std::string_view("\"'<>`()[]{}|\\^").contains(c);
                           }) -
      text.begin());
  text = text.substr(0, end);
  return text.substr(0, text.find_last_not_of(".,;:!?*_") + 1);
}

}  // namespace gh::jinja
