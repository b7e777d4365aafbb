#include "adapter/adapter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "example.h"

namespace gh::adapter {
namespace {

using tensors::TensorTable;

TEST(Adapter, WhatPeftSavesIsClean) {
  const TensorTable table = one();
  const std::string text = R"({
    "alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "auto_mapping": null,
    "base_model_name_or_path": "meta-llama/Llama-3.2-1B", "bias": "none", "corda_config": null,
    "ensure_weight_tying": false, "eva_config": null, "exclude_modules": null,
    "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true,
    "layer_replication": null, "layers_pattern": null, "layers_to_transform": null,
    "loftq_config": {}, "lora_alpha": 16, "lora_bias": false, "lora_dropout": 0.05,
    "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": null,
    "peft_type": "LORA", "peft_version": "0.18.0", "qalora_group_size": 16, "r": 8,
    "rank_pattern": {}, "revision": null, "target_modules": ["q_proj"], "target_parameters": null,
    "task_type": "CAUSAL_LM", "trainable_token_indices": null, "use_dora": false,
    "use_qalora": false, "use_rslora": false})";
  EXPECT_EQ(ids({.config = text,
                 .table = &table,
                 .files = {"adapter_config.json", "adapter_model.safetensors", "README.md"},
                 .base = {.config = kLlama, .table = nullptr}}),
            "");
}

