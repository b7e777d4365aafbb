#include "artifacts/clean_answers.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "artifacts/kind_rules.h"

namespace gh::artifacts {
namespace {

FileState state(std::uint64_t inode) {
  return {.device = 1, .inode = inode, .size = 3, .modified = 1, .changed = 1};
}

TEST(CleanAnswers, AreOfAFileUnderOneName) {
  CleanAnswers answers;
  Answer answer;
  answer.kind = "text";
  answers.keep({state(1), "a.txt"}, answer);
  ASSERT_NE(answers.find({state(1), "a.txt"}), nullptr);
  EXPECT_EQ(answers.find({state(1), "a.txt"})->kind, "text");
  EXPECT_EQ(answers.find({state(1), "a.py"}), nullptr);
  EXPECT_EQ(answers.find({state(2), "a.txt"}), nullptr);
}

TEST(CleanAnswers, EndWhenTheFileChanges) {
  CleanAnswers answers;
  answers.keep({state(1), "a"}, {});
  const std::function<void(FileState&)> changes[] = {
      [](FileState& s) { s.device = 2; },
      [](FileState& s) { s.size = 4; },
      [](FileState& s) { s.modified = 2; },
      // Whoever writes to a file may set the other time back, and not this one.
      [](FileState& s) { s.changed = 2; },
  };
  for (const auto& change : changes) {
    FileState other = state(1);
    change(other);
    EXPECT_EQ(answers.find({other, "a"}), nullptr);
    answers.keep({other, "a"}, {});
    EXPECT_NE(answers.find({other, "a"}), nullptr);
  }
}

TEST(CleanAnswers, AreShortAndWithoutFindings) {
  CleanAnswers answers;
  Answer found;
  findings::Finding finding;
  finding.rule = &kOddName;
  found.findings.push_back(std::move(finding));
  answers.keep({state(1), "a"}, found);
  EXPECT_EQ(answers.find({state(1), "a"}), nullptr);
  Answer lengthy;
  lengthy.facts.document.shards.assign(5, std::string(1000, 's'));
  answers.keep({state(2), "a"}, lengthy);
  EXPECT_EQ(answers.find({state(2), "a"}), nullptr);
}

TEST(CleanAnswers, AreNotKeptWithoutEnd) {
  CleanAnswers answers;
  for (std::uint64_t inode = 0; inode < 20'000; ++inode) answers.keep({state(inode), "a"}, {});
  EXPECT_NE(answers.find({state(0), "a"}), nullptr);
  EXPECT_EQ(answers.find({state(19'999), "a"}), nullptr);
}

}  // namespace
}  // namespace gh::artifacts
