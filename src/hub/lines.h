#pragma once
// The lines of a text.

#include <algorithm>
#include <string_view>

namespace gh::hub {

// Calls `each` for every line, without its end.
void for_each_line(std::string_view text, auto each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    each(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace gh::hub
