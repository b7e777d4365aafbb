#include "openai/estimate.h"

#include <cstddef>

namespace gh::openai {
namespace {

constexpr std::uint64_t kLetter = 3;
constexpr std::uint64_t kSymbolExtra = 3;  // over a letter
constexpr std::uint64_t kOtherExtra = 1;

// Bytes counted in one go: a constant, so that the compiler makes vector code of the loop, and
// small enough for the sums to fit one byte.
constexpr std::size_t kBlock = 64;

struct Counts {
  std::uint64_t symbols = 0;
  std::uint64_t others = 0;
};

void count_block(const char* text, std::size_t size, Counts& counts) {
  std::uint8_t symbols = 0;
  std::uint8_t others = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    const bool other = c >= 0x80;
    const auto from_a = static_cast<std::uint8_t>((c | 0x20) - 'a');
    const bool plain = from_a < 26 || c == ' ';
    others = static_cast<std::uint8_t>(others + other);
    symbols = static_cast<std::uint8_t>(symbols + (!other & !plain));
  }
  counts.symbols += symbols;
  counts.others += others;
}

}  // namespace

std::uint64_t token_weight(std::string_view text) {
  Counts counts;
  std::size_t at = 0;
  for (; text.size() - at >= kBlock; at += kBlock) count_block(text.data() + at, kBlock, counts);
  count_block(text.data() + at, text.size() - at, counts);
  return text.size() * kLetter + counts.symbols * kSymbolExtra + counts.others * kOtherExtra;
}

PromptFit prompt_fit(std::uint64_t estimate, std::uint64_t cap) {
  if (estimate * 10 > cap * 13) return PromptFit::above;
  if (estimate * 10 < cap * 7) return PromptFit::below;
  return PromptFit::unclear;
}

}  // namespace gh::openai
