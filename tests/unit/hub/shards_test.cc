#include "hub/shards.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "examined.h"

namespace gh::hub {
namespace {

FileFacts index(const std::string& map, const std::string& path = "model.safetensors.index.json") {
  return {.path = path, .document = examined(path, R"({"weight_map": {)" + map + "}}").facts};
}

FileFacts weights(const std::string& path, const std::vector<std::string>& names) {
  FileFacts file{.path = path, .document = {}};
  auto& marks = file.document.tensors.emplace();
  for (const std::string& name : names) marks.push_back(name_mark(name));
  return file;
}

// "CFG-210 message" of each finding, joined by a line's end.
std::string compared(const std::vector<FileFacts>& files) {
  findings::Examination examination(0);
  examine_shards({.files = files, .weight_templates = {}, .embedding_rows = {}}, examination);
  std::string out;
  for (const findings::Finding& finding : examination.findings())
    out += (out.empty() ? "" : "\n") + std::string(finding.rule->id) + " " + finding.message;
  return out;
}

constexpr const char* kMap = R"("a": "1", "b": "1", "c": "2")";

TEST(Shards, ThatHoldWhatTheIndexNames) {
  EXPECT_EQ(compared({}), "");
  EXPECT_EQ(compared({index(kMap), weights("1", {"b", "a"}), weights("2", {"c"})}), "");
  // What the index does not name is no matter of its own.
  EXPECT_EQ(compared({index(kMap), weights("1", {"b", "a", "x"}), weights("2", {"c", "y"})}), "");
  EXPECT_EQ(compared({index(kMap), weights("1", {"a", "b"})}), "") << "CFG-207 says that";
  // Weights whose names are not known, as of PyTorch.
  EXPECT_EQ(compared({index(kMap), {.path = "1", .document = {}}, weights("2", {"c"})}), "");
  // Another index has the same names in files of its own.
  EXPECT_EQ(compared({index(kMap), weights("1", {"a", "b"}), weights("2", {"c"}),
                      index(R"("a": "3", "b": "3", "c": "3")", "model.fp16.index.json"),
                      weights("3", {"a", "b", "c"})}),
            "");
}

TEST(Shards, ThatHoldATensorTwice) {
  EXPECT_EQ(compared({index(kMap), weights("1", {"a", "b"}), weights("2", {"c", "a"})}),
            "CFG-210 1 and 2 have 1 tensor in common");
  EXPECT_EQ(compared({index(kMap), weights("1", {"a", "b", "x"}), weights("2", {"c", "x", "b"})}),
            "CFG-210 1 and 2 have 2 tensors in common");
  // A file that no index names is loaded by nobody who reads the index.
  EXPECT_EQ(
      compared({index(kMap), weights("1", {"a", "b"}), weights("2", {"c"}), weights("3", {"a"})}),
      "");
}

TEST(Shards, ThatLackATensor) {
  EXPECT_EQ(compared({index(kMap), weights("1", {"a"}), weights("2", {"c"})}),
            "CFG-211 model.safetensors.index.json: 1 tensor that 1 does not have");
  EXPECT_EQ(compared({index(kMap), weights("1", {}), weights("2", {"c"})}),
            "CFG-211 model.safetensors.index.json: 2 tensors that 1 does not have");
  EXPECT_EQ(compared({index(kMap), weights("1", {"a", "b", "c"}), weights("2", {"d"})}),
            "CFG-211 model.safetensors.index.json: 1 tensor that 2 does not have");
}

TEST(Shards, ThatAreNoWeights) {
  FileFacts text{.path = "2", .document = {}};
  text.document.kind = DocumentKind::text;
  EXPECT_EQ(compared({index(kMap), weights("1", {"a", "b"}), text}),
            "CFG-212 model.safetensors.index.json refers to 2");
}

TEST(Shards, AreComparedInTimeThatGrowsWithThem) {
  std::string map;
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= kMostNames; ++i) {
    names.push_back("t" + std::to_string(i));
    map += (i == 0 ? "\"" : ",\"") + names.back() + R"(": "1")";
    if (i + 1 == kMostNames) {
      EXPECT_EQ(compared({index(map), weights("1", names)}), "");
      EXPECT_EQ(index(map).document.named.size(), kMostNames);
    }
  }
  EXPECT_TRUE(index(map).document.named.empty());
}

TEST(Shards, MarksAreTheSameInEveryScan) {
  EXPECT_EQ(name_mark("abc"), 0x3fc884964770eede);
  EXPECT_NE(name_mark("abc"), name_mark("abd"));
  EXPECT_NE(name_mark("abc"), name_mark(std::string_view("abc\0", 4)));
}

}  // namespace
}  // namespace gh::hub
