#include "openai/usage.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "fixture.h"

namespace gh::openai {
namespace {

json::Value usage(std::int64_t prompt, std::int64_t completion) {
  return parse(fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{}}})", prompt, completion));
}

TEST(UsageMeter, SawNothing) {
  const UsageMeter meter(1, 1, 1000, 100);
  EXPECT_FALSE(meter.total().seen);
  EXPECT_FALSE(meter.total().estimated);
  EXPECT_FALSE(meter.total().nonsense);
}

TEST(UsageMeter, TakesTheSumAsItIs) {
  UsageMeter meter(1, 1, 1000, 100);
  meter.sum(parse(R"({"prompt_tokens":14,"completion_tokens":8,)"
                  R"("prompt_tokens_details":{"cached_tokens":10}})"));
  const auto total = meter.total();
  EXPECT_TRUE(total.seen);
  EXPECT_EQ(total.prompt_tokens, 14u);
  EXPECT_EQ(total.completion_tokens, 8u);
  EXPECT_EQ(total.cached_tokens, 10u);
}

// Two prompts of 12 and 2 tokens with two choices each: what a cut stream has used.
TEST(UsageMeter, AddsUpChoicesOfSeveralPrompts) {
  UsageMeter meter(2, 2, 1000, 40);
  meter.choice(0, UsageMeter::read(usage(12, 3)));
  meter.choice(1, UsageMeter::read(usage(12, 2)));
  meter.choice(2, UsageMeter::read(usage(2, 5)));
  EXPECT_EQ(meter.total().prompt_tokens, 14u);
  EXPECT_EQ(meter.total().completion_tokens, 10u);
  meter.choice(3, UsageMeter::read(usage(2, 1)));
  EXPECT_EQ(meter.total().prompt_tokens, 14u);
  EXPECT_EQ(meter.total().completion_tokens, 11u);
  meter.sum(usage(14, 12));
  EXPECT_EQ(meter.total().completion_tokens, 12u);
  EXPECT_FALSE(meter.total().nonsense);
}

TEST(UsageMeter, CountsDeltasWithoutUsage) {
  UsageMeter meter(1, 2, 1000, 100);
  meter.delta(0);
  meter.delta(0);
  meter.delta(1);
  meter.delta(7);  // no choice of this request
  EXPECT_EQ(meter.total().completion_tokens, 3u);
  EXPECT_TRUE(meter.total().estimated);
  EXPECT_TRUE(meter.total().seen);
  meter.sum(usage(5, 2));  // a token may take two deltas
  EXPECT_EQ(meter.total().completion_tokens, 2u);
  EXPECT_FALSE(meter.total().estimated);
  EXPECT_FALSE(meter.total().nonsense);
}

// covers: engine-7-upstream-distrust
TEST(UsageMeter, FindsNonsense) {
  const char* lies[] = {
      R"({"prompt_tokens":-1,"completion_tokens":1})",
      R"({"prompt_tokens":1,"completion_tokens":-1})",
      R"({"prompt_tokens":1,"completion_tokens":101})",
      R"({"prompt_tokens":1,"completion_tokens":1.5})",
      R"({"prompt_tokens":"1","completion_tokens":1})",
      R"({"prompt_tokens":1,"completion_tokens":"1"})",
      R"({"prompt_tokens":18446744073709551615,"completion_tokens":1})",
      R"({"prompt_tokens":9007199254740993,"completion_tokens":1})",
      R"({"prompt_tokens":null,"completion_tokens":1})",
      R"({"completion_tokens":1})",
      R"({"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2}})",
      R"({"prompt_tokens":1,"completion_tokens":1,)"
      R"("completion_tokens_details":{"reasoning_tokens":2}})",
      R"({"prompt_tokens":1,"completion_tokens":1,"total_tokens":3})",
      R"({"prompt_tokens":1,"completion_tokens":1,"total_tokens":0})",
      R"({"prompt_tokens":1,"completion_tokens":1,"total_tokens":18446744073709551615})",
      R"({})",
  };
  for (const char* lie : lies) {
    UsageMeter sum(1, 1, 1000, 100);
    sum.sum(parse(lie));
    EXPECT_TRUE(sum.total().nonsense) << lie;
    UsageMeter choice(1, 1, 1000, 100);
    choice.choice(0, UsageMeter::read(parse(lie)));
    EXPECT_TRUE(choice.total().nonsense) << lie;
  }
}

