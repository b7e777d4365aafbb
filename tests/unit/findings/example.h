#pragma once
// Rules and reports for the tests of this folder.

#include "findings/report.h"

namespace gh::findings {

inline constexpr Rule kBad = {.id = "TST-001",
                              .severity = Severity::high,
                              .effect = Effect::finding,
                              .title = "is bad",
                              .why = "A loader would run it.",
                              .fix = "Do not load it."};
inline constexpr Rule kNote = {.id = "TST-002",
                               .severity = Severity::low,
                               .effect = Effect::finding,
                               .title = "is odd",
                               .why = "Nothing happens.",
                               .fix = "Nothing."};
inline constexpr Rule kDoubt = {.id = "TST-003",
                                .severity = Severity::info,
                                .effect = Effect::inconclusive,
                                .title = "was not understood",
                                .why = "It may be anything.",
                                .fix = "Look at it."};
inline constexpr Rule kStrange = {.id = "TST-004",
                                  .severity = Severity::critical,
                                  .effect = Effect::unsupported,
                                  .title = "is of another world",
                                  .why = "Nobody knows.",
                                  .fix = "Ask."};

inline Finding found(const Rule& rule, std::string message = "as seen here") {
  Finding finding;
  finding.rule = &rule;
  finding.message = std::move(message);
  return finding;
}

inline FileReport report(std::string file, std::vector<Finding> findings,
                         Severity fail_on = Severity::medium) {
  FileReport report;
  report.file = std::move(file);
  report.verdict = judge(findings, fail_on);
  report.bytes = 100;
  report.bytes_read = 40;
  report.findings = std::move(findings);
  return report;
}

}  // namespace gh::findings
