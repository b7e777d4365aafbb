#pragma once
// The text under the tree: what no YAML may hold at all, and where a character stands in bytes.
// Not thread-safe; keeps a view of the text.

#include <cstddef>
#include <string_view>
#include <vector>

#include "yaml/yaml.h"

namespace gh::yaml {

class SourceText {
 public:
  SourceText(std::string_view text, std::uint32_t file);

  // What makes the text unfit for scanning: encodings other than UTF-8, a byte order mark, control
  // characters, line ends that editors count differently, tabs as indentation (but where `tabs` are
  // left to the scanner, which takes them inside of texts).
  std::vector<Problem> problems(bool tabs = false) const;

  // Of the character with that number, in that line; libyaml counts both from 0.
  Position position(std::size_t line, std::size_t character) const;

 private:
  std::string_view text_;
  std::uint32_t file_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> strides_;  // where every kStride-th character begins
};

}  // namespace gh::yaml
