#include "jinja/sentences.h"

#include <algorithm>

#include "jinja/characters.h"

namespace gh::jinja {

namespace {

constexpr std::string_view kApostrophe = "’";

// Bytes of an apostrophe between letters.
std::size_t apostrophe(std::string_view rest) {
  return rest.starts_with('\'') ? 1 : rest.starts_with(kApostrophe) ? kApostrophe.size() : 0;
}

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const std::size_t more = is_letter(text[at]) ? 1 : apostrophe(text.substr(at));
    if (more == 0 || (more > 1 && (at + more >= text.size() || !is_letter(text[at + more]))))
      return at;
    at += more;
  }
  return at;
}

// A line that is empty, or the mark of a list.
bool ends_line(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r"), rest.size()));
  return rest.empty() || rest[0] == '\n' || is_digit(rest[0]) ||
         std::string_view("-*#+").contains(rest[0]) || rest.starts_with("•");
}

bool is_quote(std::string_view text, std::size_t at) {
  const auto ends = [&](std::string_view quote) { return text.substr(0, at).ends_with(quote); };
  return ends("\"") || ends("“") || ends("«") || ends("`") || ends("'") || ends("‘");
}

}  // namespace

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = is_letter(text[at]) ? word_end(text, at) : at;
    if (end > at) {
      words.push_back({.text = text.substr(at, end - at), .at = at, .quoted = is_quote(text, at)});
      at = end;
      continue;
    }
    if (!words.empty()) {
      Word& last = words.back();
      const char c = text[at];
      last.ends = last.ends || std::string_view(".!?{}<>|[]\x01").contains(c) ||
                  (c == '\n' && ends_line(text.substr(at + 1)));
      last.halts = last.halts || last.ends || c == ':' || c == ';' ||
                   text.substr(at).starts_with("—") || text.substr(at).starts_with(" - ");
      last.comma = last.comma || c == ',';
    }
    ++at;
  }
  return words;
}

bool is_any(std::string_view word, Stems stems) {
  return std::ranges::any_of(stems, [&](std::string_view stem) {
    return stem.ends_with('*') ? word.starts_with(stem.substr(0, stem.size() - 1)) : word == stem;
  });
}

}  // namespace gh::jinja
