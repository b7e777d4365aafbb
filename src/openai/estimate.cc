#include "openai/estimate.h"

#include <cstddef>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gh::openai {
namespace {

constexpr std::uint64_t kLetter = 3;
constexpr std::uint64_t kSymbolExtra = 3;  // over a letter
constexpr std::uint64_t kOtherExtra = 1;

struct Counts {
  std::uint64_t symbols = 0;  // ASCII that is neither letter nor space
  std::uint64_t others = 0;
};

void count_each(std::string_view text, Counts& counts) {
  for (const char character : text) {
    const auto c = static_cast<std::uint8_t>(character);
    const bool other = c >= 0x80;
    const auto from_a = static_cast<std::uint8_t>((c | 0x20) - 'a');
    const bool plain = from_a < 26 || c == ' ';
    counts.others += other ? 1 : 0;
    counts.symbols += !other && !plain ? 1 : 0;
  }
}

#ifdef __SSE2__
// Counts the bytes of whole blocks of 16 and takes those from the front.
void count_blocks(std::string_view& text, Counts& counts) {
  constexpr std::size_t kBlock = sizeof(__m128i);
  constexpr std::size_t kMostRounds = 255;  // sums of so many fit one byte
  const __m128i zero = _mm_setzero_si128();
  const auto total = [zero](__m128i sums) {
    const __m128i halves = _mm_sad_epu8(sums, zero);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(halves)) +
           static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(halves, halves)));
  };
  while (text.size() >= kBlock) {
    __m128i plain = zero;
    __m128i other = zero;
    std::size_t rounds = 0;
    for (; rounds < kMostRounds && text.size() >= kBlock; ++rounds) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data()));
      text.remove_prefix(kBlock);
      const __m128i from_a =
          _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
      const __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a);
      const __m128i space = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '));
      // A comparison that holds is -1.
      plain = _mm_sub_epi8(plain, _mm_or_si128(letter, space));
      other = _mm_sub_epi8(other, _mm_cmplt_epi8(bytes, zero));
    }
    const std::uint64_t others = total(other);
    counts.others += others;
    counts.symbols += rounds * kBlock - others - total(plain);
  }
}
#endif

}  // namespace

// Every byte of every prompt is counted, so 16 at a time where the processor can.
std::uint64_t token_weight(std::string_view text) {
  Counts counts;
  const std::size_t size = text.size();
#ifdef __SSE2__
  count_blocks(text, counts);
#endif
  count_each(text, counts);
  return size * kLetter + counts.symbols * kSymbolExtra + counts.others * kOtherExtra;
}

PromptFit prompt_fit(std::uint64_t estimate, std::uint64_t cap) {
  if (estimate * 10 > cap * 13) return PromptFit::above;
  if (estimate * 10 < cap * 7) return PromptFit::below;
  return PromptFit::unclear;
}

}  // namespace gh::openai
