#pragma once
// The simulated tokenizer and vocabulary. Pure functions; any thread.
//
// A token is a run of at most five bytes that does not cross the beginning of a word: it ends
// before a space, or at five bytes, but never inside a UTF-8 character. So " blue" is one token and
// "weather" is two, and token counts of concatenated answers add up.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace gh::simulator {

inline constexpr std::size_t kTokenBytes = 5;
inline constexpr std::uint32_t kVocabulary = 10'000;  // token ids are below this

// Where the token that begins at `from` ends; `from` must be inside `text`. Inline: long prompts
// are walked with it.
inline std::size_t token_end(std::string_view text, std::size_t from) {
  std::size_t at = from + 1;
  for (const std::size_t end = std::min(text.size(), from + kTokenBytes); at < end; ++at) {
    if (text[at] == ' ') return at;
  }
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}
std::uint64_t count_tokens(std::string_view text);
// A stable id of a token's bytes. Not invertible: several tokens share an id.
std::uint32_t token_id(std::string_view token);
// The text that stands for a token id in a prompt; one token.
std::string token_text(std::uint32_t id);

// The model's word for a state of its random sequence: one token, with its leading space, that
// needs no escaping in JSON.
std::string_view word(std::uint64_t state);
// SplitMix64: a well-mixed successor of `state`.
std::uint64_t mix(std::uint64_t state);
// A hash of text that is the same in every process.
std::uint64_t text_hash(std::string_view text);

}  // namespace gh::simulator