TEST(UsageMeter, NeverGoesBack) {
  UsageMeter falling(1, 1, 1000, 100);
  falling.choice(0, UsageMeter::read(usage(10, 5)));
  falling.choice(0, UsageMeter::read(usage(10, 4)));
  EXPECT_TRUE(falling.total().nonsense);
  EXPECT_EQ(falling.total().completion_tokens, 5u);

  UsageMeter prompt(1, 1, 1000, 100);
  prompt.choice(0, UsageMeter::read(usage(10, 5)));
  prompt.choice(0, UsageMeter::read(usage(9, 6)));
  EXPECT_TRUE(prompt.total().nonsense);

  UsageMeter sum(1, 1, 1000, 100);
  sum.choice(0, UsageMeter::read(usage(10, 5)));
  sum.sum(usage(10, 4));
  EXPECT_TRUE(sum.total().nonsense);

  UsageMeter twice(1, 1, 1000, 100);
  twice.sum(usage(10, 5));
  twice.sum(usage(10, 4));
  EXPECT_TRUE(twice.total().nonsense);
}

TEST(UsageMeter, TextHasTakenTokens) {
  UsageMeter whole(1, 1, 1000, 100);
  EXPECT_FALSE(whole.sum(usage(10, 0), true));
  EXPECT_TRUE(whole.total().nonsense);
  UsageMeter silent(1, 1, 1000, 100);
  EXPECT_TRUE(silent.sum(usage(10, 0)));
  EXPECT_FALSE(silent.total().nonsense);
  UsageMeter counted(1, 1, 1000, 100);
  counted.delta(0);
  EXPECT_FALSE(counted.sum(usage(10, 0)));
  EXPECT_TRUE(counted.total().nonsense);
}

TEST(UsageMeter, BoundsEachChoice) {
  UsageMeter meter(1, 2, 1000, 20);  // 10 for each
  meter.choice(0, UsageMeter::read(usage(3, 10)));
  EXPECT_FALSE(meter.total().nonsense);
  meter.choice(1, UsageMeter::read(usage(3, 11)));
  EXPECT_TRUE(meter.total().nonsense);
  UsageMeter outside(1, 2, 1000, 20);
  outside.choice(2, UsageMeter::read(usage(3, 1)));
  EXPECT_TRUE(outside.total().nonsense);
}

TEST(UsageMeter, BoundsThePrompt) {
  UsageMeter most(2, 2, 20, 100);  // 10 for each prompt
  most.sum(usage(20, 1));
  EXPECT_FALSE(most.total().nonsense);
  UsageMeter over(2, 2, 20, 100);
  over.sum(usage(21, 1));
  EXPECT_TRUE(over.total().nonsense);
  UsageMeter choice(2, 2, 20, 100);
  choice.choice(1, UsageMeter::read(usage(10, 1)));
  EXPECT_FALSE(choice.total().nonsense);
  choice.choice(2, UsageMeter::read(usage(11, 1)));
  EXPECT_TRUE(choice.total().nonsense);
}

TEST(UsageMeter, BoundsDeltas) {
  UsageMeter meter(1, 2, 100, 6);  // 3 for each
  for (int i = 0; i < 6; ++i) meter.delta(0);
  EXPECT_FALSE(meter.total().nonsense);
  EXPECT_EQ(meter.total().completion_tokens, 3u) << "no more tokens than it may have";
  meter.delta(0);
  EXPECT_TRUE(meter.total().nonsense);
}

TEST(UsageMeter, EmbeddingsHaveNoCompletion) {
  UsageMeter meter(3, 1, 1000, 0);
  meter.sum(parse(R"({"prompt_tokens":9,"total_tokens":9})"));
  EXPECT_EQ(meter.total().prompt_tokens, 9u);
  EXPECT_FALSE(meter.total().nonsense);
}

}  // namespace
}  // namespace gh::openai
