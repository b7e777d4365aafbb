#include "findings/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example.h"
#include "json/json.h"

namespace gh::findings {
namespace {

using testing::HasSubstr;

constexpr const Rule* kSome[] = {&kDoubt, &kBad};
constexpr const Rule* kOthers[] = {&kNote};

TEST(Catalogue, IsSortedById) {
  const Catalogue rules({kSome, kOthers});
  ASSERT_EQ(rules.rules().size(), 3);
  EXPECT_EQ(rules.rules()[0]->id, "TST-001");
  EXPECT_EQ(rules.rules()[2]->id, "TST-003");
}

TEST(Catalogue, FindsExactlyOrAsPeopleWrite) {
  const Catalogue rules({kSome});
  EXPECT_EQ(rules.find("TST-001"), &kBad);
  for (const std::string_view id : {"", "TST-1", "tst-001", "TST-0011", "TST-002", "TST-"})
    EXPECT_EQ(rules.find(id), nullptr) << id;
  for (const std::string_view id : {"TST-001", "tst-001", "TST-1", "tst-01"})
    EXPECT_EQ(rules.find_loosely(id), &kBad) << id;
  for (const std::string_view id : {"", "TST", "TST-0001", "1", "TST-001 "})
    EXPECT_EQ(rules.find_loosely(id), nullptr) << id;
}

TEST(Catalogue, SuggestsWhatIsClose) {
  const Catalogue rules({kSome});
  EXPECT_EQ(rules.closest("TSZ-001"), "TST-001");
  EXPECT_EQ(rules.closest("completely different"), std::nullopt);
}

TEST(Catalogue, TextsOfARule) {
  const Catalogue rules({kSome});
  EXPECT_THAT(rule_text(kBad), HasSubstr("A loader would run it."));
  EXPECT_THAT(rule_text(kDoubt), HasSubstr("`inconclusive`"));
  EXPECT_THAT(rules_markdown(rules), HasSubstr("| `TST-001` | high | is bad |"));
  EXPECT_THAT(rules_markdown(rules), HasSubstr("| `TST-003` | info, *inconclusive* |"));
  json::Parser parser;
  const std::string text = rules_json(rules);
  const auto document = parser.parse(text);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->root()["rules"].size(), 2);
}

TEST(Rule, ConfidenceAndReferences) {
  static constexpr Rule kRule{"TST-009",
                              Severity::low,
                              Effect::finding,
                              "is guessed",
                              "Seen before (CVE-2025-66448, CVE-2026-22807); a CVE- alone is none.",
                              "Read GHSA-2pc9-4j83-qjmr.",
                              Confidence::low};
  static constexpr const Rule* kRules[] = {&kRule};
  EXPECT_THAT(references(kRule),
              testing::ElementsAre("CVE-2025-66448", "CVE-2026-22807", "GHSA-2pc9-4j83-qjmr"));
  EXPECT_TRUE(references(kBad).empty());
  EXPECT_EQ(name(kBad.confidence), "high");
  EXPECT_THAT(rule_text(kRule), HasSubstr("low confidence"));
  EXPECT_THAT(rules_json(Catalogue({kRules})),
              HasSubstr("\"confidence\":\"low\",\"effect\":\"finding\""));
}

}  // namespace
}  // namespace gh::findings
