#include "simulator/text.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace gh::simulator {
namespace {

TEST(Tokens, EndBeforeASpaceOrAtFiveBytes) {
  struct Case {
    std::string_view text;
    std::uint64_t tokens;
  };
  for (const auto& [text, tokens] : std::initializer_list<Case>{
           {"", 0},
           {" ", 1},
           {"  ", 2},
           {"a", 1},
           {"weather", 2},
           {" blue", 1},
           {" blues", 2},
           {"Tell me about the weather.", 7},
           {"12345", 1},
           {"123456", 2},
           {"\n\n\n\n\n\n", 2},
           {"ä", 1},
           {"1234ä", 1},  // ends inside of the character otherwise
           {"12345ä", 2},
           {"😀😀😀", 2},
       }) {
    EXPECT_EQ(count_tokens(text), tokens) << text;
  }
}

TEST(Tokens, NeverSplitACharacter) {
  const std::string_view text = "aé b€c 😀de\xF0\x9F\x98\x80xyz ñandú";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = token_end(text, at);
    EXPECT_TRUE(is_utf8(text.substr(at, end - at))) << at;
    at = end;
  }
}

TEST(Tokens, OfBytesThatAreNoTextStillEnd) {
  const std::string continuation(1000, '\x80');
  EXPECT_EQ(count_tokens(continuation), 1u);
  EXPECT_EQ(count_tokens(std::string("\xFF\xFE\xFD\xFC\xFB\xFA")), 2u);
}

TEST(Tokens, OfIdsAreOneEach) {
  for (const std::uint32_t id : {0u, 1u, 42u, 9999u}) EXPECT_EQ(count_tokens(token_text(id)), 1u);
  EXPECT_LT(token_id("weath"), kVocabulary);
}

TEST(Words, AreOneTokenEachAndAddUp) {
  std::string text;
  for (std::uint64_t i = 0; i < 1000; ++i) text += word(mix(i));
  EXPECT_EQ(count_tokens(text), 1000u);
  EXPECT_EQ(text.find_first_of("\"\\"), std::string::npos);
}

}  // namespace
}  // namespace gh::simulator
