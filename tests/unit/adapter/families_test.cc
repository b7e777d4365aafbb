// Sizes of published models, as their config.json state them, and of what is close to them.

#include "adapter/families.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "adapter/names.h"
#include "base/text.h"
#include "example.h"

namespace gh::adapter {
namespace {

struct Module {
  std::string_view name;
  std::uint64_t in;
  std::uint64_t out;
};
struct Model {
  std::string_view name;
  std::string_view config;
  Module modules[8];  // those without a name are none
};

constexpr Model kModels[] = {
    {"Llama-3.2-1B",
     R"({"model_type":"llama","hidden_size":2048,"intermediate_size":8192,"num_attention_heads":32,)"
     R"("num_key_value_heads":8,"num_hidden_layers":16})",
     {{"model.layers.1.self_attn.k_proj", 2048, 512},
      {"model.layers.1.mlp.down_proj", 8192, 2048}}},
    {"Qwen3-0.6B",
     R"({"model_type":"qwen3","hidden_size":1024,"intermediate_size":3072,"num_attention_heads":16,)"
     R"("num_key_value_heads":8,"head_dim":128,"num_hidden_layers":28})",
     {{"model.layers.1.self_attn.q_proj", 1024, 2048},
      {"model.layers.1.self_attn.o_proj", 2048, 1024}}},
    {"gemma-3-4b, which leaves its heads out",
     R"({"model_type":"gemma3","text_config":{"model_type":"gemma3_text","hidden_size":2560,)"
     R"("intermediate_size":10240,"num_hidden_layers":34}})",
     {{"model.language_model.layers.1.self_attn.q_proj", 2560, 2048},
      {"model.language_model.layers.1.self_attn.k_proj", 2560, 1024}}},
    {"GLM-4-9B",
     R"({"model_type":"glm","hidden_size":4096,"intermediate_size":13696,"num_attention_heads":32,)"
     R"("num_key_value_heads":2,"head_dim":128,"num_hidden_layers":40})",
     {{"model.layers.1.mlp.gate_up_proj", 4096, 27392},
      {"model.layers.1.self_attn.v_proj", 4096, 256}}},
    {"phi-2",
     R"({"model_type":"phi","hidden_size":2560,"intermediate_size":10240,"num_attention_heads":32,)"
     R"("num_key_value_heads":32,"num_hidden_layers":32})",
     {{"model.layers.1.self_attn.q_proj", 2560, 2560},
      {"model.layers.1.self_attn.dense", 2560, 2560},
      {"model.layers.1.mlp.fc1", 2560, 10240},
      {"model.layers.1.mlp.fc2", 10240, 2560}}},
    {"phi-4",
     R"({"model_type":"phi3","hidden_size":5120,"intermediate_size":17920,"num_attention_heads":40,)"
     R"("num_key_value_heads":10,"num_hidden_layers":40})",
     {{"model.layers.1.self_attn.qkv_proj", 5120, 7680},
      {"model.layers.1.self_attn.o_proj", 5120, 5120},
      {"model.layers.1.mlp.gate_up_proj", 5120, 35840},
      {"model.layers.1.mlp.down_proj", 17920, 5120}}},
    {"opt-350m",
     R"({"model_type":"opt","hidden_size":1024,"ffn_dim":4096,"num_attention_heads":16,)"
     R"("word_embed_proj_dim":512,"num_hidden_layers":24})",
     {{"model.decoder.layers.1.self_attn.out_proj", 1024, 1024},
      {"model.decoder.layers.1.fc1", 1024, 4096},
      {"model.decoder.layers.1.fc2", 4096, 1024},
      {"model.decoder.project_in", 512, 1024},
      {"model.decoder.project_out", 1024, 512}}},
    {"falcon-7b",
     R"({"model_type":"falcon","hidden_size":4544,"num_attention_heads":71,"multi_query":true,)"
     R"("new_decoder_architecture":false,"num_kv_heads":71,"num_hidden_layers":32})",
     {{"transformer.h.1.self_attention.query_key_value", 4544, 4672},
      {"transformer.h.1.self_attention.dense", 4544, 4544},
      {"transformer.h.1.mlp.dense_h_to_4h", 4544, 18176},
      {"transformer.h.1.mlp.dense_4h_to_h", 18176, 4544}}},
    {"falcon-40b",
     R"({"model_type":"falcon","hidden_size":8192,"num_attention_heads":128,"multi_query":true,)"
     R"("new_decoder_architecture":true,"num_kv_heads":8,"num_hidden_layers":60})",
     {{"transformer.h.1.self_attention.query_key_value", 8192, 9216}}},
    {"falcon-rw-1b",
     R"({"model_type":"falcon","hidden_size":2048,"num_attention_heads":32,"multi_query":false,)"
     R"("alibi":true,"new_decoder_architecture":false,"num_hidden_layers":24})",
     {{"transformer.h.1.self_attention.query_key_value", 2048, 6144}}},
    {"bloom-560m",
     R"({"model_type":"bloom","n_embed":1024,"n_layer":24,"num_attention_heads":16})",
     {{"transformer.h.1.self_attention.query_key_value", 1024, 3072},
      {"transformer.h.1.mlp.dense_4h_to_h", 4096, 1024}}},
    {"pythia-70m",
     R"({"model_type":"gpt_neox","hidden_size":512,"intermediate_size":2048,)"
     R"("num_attention_heads":8,"num_hidden_layers":6})",
     {{"gpt_neox.layers.1.attention.query_key_value", 512, 1536},
      {"gpt_neox.layers.1.attention.dense", 512, 512},
      {"gpt_neox.layers.1.mlp.dense_h_to_4h", 512, 2048}}},
    {"gpt-j-6b",
     R"({"model_type":"gptj","n_embd":4096,"n_head":16,"n_inner":null,"n_layer":28})",
     {{"transformer.h.1.attn.out_proj", 4096, 4096},
      {"transformer.h.1.mlp.fc_in", 4096, 16384},
      {"transformer.h.1.mlp.fc_out", 16384, 4096}}},
    {"mpt-7b",
     R"({"model_type":"mpt","d_model":4096,"n_heads":32,"n_layers":32,"expansion_ratio":4})",
     {{"transformer.blocks.1.attn.Wqkv", 4096, 12288},
      {"transformer.blocks.1.attn.out_proj", 4096, 4096},
      {"transformer.blocks.1.ffn.down_proj", 16384, 4096}}},
    {"starcoder",
     R"({"model_type":"gpt_bigcode","n_embd":6144,"n_head":48,"n_inner":24576,"n_layer":40,)"
     R"("multi_query":true})",
     {{"transformer.h.1.attn.c_attn", 6144, 6400},
      {"transformer.h.1.attn.c_proj", 6144, 6144},
      {"transformer.h.1.mlp.c_proj", 24576, 6144}}},
    {"starcoder2-3b",
     R"({"model_type":"starcoder2","hidden_size":3072,"intermediate_size":12288,)"
     R"("num_attention_heads":24,"num_key_value_heads":2,"num_hidden_layers":30})",
     {{"model.layers.1.self_attn.k_proj", 3072, 256},
      {"model.layers.1.mlp.c_fc", 3072, 12288},
      {"model.layers.1.mlp.c_proj", 12288, 3072}}},
    {"Minitron-4B",
     R"({"model_type":"nemotron","hidden_size":3072,"intermediate_size":9216,"head_dim":128,)"
     R"("num_attention_heads":24,"num_key_value_heads":8,"num_hidden_layers":32})",
     {{"model.layers.1.self_attn.v_proj", 3072, 1024}, {"model.layers.1.mlp.up_proj", 3072, 9216}}},
    {"ERNIE-4.5-0.3B",
     R"({"model_type":"ernie4_5","hidden_size":1024,"intermediate_size":3072,"head_dim":128,)"
     R"("num_attention_heads":16,"num_key_value_heads":2,"num_hidden_layers":18})",
     {{"model.layers.1.self_attn.q_proj", 1024, 2048},
      {"model.layers.1.self_attn.k_proj", 1024, 256}}},
    {"ERNIE-4.5-21B-A3B",
     R"({"model_type":"ernie4_5_moe","hidden_size":2560,"intermediate_size":12288,)"
     R"("num_attention_heads":20,"num_key_value_heads":4,"num_hidden_layers":28,)"
     R"("moe_num_experts":64,"moe_num_shared_experts":2,"moe_intermediate_size":1536})",
     {{"model.layers.1.mlp.shared_experts.up_proj", 2560, 3072},
      {"model.layers.1.mlp.experts.63.gate_proj", 2560, 1536},
      {"model.layers.1.mlp.gate", 2560, 64},
      {"model.layers.0.mlp.down_proj", 12288, 2560}}},
    {"Qwen1.5-MoE-A2.7B",
     R"({"model_type":"qwen2_moe","hidden_size":2048,"intermediate_size":5632,)"
     R"("num_attention_heads":16,"num_key_value_heads":16,"num_hidden_layers":24,"num_experts":60,)"
     R"("moe_intermediate_size":1408,"shared_expert_intermediate_size":5632})",
     {{"model.layers.1.mlp.experts.59.down_proj", 1408, 2048},
      {"model.layers.1.mlp.shared_expert.gate_proj", 2048, 5632},
      {"model.layers.1.mlp.shared_expert_gate", 2048, 1},
      {"model.layers.1.mlp.gate", 2048, 60}}},
    {"gpt-oss-20b",
     R"({"model_type":"gpt_oss","hidden_size":2880,"intermediate_size":2880,"head_dim":64,)"
     R"("num_attention_heads":64,"num_key_value_heads":8,"num_hidden_layers":24,)"
     R"("num_local_experts":32})",
     {{"model.layers.1.self_attn.q_proj", 2880, 4096},
      {"model.layers.1.self_attn.v_proj", 2880, 512},
      {"model.layers.1.mlp.router", 2880, 32}}},
    {"Jamba-v0.1",
     R"({"model_type":"jamba","hidden_size":4096,"intermediate_size":14336,)"
     R"("num_attention_heads":32,"num_key_value_heads":8,"num_hidden_layers":32,"num_experts":16,)"
     R"("mamba_d_state":16,"mamba_expand":2,"mamba_dt_rank":256})",
     {{"model.layers.1.mamba.in_proj", 4096, 16384},
      {"model.layers.1.mamba.x_proj", 8192, 288},
      {"model.layers.1.mamba.dt_proj", 256, 8192},
      {"model.layers.1.mamba.out_proj", 8192, 4096},
      {"model.layers.1.feed_forward.router", 4096, 16},
      {"model.layers.1.feed_forward.experts.15.up_proj", 4096, 14336},
      {"model.layers.4.self_attn.k_proj", 4096, 1024}}},
    {"Qwen2-VL-7B, as transformers 4 wrote it",
     R"({"model_type":"qwen2_vl","hidden_size":3584,"intermediate_size":18944,)"
     R"("num_attention_heads":28,"num_key_value_heads":4,"num_hidden_layers":28,"vision_config":)"
     R"({"depth":32,"embed_dim":1280,"mlp_ratio":4,"num_heads":16,"hidden_size":3584,)"
     R"("spatial_merge_size":2}})",
     {{"model.language_model.layers.27.self_attn.k_proj", 3584, 512},
      {"model.visual.blocks.31.attn.qkv", 1280, 3840},
      {"visual.blocks.31.mlp.fc1", 1280, 5120},
      {"model.visual.merger.mlp.0", 5120, 5120},
      {"model.visual.merger.mlp.2", 5120, 3584}}},
    {"Qwen2.5-VL-7B",
     R"({"model_type":"qwen2_5_vl","text_config":{"model_type":"qwen2_5_vl_text",)"
     R"("hidden_size":3584,"intermediate_size":18944,"num_attention_heads":28,)"
     R"("num_key_value_heads":4,"num_hidden_layers":28},"vision_config":{"depth":32,)"
     R"("hidden_size":1280,"intermediate_size":3420,"num_heads":16,"out_hidden_size":3584,)"
     R"("spatial_merge_size":2}})",
     {{"model.language_model.layers.1.mlp.up_proj", 3584, 18944},
      {"model.visual.blocks.1.attn.proj", 1280, 1280},
      {"model.visual.blocks.1.mlp.gate_proj", 1280, 3420},
      {"model.visual.blocks.1.mlp.down_proj", 3420, 1280},
      {"model.visual.merger.mlp.2", 5120, 3584}}},
    {"gpt2",
     R"({"model_type":"gpt2","n_embd":768,"n_head":12,"n_layer":12})",
     {{"transformer.h.1.attn.c_attn", 768, 2304},
      {"transformer.h.1.attn.c_proj", 768, 768},
      {"transformer.h.1.mlp.c_fc", 768, 3072},
      {"transformer.h.1.mlp.c_proj", 3072, 768}}},
};

// But for the note that every module of a tower comes with.
std::string ids_on(std::string_view config, std::string_view module, std::uint64_t in,
                   std::uint64_t out) {
  constexpr std::string_view kTower = "LRA-017";
  std::string found =
      ids_of_table(one(module, 8, in, out), fmt::format(R"(["{}"])", module), {.config = config});
  EXPECT_EQ(found.starts_with(kTower), is_in_tower(module)) << module;
  if (found.starts_with(kTower)) found.erase(0, kTower.size() + 1);
  return found;
}

TEST(AdapterFamilies, AdaptersOfPublishedModelsFit) {
  for (const Model& model : kModels) {
    for (const Module& module : model.modules) {
      if (module.name.empty()) continue;
      EXPECT_EQ(ids_on(model.config, module.name, module.in, module.out), "")
          << model.name << " " << module.name;
    }
  }
}

TEST(AdapterFamilies, AnotherSizeIsFound) {
  const auto found = [](const Model& model, const Module& module, std::uint64_t in,
                        std::uint64_t out) {
    EXPECT_EQ(ids_on(model.config, module.name, in, out), "LRA-023")
        << model.name << " " << module.name << " " << in << " " << out;
  };
  for (const Model& model : kModels) {
    for (const Module& module : model.modules) {
      if (module.name.empty()) continue;
      found(model, module, module.in + 1, module.out);
      found(model, module, module.in - 1, module.out);
      found(model, module, module.in, module.out + 1);
      found(model, module, module.in, 2 * module.out);
      if (module.in != module.out) found(model, module, module.out, module.in);
    }
  }
}

TEST(AdapterFamilies, ALayerTooManyIsFound) {
  for (const auto& [at, module, in, out] :
       {std::tuple{"falcon-7b", "transformer.h.32.mlp.dense_h_to_4h", 4544U, 18176U},
        {"mpt-7b", "transformer.blocks.32.attn.out_proj", 4096U, 4096U},
        {"gpt2", "transformer.h.12.mlp.c_fc", 768U, 3072U},
        {"Qwen2.5-VL-7B", "model.language_model.layers.28.mlp.up_proj", 3584U, 18944U},
        {"Qwen2.5-VL-7B", "model.visual.blocks.32.attn.proj", 1280U, 1280U}}) {
    const auto* const model = std::ranges::find(kModels, std::string_view(at), &Model::name);
    ASSERT_NE(model, std::end(kModels)) << at;
    EXPECT_EQ(ids_on(model->config, module, in, out), "LRA-024") << at << " " << module;
  }
}

TEST(AdapterFamilies, FusedExpertsHaveTheirNumberAndSize) {
  const auto check = [](std::uint64_t ranks, std::uint64_t in, std::uint64_t out) {
    auto table = one("model.layers.0.mlp.experts.base_layer", ranks, in, out);
    std::ranges::move(one("model.layers.0.mlp.experts", 32, 20, 48).tensors,
                      std::back_inserter(table.tensors));
    const std::string text = config(R"(,"target_parameters":["gate_up_proj","down_proj"])", "[]");
    return ids({.config = text,
                .table = &table,
                .files = {},
                .base = {.config = R"({"model_type":"gpt_oss","hidden_size":48,)"
                                   R"("intermediate_size":20,"num_local_experts":4})"}});
  };
  EXPECT_EQ(check(32, 48, 40), "");
  EXPECT_EQ(check(24, 48, 40), "LRA-023");
  EXPECT_EQ(check(40, 48, 40), "LRA-023");
  EXPECT_EQ(check(8, 48, 40), "LRA-023");
  EXPECT_EQ(check(32, 48, 20), "LRA-023");
  EXPECT_EQ(check(32, 40, 48), "LRA-023");
  EXPECT_EQ(check(32, 47, 40), "LRA-023");
}

// What the configuration does not say, or says in a form that transformers would not write.
TEST(AdapterFamilies, WhatIsNotStatedIsNotDecided) {
  constexpr std::string_view kFalcon = "transformer.h.0.self_attention.query_key_value";
  constexpr std::string_view kLayer = "model.layers.0.self_attn.k_proj";
  for (const auto& [config, module] :
       {std::pair{R"({"model_type":"falcon","hidden_size":64})", kFalcon},
        {R"({"model_type":"falcon","hidden_size":64,"num_attention_heads":"4"})", kFalcon},
        {R"({"model_type":"falcon","hidden_size":64,"num_attention_heads":3})", kFalcon},
        {R"({"model_type":"falcon","hidden_size":64,"num_attention_heads":4,)"
         R"("multi_query":"no"})",
         kFalcon},
        {R"({"model_type":"falcon","hidden_size":64,"num_attention_heads":4,)"
         R"("new_decoder_architecture":"yes"})",
         kFalcon},
        {R"({"model_type":"falcon","hidden_size":64.5,"num_attention_heads":4})", kFalcon},
        {R"({"model_type":"falcon","hidden_size":0,"num_attention_heads":4})", kFalcon},
        {R"({"model_type":"falcon","hidden_size":16777217,"num_attention_heads":1})", kFalcon},
        {R"({"model_type":"RefinedWeb","hidden_size":64,"n_head":4})", kFalcon},
        {R"({"model_type":"mistral","hidden_size":64,"num_attention_heads":4})", kLayer},
        {R"({"model_type":"qwen3","hidden_size":64,"num_attention_heads":4,)"
         R"("num_key_value_heads":2})",
         kLayer},
        {R"({"model_type":"qwen2_vl","num_hidden_layers":1,"vision_config":{"hidden_size":64,)"
         R"("num_attention_heads":4,"num_key_value_heads":2}})",
         kLayer},
        {R"({"model_type":"nemotron_h","hidden_size":64,"num_attention_heads":4,)"
         R"("num_key_value_heads":2})",
         kLayer},
        {R"({"model_type":"","hidden_size":64,"num_attention_heads":4})", kLayer},
        {R"({"model_type":" ","hidden_size":64,"num_attention_heads":4})", kLayer},
        {R"({"model_type":"llama granite","hidden_size":64,"num_attention_heads":4})", kLayer},
        {R"({"model_type":"vision_config","hidden_size":64,"num_attention_heads":4})", kLayer}}) {
    EXPECT_EQ(ids_on(config, module, 64, 64), "LRA-033") << config;
  }
}

// Names that only look like those of the table.
TEST(AdapterFamilies, OtherModulesAreNotDecided) {
  const std::string_view gpt2 = R"({"model_type":"gpt2","n_embd":64,"n_head":4,"n_layer":2})";
  for (const std::string_view module :
       {"h.x.attn.c_attn", "c_attn", "attn.c_attn", "transformer.h.0.c_attn",
        "transformer.h.0.crossattention.c_attn", "transformer.h.0.attn.c_attn.out_proj",
        "visual.h.0.attn.c_attn", "transformer.h..attn.c_attn", "transformer.h.0.xattn.c_attn"}) {
    EXPECT_EQ(ids_on(gpt2, module, 64, 192), "LRA-033") << module;
  }
  EXPECT_EQ(ids_on(gpt2, "h.0.attn.c_attn", 64, 192), "");
}

TEST(AdapterFamilies, EachKindHasOneRow) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Family& family : families()) {
    EXPECT_FALSE(family.shapes.empty()) << family.kinds;
    for (const std::string_view kind : split(family.kinds, ' '))
      EXPECT_TRUE(seen.insert({kind, family.within}).second) << kind;
    std::set<std::string_view> names;
    for (const Shape& shape : family.shapes)
      EXPECT_TRUE(names.insert(shape.module).second) << family.kinds << " " << shape.module;
  }
}

}  // namespace
}  // namespace gh::adapter
