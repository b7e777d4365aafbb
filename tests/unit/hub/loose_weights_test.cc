#include "hub/loose_weights.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "examined.h"
#include "hub/shards.h"

namespace gh::hub {
namespace {

FileFacts document(const std::string& path, const std::string& text) {
  return {.path = path, .document = examined(path, text).facts};
}

FileFacts weights(const std::string& path, const std::vector<std::string>& names) {
  FileFacts file{.path = path, .document = {}};
  auto& marks = file.document.tensors.emplace();
  for (const std::string& name : names) marks.push_back(name_mark(name));
  return file;
}

// "CFG-210 message" of each finding, joined by a line's end. `config`: of config.json, "" for none.
std::string compared(std::vector<FileFacts> files,
                     const std::string& config = R"({"model_type": "llama"})") {
  if (!config.empty()) files.push_back(document("config.json", config));
  findings::Examination examination(0);
  examine_loose_weights({.files = files, .weight_templates = {}, .embedding_rows = {}},
                        examination);
  std::string out;
  for (const findings::Finding& finding : examination.findings())
    out += (out.empty() ? "" : "\n") + std::string(finding.rule->id) + " " + finding.message;
  return out;
}

TEST(LooseWeights, WithTensorsOfTheirOwn) {
  EXPECT_EQ(compared({}), "");
  EXPECT_EQ(compared({weights("model.safetensors", {"a", "b"})}), "");
  EXPECT_EQ(compared({weights("a.safetensors", {"a", "b"}), weights("b.safetensors", {"c"})}), "");
}

TEST(LooseWeights, WithATensorInTwo) {
  EXPECT_EQ(compared({weights("model.safetensors", {"a", "b"}), weights("zz.safetensors", {"b"})}),
            "CFG-210 model.safetensors and zz.safetensors have 1 tensor in common");
  EXPECT_EQ(compared({weights("model-00001-of-00002.safetensors", {"a", "b"}),
                      weights("model-00002-of-00002.safetensors", {"b", "a"})}),
            "CFG-210 model-00001-of-00002.safetensors and model-00002-of-00002.safetensors have 2 "
            "tensors in common");
  EXPECT_EQ(compared({weights("1.safetensors", {"a"}), weights("2.safetensors", {"a"}),
                      weights("3.safetensors", {"a"})}),
            "CFG-210 1.safetensors and 2.safetensors have 1 tensor in common\n"
            "CFG-210 2.safetensors and 3.safetensors have 1 tensor in common");
}

TEST(LooseWeights, ThatVllmDoesNotLoad) {
  const FileFacts model = weights("model.safetensors", {"a", "b"});
  for (const char* other : {".hidden.safetensors", "x/model.safetensors", "model.safetensors.bak",
                            "adapter_model.safetensors", "MODEL.SAFETENSORS", "model.bin"})
    EXPECT_EQ(compared({model, weights(other, {"a", "b"})}), "") << other;
  // An index says which are loaded; without its shards it is none of this one's matters.
  EXPECT_EQ(compared({model, weights("zz.safetensors", {"a"}),
                      document("model.safetensors.index.json", R"({"weight_map": {}})")}),
            "");
  EXPECT_NE(compared({model, weights("zz.safetensors", {"a"}),
                      document("model.fp16.index.json", R"({"weight_map": {}})")}),
            "");
  // No model of transformers, and none of Mistral.
  EXPECT_EQ(compared({model, weights("zz.safetensors", {"a"})}, ""), "");
  EXPECT_EQ(compared({model, weights("zz.safetensors", {"a"})}, R"({"_class_name": "X"})"), "");
}

TEST(LooseWeights, UnderTwoNamesOfOneFile) {
  FileFacts one = weights("model.safetensors", {"a"});
  FileFacts two = weights("same.safetensors", {"a"});
  one.inode = two.inode = 7;
  EXPECT_EQ(compared({one, two}), "");
  two.device = 1;
  EXPECT_NE(compared({one, two}), "");
}

TEST(LooseWeights, InSeveralForms) {
  const auto with = [](const std::string& model, const std::string& other) {
    const std::string said = compared({weights(model, {"a", "b"}), weights(other, {"b", "a"})});
    return said.substr(0, said.find(' '));
  };
  EXPECT_EQ(with("model.safetensors", "model.fp32-00001-of-00001.safetensors"), "CFG-215");
  EXPECT_EQ(with("model.safetensors", "model.fp16.safetensors"), "CFG-215");
  EXPECT_EQ(with("model.safetensors", "model-00001-of-00001.bf16.safetensors"), "CFG-215");
  EXPECT_EQ(with("model.safetensors", "open_clip_model.safetensors"), "CFG-215");
  EXPECT_EQ(with("model-rank-0-part-0.safetensors", "model-rank-1-part-0.safetensors"), "CFG-215");
  EXPECT_EQ(with("model-rank-0-part-0.safetensors", "model-rank-0-part-1.safetensors"), "CFG-210");
  EXPECT_EQ(with("model-rank--part-0.safetensors", "model-rank-1-part-0.safetensors"), "CFG-215");
  EXPECT_EQ(with("model-rank-0.safetensors", "model-rank-1.safetensors"), "CFG-210");
  EXPECT_EQ(with("model.fp16.safetensors", "other.fp16.safetensors"), "CFG-210");
  EXPECT_EQ(with("model.safetensors", "model.v2.safetensors"), "CFG-210");
  EXPECT_EQ(with("model.safetensors", "model_fp16.safetensors"), "CFG-210");
  // A second file of one form is told from the other form.
  EXPECT_EQ(compared({weights("model.fp16.safetensors", {"a"}), weights("model.safetensors", {"a"}),
                      weights("zz.safetensors", {"a"})}),
            "CFG-210 model.safetensors and zz.safetensors have 1 tensor in common\n"
            "CFG-215 zz.safetensors and model.fp16.safetensors have 1 tensor in common");
  // A few tensors are not the model in another precision.
  const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
  EXPECT_EQ(
      compared({weights("model.safetensors", names), weights("model.fp16.safetensors", {"e"})}),
      "CFG-210 model.safetensors and model.fp16.safetensors have 1 tensor in common");
  EXPECT_EQ(compared({weights("model.fp16.safetensors", names), weights("zz.safetensors", {"e"})}),
            "CFG-210 model.fp16.safetensors and zz.safetensors have 1 tensor in common");
  EXPECT_EQ(compared({weights("model.safetensors", names),
                      weights("open_clip_model.safetensors", {"e"})}),
            "CFG-215 model.safetensors and open_clip_model.safetensors have 1 tensor in common");
}

TEST(LooseWeights, ThatAreConsolidated) {
  const FileFacts model = weights("model.safetensors", {"a", "b"});
  const FileFacts mistral = weights("consolidated.safetensors", {"x", "y"});
  const FileFacts index = document("model.safetensors.index.json", R"({"weight_map": {}})");
  EXPECT_EQ(compared({model, mistral}), "");
  EXPECT_EQ(compared({model, index, mistral}), "");
  const FileFacts shadow = weights("consolidated-00.safetensors", {"a"});
  const std::string note =
      "CFG-215 model.safetensors and consolidated-00.safetensors have 1 tensor in common";
  EXPECT_EQ(compared({model, shadow}), note);
  EXPECT_EQ(compared({model, index, shadow}), note);
  // The others are not loaded then.
  EXPECT_EQ(compared({model, weights("zz.safetensors", {"a"}), mistral}), "");
  const FileFacts second = weights("consolidated.2.safetensors", {"x"});
  const std::string twice =
      "CFG-210 consolidated.safetensors and consolidated.2.safetensors have 1 tensor in common";
  EXPECT_EQ(compared({mistral, second, model}), twice);
  EXPECT_EQ(compared({mistral, second, document("params.json", R"({"dim": 1})")}, ""), twice);
  EXPECT_EQ(compared({mistral, second}, ""), "");
  EXPECT_EQ(compared({mistral, second,
                      document("consolidated.safetensors.index.json", R"({"weight_map": {}})")}),
            "");
}

TEST(LooseWeights, AreComparedInTimeThatGrowsWithThem) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMostNames; ++i) names.push_back("t" + std::to_string(i));
  EXPECT_EQ(compared({weights("1.safetensors", names), weights("2.safetensors", {"t"})}), "");
  EXPECT_NE(compared({weights("1.safetensors", names), weights("2.safetensors", names)}), "");
}

}  // namespace
}  // namespace gh::hub
