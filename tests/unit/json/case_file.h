#pragma once
// Reads the tables in tests/cases/json: lines, "#" comments, %HH for a byte.

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"

namespace gh::json {

inline std::string decode_percent(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' ? unhex(text.substr(i + 1, 2)) : std::nullopt;
    bytes += byte ? *byte : std::string(1, text[i]);
    if (byte) i += 2;
  }
  return bytes;
}

inline std::vector<std::string> case_lines(std::string_view file) {
  std::ifstream in(std::string(GH_SOURCE_DIR "/tests/cases/json/").append(file));
  EXPECT_TRUE(in.is_open()) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  return lines;
}

}  // namespace gh::json
