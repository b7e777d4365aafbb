#pragma once
// Secrets that are none: too short, known to everybody, or words that wait to be replaced. A net
// for mistakes, not a measure of strength: what passes may still have been made up by a person.

#include <cstddef>
#include <string>
#include <string_view>

namespace gh::policy {

// Whoever starts the upstream chooses its key, so less than this is only noted.
inline constexpr std::size_t kLeastUpstreamKey = 16;
// Less than this is tried out in no time, whoever chose it.
inline constexpr std::size_t kLeastSecret = 8;

// What no secret may be, wherever it stands: nothing but words that anybody can guess, one that
// waits to be replaced, fewer than kLeastSecret characters, or such a piece over and over. What
// only has a well-known part, like "1234567890", is left to `weak_secret_fault`.
std::string no_secret_fault(std::string_view secret);

// Why `secret` cannot be one, for a message after its name, with what to do; "" when it may be.
// Shows no more of it than a word of the table. `least` is in characters.
std::string weak_secret_fault(std::string_view secret, std::size_t least);

}  // namespace gh::policy
