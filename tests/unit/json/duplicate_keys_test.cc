#include "json/duplicate_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gh::json {
namespace {

// The tape of {key: 0, key: 0, …}.
std::vector<Node> object_with(const std::vector<std::string>& keys) {
  std::vector<Node> tape(1 + 2 * keys.size());
  tape[0].type = Type::object;
  tape[0].size = static_cast<std::uint32_t>(keys.size());
  tape[0].nodes = tape.size();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    tape[1 + 2 * i].type = Type::string;
    tape[1 + 2 * i].size = static_cast<std::uint32_t>(keys[i].size());
    tape[1 + 2 * i].text = keys[i].data();
    tape[2 + 2 * i].type = Type::integer;
    tape[2 + 2 * i].integer = 0;
  }
  return tape;
}

std::vector<std::string> numbered(std::size_t count, const std::string& before,
                                  const std::string& after) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(before + std::to_string(i) + after);
  return keys;
}

std::uint64_t steps_for(const std::vector<std::string>& keys) {
  DuplicateKeys finder;
  const std::vector<Node> tape = object_with(keys);
  EXPECT_EQ(finder.find(tape.data()), nullptr);
  return finder.steps();
}

TEST(DuplicateKeys, FindsTheLaterOfTwoAtAnyDistance) {
  DuplicateKeys finder;
  for (const std::size_t count : {2u, 3u, 15u, 16u, 17u, 33u, 100u}) {
    for (std::size_t first = 0; first < count; ++first) {
      for (std::size_t second = first + 1; second < count; ++second) {
        std::vector<std::string> keys = numbered(count, "k", "");
        keys[second] = keys[first];
        const std::vector<Node> tape = object_with(keys);
        ASSERT_EQ(finder.find(tape.data()), &tape[1 + 2 * second]) << count;
      }
    }
  }
}

TEST(DuplicateKeys, DifferentKeysAreNeverTaken) {
  for (const std::size_t count : {0u, 1u, 16u, 17u, 5000u}) {
    steps_for(numbered(count, "", ""));
    steps_for(numbered(count, std::string(40, '\0'), std::string(9, '\0')));
  }
}

// covers: engine-7-complexity
TEST(DuplicateKeys, TwiceTheKeysIsAboutTwiceTheWork) {
  for (const auto& [before, after] : {std::pair<std::string, std::string>{"", ""},
                                      {std::string(100, 'a'), ""},
                                      {"", std::string(100, 'a')}}) {
    for (std::size_t count = 1000; count <= 32'000; count *= 2) {
      const auto once = static_cast<double>(steps_for(numbered(count, before, after)));
      const auto twice = static_cast<double>(steps_for(numbered(2 * count, before, after)));
      EXPECT_LE(twice, 2.5 * once) << count;
      EXPECT_LE(once, 3.0 * static_cast<double>(count));
    }
  }
}

TEST(DuplicateKeys, WorkOnASmallObjectIsBounded) {
  EXPECT_LE(steps_for(numbered(16, "", "")), 16u * 15u / 2u);
}

}  // namespace
}  // namespace gh::json
