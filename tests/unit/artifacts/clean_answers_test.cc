#include "artifacts/clean_answers.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "artifacts/kind_rules.h"

namespace gh::artifacts {
namespace {

Node node(ino_t inode, std::uint64_t bytes = 3, long seconds = 1) {
  Node made;
  made.kind = NodeKind::file;
  made.device = 1;
  made.inode = inode;
  made.bytes = bytes;
  made.changed.tv_sec = seconds;
  return made;
}

TEST(CleanAnswers, AreOfAFileUnderOneName) {
  CleanAnswers answers;
  Answer answer;
  answer.kind = "text";
  answers.keep(node(1), "a.txt", answer);
  ASSERT_NE(answers.find(node(1), "a.txt"), nullptr);
  EXPECT_EQ(answers.find(node(1), "a.txt")->kind, "text");
  EXPECT_EQ(answers.find(node(1), "a.py"), nullptr);
  EXPECT_EQ(answers.find(node(2), "a.txt"), nullptr);
}

TEST(CleanAnswers, EndWhenTheFileChanges) {
  CleanAnswers answers;
  answers.keep(node(1), "a", {});
  EXPECT_EQ(answers.find(node(1, 4), "a"), nullptr);
  EXPECT_EQ(answers.find(node(1, 3, 2), "a"), nullptr);
  answers.keep(node(1, 4), "a", {});
  EXPECT_NE(answers.find(node(1, 4), "a"), nullptr);
}

TEST(CleanAnswers, AreShortAndWithoutFindings) {
  CleanAnswers answers;
  Answer found;
  findings::Finding finding;
  finding.rule = &kOddName;
  found.findings.push_back(std::move(finding));
  answers.keep(node(1), "a", found);
  EXPECT_EQ(answers.find(node(1), "a"), nullptr);
  Answer lengthy;
  lengthy.facts.document.shards.assign(5, std::string(1000, 's'));
  answers.keep(node(2), "a", lengthy);
  EXPECT_EQ(answers.find(node(2), "a"), nullptr);
}

TEST(CleanAnswers, AreNotKeptWithoutEnd) {
  CleanAnswers answers;
  for (ino_t inode = 0; inode < 20'000; ++inode) answers.keep(node(inode), "a", {});
  EXPECT_NE(answers.find(node(0), "a"), nullptr);
  EXPECT_EQ(answers.find(node(19'999), "a"), nullptr);
}

}  // namespace
}  // namespace gh::artifacts
