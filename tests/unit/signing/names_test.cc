#include "signing/names.h"

#include <gtest/gtest.h>

#include "signing/rules.h"
#include "signing/tree.h"

namespace gh::signing {
namespace {

TEST(Names, GoodOnes) {
  for (const char* name : {"a", "a/b", "..a", "a..", "...", ".hidden", "a b", "a:b",
                           "\xc3\xa9/\xf0\x9f\xa4\x97", "model-00001-of-00002.safetensors"}) {
    EXPECT_EQ(problem_of(name), "") << name;
  }
  EXPECT_EQ(problem_of(std::string(255, 'x')), "");
}

TEST(Names, BadOnes) {
  std::string deep;
  for (int i = 0; i < 64; ++i) deep += "d/";
  for (const std::string& name : {std::string(),
                                  std::string("."),
                                  std::string(".."),
                                  std::string("../a"),
                                  std::string("a/.."),
                                  std::string("a/../b"),
                                  std::string("./a"),
                                  std::string("a/./b"),
                                  std::string("a/."),
                                  std::string("/"),
                                  std::string("/a"),
                                  std::string("a/"),
                                  std::string("a//b"),
                                  std::string("a\\b"),
                                  std::string("C:\\a"),
                                  std::string("a\0b", 3),
                                  std::string("a\nb"),
                                  std::string("a\x7f"),
                                  std::string("\xff"),
                                  std::string("\xc0\xae\xc0\xae/a"),
                                  std::string("\xed\xa0\x80"),
                                  std::string(256, 'x'),
                                  std::string(5000, 'x'),
                                  deep + "f"}) {
    EXPECT_NE(problem_of(name), "") << name;
  }
}

TEST(Names, FoldedAsFileSystemsWithoutCaseDo) {
  EXPECT_EQ(folded("Model/A.BIN"), folded("mODEL/a.bin"));
  EXPECT_NE(folded("a"), folded("b"));
  EXPECT_EQ(folded("\xc3\x89"), "\xc3\x89");  // ASCII only
}

TEST(Names, SortedByParts) {
  const char* const sorted[] = {"a", "a/b", "a/b/c", "a/c", "a b", "a-", "a.txt", "aa", "b"};
  for (std::size_t i = 0; i < std::size(sorted); ++i) {
    for (std::size_t j = 0; j < std::size(sorted); ++j) {
      EXPECT_EQ(comes_before(sorted[i], sorted[j]), i < j) << sorted[i] << " " << sorted[j];
    }
  }
}

TEST(Rules, IdsAscendAndTextsAreThere) {
  std::string_view last;
  for (const Rule* rule : rules()) {
    EXPECT_LT(last, rule->id);
    EXPECT_TRUE(rule->id.starts_with("SIG-"));
    EXPECT_FALSE(rule->title.empty() || rule->why.empty() || rule->fix.empty()) << rule->id;
    last = rule->id;
  }
  EXPECT_EQ(rules().size(), 28U);
}

}  // namespace
}  // namespace gh::signing
