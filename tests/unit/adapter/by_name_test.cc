#include "adapter/by_name.h"

#include <gtest/gtest.h>

namespace gh::adapter {
namespace {

TEST(ByName, AKeyIsTheWholeNameOrItsEndAfterADot) {
  ByName<int> values;
  values.add("0.q_proj", 1);
  values.add("q_proj", 2);
  values.add("layers.1.k_proj", 3);
  const auto found = [&](std::string_view module) {
    const int* value = values.find(module);
    return value == nullptr ? 0 : *value;
  };
  EXPECT_EQ(found("layers.0.q_proj"), 1);
  EXPECT_EQ(found("layers.10.q_proj"), 2);
  EXPECT_EQ(found("q_proj"), 2);
  EXPECT_EQ(found("layers.1.k_proj"), 3);
  for (const std::string_view none :
       {"", ".", "xq_proj", "q_proj.x", "k_proj", "Q_proj", "q_proj."})
    EXPECT_EQ(found(none), 0) << none;
}

TEST(ByName, TheFirstThatFitsCounts) {
  ByName<int> values;
  values.add("q_proj", 1);
  values.add("0.q_proj", 2);
  values.add("q_proj", 3);
  EXPECT_EQ(*values.find("layers.0.q_proj"), 1);
  EXPECT_EQ(values.entries().size(), 3);
  EXPECT_EQ(ByName<int>().find("q_proj"), nullptr);
}

TEST(ByName, AnEmptyKeyIsTheEndBehindADot) {
  ByName<int> values;
  values.add("", 1);
  EXPECT_NE(values.find(""), nullptr);
  EXPECT_NE(values.find("a."), nullptr);
  EXPECT_EQ(values.find("a"), nullptr);
}

}  // namespace
}  // namespace gh::adapter
