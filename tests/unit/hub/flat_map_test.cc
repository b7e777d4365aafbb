#include "hub/flat_map.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_map>

namespace gh::hub {
namespace {

struct Plain {
  std::size_t operator()(const std::string& key) const { return std::hash<std::string>{}(key); }
};
struct Same {
  std::size_t operator()(int) const { return 7; }
};

TEST(FlatMap, IsEmptyAtFirst) {
  const FlatMap<std::string, int, Plain> map{Plain{}};
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.find(""), nullptr);
  EXPECT_FALSE(map.contains("a"));
}

TEST(FlatMap, KeepsTheFirstOfEqualKeys) {
  FlatMap<std::string, int, Plain> map{Plain{}};
  EXPECT_TRUE(map.emplace("a", 1).second);
  const auto [entry, fresh] = map.emplace("a", 2);
  EXPECT_FALSE(fresh);
  EXPECT_EQ(entry->second, 1);
  EXPECT_EQ(map.size(), 1u);
}

TEST(FlatMap, HoldsWhatAStandardMapHolds) {
  constexpr int kMany = 20'000;
  FlatMap<std::string, int, Plain> map{Plain{}};
  std::unordered_map<std::string, int> other;
  for (int i = 0; i < kMany; ++i) {
    const std::string key = std::to_string(i * 7919 % 15'000);
    EXPECT_EQ(map.emplace(key, i).second, other.emplace(key, i).second);
  }
  EXPECT_EQ(map.size(), other.size());
  for (const auto& [key, value] : other) {
    ASSERT_NE(map.find(key), nullptr) << key;
    EXPECT_EQ(map.find(key)->second, value);
  }
  for (int i = 15'000; i < kMany; ++i) EXPECT_FALSE(map.contains(std::to_string(i)));
}

TEST(FlatMap, TellsKeysWithOneHashApart) {
  FlatMap<int, int, Same> map{Same{}};
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(map.emplace(i, -i).second);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(map.find(i)->second, -i);
  EXPECT_FALSE(map.contains(500));
}

}  // namespace
}  // namespace gh::hub
