// What comes back from a child is untrusted: only what an examiner says is taken, and made
// printable.

#include "artifacts/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artifacts/catalogue.h"
#include "artifacts/kind_rules.h"

namespace gh::artifacts {
namespace {

using findings::Examination;
using testing::HasSubstr;

const findings::Catalogue& rules() {
  static const findings::Catalogue all = catalogue();
  return all;
}

TEST(Answer, ComesBackAsItWas) {
  Examination examination(0);
  examination.set_kind("test");
  {
    const Examination::Member member(examination, "x/data.pkl");
    examination.add(kNotWhatItSays, "as seen",
                    {.offset = 1, .length = 2, .line = 3, .column = 4, .evidence = "\x1b"});
  }
  Facts facts;
  facts.document.kind = hub::DocumentKind::tokenizer;
  facts.document.vocab_size = 7;
  facts.document.has_adapter = true;
  facts.document.shards = {"model-00001.safetensors"};
  facts.document.templates.push_back({"a.json", "default", std::string(64, 'a')});
  facts.document.end_id = 5;
  facts.document.named = {{.name = UINT64_MAX, .shard = 1}, {.name = 0, .shard = UINT32_MAX}};
  facts.document.tensors = {{1, UINT64_MAX - 1}};
  facts.embedding_rows = 9;
  facts.tensor_files = {{.name = "model.onnx_data", .end = 5}};
  const auto answer =
      read_answer(write_answer(examination, 42, std::string(64, 'b'), facts), rules());
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->kind, "test");
  EXPECT_EQ(answer->bytes_read, 42);
  EXPECT_EQ(answer->sha256, std::string(64, 'b'));
  ASSERT_EQ(answer->findings.size(), 1);
  const findings::Finding& finding = answer->findings[0];
  EXPECT_EQ(finding.rule, &kNotWhatItSays);
  EXPECT_EQ(finding.message, "as seen");
  EXPECT_EQ(finding.member, "x/data.pkl");
  EXPECT_EQ(finding.evidence, "\\x1b");
  EXPECT_EQ(finding.offset, 1);
  EXPECT_EQ(finding.length, 2);
  EXPECT_EQ(finding.line, 3);
  EXPECT_EQ(finding.column, 4);
  EXPECT_EQ(answer->facts.document.kind, hub::DocumentKind::tokenizer);
  EXPECT_EQ(answer->facts.document.vocab_size, 7);
  EXPECT_TRUE(answer->facts.document.has_adapter);
  EXPECT_FALSE(answer->facts.document.nameless);
  EXPECT_EQ(answer->facts.document.shards, facts.document.shards);
  ASSERT_EQ(answer->facts.document.templates.size(), 1);
  EXPECT_EQ(answer->facts.document.templates[0].carrier, "a.json");
  EXPECT_EQ(answer->facts.document.end_id, 5);
  EXPECT_EQ(answer->facts.document.named, facts.document.named);
  EXPECT_EQ(answer->facts.document.tensors, facts.document.tensors);
  EXPECT_EQ(answer->facts.embedding_rows, 9);
  ASSERT_EQ(answer->facts.tensor_files.size(), 1);
  EXPECT_EQ(answer->facts.tensor_files[0].name, "model.onnx_data");
  EXPECT_EQ(answer->facts.tensor_files[0].end, 5);
}

TEST(Answer, SaysHowManyWereNotListed) {
  Examination examination(0);
  for (int i = 0; i < 100; ++i) examination.add(kNotWhatItSays, "again");
  const auto answer = read_answer(write_answer(examination, 0, "", {}), rules());
  ASSERT_TRUE(answer.has_value());
  ASSERT_EQ(answer->findings.size(), 20);
  EXPECT_EQ(answer->findings[18].message, "again");
  EXPECT_THAT(answer->findings[19].message, HasSubstr("80 more"));
}

TEST(Answer, NumbersThatAFileMadeUpAreTaken) {
  Examination examination(0);
  examination.add(kNotWhatItSays, "far", {.offset = UINT64_MAX});
  Facts facts;
  facts.document.highest_id = UINT64_MAX;
  EXPECT_TRUE(read_answer(write_answer(examination, 0, "", facts), rules()).has_value());
}

TEST(Answer, TextsArePrintableAgain) {
  Examination examination(0);
  examination.add(kNotWhatItSays, "\x1b[31m and \xff and \xe2\x80\xae");
  const auto answer = read_answer(write_answer(examination, 0, "", {}), rules());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->findings[0].message, "\\x1b[31m and \\xff and \\u202e");
}

constexpr std::string_view kFacts =
    R"("facts":{"kind":0,"templates":[],"weight_templates":[],"shards":[],"modules":[],"tensor_files":[]},"numbers":[])";

