#include "hub/pattern.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "hub/tokenizer_text.h"

namespace gh::hub {

namespace {

constexpr std::uint32_t kOften = 10;  // a bound that is as good as none
constexpr std::size_t kMostAlternatives = 64;

struct Piece {
  enum class Is : std::uint8_t { character, set, any, group, open, close, bar, assertion };
  Is is = Is::character;
  std::string_view text;
  bool looks = false;   // open: ahead or behind
  bool atomic = false;  // open: never tried again
  bool back = false;    // refers to a group
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Of UTF-8.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(size, text.size());
}

// An escape from its backslash: "\s", "\p{L}", "\x{20}", "\u0041".
std::size_t escape_size(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text.size() > 2 && (text[2] == '{' || text[2] == '<')) {
    const std::size_t end = text.find(text[2] == '{' ? '}' : '>');
    if (end != std::string_view::npos) return end + 1;
  }
  return 2;
}

// A class from its bracket; Oniguruma's may hold others.
std::size_t class_size(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '[') {
      ++depth;
      // A bracket right at the beginning stands for itself.
      if (i + 1 < text.size() && text[i + 1] == '^') ++i;
      if (i + 1 < text.size() && text[i + 1] == ']') ++i;
    } else if (text[i] == ']' && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

// "(", "(?:", "(?i:", "(?<name>", "(?=", "(?#comment)", "(?i)".
Piece opening(std::string_view text) {
  Piece out{.is = Piece::Is::open, .text = text.substr(0, 1)};
  if (!text.starts_with("(?")) return out;
  const std::string_view rest = text.substr(2);
  if (rest.starts_with("#")) {
    out.is = Piece::Is::assertion;
    out.text = text.substr(0, std::min(text.find(')'), text.size() - 1) + 1);
    return out;
  }
  out.looks = rest.starts_with("=") || rest.starts_with("!") || rest.starts_with("<=") ||
              rest.starts_with("<!");
  out.atomic = rest.starts_with(">");
  if (out.looks || out.atomic) {
    out.text = text.substr(0, rest.starts_with("<") ? 4 : 3);
    return out;
  }
  const std::size_t end = rest.find_first_of(rest.starts_with("<") ? ">" : ":)");
  if (end == std::string_view::npos) return out;
  out.text = text.substr(0, end + 3);
  if (rest[end] == ')') out.is = Piece::Is::assertion;
  return out;
}

Piece next(std::string_view text) {
  using Is = Piece::Is;
  switch (text[0]) {
    case '(':
      return opening(text);
    case ')':
      return {.is = Is::close, .text = text.substr(0, 1)};
    case '|':
      return {.is = Is::bar, .text = text.substr(0, 1)};
    case '.':
      return {.is = Is::any, .text = text.substr(0, 1)};
    case '^':
    case '$':
      return {.is = Is::assertion, .text = text.substr(0, 1)};
    case '[':
      return {.is = Is::set, .text = text.substr(0, class_size(text))};
    case '\\': {
      const std::string_view all = text.substr(0, escape_size(text));
      const char kind = all.size() > 1 ? all[1] : ' ';
      if (std::string_view("bBAzZG").contains(kind)) return {.is = Is::assertion, .text = all};
      Piece out{.is = std::string_view("sSwWdDhHpPXRNO").contains(kind) ? Is::set : Is::character,
                .text = all};
      out.back = (kind >= '1' && kind <= '9') || ((kind == 'k' || kind == 'g') && all.size() > 2);
      return out;
    }
    default:
      return {.is = Is::character, .text = text.substr(0, character_size(text))};
  }
}

// What follows a piece: *, +, ?, {n}, {n,m}, and what makes it lazy or possessive.
struct Quantifier {
  std::size_t size = 0;
  bool often = false;     // without bound, or as good as
  bool optional = false;  // not at all
};
Quantifier quantifier(std::string_view text) {
  Quantifier out;
  if (text.empty()) return out;
  if (text[0] == '*' || text[0] == '+' || text[0] == '?') {
    out = {1, text[0] != '?', text[0] != '+'};
  } else if (text[0] == '{') {
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return out;
    const std::string_view bounds = text.substr(1, end - 1);
    if (bounds.empty() ||
        !std::ranges::all_of(bounds, [](char c) { return is_digit(c) || c == ','; }))
      return out;
    const std::string_view most = bounds.substr(bounds.rfind(',') + 1);
    std::uint32_t number = kOften;
    if (!most.empty()) std::from_chars(most.data(), most.data() + most.size(), number);
    out = {end + 1, number >= kOften, bounds.starts_with("0") || bounds.starts_with(",")};
  } else {
    return out;
  }
  if (out.size < text.size() && text[out.size] == '+')
    out = {out.size + 1, false, out.optional};  // possessive: never given back
  else if (out.size < text.size() && text[out.size] == '?')
    ++out.size;
  return out;
}

bool is_wide(const Piece& piece) {
  return piece.is == Piece::Is::any || piece.is == Piece::Is::group ||
         piece.text.starts_with("[^") || piece.text == "\\S" || piece.text == "\\w" ||
         piece.text == "\\W" || piece.text == "\\D" || piece.text.starts_with("\\P") ||
         piece.text == "\\X";
}

// Whether both can match one character: repeated side by side, it may be either's.
bool are_alike(const Piece& a, const Piece& b) {
  return a.text == b.text || is_wide(a) || is_wide(b);
}

// Whether two alternatives can begin with one character.
bool begin_alike(const Piece& a, const Piece& b) {
  const bool characters = a.is == Piece::Is::character && b.is == Piece::Is::character;
  return !characters || a.text == b.text;
}

struct Group {
  bool repeats = false;  // something in it is repeated
  bool unsure = false;   // some alternatives in it begin alike
  bool looks = false;    // ahead or behind
  bool atomic = false;
  std::vector<Piece> firsts;  // of its alternatives
  bool at_first = true;
  int row = 0;                  // repetitions of alike characters, one after the other
  std::optional<Piece> before;  // the last of them

  bool ambiguous() const {
    for (std::size_t i = 0; i < firsts.size(); ++i)
      for (std::size_t j = i + 1; j < firsts.size(); ++j)
        if (begin_alike(firsts[i], firsts[j])) return true;
    return firsts.size() >= kMostAlternatives;
  }
  void begin(const Piece& piece) {
    if (at_first && firsts.size() < kMostAlternatives) firsts.push_back(piece);
    at_first = false;
  }
  // How long the row is then.
  int repeat(const Piece& piece) {
    repeats = true;
    row = before && are_alike(*before, piece) ? row + 1 : 1;
    before = piece;
    return row;
  }
};

bool spells_word(std::string_view text) {
  constexpr std::string_view kWide[] = {"\\w", "\\S", "\\D", "\\d", "\\h",
                                        "\\H", "\\X", "\\N", "\\O"};
  if (std::ranges::find(kWide, text) != std::end(kWide)) return true;
  if (text.starts_with("\\p")) {  // \p{L}, \p{^P}, \pN
    const std::string_view name = text.substr(text.starts_with("\\p{") ? 3 : 2);
    return !(name.starts_with('Z') || name.starts_with('P') || name.starts_with('S') ||
             name.starts_with('C') || name.starts_with('M') || name.starts_with("Space") ||
             name.starts_with("Blank") || name.starts_with("space") || name.starts_with("blank"));
  }
  if (text.starts_with("\\P")) return true;
  // Characters by number, as in \x61 and \u0061, may be any.
  if (text.starts_with("\\x") || text.starts_with("\\u")) return text != "\\x20";
  return !text.starts_with('\\') && holds_letter(text);
}

// A class: whether one of its members is a letter or a digit.
bool set_holds_word(std::string_view set) {
  if (set.starts_with("[^")) return true;
  for (std::size_t i = 1; i + 1 < set.size();) {
    const std::string_view rest = set.substr(i);
    const std::size_t size = rest[0] == '\\' ? escape_size(rest) : character_size(rest);
    if (spells_word(rest.substr(0, size))) return true;
    i += size;
  }
  return false;
}

}  // namespace

bool matches_words(std::string_view pattern) {
  std::vector<bool> looks = {false};
  while (!pattern.empty()) {
    const Piece piece = next(pattern);
    pattern.remove_prefix(piece.text.size());
    if (piece.is == Piece::Is::open) {
      looks.push_back(looks.back() || piece.looks);
    } else if (piece.is == Piece::Is::close) {
      if (looks.size() > 1) looks.pop_back();
    } else if (!looks.back()) {
      if (piece.is == Piece::Is::any || piece.back) return true;
      if (piece.is == Piece::Is::set &&
          (piece.text[0] == '[' ? set_holds_word(piece.text) : spells_word(piece.text)))
        return true;
      if (piece.is == Piece::Is::character && spells_word(piece.text)) return true;
    }
    pattern.remove_prefix(quantifier(pattern).size);
  }
  return false;
}

bool matches_anything(std::string_view pattern) {
  while (!pattern.empty()) {
    const Piece piece = next(pattern);
    if (piece.is == Piece::Is::any || piece.text == "\\S" || piece.text.starts_with("[^"))
      return true;
    pattern.remove_prefix(piece.text.size());
  }
  return false;
}

bool is_whole_pattern(std::string_view pattern) {
  std::size_t depth = 0;
  while (!pattern.empty()) {
    const Piece piece = next(pattern);
    pattern.remove_prefix(piece.text.size());
    // "(?x)": from there on there may be comments.
    if (piece.text.starts_with("(?") &&
        piece.text.find_first_not_of("imx-", 2) == piece.text.size() - 1 &&
        piece.text.contains('x'))
      return true;
    if (piece.is == Piece::Is::open) ++depth;
    if (piece.is == Piece::Is::close && depth-- == 0) return false;
  }
  return depth == 0;
}

namespace {

// For what count_ways does not decide: a repetition inside a repetition, alternatives that begin
// alike inside one, `loops` repetitions of alike characters in a row, references back.
bool looks_slow(std::string_view pattern, int loops) {
  std::vector<Group> groups(1);
  bool captured = false;  // what may have several lengths, to be referred to
  while (!pattern.empty()) {
    Piece piece = next(pattern);
    pattern.remove_prefix(piece.text.size());
    if (piece.back && (captured || piece.text.starts_with("\\g"))) return true;
    if (piece.is == Piece::Is::bar) {
      groups.back().at_first = true;
      groups.back().row = 0;
      groups.back().before.reset();
      continue;
    }
    if (piece.is == Piece::Is::assertion) continue;
    if (piece.is == Piece::Is::open) {
      groups.back().begin({.is = Piece::Is::group, .text = piece.text});
      groups.emplace_back();
      groups.back().looks = piece.looks;
      groups.back().atomic = piece.atomic;
      continue;
    }
    bool inner = false;   // what was just read is a group with a repetition
    bool unsure = false;  // or one whose alternatives begin alike
    if (piece.is == Piece::Is::close) {
      if (groups.size() == 1) continue;
      const Group group = std::move(groups.back());
      groups.pop_back();
      inner = group.repeats && !group.atomic;
      captured = captured || group.repeats;
      unsure = (group.unsure || group.ambiguous()) && !group.atomic;
      if (group.looks) continue;
      groups.back().unsure = groups.back().unsure || unsure;
      piece = {.is = Piece::Is::group, .text = "()"};
    } else {
      groups.back().begin(piece);
    }
    const Quantifier found = quantifier(pattern);
    pattern.remove_prefix(found.size);
    Group& group = groups.back();
    if (found.often && (inner || unsure)) return true;
    if (found.often || inner) {
      if (group.repeat(piece) >= loops) return true;
    } else if (!found.optional) {
      group.row = 0;
      group.before.reset();
    }
  }
  return false;
}

}  // namespace

bool is_slow_pattern(std::string_view pattern, Steps& steps, double bits) {
  using expressions::Ways;
  const Ways ways = expressions::count_ways(pattern, steps, bits);
  return ways == Ways::many || steps.gone() ||
         (ways == Ways::unknown && looks_slow(pattern, expressions::loops_of(bits)));
}

bool is_slow_pattern(std::string_view pattern) {
  Steps steps(kPatternSteps);
  return is_slow_pattern(pattern, steps);
}

}  // namespace gh::hub
