#include "openai/estimate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

// Compiled once more for processors with vectors of 32 bytes, and chosen when the program starts.
// Sanitizers do not bear such functions.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GH_FOR_EACH_PROCESSOR [[gnu::target_clones("avx2", "default")]]
#else
#define GH_FOR_EACH_PROCESSOR
#endif

namespace gh::openai {
namespace {

constexpr std::uint64_t kLetter = 3;
constexpr std::uint64_t kSymbolExtra = 3;  // over a letter
constexpr std::uint64_t kOtherExtra = 1;

constexpr std::uint8_t one_if_plain(std::uint8_t c) {
  const auto from_a = static_cast<std::uint8_t>((c | 0x20) - 'a');
  return static_cast<std::uint8_t>((from_a < 26) | (c == ' '));
}

constexpr std::uint8_t one_if_other(std::uint8_t c) {
  return c >> 7;
}

struct Counts {
  std::uint64_t plain = 0;   // letters and spaces
  std::uint64_t others = 0;  // not ASCII
};

constexpr std::size_t kColumns = 64;

// Every byte of every prompt is counted. A compiler makes vectors of the inner loop: the sums of a
// column fit a byte for 255 rows.
GH_FOR_EACH_PROCESSOR void add_rows(const char* text, std::size_t rows, Counts& counts) {
  constexpr std::size_t kMostRows = 255;
  while (rows > 0) {
    std::array<std::uint8_t, kColumns> plain{};
    std::array<std::uint8_t, kColumns> others{};
    const std::size_t now = std::min(rows, kMostRows);
    for (std::size_t row = 0; row < now; ++row, text += kColumns) {
      for (std::size_t i = 0; i < kColumns; ++i) {
        const auto c = static_cast<std::uint8_t>(text[i]);
        plain[i] = static_cast<std::uint8_t>(plain[i] + one_if_plain(c));
        others[i] = static_cast<std::uint8_t>(others[i] + one_if_other(c));
      }
    }
    rows -= now;
    counts.plain = std::accumulate(plain.begin(), plain.end(), counts.plain);
    counts.others = std::accumulate(others.begin(), others.end(), counts.others);
  }
}

Counts count(std::string_view text) {
  Counts counts;
  add_rows(text.data(), text.size() / kColumns, counts);
  // What does not fill a row is filled up with zeros, which are neither plain nor others.
  const std::string_view rest = text.substr(text.size() - text.size() % kColumns);
  std::array<char, kColumns> row{};
  std::ranges::copy(rest, row.begin());
  add_rows(row.data(), rest.empty() ? 0 : 1, counts);
  return counts;
}

}  // namespace

std::uint64_t token_weight(std::string_view text) {
  const Counts counts = count(text);
  const std::uint64_t symbols = text.size() - counts.plain - counts.others;
  return text.size() * kLetter + symbols * kSymbolExtra + counts.others * kOtherExtra;
}

PromptFit prompt_fit(std::uint64_t estimate, std::uint64_t cap) {
  if (estimate * 10 > cap * 13) return PromptFit::above;
  if (estimate * 10 < cap * 7) return PromptFit::below;
  return PromptFit::unclear;
}

}  // namespace gh::openai
