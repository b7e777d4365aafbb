#include "archive/names.h"

#include <gtest/gtest.h>

namespace gh::archive {
namespace {

TEST(Names, are_the_same_in_two_codes) {
  struct Case {
    std::string_view plain;
    std::string_view unicode;
    bool same;
  };
  const Case cases[] = {
      {"a.txt", "", true},
      {"a.txt", "a.txt", true},
      {"caf\x82.txt", "caf\xc3\xa9.txt", true},
      {"caf\xc3\xa9.txt", "caf\xc3\xa9.txt", true},
      {"??.txt", "\xe6\x97\xa5\xe6\x9c\xac.txt", true},
      {"\x93\xfa\x96\x7b.txt", "\xe6\x97\xa5\xe6\x9c\xac.txt", true},
      {"a?b", "acb", false},
      {"caf\x82.txt", "cafe.txt", false},
      {"caf\x82.txt", "caf\xc3\xa9.py", false},
      {"caf\x82.txt", "a/caf\xc3\xa9.txt", false},
      {"a.txt", "b.txt", false},
      {"a.txt", "a.txt.py", false},
      {"a.txt.py", "a.txt", false},
      {"a.txt", "\xc3\xa9.txt", false},
      {"a.txt", "../a.txt", false},
      {"", "a", false},
  };
  for (const Case& c : cases) EXPECT_EQ(is_same_name(c.plain, c.unicode), c.same) << c.unicode;
}

TEST(Names, that_leave_their_folder) {
  for (const std::string_view name : {"/a", "\\a", "..", "a/../b", "a\\..\\b", "C:x", "c:/x"})
    EXPECT_TRUE(leaves_folder(name)) << name;
  for (const std::string_view name : {"", "a", "a..b", "...", "a/.../b", "ab:c"})
    EXPECT_FALSE(leaves_folder(name)) << name;
}

}  // namespace
}  // namespace gh::archive
