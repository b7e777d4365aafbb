#pragma once
// Whether a text is Python, by its lines, whatever its name.

#include <cstddef>
#include <string>
#include <string_view>

namespace gh::hub {

// Reads a text piece by piece: every line at the margin is a statement, and one of them an import,
// a definition or a call that runs a text. Strings and brackets are followed from line to line,
// roughly. Keeps a line.
class PythonLines {
 public:
  static constexpr std::size_t kMostLine = 64u << 20;

  void read(std::string_view piece);
  void end();  // no more follows
  bool are_python() const { return started_ || (told_ && !other_); }
  // A line was too long to be judged.
  bool are_too_long() const { return too_long_; }

 private:
  bool at_margin() const { return triple_ == 0 && depth_ == 0 && !continued_; }
  void take(std::string_view line);
  void follow(std::string_view line);

  std::string line_;      // the beginning of one
  bool first_ = true;     // none was read
  bool started_ = false;  // by "#!", for Python
  bool told_ = false;
  bool other_ = false;  // words: nothing that follows makes it Python
  bool too_long_ = false;
  char triple_ = 0;  // the quote of a string over several lines
  std::size_t depth_ = 0;
  bool continued_ = false;
};

// A text whose every line at the margin is a statement, with an import or a definition.
bool looks_like_python(std::string_view text);

}  // namespace gh::hub
