#include "jinja/addresses.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

// Where models are published, and who publishes them. Nobody else decides what a page there is
// asked.
constexpr std::array<std::string_view, 12> kPublishers = {
    "huggingface.co", "hf.co",      "modelscope.cn", "arxiv.org", "mistral.ai", "docs.mistral.ai",
    "allenai.org",    "openai.com", "x.ai",          "qwen.ai",   "cohere.com", "deepseek.com"};

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

Page page_at(std::string_view text, std::size_t at) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::size_t kMostLetters = 64;
  constexpr std::string_view kStops = ".,;!";
  const std::string_view address = address_in(text.substr(at));
  if (!address.starts_with(kScheme) || address.size() > kMostLetters) return Page::none;
  if (at > 0 && !std::string_view(" \t\n\r").contains(text[at - 1])) return Page::none;
  const std::string_view rest = address.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (!is_one_of(rest.substr(0, slash), kPublishers)) return Page::none;
  const std::string_view path = rest.substr(slash);
  if (std::ranges::count(path, '/') > 3 || path.contains("..") ||
      !std::ranges::all_of(path, [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '/';
      }))
    return Page::none;
  std::string_view behind = text.substr(at + address.size());
  behind.remove_prefix(std::min(behind.find_first_not_of(kStops), behind.size()));
  if (behind.empty()) return Page::open;
  return ends_address(behind) ? Page::page : Page::none;
}

bool ends_in_page(std::string_view text) {
  const std::size_t at = text.rfind("https://");
  return at != std::string_view::npos && page_at(text, at) == Page::open;
}

bool ends_address(std::string_view text) {
  return !text.empty() && std::string_view(" \t\n\r<[").contains(text[0]);
}

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
