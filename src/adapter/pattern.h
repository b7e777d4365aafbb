#pragma once
// How dangerous it is to match a regular expression of Python's `re` against the name of a module:
// by how long a matcher that backtracks may take (expressions/ways.h).

#include <cstdint>
#include <string_view>

namespace gh::adapter {

enum class Pattern : std::uint8_t {
  plain,    // nothing, or a name: letters, digits, '_', '-' and '.'
  bounded,  // an expression that is matched soon
  risky,    // anything else, references and what was not understood among it
};

Pattern judge_pattern(std::string_view pattern);

}  // namespace gh::adapter
