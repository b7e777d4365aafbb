// The shapes that scripts and services read.

#include "findings/report_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "example.h"
#include "findings/summary.h"
#include "json/json.h"

namespace gh::findings {
namespace {

using json::Value;
using testing::HasSubstr;
using testing::Not;

// Two files: one with two findings and one accepted, one clean.
std::string written(Format format, bool colour = false) {
  std::string text;
  const auto writer = make_report(format, {.version = "1.2.3", .colour = colour},
                                  [&](std::string_view part) { text += part; });
  Tally tally(Severity::medium);
  FileReport bad = report("a <b>&\".bin", {found(kBad, "quotes \" & <tags>"), found(kDoubt)});
  bad.sha256 = std::string(64, 'a');
  bad.kind = "test file";
  bad.findings[0].offset = 12;
  bad.findings[0].length = 3;
  bad.findings[1].member = "x/data.pkl";
  bad.findings[1].evidence = "\\x1b";
  bad.findings[1].line = 4;
  bad.suppressed.push_back({found(kNote), "looked at", "2027-01-31"});
  for (const FileReport& file : {bad, report("good", {})}) {
    tally.add(file);
    writer->file(file);
  }
  tally.add(found(kNote, "of the whole"));
  writer->end(tally);
  return text;
}

std::vector<std::string_view> keys_of(Value object) {
  std::vector<std::string_view> keys;
  for (const auto [key, value] : object.members()) keys.push_back(key);
  return keys;
}

TEST(Json, HasTheShapeOfTheContract) {
  json::Parser parser;
  const std::string text = written(Format::json);
  const auto document = parser.parse(text);
  ASSERT_TRUE(document.has_value()) << text;
  const Value root = document->root();
  EXPECT_THAT(keys_of(root),
              testing::ElementsAre("version", "tool", "summary", "files", "findings"));
  EXPECT_EQ(root["version"].int64(), 1);
  EXPECT_EQ(root["tool"].string(), "gatehouse 1.2.3");
  EXPECT_EQ(root["summary"]["exit"].int64(), 1);
  EXPECT_EQ(root["summary"]["files"].int64(), 2);
  EXPECT_EQ(root["summary"]["clean"].int64(), 1);
  EXPECT_EQ(root["summary"]["findings"].int64(), 1);
  EXPECT_EQ(root["summary"]["suppressed"].int64(), 1);
  ASSERT_EQ(root["files"].size(), 2);
  const Value file = *root["files"].elements().begin();
  EXPECT_THAT(keys_of(file),
              testing::ElementsAre("file", "verdict", "bytes", "bytes_read", "sha256", "kind"));
  ASSERT_EQ(root["findings"].size(), 4);
  const Value first = *root["findings"].elements().begin();
  EXPECT_THAT(keys_of(first), testing::ElementsAre("id", "severity", "confidence", "title",
                                                   "message", "file", "offset", "length", "fix"));
  EXPECT_EQ(first["message"].string(), "quotes \" & <tags>");
}

TEST(Json, OfNothingIsStillWhole) {
  std::string text;
  const auto writer =
      make_report(Format::json, {.version = "1"}, [&](std::string_view part) { text += part; });
  writer->end(Tally(Severity::medium));
  json::Parser parser;
  const auto document = parser.parse(text);
  ASSERT_TRUE(document.has_value()) << text;
  EXPECT_EQ(document->root()["summary"]["exit"].int64(), 3);
  EXPECT_TRUE(document->root()["files"].is_array());
}

TEST(Json, NumbersThatWereMeasured) {
  std::string text;
  const auto writer =
      make_report(Format::json, {.version = "1"}, [&](std::string_view part) { text += part; });
  FileReport file = report("a", {});
  file.measured.push_back({"layer 1", {{"spectral norm", 1.5}, {"kurtosis", std::nan("")}}});
  writer->file(file);
  writer->end(Tally(Severity::medium));
  EXPECT_THAT(text,
              HasSubstr(R"("measured":[{"part":"layer 1","spectral_norm":1.5,"kurtosis":null}])"));
}

TEST(Ndjson, IsOneObjectPerLine) {
  const std::string text = written(Format::ndjson);
  EXPECT_TRUE(text.ends_with("\n"));
  std::vector<std::string> types;
  json::Parser parser;
  for (const std::string_view line :
       split(std::string_view(text).substr(0, text.size() - 1), '\n')) {
    const auto document = parser.parse(line);
    ASSERT_TRUE(document.has_value()) << line;
    types.emplace_back(document->root()["type"].string());
  }
  EXPECT_THAT(types, testing::ElementsAre("file", "finding", "finding", "finding", "file",
                                          "finding", "summary"));
}

TEST(Sarif, HasWhatServicesRead) {
  json::Parser parser;
  const std::string text = written(Format::sarif);
  const auto document = parser.parse(text);
  ASSERT_TRUE(document.has_value()) << text;
  EXPECT_EQ(document->root()["version"].string(), "2.1.0");
  ASSERT_EQ(document->root()["runs"].size(), 1);
  const Value run = *document->root()["runs"].elements().begin();
  const Value driver = run["tool"]["driver"];
  EXPECT_EQ(driver["name"].string(), "gatehouse");
  std::vector<std::string_view> ids;
  for (const Value rule : driver["rules"].elements()) {
    ids.push_back(rule["id"].string());
    EXPECT_TRUE(rule["shortDescription"]["text"].is_string());
    EXPECT_TRUE(rule["properties"]["security-severity"].is_string());
  }
  EXPECT_THAT(ids, testing::ElementsAre("TST-001", "TST-003", "TST-002"));
  std::vector<std::string_view> places;
  for (const Value result : run["results"].elements()) {
    const auto index = static_cast<std::size_t>(result["ruleIndex"].int64().value());
    EXPECT_EQ(ids.at(index), result["ruleId"].string());
    EXPECT_EQ(result["partialFingerprints"]["gatehouse/v1"].string().size(), 64);
    ASSERT_EQ(result["locations"].size(), 1);
    const Value location = *result["locations"].elements().begin();
    places.push_back(location["physicalLocation"]["artifactLocation"]["uri"].string());
  }
  // The last is said of the whole scan, and has a place all the same: GitHub wants one.
  const std::string_view file = "a%20%3Cb%3E%26%22.bin";
  EXPECT_THAT(places, testing::ElementsAre(file, file, file, "."));
  const Value invocation = *run["invocations"].elements().begin();
  EXPECT_TRUE(invocation["executionSuccessful"].boolean());
  EXPECT_EQ(invocation["exitCode"].int64(), 1);
  EXPECT_EQ(invocation["toolExecutionNotifications"].size(), 1);
  const Value summary = run["properties"];
  for (const char* verdict : {"clean", "findings"}) EXPECT_EQ(summary[verdict].int64(), 1);
  for (const char* verdict : {"inconclusive", "unsupported", "excluded"})
    EXPECT_EQ(summary[verdict].int64(), 0);
  EXPECT_EQ(summary["bytes"].int64(), 200);
  EXPECT_EQ(summary["bytes_read"].int64(), 80);
}

TEST(Sarif, FingerprintsDoNotDependOnNames) {
  const auto print_of = [](const std::string& name, std::uint64_t bytes, const Rule& rule) {
    std::string text;
    const auto writer =
        make_report(Format::sarif, {.version = "1"}, [&](std::string_view part) { text += part; });
    FileReport file = report(name, {found(rule)});
    file.bytes = bytes;
    writer->file(file);
    writer->end(Tally(Severity::medium));
    json::Parser parser;
    const auto document = parser.parse(text);
    EXPECT_TRUE(document.has_value()) << text;
    const Value run = *document->root()["runs"].elements().begin();
    const Value result = *run["results"].elements().begin();
    return std::string(result["partialFingerprints"]["gatehouse/v1"].string());
  };
  EXPECT_EQ(print_of("a", 3, kNote), print_of("b", 3, kNote));
  EXPECT_NE(print_of("a", 3, kNote), print_of("a", 4, kNote));
  EXPECT_NE(print_of("a", 3, kNote), print_of("a", 3, kDoubt));
}

// Services show one result for each fingerprint.
TEST(Sarif, FindingsOfOneRuleWithoutAPlaceHaveTheirOwn) {
  const auto prints = [] {
    std::string text;
    const auto writer =
        make_report(Format::sarif, {.version = "1"}, [&](std::string_view part) { text += part; });
    FileReport file = report("a", {found(kBad, "one"), found(kBad, "two"), found(kBad, "two")});
    file.sha256 = std::string(64, 'a');
    writer->file(file);
    writer->end(Tally(Severity::medium));
    json::Parser parser;
    const auto document = parser.parse(text);
    EXPECT_TRUE(document.has_value()) << text;
    std::set<std::string> found;
    const Value run = *document->root()["runs"].elements().begin();
    for (const Value result : run["results"].elements())
      found.emplace(result["partialFingerprints"]["gatehouse/v1"].string());
    return found;
  };
  EXPECT_EQ(prints().size(), 3);
  EXPECT_EQ(prints(), prints()) << "the same in each run";
}

TEST(Sarif, ARegionIsTheFilesOwn) {
  const std::string text = written(Format::sarif);
  EXPECT_THAT(text, HasSubstr("\"region\":{\"byteOffset\":12,\"byteLength\":3}"));
  EXPECT_THAT(text, Not(HasSubstr("startLine"))) << "line 4 is of the member";
  EXPECT_THAT(text, HasSubstr("\"fullyQualifiedName\":\"x/data.pkl\""));
  EXPECT_THAT(text, HasSubstr("\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\""));
}

TEST(Sarif, AnIncompleteRunIsNotSuccessful) {
  std::string text;
  const auto writer =
      make_report(Format::sarif, {.version = "1"}, [&](std::string_view part) { text += part; });
  Tally tally(Severity::medium);
  tally.add(report("a", {found(kDoubt)}));
  writer->file(report("a", {found(kDoubt)}));
  writer->end(tally);
  EXPECT_THAT(text, HasSubstr("\"executionSuccessful\":false,\"exitCode\":2"));
}

TEST(Junit, CountsAndEscapes) {
  const std::string text = written(Format::junit);
  EXPECT_THAT(text, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\""));
  for (const char* property :
       {R"("files" value="2")", R"("clean" value="1")", R"("findings" value="1")",
        R"("inconclusive" value="0")", R"("unsupported" value="0")", R"("excluded" value="0")",
        R"("bytes" value="200")", R"("bytes_read" value="80")"})
    EXPECT_THAT(text, HasSubstr(property));
  EXPECT_THAT(text, HasSubstr("name=\"a &lt;b&gt;&amp;&quot;.bin\""));
  EXPECT_THAT(text, HasSubstr("<failure type=\"TST-001\" message=\"is bad\">"));
  EXPECT_THAT(text, HasSubstr("quotes &quot; &amp; &lt;tags&gt;"));
  EXPECT_THAT(text, HasSubstr("accepted until 2027-01-31 (looked at): TST-002"));
}

TEST(Junit, VerdictsAreWhatCiKnows) {
  std::string text;
  const auto writer =
      make_report(Format::junit, {.version = "1"}, [&](std::string_view part) { text += part; });
  FileReport excluded = report("x", {});
  excluded.verdict = Verdict::excluded;
  FileReport allowed = report("y", {found(kStrange)});
  allowed.allowed = true;
  for (const FileReport& file : {report("a", {found(kDoubt)}), report("b", {found(kStrange)}),
                                 report("c", {found(kNote)}), excluded, allowed}) {
    writer->file(file);
  }
  writer->end(Tally(Severity::medium));
  EXPECT_THAT(text, HasSubstr("tests=\"5\" failures=\"0\" errors=\"2\" skipped=\"2\""));
}

TEST(Junit, HoldsNoCharacterThatXmlHasNot) {
  std::string text;
  const auto writer =
      make_report(Format::junit, {.version = "1"}, [&](std::string_view part) { text += part; });
  writer->file(report("\xEF\xBF\xBE and \xEF\xBF\xBF", {}));
  writer->end(Tally(Severity::medium));
  EXPECT_THAT(text, HasSubstr("\\ufffe and \\uffff"));
}

TEST(Summary, IsOneLine) {
  Tally tally(Severity::medium);
  tally.add(report("a", {}));
  EXPECT_EQ(summary_line(tally),
            "1 file: 1 clean, 0 findings, 0 inconclusive, 0 unsupported, 0 excluded; 100 bytes "
            "found, 40 looked at");
}

TEST(Text, ShowsVerdictsFindingsAndSums) {
  const std::string text = written(Format::text);
  EXPECT_THAT(text, HasSubstr("findings  test file"));
  EXPECT_THAT(text, HasSubstr("high      TST-001  is bad\n            quotes \" & <tags>\n"));
  EXPECT_THAT(text, HasSubstr("x/data.pkl, line 4"));
  EXPECT_THAT(text, HasSubstr("until 2027-01-31: looked at"));
  EXPECT_THAT(text,
              HasSubstr("2 files: 1 clean, 1 findings, 0 inconclusive, 0 unsupported, 0 excluded\n"
                        "200 bytes found, 80 bytes looked at\n"));
  EXPECT_THAT(text, Not(HasSubstr("good"))) << "clean files are counted, not listed";
  EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << "no colour unless asked for";
}

TEST(Text, CallsCleanOnlyWhatWasExamined) {
  const auto last_line = [](std::uint64_t excluded, std::uint64_t allowed) {
    std::string text;
    const auto writer =
        make_report(Format::text, {.version = "1"}, [&](std::string_view part) { text += part; });
    Tally tally(Severity::medium);
    tally.add(report("good", {}));
    FileReport left_out;
    left_out.verdict = Verdict::excluded;
    for (std::uint64_t i = 0; i < excluded; ++i) tally.add(left_out);
    FileReport unknown;
    unknown.verdict = Verdict::unsupported;
    unknown.allowed = true;
    for (std::uint64_t i = 0; i < allowed; ++i) tally.add(unknown);
    writer->end(tally);
    text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  };
  EXPECT_EQ(last_line(0, 0), "Every file is clean.");
  EXPECT_EQ(last_line(1, 0), "Every file that was examined is clean; 1 was excluded.");
  EXPECT_EQ(last_line(10, 2),
            "Every file that was examined is clean; 10 were excluded and 2 were allowed without "
            "being understood.");
  EXPECT_EQ(last_line(0, 1),
            "Every file that was examined is clean; 1 was allowed without being understood.");
}

// What was passed over on purpose is no news; every finding is, however slight.
TEST(Text, QuietShowsWhatDoesNotPassAndFindings) {
  struct Row {
    std::vector<FileReport> files;
    std::vector<Finding> general;
    const char* shown;  // "": nothing at all
  };
  FileReport excluded = report("out", {});
  excluded.verdict = Verdict::excluded;
  FileReport allowed = report("odd", {found(kStrange)});
  allowed.allowed = true;
  FileReport noted = allowed;
  noted.findings.push_back(found(kNote));
  FileReport accepted = report("old", {});
  accepted.suppressed.push_back({found(kBad), "looked at", "2027-01-31"});
  FileReport measured = report("adapter", {});
  measured.measured.push_back({"q", {{"norm", 1.0}}});
  const FileReport good = report("good", {});
  for (const Row& row : {
           Row{{good}, {}, ""},
           Row{{good, excluded, allowed, accepted}, {}, ""},
           Row{{excluded}, {}, "Nothing was examined.\n"},
           Row{{}, {}, "Nothing was examined.\n"},
           Row{{good, report("bad", {found(kBad)})}, {}, "TST-001"},
           Row{{report("note", {found(kNote)})}, {}, "clean, with notes"},
           Row{{report("doubt", {found(kDoubt)})}, {}, "this is no pass"},
           Row{{report("strange", {found(kStrange)})}, {}, "this is no pass"},
           Row{{noted}, {}, "TST-002"},
           Row{{measured}, {}, "norm"},
           Row{{good}, {found(kNote)}, "TST-002"},
       }) {
    std::string text;
    const auto writer = make_report(Format::text, {.version = "1", .quiet = true},
                                    [&](std::string_view part) { text += part; });
    Tally tally(Severity::medium);
    for (const FileReport& file : row.files) {
      tally.add(file);
      writer->file(file);
    }
    for (const Finding& finding : row.general) tally.add(finding);
    writer->end(tally);
    const std::string shown = row.shown;
    EXPECT_THAT(text, HasSubstr(shown));
    EXPECT_EQ(std::ranges::count(text, '\n') == 1, shown.empty()) << text;
    EXPECT_THAT(text, HasSubstr(" looked at\n")) << "the sums are always there";
    EXPECT_THAT(text, Not(HasSubstr("good")));
  }
}

TEST(Text, HasColourOnlyWhenAskedFor) {
  EXPECT_THAT(written(Format::text, true), HasSubstr("\x1b[31m"));
}

TEST(Format, Names) {
  for (const std::string_view name : {"text", "json", "ndjson", "sarif", "junit"})
    EXPECT_TRUE(format_from(name).has_value()) << name;
  for (const std::string_view name : {"", "JSON", "xml", "text "})
    EXPECT_FALSE(format_from(name).has_value()) << name;
}

}  // namespace
}  // namespace gh::findings
