#include "hub/python_text.h"

#include <algorithm>
#include <array>

namespace gh::hub {

namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view word(std::string_view line) {
  std::size_t size = 0;
  while (size < line.size() && is_name(line[size])) ++size;
  return line.substr(0, size);
}

std::string_view without_spaces(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// "os", "os.path as p, sys": names, dots, commas and spaces, no words of prose without a comma.
bool is_import_list(std::string_view text) {
  text = text.substr(0, text.find_first_of("#;"));
  std::size_t words = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (is_name(text[i])) {
      const std::string_view one = word(text.substr(i));
      const bool joined = i > 0 && text[i - 1] == '.';
      if (one == "as")
        words = 0;
      else if (!joined)
        ++words;
      if (words > 1) return false;
      i += one.size();
    } else if (text[i] == ',') {
      words = 0;
      ++i;
    } else if (std::string_view(" \t.*()\\").contains(text[i])) {
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

enum class Line { statement, telling, other };

Line header(std::string_view rest, bool telling) {
  const bool open = rest.contains(':') || rest.contains('(') || rest.ends_with('\\');
  if (!open) return Line::other;
  return telling ? Line::telling : Line::statement;
}

// A line at the margin, outside strings and brackets.
Line judge(std::string_view line) {
  if (std::string_view("#@)]}\"'").contains(line[0])) return Line::statement;
  const std::string_view first = word(line);
  const std::string_view rest = without_spaces(line.substr(first.size()));
  if (first.empty()) return line[0] == '(' || line[0] == '[' ? Line::statement : Line::other;
  if (first == "import") return is_import_list(rest) && !rest.empty() ? Line::telling : Line::other;
  if (first == "from")
    return rest.contains(" import ") && is_import_list(rest.substr(rest.find(" import ") + 8))
               ? Line::telling
               : Line::other;
  if (first == "def" || first == "class") return header(rest, true);
  static constexpr std::array<std::string_view, 10> kHeaders = {
      "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "async"};
  if (std::ranges::find(kHeaders, first) != kHeaders.end()) return header(rest, false);
  static constexpr std::array<std::string_view, 7> kPlain = {"raise",  "assert", "pass", "del",
                                                             "global", "return", "yield"};
  if (std::ranges::find(kPlain, first) != kPlain.end()) return Line::statement;
  if ((first == "exec" || first == "eval" || first == "__import__") && rest.starts_with('('))
    return Line::telling;
  // A call, an assignment or an annotation. "key = value" of settings is one too.
  const std::size_t end = line.find_first_not_of(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,[]'\" ");
  if (end == std::string_view::npos) return Line::other;
  const std::string_view what = line.substr(end);
  const bool call = what[0] == '(' && end > 0 && is_name(line[end - 1]);
  const bool assigned = what[0] == '=' || what.substr(0, 3).contains("=");
  const bool annotated = what[0] == ':' && what.contains('=');
  return call || assigned || annotated ? Line::statement : Line::other;
}

bool is_triple(std::string_view line, std::size_t at, char quote) {
  return at + 2 < line.size() && line[at] == quote && line[at + 1] == quote &&
         line[at + 2] == quote;
}

}  // namespace

void PythonLines::read(std::string_view piece) {
  while (!other_ && !too_long_ && !piece.empty()) {
    const std::size_t end = piece.find('\n');
    const bool whole = end != std::string_view::npos;
    if (line_.empty() && whole) {
      take(piece.substr(0, end));
    } else {
      line_ += piece.substr(0, end);
      too_long_ = line_.size() > kMostLine;
      if (whole) {
        take(line_);
        line_.clear();
      }
    }
    piece.remove_prefix(whole ? end + 1 : piece.size());
  }
}

void PythonLines::end() {
  if (!line_.empty()) take(line_);
  line_.clear();
}

void PythonLines::take(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  // Python takes a mark of byte order before the first line for none.
  if (first_ && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  const bool margin = at_margin() && !line.empty() && line[0] != ' ' && line[0] != '\t';
  if (first_ && line.starts_with("#!") && line.contains("python")) started_ = true;
  first_ = false;
  if (margin) {
    const Line kind = judge(line);
    other_ = other_ || kind == Line::other;
    told_ = told_ || kind == Line::telling;
  }
  follow(line);
}

void PythonLines::follow(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (triple_ != 0) {
      if (c == '\\')
        ++i;
      else if (is_triple(line, i, triple_))
        triple_ = 0, i += 2;
      continue;
    }
    if (c == '#') break;
    if ((c == '"' || c == '\'') && is_triple(line, i, c)) {
      triple_ = c;
      i += 2;
    } else if (c == '"' || c == '\'') {
      for (++i; i < line.size() && line[i] != c; ++i)
        if (line[i] == '\\') ++i;
    } else if (std::string_view("([{").contains(c)) {
      ++depth_;
    } else if (std::string_view(")]}").contains(c) && depth_ > 0) {
      --depth_;
    }
  }
  continued_ = triple_ == 0 && line.ends_with('\\');
}

bool looks_like_python(std::string_view text) {
  PythonLines lines;
  lines.read(text);
  lines.end();
  return lines.are_python();
}

}  // namespace gh::hub
