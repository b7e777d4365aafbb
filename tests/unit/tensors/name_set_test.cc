#include "tensors/name_set.h"

#include <gtest/gtest.h>

#include <string>

namespace gh::tensors {
namespace {

TEST(NameSet, KeepsEachNameOnceInOrder) {
  NameSet names;
  EXPECT_EQ(names.insert("b"), std::pair(0U, true));
  EXPECT_EQ(names.insert(""), std::pair(1U, true));
  EXPECT_EQ(names.insert(std::string_view("b\0", 2)), std::pair(2U, true));
  EXPECT_EQ(names.insert("b"), std::pair(0U, false));
  EXPECT_EQ(names.insert(""), std::pair(1U, false));
  EXPECT_EQ(names.size(), 3U);
  EXPECT_EQ(names.name(0), "b");
  EXPECT_EQ(names.name(1), "");
}

TEST(NameSet, GrowsAndKeepsViewsValid) {
  NameSet names;
  names.reserve(10);
  const std::string large(200'000, 'x');
  EXPECT_TRUE(names.insert(large).second);
  const std::string_view kept = names.name(0);
  for (int i = 0; i < 20'000; ++i) EXPECT_TRUE(names.insert(std::to_string(i)).second);
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_EQ(names.insert(std::to_string(i)), std::pair(static_cast<std::uint32_t>(i + 1), false));
  }
  EXPECT_EQ(kept.data(), names.name(0).data());
  EXPECT_EQ(kept, large);
}

}  // namespace
}  // namespace gh::tensors