std::string with_finding(std::string_view finding) {
  return R"({"kind":"","bytes_read":0,"sha256":"","findings":[)" + std::string(finding) + "]," +
         std::string(kFacts) + "}";
}

// The smallest one, with one thing in it that is another.
std::string other(std::string_view what, std::string_view instead) {
  std::string text = with_finding("");
  return text.replace(text.find(what), what.size(), instead);
}

TEST(Answer, TheSmallestOne) {
  EXPECT_TRUE(read_answer(with_finding(""), rules()).has_value());
  EXPECT_TRUE(
      read_answer(with_finding(R"({"id":"FIL-001","message":"","member":"","evidence":""})"),
                  rules())
          .has_value());
}

TEST(Answer, AnythingElseIsRefused) {
  const std::string cases[] = {
      "",
      "{}",
      "[]",
      "null",
      "\"clean\"",
      with_finding("") + "{}",
      with_finding("").substr(0, 60),
      with_finding("null"),
      with_finding("1"),
      with_finding(R"({"id":"FIL-001"})"),
      with_finding(R"({"id":"FIL-999","message":"","member":"","evidence":""})"),
      with_finding(R"({"id":1,"message":"","member":"","evidence":""})"),
      with_finding(R"({"id":"FIL-001","message":1,"member":"","evidence":""})"),
      with_finding(R"({"id":"FIL-001","message":"","member":null,"evidence":""})"),
      with_finding(R"({"id":"FIL-001","message":"","member":"","evidence":[]})"),
      with_finding(R"({"id":"FIL-001","message":"","member":"","evidence":"","offset":-1})"),
      with_finding(R"({"id":"FIL-001","message":"","member":"","evidence":"","offset":1.5})"),
      with_finding(R"({"id":"FIL-001","message":"","member":"","evidence":"","offset":"1"})"),
      with_finding(R"({"id":"FIL-001","id":"FIL-002","message":"","member":"","evidence":""})"),
      R"({"kind":"","bytes_read":0,"sha256":"","findings":{},)" + std::string(kFacts) + "}",
      R"({"kind":"","bytes_read":-1,"sha256":"","findings":[],)" + std::string(kFacts) + "}",
      R"({"kind":1,"bytes_read":0,"sha256":"","findings":[],)" + std::string(kFacts) + "}",
      R"({"kind":"","bytes_read":0,"sha256":"","findings":[]})",
      other(R"("facts":{"kind":0)", R"("facts":{"kind":99)"),
      other(R"("templates":[])", R"("templates":[1])"),
      other(R"("weight_templates":[])", R"("weight_templates":[1])"),
      other(R"("shards":[])", R"("shards":[1])"),
      other(R"("tensor_files":[])", R"("tensor_files":[1])"),
      other(R"("tensor_files":[])", R"("tensor_files":[{"name":"w","end":-1}])"),
      other(R"("numbers":[])", R"("numbers":{})"),
  };
  for (const std::string& text : cases)
    EXPECT_FALSE(read_answer(text, rules()).has_value()) << text;
}

TEST(Answer, MarksOfTensors) {
  const auto read = [](std::string_view marks) {
    std::string text = with_finding("");
    text.insert(text.find(R"("templates")"), marks);
    return read_answer(text, rules());
  };
  EXPECT_FALSE(read("")->facts.document.tensors.has_value());
  EXPECT_TRUE(read(R"("tensors":"",)")->facts.document.tensors->empty());
  EXPECT_EQ(read(R"("tensors":"00000000000000ff",)")->facts.document.tensors->at(0), 255);
  EXPECT_EQ(read(R"("named":"00000000000000ff00000002",)")->facts.document.named[0].shard, 2);
  for (const std::string_view marks :
       {R"("tensors":null,)", R"("tensors":"ff",)", R"("tensors":"00000000000000f",)",
        R"("tensors":"00000000000000fg",)", R"("tensors":"-0000000000000ff",)",
        R"("tensors":"00000000000000ff0",)", R"("named":"00000000000000ff",)", R"("named":[],)",
        R"("named":"00000000000000ff0000000",)", R"("end_id":-1,)"})
    EXPECT_FALSE(read(marks).has_value()) << marks;
}

TEST(Answer, HostileTextsAreEscapedAndCut) {
  const std::string text = with_finding(R"({"id":"FIL-001","message":"\u001b]0;x\u0007\u202e",)"
                                        R"("member":"a\nb","evidence":")" +
                                        std::string(100'000, 'e') + "\"}");
  const auto answer = read_answer(text, rules());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->findings[0].message, "\\x1b]0;x\\x07\\u202e");
  EXPECT_EQ(answer->findings[0].member, "a\\x0ab");
  EXPECT_LT(answer->findings[0].evidence.size(), 300);
}

}  // namespace
}  // namespace gh::artifacts
