#pragma once
// Base64 as protobuf's JSON and serde write bytes: RFC 4648 §4, with padding.

#include <optional>
#include <string>
#include <string_view>

namespace gh {

std::string base64(std::string_view bytes);

// Only what `base64` writes: no white space, full padding, no stray bits in the last character. One
// text for one value, so that two readers cannot differ.
std::optional<std::string> unbase64(std::string_view text);

}  // namespace gh
