#pragma once
// How the payloads of values are laid out; for the files of `Values` alone.

#include <cstdint>

#include "pickle/value.h"

namespace gh::pickle {

// Payloads of texts: a word, then whether Latin-1 lacks something of it, then a position. Of
// tuples: a length, contents, then a position.
inline constexpr unsigned kPositionBits = 40;
inline constexpr std::uint64_t kPosition = (std::uint64_t{1} << kPositionBits) - 1;
inline constexpr std::uint64_t kBeyondLatin1 = std::uint64_t{1} << (kPositionBits - 1);
inline constexpr unsigned kContentsBits = 8;
inline constexpr std::uint64_t kForgottenLength = 255;
inline constexpr std::uint64_t kNowhere = (std::uint64_t{1} << 56) - 1;  // no ring gets so far

inline std::uint8_t flags_of(Value tuple) {
  return static_cast<std::uint8_t>(tuple.payload() >> kPositionBits);
}

inline std::uint64_t length_of(Value tuple) {
  return tuple.payload() >> (kPositionBits + kContentsBits);
}

}  // namespace gh::pickle
