#pragma once
// The texts that are worth knowing for as long as a stream is read.

#include <cstdint>
#include <string_view>

namespace gh::pickle {

// A number above 0, or 0 for any other text.
std::uint16_t word_of(std::string_view text);
std::string_view word(std::uint16_t number);
// Whether it is an attribute that every tensor has, and that cannot be set at will.
bool is_tensor_attribute(std::uint16_t number);

}  // namespace gh::pickle
