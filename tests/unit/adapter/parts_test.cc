// Parts of a model that adapters are not for, or not in this form: towers, connectors, one of the
// matrices of fused experts; and adapters without safetensors.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "adapter/files.h"
#include "example.h"

namespace gh::adapter {
namespace {

using tensors::TensorTable;

TensorTable both(std::string_view first, std::string_view second) {
  TensorTable table = one(first);
  std::ranges::move(one(second).tensors, std::back_inserter(table.tensors));
  return table;
}

TEST(AdapterParts, TowersAndConnectorsAreNoted) {
  for (const std::string_view module :
       {"model.vision_tower.encoder.layers.0.self_attn.q_proj",
        "audio_tower.layers.0.self_attn.q_proj", "visual.merger.q_proj",
        "multi_modal_projector.q_proj", "model.connector.modality_projection.q_proj",
        "mlp1.1.q_proj", "projector.layers.0.q_proj"})
    EXPECT_EQ(ids_of_table(both(kQuery, module)), "LRA-017") << module;
  for (const std::string_view module :
       {"language_model.model.layers.0.self_attn.q_proj", "model.layers.0.projector.q_proj",
        "model.layers.0.mlp1.q_proj", "projectors.q_proj", "linear_projection.q_proj"})
    EXPECT_EQ(ids_of_table(one(module)), "") << module;
}

TEST(AdapterParts, OneNoteForAllOfThem) {
  TensorTable table = one();
  for (int i = 0; i < 30; ++i)
    std::ranges::move(one(fmt::format("visual.blocks.{}.attn.q_proj", i)).tensors,
                      std::back_inserter(table.tensors));
  findings::Examination examination(0);
  const std::string text = config();
  examine_adapter({.config = text, .table = &table, .files = {}, .base = {}}, {}, examination);
  ASSERT_EQ(examination.findings().size(), 1U);
  EXPECT_TRUE(examination.findings()[0].message.starts_with(
      "30 modules, of them \"visual.blocks.0.attn.q_proj\": vLLM leaves them out unless"));
}

std::string with_parameters(std::string_view parameters, const TensorTable& table,
                            BaseFacts base = {}) {
  const std::string text =
      config(fmt::format(R"(,"target_parameters":{})", parameters), R"(["q_proj"])");
  return ids({.config = text, .table = &table, .files = {}, .base = std::move(base)});
}

TEST(AdapterParts, OneMatrixOfFusedExperts) {
  const std::string_view experts = "model.layers.0.mlp.experts";
  const TensorTable alone = both(kQuery, experts);
  // What PEFT saves of one parameter, whichever it is.
  EXPECT_EQ(with_parameters(R"(["mlp.experts.gate_up_proj"])", alone), "LRA-005");
  EXPECT_EQ(with_parameters(R"(["experts.down_proj"])", alone), "LRA-005");
  EXPECT_EQ(with_parameters(R"(["experts.other"])", alone), "LRA-005 LRA-006 LRA-019 LRA-026");
  const TensorTable inner = both(kQuery, "model.layers.0.mlp.experts.base_layer");
  EXPECT_EQ(with_parameters(R"(["experts.gate_up_proj"])", inner), "LRA-005");
  EXPECT_EQ(with_parameters(R"(["experts.down_proj"])", inner), "LRA-005 LRA-019 LRA-026");
  TensorTable whole = alone;
  std::ranges::move(one("model.layers.0.mlp.experts.base_layer").tensors,
                    std::back_inserter(whole.tensors));
  const std::string_view two = R"(["experts.gate_up_proj","experts.down_proj"])";
  EXPECT_EQ(with_parameters(two, whole), "");
  EXPECT_EQ(with_parameters(R"(["experts.down_proj"])", whole), "LRA-026");
  // Both, and one alone in another layer.
  std::ranges::move(one("model.layers.1.mlp.experts").tensors, std::back_inserter(whole.tensors));
  EXPECT_EQ(with_parameters(two, whole), "LRA-005");
  // Which of the two it is, its name does not say: nor is it held against their sizes.
  EXPECT_EQ(with_parameters(R"(["experts.gate_up_proj"])", alone,
                            {.config = R"({"model_type":"gpt_oss","hidden_size":64,"head_dim":16,)"
                                       R"("num_attention_heads":4,"num_key_value_heads":4,)"
                                       R"("intermediate_size":20,"num_local_experts":4})"}),
            "LRA-005");
}

TEST(AdapterParts, APickleAloneIsNotBesideTensors) {
  const std::string text = config();
  const auto with = [&](std::vector<std::string> files) {
    files.emplace_back("adapter_config.json");
    return ids({.config = text, .table = nullptr, .files = std::move(files), .base = {}});
  };
  EXPECT_EQ(with({"adapter_model.bin"}), "LRA-029");
  EXPECT_EQ(with({"adapter_model.pt"}), "LRA-029");
  EXPECT_EQ(with({"adapter_model.bin", "adapter_model.pt"}), "LRA-029 LRA-030");
  EXPECT_EQ(with({"adapter_model.bin", "adapter_model.safetensors"}), "LRA-029 LRA-030");
  EXPECT_EQ(with({"pytorch_model.bin"}), "LRA-029 LRA-030");
  EXPECT_EQ(with({"ADAPTER_MODEL.BIN"}), "LRA-029 LRA-030");
  EXPECT_EQ(with({}), "LRA-029");
  const auto why = [](const std::vector<std::string>& files) { return why_no_tensors(files, "x"); };
  EXPECT_TRUE(why({"adapter_model.bin"}).contains("in adapter_model.bin, which vLLM loads"));
  EXPECT_TRUE(why({"adapter_model.bin"}).ends_with("were not checked: x"));
  EXPECT_TRUE(why({"adapter_model.pt"}).contains("in adapter_model.pt"));
  EXPECT_TRUE(why({"adapter_model.bin", "adapter_model.safetensors"}).ends_with("be read: x"));
  EXPECT_TRUE(why_no_tensors({}).ends_with("be read"));
}

TEST(AdapterParts, APickleThatWasLookedAtIsANote) {
  const std::string text = R"({"peft_type":"LORA","r":8,"lora_alpha":8,"target_modules":[]})";
  const TensorTable table;
  const auto with = [&](std::vector<std::string> files) {
    return ids({.config = text, .table = &table, .files = std::move(files), .base = {}});
  };
  const std::string plain = with({"adapter_model.safetensors"});
  EXPECT_FALSE(plain.contains("LRA-047"));
  EXPECT_FALSE(plain.contains("LRA-029"));
  EXPECT_TRUE(with({"adapter_model.bin"}).contains("LRA-047"));
  EXPECT_TRUE(with({"adapter_model.pt"}).contains("LRA-047"));
  EXPECT_FALSE(with({"adapter_model.bin"}).contains("LRA-030"));
  EXPECT_TRUE(with({"adapter_model.pt", "adapter_model.bin"}).contains("LRA-030"));
  EXPECT_FALSE(with({"adapter_model.bin", "adapter_model.safetensors"}).contains("LRA-047"));
}

// What a Trainer keeps to go on with is examined by itself, and is a note beside its state.
TEST(AdapterParts, CheckpointsOfATrainer) {
  const auto with = [](const std::vector<std::string>& files) {
    findings::Examination examination(0);
    check_files(files, false, examination);
    std::set<std::string_view> ids;
    for (const auto& finding : examination.findings()) ids.insert(finding.rule->id);
    return fmt::format("{}", fmt::join(ids, " "));
  };
  const std::string state = "trainer_state.json";
  for (const char* const file :
       {"optimizer.pt", "scheduler.pt", "scaler.pt", "optimizer.bin", "rng_state.pth",
        "rng_state_0.pth", "rng_state_17.pth", "training_args.bin"}) {
    EXPECT_EQ(with({file, state, "adapter_model.safetensors"}), "LRA-031") << file;
    EXPECT_EQ(with({file, "adapter_model.safetensors"}), "LRA-030") << file;
  }
  for (const char* const file : {"adapter_model.bin", "pytorch_model.bin", "rng_state_.pth",
                                 "rng_state_x.pth", "optimizer.py", "OPTIMIZER.PT", "model.pt"})
    EXPECT_EQ(with({file, state, "adapter_model.safetensors"}), "LRA-030 LRA-031") << file;
}

// Granite Speech: its weights, and an adapter that is loaded where there is something to hear.
TEST(AdapterParts, InTheFolderOfItsModel) {
  const auto with = [](const std::string& file, bool in_model) {
    findings::Examination examination(0);
    check_files({"adapter_config.json", "adapter_model.safetensors", file}, in_model, examination);
    std::string ids;
    for (const auto& finding : examination.findings()) ids += finding.rule->id;
    return ids;
  };
  for (const char* const file : {"model.safetensors", "model-00001-of-00003.safetensors"}) {
    EXPECT_EQ(with(file, true), "LRA-031") << file;
    EXPECT_EQ(with(file, false), "LRA-030") << file;
  }
  for (const char* const file :
       {"adapter_model.bin", "pytorch_model.bin", "model.bin", "model.pt", "model.py",
        "model2.safetensors", "model-of-.safetensors", "model-1-of-.safetensors",
        "model-x-of-2.safetensors", "modelx1-of-2.safetensors", "model.fp16.safetensors",
        "new_embeddings.safetensors", "MODEL.safetensors"})
    EXPECT_EQ(with(file, true), "LRA-030") << file;
  EXPECT_EQ(with("README.md", true), "");
  EXPECT_EQ(with("config.json", true), "LRA-031");
}

}  // namespace
}  // namespace gh::adapter
