#pragma once
// The escapes of the case files: \r \n \t \0 \\ \xNN, and \{12*a} for a text twelve times.

#include <charconv>
#include <string>
#include <string_view>

namespace gh::http {

inline std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char c = text.at(++i);
    if (c == 'x') {
      int byte = 0;
      std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      out += static_cast<char>(byte);
      i += 2;
    } else if (c == '{') {
      const std::size_t star = text.find('*', i);
      std::size_t count = 0;
      std::from_chars(text.data() + i + 1, text.data() + star, count);
      const std::size_t close = text.find('}', star);
      const std::string unit = unescape(text.substr(star + 1, close - star - 1));
      for (std::size_t n = 0; n < count; ++n) out += unit;
      i = close;
    } else {
      constexpr std::string_view kNames = "rnt0\\";
      constexpr std::string_view kBytes("\r\n\t\0\\", 5);
      out += kBytes.at(kNames.find(c));
    }
  }
  return out;
}

}  // namespace gh::http
