#include "simulator/text.h"

#include <fmt/format.h>

#include <array>

#include "base/siphash.h"

namespace gh::simulator {
namespace {

constexpr SipKey kHashKey{0x6761746568, 0x73696d};

// As many as a state can pick from without bias: a power of two.
constexpr std::array<std::string_view, 64> kWords = {
    " able", " acid", " also", " atom", " bake", " band", " bird", " blue", " boat", " book",
    " calm", " cave", " city", " clay", " coal", " dawn", " deep", " door", " dust", " east",
    " echo", " fair", " farm", " fern", " fire", " fish", " gate", " glad", " gold", " hail",
    " hand", " high", " iron", " keep", " kind", " lake", " leaf", " long", " mild", " milk",
    " moon", " near", " next", " oak",  " open", " pine", " rain", " road", " rose", " salt",
    " sand", " seed", " snow", " song", " star", " tall", " tide", " town", " tree", " warm",
    " west", " wide", " wind", " wood"};

}  // namespace

std::uint64_t count_tokens(std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = token_end(text, at)) ++count;
  return count;
}

std::uint32_t token_id(std::string_view token) {
  return static_cast<std::uint32_t>(text_hash(token) % kVocabulary);
}

std::string token_text(std::uint32_t id) {
  return fmt::format(" {}", id);
}

std::string_view word(std::uint64_t state) {
  return kWords[state % kWords.size()];
}

std::uint64_t mix(std::uint64_t state) {
  state += 0x9E3779B97F4A7C15u;
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EBu;
  return state ^ (state >> 31);
}

std::uint64_t text_hash(std::string_view text) {
  return siphash(kHashKey, text);
}

}  // namespace gh::simulator
