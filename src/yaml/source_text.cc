#include "yaml/source_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"

namespace gh::yaml {
namespace {

constexpr std::size_t kStride = 64;
constexpr std::size_t kMostProblems = 20;  // a file of another kind would give one per byte

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Bytes of the UTF-8 character at the front of `bytes`; 0 when there is none.
std::size_t character_size(std::string_view bytes) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(4, bytes.size()); ++size) {
    if (is_utf8(bytes.substr(0, size))) return size;
  }
  return 0;
}

// What is wrong with one well-formed character, when something is.
std::optional<std::string> refusal(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (lead < 0x20 || lead == 0x7F) {
    return fmt::format("control character \\x{:02x}; remove it", lead);
  }
  if (character == "\xEF\xBB\xBF") return "byte order mark; save the file as UTF-8 without one";
  // NEL, line separator, paragraph separator: line ends to YAML, and to few editors.
  if (character == "\xC2\x85" || character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9") {
    return fmt::format("line end {}; use an ordinary newline", escape(character));
  }
  if (lead == 0xC2 && character.size() == 2 && static_cast<unsigned char>(character[1]) < 0xA0) {
    return fmt::format("control character {}; remove it", escape(character));
  }
  return std::nullopt;
}

}  // namespace

SourceText::SourceText(std::string_view text, std::uint32_t file)
    : text_(text), file_(file), line_starts_{0} {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
    if (is_continuation(text[i])) continue;
    if (characters++ % kStride == 0) strides_.push_back(i);
  }
}

Position SourceText::position(std::size_t line, std::size_t character) const {
  std::size_t at = text_.size();
  if (const std::size_t stride = character / kStride; stride < strides_.size()) {
    at = strides_[stride];
    for (std::size_t left = character % kStride; left > 0 && at < text_.size(); --left) {
      ++at;
      while (at < text_.size() && is_continuation(text_[at])) ++at;
    }
  }
  const std::size_t row = std::min(line, line_starts_.size() - 1);
  return {row + 1, at - std::min(at, line_starts_[row]) + 1, file_};
}

std::vector<Problem> SourceText::problems(bool tabs) const {
  std::vector<Problem> found;
  Position at{1, 1, file_};
  bool indenting = true;
  for (std::size_t i = 0; i < text_.size() && found.size() < kMostProblems;) {
    const char c = text_[i];
    if (c == '\n' || (c == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n')) {
      i += c == '\n' ? 1 : 2;
      at = {at.line + 1, 1, file_};
      indenting = true;
      continue;
    }
    const std::size_t size = character_size(text_.substr(i));
    if (c == '\t') {
      if (indenting && !tabs) {
        found.push_back({at, "tab in the indentation; use spaces"});
        indenting = false;  // once a line is enough
      }
    } else if (size == 0) {
      found.push_back({at, fmt::format("byte {} is not UTF-8; save the file as UTF-8",
                                       escape(text_.substr(i, 1)))});
    } else if (auto reason = refusal(text_.substr(i, size))) {
      found.push_back({at, std::move(*reason)});
    }
    if (c != ' ' && c != '\t') indenting = false;
    i += std::max<std::size_t>(size, 1);
    at.column += std::max<std::size_t>(size, 1);
  }
  return found;
}

}  // namespace gh::yaml
