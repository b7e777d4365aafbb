#pragma once
// How many tokens a prompt has, guessed from its bytes. docs/limits.md has the formula and how far
// off it can be. Pure functions; any thread.

#include <cstdint>
#include <string_view>

namespace gh::openai {

// Weights are twelfths of a token: a letter or space a quarter of a token, a digit or other ASCII
// character half a token, a byte of anything else a third. Costs about 0.1 ns per byte.
inline constexpr std::uint64_t kWeightPerToken = 12;
std::uint64_t token_weight(std::string_view text);

// Whole tokens, rounded up.
inline std::uint64_t tokens_of_weight(std::uint64_t weight) {
  return (weight + kWeightPerToken - 1) / kWeightPerToken;
}

// What a chat template adds: around each message, and once at the end.
inline constexpr std::uint64_t kTokensPerMessage = 8;
inline constexpr std::uint64_t kTokensPerChat = 8;
// What the tokenizer adds to a text prompt.
inline constexpr std::uint64_t kTokensPerText = 1;
// An image counts as many as it has bytes, up to this.
inline constexpr std::uint64_t kTokensPerImage = 1024;

// Where an estimate stands against the cap on prompt tokens.
enum class PromptFit : std::uint8_t {
  below,    // under 70 % of the cap: passes
  unclear,  // within ±30 % of it: only a count can tell
  above,    // over 130 %: refused
};
PromptFit prompt_fit(std::uint64_t estimate, std::uint64_t cap);

}  // namespace gh::openai
