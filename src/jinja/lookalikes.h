#pragma once
// Letters that are drawn like those of ASCII, or are the same in another type.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gh::jinja {

struct Plain {
  std::string text;             // in small letters
  std::vector<std::size_t> at;  // where each byte of it comes from; empty: from its own place
};

// `text`: UTF-8.
Plain plain_letters(std::string_view text);

}  // namespace gh::jinja
