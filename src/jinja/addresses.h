#pragma once
// Web addresses in a text.

#include <cstddef>
#include <optional>
#include <string_view>

namespace gh::jinja {

// Where the first begins; nothing when there is none.
std::optional<std::size_t> find_address(std::string_view text);
// The address that begins the text, without the sentence or the token that goes on behind it.
std::string_view address_in(std::string_view text);

}  // namespace gh::jinja
