#include "hub/large_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "hub/code.h"
#include "hub/json_document.h"
#include "hub/plain_text.h"
#include "hub/python_text.h"
#include "hub/templates.h"
#include "hub/yaml_config.h"
#include "source/reader.h"

namespace gh::hub {

namespace {

constexpr std::size_t kPiece = source::Reader::kWindow;
constexpr std::size_t kBeginning = 1u << 20;  // what tells settings from words
constexpr std::size_t kMostLine = 16u << 20;  // of the first record in JSON

// Names under which nothing but data, logs and words is looked for. Lists of tokens have readers.
bool has_a_name_of_text(std::string_view name) {
  static constexpr auto kEndings =
      std::to_array<std::string_view>({".jsonl", ".ndjson", ".txt", ".md", ".csv", ".tsv", ".log"});
  return name != "merges.txt" && name != "vocab.txt" && !has_code_name(name) &&
         std::ranges::any_of(kEndings, [&](std::string_view ending) {
           return ends_with_ignoring_case(name, ending);
         });
}

// What examiners of smaller texts look for anywhere, also where it lies across two pieces.
class Finder {
 public:
  void read(std::string_view piece) {
    border_ += piece.substr(0, kLongest);
    look(border_);
    look(piece);
    border_ = border_.substr(border_.size() - std::min(border_.size(), kLongest));
    if (piece.size() >= kLongest) border_ = piece.substr(piece.size() - kLongest);
  }
  // As templates.h and yaml_config.h have it.
  bool make_a_template(std::string_view name) const {
    return !is_page(name) && !found(Word::fence) && found(Word::begin) && found(Word::end) &&
           found(Word::shown) && found(Word::message);
  }
  bool tell_of_objects(std::string_view name, std::string_view beginning) const {
    return (found(Word::target) || found(Word::tag)) && !found(Word::fence) &&
           !ends_with_ignoring_case(name, ".md") && looks_like_settings(beginning).value_or(true);
  }

 private:
  enum class Word : std::uint8_t { begin, end, shown, message, fence, target, tag };
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"{%", "%}", "{{", "message", "```", "_target_", "!!python/"});
  static constexpr std::size_t kLongest = 16;

  bool found(Word word) const { return found_[static_cast<std::size_t>(word)]; }
  void look(std::string_view text) {
    for (std::size_t i = 0; i < kWords.size(); ++i)
      found_[i] = found_[i] || text.contains(kWords[i]);
  }

  std::array<bool, kWords.size()> found_{};
  std::string border_;  // the end of what was read before
};

// The first line that says something. Where it is a document of JSON and more follows, the whole is
// none.
class FirstLine {
 public:
  void read(std::string_view piece) {
    while (!ended_ && !piece.empty()) {
      const std::size_t end = piece.find('\n');
      line_ += piece.substr(0, end);
      piece.remove_prefix(end == std::string_view::npos ? piece.size() : end + 1);
      if (end == std::string_view::npos) return;
      ended_ = !is_blank(line_);
      if (!ended_) line_.clear();
    }
    more_ = more_ || !is_blank(piece);
  }
  bool is_too_long() const { return line_.size() > kMostLine; }
  bool is_one_of_several() const { return more_ && JsonDocument().try_parse(line_).has_value(); }

 private:
  static bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  std::string line_;
  bool ended_ = false;
  bool more_ = false;
};

// What could still be one document of JSON, by its first two characters.
bool may_be_json(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return true;
  if (text[begin] != '{' && text[begin] != '[') return false;
  const std::size_t next = text.find_first_not_of(kSpace, begin + 1);
  if (next == std::string_view::npos) return true;
  return std::string_view(text[begin] == '{' ? "\"}" : "\"{[]-0123456789tfnNI")
      .contains(text[next]);
}

}  // namespace

bool is_plain_large_text(const Input& input, source::Source& source) {
  if (!has_a_name_of_text(input.name)) return false;
  TextMeter meter;
  FirstLine first;
  PythonLines lines;
  Finder words;
  std::string beginning;
  source::Reader reader(source);
  while (reader.left() > 0) {
    const std::string_view piece = reader.peek(kPiece).substr(0, kPiece);
    if (piece.empty()) return false;  // it ends before it should
    if (beginning.size() < kBeginning) beginning += piece;
    meter.read(piece);
    first.read(piece);
    lines.read(piece);
    words.read(piece);
    if (first.is_too_long() || lines.are_too_long() || meter.is_broken()) return false;
    reader.skip(piece.size());
  }
  if (!meter.is_text() || meter.has_controls()) return false;
  if (may_be_json(beginning) && !first.is_one_of_several()) return false;
  lines.end();
  if (begins_as_script(beginning) || lines.are_python()) return false;
  return !words.make_a_template(input.name) && !words.tell_of_objects(input.name, beginning);
}

}  // namespace gh::hub
