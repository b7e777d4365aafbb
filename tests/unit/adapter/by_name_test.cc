#include "adapter/by_name.h"

#include <gtest/gtest.h>

namespace gh::adapter {
namespace {

constexpr std::uint64_t kSteps = 1'000'000;

// 0: no key fits; nothing: not to be told.
std::optional<int> find(const ByName<int>& values, std::string_view module,
                        std::uint64_t steps = kSteps) {
  const auto found = values.find(module, steps);
  if (!found) return std::nullopt;
  return *found == nullptr ? 0 : **found;
}

TEST(ByName, AKeyIsTheWholeNameOrItsEndAfterADot) {
  ByName<int> values;
  values.add("0.q_proj", 1);
  values.add("q_proj", 2);
  values.add("layers.1.k_proj", 3);
  EXPECT_EQ(find(values, "layers.0.q_proj"), 1);
  EXPECT_EQ(find(values, "layers.10.q_proj"), 2);
  EXPECT_EQ(find(values, "q_proj"), 2);
  EXPECT_EQ(find(values, "layers.1.k_proj"), 3);
  for (const std::string_view none :
       {"", ".", "xq_proj", "q_proj.x", "k_proj", "Q_proj", "q_proj."})
    EXPECT_EQ(find(values, none), 0) << none;
}

TEST(ByName, TheFirstThatFitsCounts) {
  ByName<int> values;
  values.add("q_proj", 1);
  values.add("0.q_proj", 2);
  values.add("q_proj", 3);
  EXPECT_EQ(find(values, "layers.0.q_proj"), 1);
  EXPECT_EQ(values.entries().size(), 3);
  EXPECT_EQ(find(ByName<int>(), "q_proj"), 0);
}

TEST(ByName, AnEmptyKeyIsTheEndBehindADot) {
  ByName<int> values;
  values.add("", 1);
  EXPECT_EQ(find(values, ""), 1);
  EXPECT_EQ(find(values, "a."), 1);
  EXPECT_EQ(find(values, "a"), 0);
}

TEST(ByName, ADotOfAKeyIsAnyCharacter) {
  ByName<int> values;
  values.add("q.proj", 1);
  values.add("1..", 2);
  EXPECT_EQ(find(values, "layers.0.q_proj"), 1);
  EXPECT_EQ(find(values, "layers.0.q.proj"), 1);
  EXPECT_EQ(find(values, "layers.123"), 2);
  EXPECT_EQ(find(values, "layers.12"), 0);
  EXPECT_EQ(find(values, "layers.0.qproj"), 0);
}

TEST(ByName, ExpressionsAreKeysAmongTheOthers) {
  ByName<int> values;
  values.add("v_proj", 1);
  values.add("(q|v)_proj", 2);
  values.add("q_proj", 3);
  values.add("^model.*k_proj", 4);
  values.add("(?<=self_attn\\.)o_proj", 5);
  EXPECT_EQ(find(values, "model.layers.0.self_attn.v_proj"), 1);
  EXPECT_EQ(find(values, "model.layers.0.self_attn.q_proj"), 2);
  EXPECT_EQ(find(values, "model.layers.0.self_attn.k_proj"), 4);
  EXPECT_EQ(find(values, "a.model.k_proj"), 0);  // "^" is where the whole name begins
  EXPECT_EQ(find(values, "self_attn.o_proj"), 5);
  EXPECT_EQ(find(values, "mlp.o_proj"), 0);
  EXPECT_EQ(values.named("(q|v)_proj") != nullptr, true);
  EXPECT_EQ(values.named("k_proj"), nullptr);
}

TEST(ByName, WhatCannotBeFollowedIsNoAnswer) {
  ByName<int> values;
  values.add("q_proj", 1);
  values.add("(v)\\1_proj", 2);
  EXPECT_EQ(find(values, "layers.0.q_proj"), 1);  // found before
  EXPECT_EQ(find(values, "layers.0.v_proj"), std::nullopt);
  ByName<int> costly;
  costly.add("[a-z]+_proj", 1);
  EXPECT_EQ(find(costly, "layers.0.q_proj"), 1);
  EXPECT_EQ(find(costly, "layers.0.q_proj", 20), std::nullopt);
  EXPECT_EQ(find(costly, "layers.0.q_proj\n"), std::nullopt);
  ByName<int> plain;
  plain.add("q_proj", 1);
  EXPECT_EQ(find(plain, "layers.0.q_proj", 5), std::nullopt);
}

}  // namespace
}  // namespace gh::adapter
