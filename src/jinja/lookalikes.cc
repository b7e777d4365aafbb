#include "jinja/lookalikes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/characters.h"

namespace gh::jinja {

namespace {

struct Range {
  char32_t first;
  std::string_view letters;  // one for each; '.' where it is like none
};

// Letters of Greek and Cyrillic that are drawn like Latin ones (Unicode's confusables.txt).
constexpr auto kDrawn = std::to_array<Range>({{0x391, "ab..ezh.ik.mn.o.p..ty.x"},
                                              {0x3b1, "a.......i...v.o.p...u"},
                                              {0x405, "si.j"},
                                              {0x410, "a.b..e....k.mho.pcty.x"},
                                              {0x430, "a....e........o.pc.y.x"},
                                              {0x455, "si.j"},
                                              {0x4bb, "h"},
                                              {0x4cf, "l"},
                                              {0x501, "d"},
                                              {0x51b, "q.w"}});

char plain(char32_t code) {
  if (code >= 0xff01 && code <= 0xff5e) return to_lower(static_cast<char>(code - 0xfee0));
  const auto in_turn = [&](char32_t first) { return static_cast<char>('a' + (code - first) % 26); };
  if (code >= 0x1d400 && code <= 0x1d6a3) return in_turn(0x1d400);  // mathematical
  if (code >= 0x24b6 && code <= 0x24e9) return in_turn(0x24b6);     // in circles
  for (const Range& range : kDrawn) {
    if (code < range.first || code - range.first >= range.letters.size()) continue;
    const char letter = range.letters[code - range.first];
    return letter == '.' ? '\0' : letter;
  }
  return '\0';
}

}  // namespace

Plain plain_letters(std::string_view text) {
  Plain out;
  if (std::ranges::all_of(text, is_ascii)) {
    out.text = text;
    std::ranges::transform(out.text, out.text.begin(), to_lower);
    return out;
  }
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text.substr(at));
    const std::size_t size = std::clamp<std::size_t>(character.size, 1, text.size() - at);
    const char letter = is_ascii(text[at]) ? to_lower(text[at]) : plain(character.code);
    const std::size_t before = out.text.size();
    if (letter != '\0')
      out.text += letter;
    else
      out.text += text.substr(at, size);
    out.at.insert(out.at.end(), out.text.size() - before, at);
    at += size;
  }
  return out;
}

}  // namespace gh::jinja
