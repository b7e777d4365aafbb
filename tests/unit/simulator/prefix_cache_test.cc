#include "simulator/prefix_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "simulator/text.h"

namespace gh::simulator {
namespace {

// `count` tokens that begin alike for every length.
std::string prompt(int count, int seed = 0) {
  std::string text;
  for (int i = 0; i < count; ++i) text += word(mix(static_cast<std::uint64_t>(seed * 1000 + i)));
  return text;
}

std::uint64_t use(PrefixCache& cache, const std::string& text, std::string_view salt = "",
                  std::string_view adapter = "") {
  return cache.use(text, count_tokens(text), salt, adapter);
}

TEST(PrefixCache, FindsWholeBlocksOnly) {
  PrefixCache cache(16, 100);
  EXPECT_EQ(use(cache, prompt(100)), 0u);
  struct Case {
    int shared;
    std::uint64_t cached;
  };
  // As measured on vLLM with blocks of 128: 127, 128, 129 and 256 shared tokens.
  for (const auto& [shared, cached] : {Case{15, 0}, {16, 16}, {17, 16}, {32, 32}, {96, 96}}) {
    PrefixCache fresh(16, 100);
    use(fresh, prompt(100));
    EXPECT_EQ(use(fresh, prompt(shared) + prompt(50, 7)), cached) << shared;
  }
}

TEST(PrefixCache, AlwaysComputesTheLastToken) {
  PrefixCache cache(16, 100);
  use(cache, prompt(32));
  EXPECT_EQ(use(cache, prompt(32)), 16u);
  EXPECT_EQ(use(cache, prompt(33)), 32u);
}

TEST(PrefixCache, AMissHidesWhatFollows) {
  PrefixCache cache(4, 100);
  use(cache, prompt(4, 1) + prompt(20));
  EXPECT_EQ(use(cache, prompt(4, 2) + prompt(20)), 0u);
}

TEST(PrefixCache, SaltsAndAdaptersAreNamespaces) {
  PrefixCache cache(16, 1000);
  const std::string text = prompt(100);
  const std::pair<std::string_view, std::string_view> spaces[] = {
      {"", ""}, {"a", ""}, {"b", ""}, {"", "a"}, {"a", "a"}, {"b", "a"}, {"ab", ""}, {"", "ab"}};
  for (const auto& [salt, adapter] : spaces) {
    EXPECT_EQ(use(cache, text, salt, adapter), 0u) << salt << "/" << adapter;
  }
  for (const auto& [salt, adapter] : spaces) {
    EXPECT_EQ(use(cache, text, salt, adapter), 96u) << salt << "/" << adapter;
  }
}

TEST(PrefixCache, ForgetsTheLeastRecentlyUsed) {
  PrefixCache cache(16, 4);
  use(cache, prompt(33, 1));
  use(cache, prompt(33, 2));
  EXPECT_EQ(use(cache, prompt(33, 1)), 32u);  // touched: now the other one is older
  use(cache, prompt(33, 3));
  EXPECT_EQ(use(cache, prompt(33, 1)), 32u);
  EXPECT_EQ(use(cache, prompt(33, 2)), 0u);
  EXPECT_EQ(cache.blocks(), 4u);
}

TEST(PrefixCache, OfNoBlocksFindsNothing) {
  PrefixCache cache(16, 0);
  use(cache, prompt(100));
  EXPECT_EQ(use(cache, prompt(100)), 0u);
  EXPECT_EQ(cache.blocks(), 0u);
}

TEST(PrefixCache, CountsTokens) {
  PrefixCache cache(16, 100);
  use(cache, prompt(40));
  use(cache, prompt(40));
  EXPECT_EQ(cache.stats().queries, 80u);
  EXPECT_EQ(cache.stats().hits, 32u);
}

}  // namespace
}  // namespace gh::simulator
