#include "findings/report.h"

#include <gtest/gtest.h>

#include "example.h"
#include "findings/examination.h"

namespace gh::findings {
namespace {

struct Judged {
  std::vector<const Rule*> rules;
  Severity fail_on;
  Verdict verdict;
};

TEST(Judge, TheWorstThatCountsDecides) {
  const Judged cases[] = {
      {{}, Severity::info, Verdict::clean},
      {{&kBad}, Severity::medium, Verdict::findings},
      {{&kBad}, Severity::high, Verdict::findings},
      {{&kBad}, Severity::critical, Verdict::clean},
      {{&kNote}, Severity::medium, Verdict::clean},
      {{&kNote}, Severity::low, Verdict::findings},
      {{&kDoubt}, Severity::critical, Verdict::inconclusive},
      {{&kDoubt, &kBad}, Severity::medium, Verdict::findings},
      {{&kBad, &kDoubt}, Severity::critical, Verdict::inconclusive},
      {{&kStrange}, Severity::info, Verdict::unsupported},
      {{&kStrange}, Severity::critical, Verdict::unsupported},
      {{&kStrange, &kDoubt}, Severity::medium, Verdict::inconclusive},
      {{&kStrange, &kNote}, Severity::medium, Verdict::unsupported},
      {{&kStrange, &kBad}, Severity::medium, Verdict::findings},
  };
  for (const Judged& judged : cases) {
    std::vector<Finding> findings;
    for (const Rule* rule : judged.rules) findings.push_back(found(*rule));
    EXPECT_EQ(name(judge(findings, judged.fail_on)), name(judged.verdict));
  }
}

FileReport with_verdict(Verdict verdict, bool allowed = false) {
  FileReport file;
  file.verdict = verdict;
  file.allowed = allowed;
  return file;
}

int exit_of(const std::vector<FileReport>& files) {
  Tally tally(Severity::medium);
  for (const FileReport& file : files) tally.add(file);
  return tally.exit_code();
}

TEST(Tally, ExitCodeOfTheWorst) {
  const FileReport clean = with_verdict(Verdict::clean);
  const FileReport bad = with_verdict(Verdict::findings);
  const FileReport doubt = with_verdict(Verdict::inconclusive);
  const FileReport strange = with_verdict(Verdict::unsupported);
  const FileReport allowed = with_verdict(Verdict::unsupported, true);
  const FileReport excluded = with_verdict(Verdict::excluded);
  EXPECT_EQ(exit_of({}), 3);
  EXPECT_EQ(exit_of({excluded}), 3);
  EXPECT_EQ(exit_of({clean}), 0);
  EXPECT_EQ(exit_of({clean, excluded}), 0);
  EXPECT_EQ(exit_of({clean, allowed}), 0);
  EXPECT_EQ(exit_of({clean, strange}), 2);
  EXPECT_EQ(exit_of({allowed, strange}), 2);
  EXPECT_EQ(exit_of({clean, doubt}), 2);
  EXPECT_EQ(exit_of({doubt, bad}), 1);
  EXPECT_EQ(exit_of({strange, excluded, bad}), 1);
}

TEST(Tally, AFindingWithoutAFileCounts) {
  Tally quiet(Severity::medium);
  quiet.add(with_verdict(Verdict::clean));
  quiet.add(found(kNote));
  EXPECT_EQ(quiet.exit_code(), 0);
  quiet.add(found(kDoubt));
  EXPECT_EQ(quiet.exit_code(), 2);
  quiet.add(found(kBad));
  EXPECT_EQ(quiet.exit_code(), 1);
  EXPECT_EQ(quiet.findings(), 3);
  EXPECT_EQ(quiet.findings(Severity::high), 1);
}

TEST(Tally, Sums) {
  Tally tally(Severity::medium);
  tally.add(report("a", {found(kBad), found(kNote)}));
  tally.add(report("b", {}));
  EXPECT_EQ(tally.files(), 2);
  EXPECT_EQ(tally.files(Verdict::clean), 1);
  EXPECT_EQ(tally.bytes(), 200);
  EXPECT_EQ(tally.bytes_read(), 80);
}

TEST(Printable, LeavesWhatIsPrintableAndEscapesTheRest) {
  EXPECT_EQ(printable("plain", 100), "plain");
  EXPECT_EQ(printable("\\x1b is escaped", 100), "\\x1b is escaped");
  EXPECT_EQ(printable("a\\\\b", 100), "a\\\\b");
  EXPECT_EQ(printable("\x1b[31m", 100), "\\x1b[31m");
  EXPECT_EQ(printable("a\nb", 100), "a\\x0ab");
  EXPECT_EQ(printable("\xff", 100), "\\xff");
  EXPECT_EQ(printable("\xe2\x80\xae", 100), "\\u202e");
  EXPECT_EQ(printable("", 100), "");
}

TEST(Printable, TwiceIsOnce) {
  for (const std::string text : {"\\", "\x1b\\", "a\\\nb", "\\\\\\\xff"}) {
    const std::string once = printable(text, 100);
    EXPECT_EQ(printable(once, 100), once);
  }
}

TEST(Printable, IsCut) {
  EXPECT_LE(printable(std::string(1000, 'a'), 50).size(), 54);
  EXPECT_LE(printable(std::string(1000, '\\'), 50).size(), 54);
  EXPECT_LE(printable(std::string(1000, '\x01'), 50).size(), 58);
}

TEST(Examination, KeepsTwentyOfARuleAndCountsAll) {
  Examination examination(0);
  for (int i = 0; i < 50; ++i) examination.add(kBad, "again");
  examination.add(kNote, "once");
  EXPECT_EQ(examination.findings().size(), 21);
  EXPECT_EQ(examination.count(kBad), 50);
  EXPECT_EQ(examination.count(kDoubt), 0);
}

TEST(Examination, MembersAreAPathThatIsEscaped) {
  Examination examination(0);
  {
    const Examination::Member outer(examination, "a.zip");
    const Examination::Member inner(examination, "x\n/data.pkl");
    EXPECT_EQ(examination.depth(), 2);
    examination.add(kBad, "deep", {.evidence = "\x1b"});
  }
  examination.add(kBad, "not");
  EXPECT_EQ(examination.findings()[0].member, "a.zip!x\\x0a/data.pkl");
  EXPECT_EQ(examination.findings()[0].evidence, "\\x1b");
  EXPECT_EQ(examination.findings()[1].member, "");
}

}  // namespace
}  // namespace gh::findings