TEST(Adapter, ConfigurationRules) {
  const struct {
    std::string_view expected;
    std::string text;
  } cases[] = {
      {"LRA-001", ""},
      {"LRA-001", "[]"},
      {"LRA-001", "{"},
      {"LRA-001", R"({"r":8,"r":9})"},
      {"LRA-001", std::string((1U << 20) + 1, ' ')},
      {"LRA-002", R"({"peft_type":"LORA","lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-002", R"({"peft_type":"LORA","r":0,"lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-002", R"({"peft_type":"LORA","r":-8,"lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-002", R"({"peft_type":"LORA","r":8.0,"lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-002", R"({"peft_type":"LORA","r":"8","lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-002", R"({"peft_type":"LORA","r":8,"lora_alpha":"16","target_modules":["q_proj"]})"},
      {"LRA-002", R"({"peft_type":"LORA","r":8,"lora_alpha":16})"},
      {"LRA-002", R"({"peft_type":"LORA","r":8,"lora_alpha":16,"target_modules":[1]})"},
      {"LRA-002", R"({"r":8,"lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-002", config(R"(,"rank_pattern":{"q_proj":0})")},
      {"LRA-002", config(R"(,"alpha_pattern":{"q_proj":"x"})")},
      {"LRA-003", R"({"peft_type":"LOHA","r":8,"lora_alpha":16,"target_modules":["q_proj"]})"},
      {"LRA-004", config(R"(,"lora_dropout":2)")},
      {"LRA-004", config(R"(,"inference_mode":"yes")")},
      {"LRA-004", config(R"(,"task_type":"X")")},
      {"LRA-004", config(R"(,"base_model_name_or_path":7)")},
      {"LRA-005", config(R"(,"use_dora":true)")},
      {"LRA-005", config(R"(,"use_qalora":true)")},
      {"LRA-005", config(R"(,"use_bdlora":{"x":1})")},
      {"LRA-005", config(R"(,"lora_bias":true)")},
      {"LRA-005", config(R"(,"bias":"all")")},
      {"LRA-005", config(R"(,"bias":null)")},
      {"LRA-005", config(R"(,"alora_invocation_tokens":[1])")},
      {"LRA-005", config(R"(,"layer_replication":[[0,4]])")},
      {"LRA-005", config(R"(,"init_lora_weights":"pissa")")},
      {"LRA-005", config(R"(,"init_lora_weights":"PiSSA_niter_16")")},
      {"LRA-005", config(R"(,"init_lora_weights":"olora")")},
      {"LRA-006", config(R"(,"fan_in_fan_out":true)")},
      {"LRA-006", config(R"(,"loftq_config":{"bits":4})")},
      {"LRA-007", config(R"(,"modules_to_save":["lm_head"])")},
      {"LRA-007", config(R"(,"modules_to_save":["score","lm_head"])")},
      {"LRA-007", config(R"(,"modules_to_save":"score")")},
      {"LRA-018", config(R"(,"modules_to_save":["classifier","score"])")},
      {"LRA-007", config(R"(,"trainable_token_indices":[5])")},
      {"LRA-004", config(R"(,"rank_pattern":513)")},
      {"LRA-004", config(R"(,"rank_pattern":["q_proj"])")},
      {"LRA-004", config(R"(,"rank_pattern":"")")},
      {"LRA-004", config(R"(,"alpha_pattern":8.5)")},
      {"LRA-004", config(R"(,"alpha_pattern":true)")},
      {"LRA-004", config(R"(,"target_parameters":"q_proj.weight")")},
      {"LRA-004", config(R"(,"target_parameters":[7])")},
      {"LRA-006 LRA-019", config(R"(,"target_parameters":["experts.w"])")},
      {"LRA-019", config(R"(,"target_parameters":["mlp.experts.down_proj"])")},
      {"LRA-008", config(R"(,"auto_mapping":{"base_model_class":"X","parent_library":"evil"})")},
      {"LRA-008", config(R"(,"auto_mapping":{"base_model_class":"X","parent_library":)"
                         R"("transformers.models"})")},
      {"LRA-008", config(R"(,"auto_mapping":{"base_model_class":"X","parent_library":)"
                         R"("transformers.models..os"})")},
      {"LRA-008", config(R"(,"auto_mapping":{"base_model_class":"__import__","parent_library":)"
                         R"("transformers.models.llama"})")},
      {"LRA-008", config(R"(,"auto_mapping":{"base_model_class":"a.b","parent_library":)"
                         R"("transformers.models.llama"})")},
      {"LRA-008", config(R"(,"megatron_core":"evil")")},
      {"LRA-008", config(R"(,"megatron_config":{"a":1})")},
      {"LRA-008", config(R"(,"runtime_config":{"x":1})")},
      {"LRA-009 LRA-046", config("", R"("(a+)+$")")},
      {"LRA-009 LRA-046", config(R"(,"alpha_pattern":{"(.*a)*":16})")},
      {"LRA-010", config(R"(,"surprise":1)")},
      {"LRA-011", config(R"(,"rank_pattern":{"k_proj":1024})")},
      {"LRA-012", R"({"peft_type":"LORA","r":8,"lora_alpha":65,"target_modules":["q_proj"]})"},
      {"LRA-012", R"({"peft_type":"LORA","r":8,"lora_alpha":-65,"target_modules":["q_proj"]})"},
      {"LRA-012", config(R"(,"alpha_pattern":{"k_proj":1e300})")},
      {"LRA-012", R"({"peft_type":"LORA","r":8,"lora_alpha":24,"use_rslora":true,)"
                  R"("target_modules":["q_proj"]})"},
  };
  for (const auto& [expected, text] : cases) EXPECT_EQ(ids_of_config(text), expected) << text;
}

TEST(Adapter, ConfigurationsThatAreAllowed) {
  for (const std::string& text :
       {config(R"(,"init_lora_weights":"gaussian")"), config(R"(,"init_lora_weights":"EVA")"),
        config(R"(,"init_lora_weights":false)"), config(R"(,"use_rslora":true)"),
        config("", R"("all-linear")"), config("", R"(".*\\.(q|k|v)_proj$")"),
        config(R"(,"exclude_modules":"","layers_pattern":"")"),
        config(R"(,"rank_pattern":null,"alpha_pattern":null)"),
        config(R"(,"layers_to_transform":[0,1])"), config(R"(,"layers_to_transform":0)"),
        config(R"(,"layers_to_transform":[0],"layers_pattern":["h","layers"])"),
        config(R"(,"exclude_modules":["k_proj","1.self_attn.q_proj"])"),
        config(R"(,"exclude_modules":".*k_proj")"),
        config(R"(,"target_parameters":["q_proj.weight"])", "null"),
        config(R"(,"runtime_config":{"ephemeral_gpu_offload":false})"),
        config(R"(,"lora_dropout":0)"), config(R"(,"modules_to_save":[])"),
        config(R"(,"rank_pattern":{"k_proj":16},"alpha_pattern":{"k_proj":32})")}) {
    EXPECT_EQ(ids_of_config(text), "") << text;
  }
}

TEST(Adapter, RanksBeyondTheDefaultOfVllmAreNoted) {
  const auto with = [](int rank, std::string_view more = "", const Limits& limits = {}) {
    return ids_of_config(fmt::format(R"({{"peft_type":"LORA","r":{},"lora_alpha":8,)"
                                     R"("target_modules":["q_proj"]{}}})",
                                     rank, more),
                         limits);
  };
  EXPECT_EQ(with(17), "LRA-015 LRA-022");
  EXPECT_EQ(with(512), "LRA-015 LRA-022");
  EXPECT_EQ(with(513), "LRA-011 LRA-022");
  EXPECT_EQ(with(8, R"(,"rank_pattern":{"k_proj":17})"), "LRA-015");
  EXPECT_EQ(with(8, R"(,"rank_pattern":{"k_proj":16})"), "");
  Limits limits;
  limits.rank = 64;
  EXPECT_EQ(with(64, "", limits), "LRA-022") << "what vLLM is started with is known";

  const tensors::TensorTable table = one();
  const std::string text = config(R"(,"rank_pattern":{"k_proj":257})");
  findings::Examination examination(0);
  examine_adapter({.config = text, .table = &table, .files = {}, .base = {}}, {}, examination);
  ASSERT_EQ(examination.findings().size(), 1);
  EXPECT_EQ(examination.findings()[0].message, "needs --max-lora-rank 320");
}

TEST(Adapter, LinksAreNone) {
  const tensors::TensorTable table = one();
  const std::string text = config();
  EXPECT_EQ(ids({.config = text, .table = &table, .files = {}, .links = {"README.md"}, .base = {}}),
            "LRA-037");
}

TEST(Adapter, TheOperatorsLimitsCount) {
  Limits limits;
  limits.rank = 4;
  limits.scaling = 1;
  limits.bases = {"a/b"};
  limits.modules = {"k_proj"};
  EXPECT_EQ(ids_of_config(config(R"(,"base_model_name_or_path":"a/c")"), limits),
            "LRA-011 LRA-012 LRA-013 LRA-025");
  limits = {};
  limits.bases = {"a/b"};
  EXPECT_EQ(ids_of_config(config(R"(,"base_model_name_or_path":"a/b")"), limits), "");
  EXPECT_EQ(ids_of_config(config(), limits), "LRA-013");
}

TEST(Adapter, TensorRules) {
  const auto with = [](std::string name, std::vector<std::uint64_t> shape,
                       std::string_view dtype = "BF16") {
    TensorTable table = one();
    table.tensors.push_back(tensor(std::move(name), std::move(shape), dtype));
    return table;
  };
  EXPECT_EQ(ids_of_table(one()), "");
  EXPECT_EQ(ids_of_table(with("base_model.model.x.q_proj.lora_magnitude_vector", {64})), "LRA-020");
  EXPECT_EQ(ids_of_table(with("base_model.model.x.q_proj.bias", {64})), "LRA-020");
  EXPECT_EQ(ids_of_table(with("base_model.model.x.q_proj.lora_A.default.weight", {8, 64})),
            "LRA-020");
  EXPECT_EQ(ids_of_table(with(".lora_A.weight", {8, 64})), "LRA-020");
  EXPECT_EQ(ids_of_table(with("base_model.model.x.q_proj.base_layer.weight", {64, 64})), "LRA-020");
  EXPECT_EQ(ids_of_table(with("base_model.model.lm_head.base_layer.weight", {64, 64})), "LRA-028");
  EXPECT_EQ(ids_of_table(with("base_model.model.x.q_proj.lora_A.weight", {8, 64})), "LRA-021");
  EXPECT_EQ(ids_of_table(with("base_model.model.x.q_proj.lora_B.weight", {64, 8})), "LRA-021");
  EXPECT_EQ(ids_of_table(one(kQuery, 16)), "LRA-022");
  EXPECT_EQ(ids_of_table(one("model.layers.0.mlp.gate"), R"(["gate"])"), "");
  EXPECT_EQ(ids_of_table(one("model.layers.0.mlp.router"), R"(["router"])"), "");
  EXPECT_EQ(ids_of_table(one("model.layers.0.mlp.rooter"), R"(["rooter"])"), "LRA-025");
  EXPECT_EQ(ids_of_table(one("visual.merger.mlp.0"), R"(["mlp.0"])"), "LRA-017");
  EXPECT_EQ(ids_of_table(one("visual.merger.mlp.1"), R"(["mlp.1"])"), "LRA-017");
  EXPECT_EQ(ids_of_table(one("visual.merger.other.0"), R"(["other.0"])"), "LRA-017");
  EXPECT_EQ(ids_of_table(one("model.layers.0.mlp.up_proj")), "LRA-019 LRA-026");
  EXPECT_EQ(ids_of_table(one(), R"(["q_proj","v_proj"])"), "LRA-019");
  EXPECT_EQ(ids_of_table(one("model.layers.0.self_attn.xq_proj"), R"(["xq_proj"])"), "LRA-025");
  EXPECT_EQ(ids_of_table(one("lm_head"), R"(["lm_head"])"), "LRA-028");

  TensorTable mixed = one();
  mixed.tensors[1].dtype = "F32";
  EXPECT_EQ(ids_of_table(mixed), "LRA-027");
  mixed.tensors[0].dtype = mixed.tensors[1].dtype = "F8_E4M3";
  EXPECT_EQ(ids_of_table(mixed), "LRA-027");

  TensorTable disagree = one();
  disagree.tensors[1].shape = {64, 4};
  EXPECT_EQ(ids_of_table(disagree), "LRA-022");
  disagree.tensors[1].shape = {64, 8, 1};
  EXPECT_EQ(ids_of_table(disagree), "LRA-022");

  TensorTable embedding;
  embedding.tensors = {tensor("base_model.model.model.embed_tokens.lora_embedding_A", {8, 1000}),
                       tensor("base_model.model.model.embed_tokens.lora_embedding_B", {64, 8})};
  EXPECT_EQ(ids_of_table(embedding, R"(["embed_tokens"])"), "LRA-028");
  embedding.tensors[0].shape = {8, 1001};
  EXPECT_EQ(ids_of_table(embedding, R"(["embed_tokens"])", {.config = kLlama, .table = nullptr}),
            "LRA-023 LRA-028");
}

TEST(Adapter, WhatPeftWouldNotChangeIsNotStated) {
  for (const auto& [more, targets] : std::initializer_list<std::pair<std::string, std::string>>{
           {"", "[]"},
           {"", R"("")"},
           {"", R"(".*k_proj$")"},
           {"", R"("q_proj")"},  // the whole name has to match
           {"", R"(".*\\.Q_PROJ")"},
           {R"(,"layers_to_transform":[1])", R"(["q_proj"])"},
           {R"(,"layers_to_transform":1)", R"(["q_proj"])"},
           {R"(,"layers_to_transform":[0],"layers_pattern":"h")", R"(["q_proj"])"},
           {R"(,"exclude_modules":["q_proj"])", R"(["q_proj"])"},
           {R"(,"exclude_modules":".*_proj")", R"(["q_proj"])"},
           {R"(,"exclude_modules":["q_proj"])", R"("all-linear")"},
           {R"(,"exclude_modules":["q_proj"])", R"(".*q_proj")"},
           {R"(,"target_parameters":["k_proj.weight"])", "null"}}) {
    const std::string found = ids_of_config(config(more, targets));
    EXPECT_TRUE(found == "LRA-026" || found == "LRA-019 LRA-026") << found << more << targets;
  }
  // What is taken back needs no tensor.
  for (const std::string_view excluded : {R"(["v_proj"])", R"(["model.layers.0.self_attn.v_proj"])",
                                          R"(".*v_proj")", R"(".*\\.v_proj")"})
    EXPECT_EQ(ids_of_config(config(fmt::format(R"(,"exclude_modules":{})", excluded),
                                   R"(["q_proj","v_proj"])")),
              "")
        << excluded;
  EXPECT_EQ(ids_of_config(config(R"(,"exclude_modules":["k_proj"])", R"(["q_proj","v_proj"])")),
            "LRA-019");
  EXPECT_EQ(ids_of_config(config(R"(,"exclude_modules":".*k_proj")", R"(["q_proj","v_proj"])")),
            "LRA-019");
  // A whole name is not asked for its layer.
  EXPECT_EQ(ids_of_config(
                config(R"(,"layers_to_transform":[1])", R"(["model.layers.0.self_attn.q_proj"])")),
            "");
  EXPECT_EQ(ids_of_table(one("lm_head"), R"("all-linear")"), "LRA-026 LRA-028");
}

TEST(Adapter, FusedExpertsAreParameters) {
  TensorTable table;
  const std::string experts = "base_model.model.model.layers.0.mlp.experts.";
  table.tensors = {tensor(experts + "base_layer.lora_A.weight", {64, 32}),
                   tensor(experts + "base_layer.lora_B.weight", {128, 64}),
                   tensor(experts + "lora_A.weight", {32, 64}),
                   tensor(experts + "lora_B.weight", {32, 32})};
  const auto check = [&](std::string_view more) {
    const std::string text = config(more, "[]");
    return ids({.config = text, .table = &table, .files = {}, .base = {}});
  };
  EXPECT_EQ(check(R"(,"target_parameters":["gate_up_proj","mlp.experts.down_proj"])"), "");
  EXPECT_EQ(check(R"(,"target_parameters":["gate_up_proj"])"), "LRA-026");
  EXPECT_EQ(check(R"(,"target_parameters":["gate_up_proj","down_proj"],)"
                  R"("rank_pattern":{"gate_up_proj":16})"),
            "");
  EXPECT_EQ(check(R"(,"target_parameters":["gate_up_proj","down_proj"],)"
                  R"("rank_pattern":{"down_proj":7})"),
            "LRA-022");
  table.tensors[0].shape[0] = table.tensors[1].shape[1] = 0;
  EXPECT_EQ(check(R"(,"target_parameters":["gate_up_proj","down_proj"])"), "");
  table.tensors[2].shape[0] = 24;
  EXPECT_EQ(check(R"(,"target_parameters":["gate_up_proj","down_proj"])"), "LRA-022");
}

TEST(Adapter, NamesWithoutThePrefixAreANote) {
  TensorTable table;
  table.tensors = {tensor("model.layers.0.self_attn.q_proj.lora_A.weight", {8, 64}),
                   tensor("model.layers.0.self_attn.q_proj.lora_B.weight", {64, 8})};
  EXPECT_EQ(ids_of_table(table), "LRA-036");
}

// What one reader takes for a module of another name is none.
TEST(Adapter, ThePrefixIsThereOnceAtMost) {
  EXPECT_EQ(ids_of_table(one("base_model.model.model.layers.0.self_attn.q_proj")),
            "LRA-019 LRA-020");
  EXPECT_EQ(ids_of_table(one("model.base_model.model.layers.0.self_attn.q_proj")),
            "LRA-019 LRA-020");
}

// Whichever comes last is served: a second one could have other numbers than those looked at.
TEST(Adapter, EachTensorHasOneName) {
  const std::string a = fmt::format("{}.lora_A.weight", kQuery);
  const std::string b = fmt::format("{}.lora_B.weight", kQuery);
  for (const auto& second : {tensor(a, {8, 64}), tensor(b, {64, 8}),
                             tensor(fmt::format("{}.lora_embedding_A", kQuery), {8, 64})}) {
    TensorTable table = one();
    table.tensors.push_back(second);
    EXPECT_TRUE(ids_of_table(table).starts_with("LRA-020")) << second.name;
  }
}

// PEFT sets fan_in_fan_out for Conv1D, and takes it back for every other module.
TEST(Adapter, FanInFanOutIsForConv1D) {
  const auto with = [](std::string_view module) {
    const std::string text = config(R"(,"fan_in_fan_out":true)",
                                    fmt::format(R"(["{}"])", module.substr(module.rfind('.') + 1)));
    const TensorTable table = one(module);
    return ids({.config = text, .table = &table, .files = {}, .base = {}});
  };
  EXPECT_EQ(with("transformer.h.0.attn.c_attn"), "");
  EXPECT_EQ(with("transformer.h.0.mlp.c_fc"), "");
  EXPECT_EQ(with("transformer.h.0.mlp.c_proj"), "");
  EXPECT_EQ(with("model.layers.0.self_attn.q_proj"), "LRA-006");
  EXPECT_EQ(with("transformer.h.0.attn.out_proj"), "LRA-006");
  EXPECT_EQ(with("transformer.h.0.mlp.fc_in"), "LRA-006");
}

TEST(Adapter, LayersHaveOneNameEach) {
  EXPECT_EQ(ids_of_table(one("model.layers.00.self_attn.q_proj")), "LRA-024");
  EXPECT_EQ(ids_of_table(one("model.layers.01.self_attn.q_proj")), "LRA-024");
  EXPECT_EQ(ids_of_table(one("model.layers.-1.self_attn.q_proj")), "LRA-024");
  EXPECT_EQ(ids_of_table(one("model.layers.10.self_attn.q_proj")), "");
}

TEST(Adapter, RankPatternsAreFollowed) {
  const TensorTable table = one(kQuery, 4);
  const auto check = [&](std::string_view pattern) {
    const std::string text = config(fmt::format(R"(,"rank_pattern":{{"{}":4}})", pattern));
    return ids({.config = text, .table = &table, .files = {}, .base = {}});
  };
  EXPECT_EQ(check("q_proj"), "");
  EXPECT_EQ(check("layers.0.self_attn.q_proj"), "");
  EXPECT_EQ(check("k_proj"), "LRA-022");
  EXPECT_EQ(check("_proj"), "LRA-022");                            // no whole word
  EXPECT_EQ(check(R"(layers\\.[0-3]\\.self_attn\\.q_proj)"), "");  // not matched here
}

TEST(Adapter, FilesBesideTheTensors) {
  const TensorTable table = one();
  const std::string text = config();
  const auto with = [&](std::string_view file) {
    return ids({.config = text,
                .table = &table,
                .files = {"adapter_config.json", "adapter_model.safetensors", std::string(file)},
                .base = {}});
  };
  for (const char* const file :
       {"README.md", "LICENSE", "LICENSE.txt", ".gitattributes", "model.sig"}) {
    EXPECT_EQ(with(file), "") << file;
  }
  for (const char* const file : {"adapter_model.bin", "adapter_model.pt", "adapter_model.tensors",
                                 "new_embeddings.safetensors", "training_args.bin", "x.PY", "a.so",
                                 "handler.py", "optimizer.pt"}) {
    EXPECT_EQ(with(file), "LRA-030") << file;
  }
  for (const char* const file : {"tokenizer.json", "trainer_state.json", "notes", "MODEL.SIG"}) {
    EXPECT_EQ(with(file), "LRA-031") << file;
  }
  EXPECT_EQ(ids({.config = text, .table = nullptr, .files = {}, .base = {}}), "LRA-029");
}

TEST(Adapter, ManyTensorsTakeAMoment) {
  TensorTable table;
  for (int i = 0; i < 50'000; ++i) {
    table.tensors.push_back(tensor(fmt::format("model.layers.{}.x.lora_A.weight", i), {8, 8}));
  }
  EXPECT_EQ(ids_of_table(table), "LRA-019 LRA-021 LRA-025 LRA-026 LRA-036");
}

TEST(Adapter, RulesHaveTheirOwnIds) {
  std::set<std::string_view> seen;
  for (const auto* rule : adapter_rules()) EXPECT_TRUE(seen.insert(rule->id).second) << rule->id;
}

}  // namespace
}  // namespace gh::adapter
