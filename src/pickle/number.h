#pragma once
// Numbers that a pickle writes as text (INT, LONG, FLOAT, GET, PUT). CPython reads integers with
// base 0 before 3.14 and with base 10 since; C and Python differ on octal, and both allow spaces
// and underscores. What is not written in the one form that picklers write is `odd`.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gh::pickle {

enum class Writing : std::uint8_t {
  plain,  // as a pickler writes it
  odd,    // some loader takes it
  bad,    // none does
};

struct TextInteger {
  Writing writing = Writing::bad;
  std::optional<std::int64_t> value;  // none when it does not fit, or is not certain
};

TextInteger text_integer(std::string_view line);
// Of GET and PUT, whose base is ten in every version.
TextInteger text_index(std::string_view line);
Writing text_real(std::string_view line);

// The two's complement little-endian bytes of LONG1 and LONG4, when the value fits 64 bits.
std::optional<std::int64_t> long_bytes(std::string_view bytes);

}  // namespace gh::pickle
