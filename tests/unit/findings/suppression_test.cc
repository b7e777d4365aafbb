#include "findings/suppression.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example.h"

namespace gh::findings {
namespace {

using testing::HasSubstr;

constexpr const Rule* kRules[] = {&kBad, &kNote, &kDoubt};
const std::string kDigest(64, 'a');

const Catalogue& catalogue() {
  static const Catalogue rules({kRules});
  return rules;
}

// 2026-11-25
constexpr WallTime kNow{1'795'600'000'000'000'000};

std::expected<Suppressions, std::vector<yaml::Problem>> parse(std::string_view text) {
  return Suppressions::parse(text, catalogue(), kNow);
}

std::string entry(std::string_view id, std::string_view digest, std::string_view expires) {
  return fmt::format(
      "version: 1\nsuppressions:\n  - id: {}\n    sha256: {}\n    reason: looked at it\n"
      "    expires: {}\n",
      id, digest, expires);
}

FileReport bad_file(const std::string& digest = kDigest) {
  FileReport file = report("a.bin", {found(kBad), found(kNote)});
  file.sha256 = digest;
  return file;
}

TEST(Suppression, AcceptsOneRuleInOneFile) {
  auto list = parse(entry("TST-001", kDigest, "2027-01-31"));
  ASSERT_TRUE(list.has_value());
  FileReport file = bad_file();
  list->apply(file, Severity::medium);
  EXPECT_EQ(file.verdict, Verdict::clean);
  ASSERT_EQ(file.suppressed.size(), 1);
  EXPECT_EQ(file.suppressed[0].reason, "looked at it");
  EXPECT_EQ(file.suppressed[0].expires, "2027-01-31");
  ASSERT_EQ(file.findings.size(), 1);
  EXPECT_EQ(file.findings[0].rule, &kNote);
  EXPECT_TRUE(list->remarks().empty());
}

// Whichever comes first.
TEST(Suppression, HoldsBesideOneThatHasExpired) {
  const std::string old = entry("TST-001", kDigest, "2026-11-24");
  const std::string renewed = entry("TST-001", kDigest, "2027-01-31");
  const auto item = [](const std::string& text) { return text.substr(text.find("  - id")); };
  for (const std::string& text : {old + item(renewed), renewed + item(old)}) {
    auto list = parse(text);
    ASSERT_TRUE(list.has_value());
    FileReport file = bad_file();
    list->apply(file, Severity::medium);
    EXPECT_EQ(file.verdict, Verdict::clean);
    ASSERT_EQ(file.suppressed.size(), 1);
    EXPECT_EQ(file.suppressed[0].expires, "2027-01-31");
    ASSERT_EQ(list->remarks().size(), 1);
    EXPECT_EQ(list->remarks()[0].rule->id, "SUP-001");
  }
}

TEST(Suppression, TakesIdsAndDigestsAsPeopleWriteThem) {
  auto list = parse(entry("tst-1", std::string(64, 'A'), "2027-01-31"));
  ASSERT_TRUE(list.has_value());
  FileReport file = bad_file();
  list->apply(file, Severity::medium);
  EXPECT_EQ(file.suppressed.size(), 1);
}

TEST(Suppression, OfAnotherFileOrRuleDoesNothingAndIsSaid) {
  for (const std::string& text : {entry("TST-001", std::string(64, 'b'), "2027-01-31"),
                                  entry("TST-003", kDigest, "2027-01-31")}) {
    auto list = parse(text);
    ASSERT_TRUE(list.has_value());
    FileReport file = bad_file();
    list->apply(file, Severity::medium);
    EXPECT_EQ(file.verdict, Verdict::findings);
    ASSERT_EQ(list->remarks().size(), 1);
    EXPECT_EQ(list->remarks()[0].rule->id, "SUP-002");
  }
}

TEST(Suppression, AFileWithoutDigestIsNeverAccepted) {
  auto list = parse(entry("TST-001", kDigest, "2027-01-31"));
  ASSERT_TRUE(list.has_value());
  FileReport file = bad_file("");
  list->apply(file, Severity::medium);
  EXPECT_EQ(file.verdict, Verdict::findings);
}

TEST(Suppression, HoldsOnItsLastDayAndNotAfter) {
  auto last_day = parse(entry("TST-001", kDigest, "2026-11-25"));
  ASSERT_TRUE(last_day.has_value());
  FileReport file = bad_file();
  last_day->apply(file, Severity::medium);
  EXPECT_EQ(file.verdict, Verdict::clean);

  auto over = parse(entry("TST-001", kDigest, "2026-11-24"));
  ASSERT_TRUE(over.has_value());
  file = bad_file();
  over->apply(file, Severity::medium);
  EXPECT_EQ(file.verdict, Verdict::findings);
  ASSERT_EQ(over->remarks().size(), 1);
  EXPECT_EQ(over->remarks()[0].rule->id, "SUP-001");
  EXPECT_TRUE(
      over->remarks()[0].message.contains("sha256 " + std::string(kDigest) + ","));  // whole
}

TEST(Suppression, MistakesAreErrorsWithTheirPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"[]", "mapping"},
      {"version: 1\n", "`suppressions` is missing"},
      {"version: 2\nsuppressions: []\n", "version: 1"},
      {"suppressions: []\n", "`version` is missing"},
      {"version: 1\nsuppressions: {}\n", "is a list"},
      {"version: 1\nsuppressions: [1]\n", "mapping"},
      {"version: 1\nsuppressions: []\nallow: all\n", "no setting `allow`"},
      {"version: 1\nsuppressions: &a []\n", ""},
      {entry("TST-009", kDigest, "2027-01-31"), "there is no rule"},
      {entry("'*'", kDigest, "2027-01-31"), "there is no rule"},
      {entry("TST-001", "abc", "2027-01-31"), "64 hexadecimal digits"},
      {entry("TST-001", std::string(64, 'g'), "2027-01-31"), "64 hexadecimal digits"},
      {entry("TST-001", kDigest, "never"), "a day like"},
      {entry("TST-001", kDigest, "2027-02-30"), "a day like"},
      {entry("TST-001", kDigest, "2027-1-31"), "a day like"},
      {entry("TST-001", kDigest, "''"), "not empty"},
      {"version: 1\nsuppressions:\n  - id: TST-001\n    sha256: " + kDigest +
           "\n    expires: 2027-01-31\n",
       "`reason` is missing"},
      {"version: 1\nsuppressions:\n  - id: TST-001\n    sha256: " + kDigest +
           "\n    expires: 2027-01-31\n    reason: ' '\n",
       "not empty"},
      {"version: 1\nsuppressions:\n  - id: TST-001\n    sha265: " + kDigest +
           "\n    expires: 2027-01-31\n    reason: x\n",
       "did you mean `sha256`?"},
  };
  for (const auto& [text, says] : cases) {
    const auto list = parse(text);
    ASSERT_FALSE(list.has_value()) << text;
    if (says.empty()) continue;
    std::string all;
    for (const yaml::Problem& problem : list.error()) all += problem.message + "\n";
    EXPECT_THAT(all, HasSubstr(says)) << text;
  }
}

}  // namespace
}  // namespace gh::findings
