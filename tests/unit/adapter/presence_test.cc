#include "adapter/presence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "adapter/base.h"
#include "example.h"

namespace gh::adapter {
namespace {

using tensors::TensorTable;

// Of modules, each of 64 by 64.
TensorTable of(std::initializer_list<std::string_view> modules) {
  TensorTable table;
  for (const std::string_view module : modules)
    table.tensors.push_back(tensor(fmt::format("{}.weight", module), {64, 64}));
  return table;
}

TensorTable llama(std::string_view before = "model.") {
  TensorTable table;
  for (const std::string_view name : {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                      "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj"}) {
    for (int layer = 0; layer < 2; ++layer)
      table.tensors.push_back(
          tensor(fmt::format("{}layers.{}.{}.weight", before, layer, name), {64, 64}));
  }
  return table;
}

Place place(const TensorTable& base, std::string_view module, bool many_modes = false) {
  return Presence({.config = {}, .table = &base}, std::nullopt, many_modes).of(module);
}

TEST(AdapterPresence, WhereAModuleIs) {
  const TensorTable base = llama();
  const std::pair<std::string_view, Place> cases[] = {
      {"model.layers.0.self_attn.q_proj", Place::there},
      {"layers.1.self_attn.q_proj", Place::there},  // of a class without head
      {"base.model.layers.1.self_attn.q_proj", Place::there},
      {"model.layers.0.mlp.q_proj", Place::elsewhere},
      {"model.layers.0.q_proj", Place::elsewhere},
      {"model.layers.7.self_attn.q_proj", Place::elsewhere},
      {"model.q_proj", Place::elsewhere},
      {"q_proj", Place::elsewhere},
      {"", Place::nowhere},
      {"model.layers.0.self_attn.zz_proj", Place::nowhere},
      {"transformer.h.0.attn.c_attn", Place::nowhere},
      {"model.layers.0.mlp.experts", Place::elsewhere},
      {"model.layers.0.mlp.experts.0.zz_proj", Place::nowhere},
      {"model.layers.0.self_attn.qkv_proj", Place::packed},
      {"model.layers.0.mlp.gate_up_proj", Place::packed},
      {"model.layers.0.mlp.qkv_proj", Place::nowhere},
      // Names of a model that sees, on one that does not: nothing maps them.
      {"language_model.model.layers.0.self_attn.q_proj", Place::elsewhere},
      {"model.language_model.layers.0.self_attn.q_proj", Place::elsewhere},
      {"vision_tower.layers.0.self_attn.q_proj", Place::elsewhere},
      {"model.encoder.layers.0.self_attn.q_proj", Place::elsewhere},
  };
  for (const auto& [module, expected] : cases) EXPECT_EQ(place(base, module), expected) << module;
}

TEST(AdapterPresence, PartsOfWhatTheBasePacks) {
  const TensorTable phi = of({"model.layers.0.self_attn.qkv_proj", "model.layers.0.mlp.down_proj"});
  EXPECT_EQ(place(phi, "model.layers.0.self_attn.qkv_proj"), Place::there);
  EXPECT_EQ(place(phi, "model.layers.0.self_attn.v_proj"), Place::packed);
  EXPECT_EQ(place(phi, "model.layers.0.mlp.up_proj"), Place::nowhere);
  const TensorTable half =
      of({"model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.o_proj"});
  EXPECT_EQ(place(half, "model.layers.0.self_attn.qkv_proj"), Place::nowhere);
}

// Releases of transformers, checkpoints and vLLM differ in what is before the layers.
TEST(AdapterPresence, WrappersOfModelsOfManyModes) {
  for (const std::string_view before :
       {"model.", "language_model.model.", "model.language_model.", ""}) {
    const TensorTable base = llama(before);
    for (const std::string_view name : {"model.", "language_model.model.", "model.language_model."})
      EXPECT_EQ(place(base, fmt::format("{}layers.1.mlp.up_proj", name), true), Place::there)
          << before << ' ' << name;
  }
  TensorTable base = llama();
  base.tensors.push_back(tensor("visual.blocks.0.attn.qkv.weight", {192, 64}));
  EXPECT_EQ(place(base, "model.language_model.layers.0.self_attn.q_proj"), Place::there);
  EXPECT_EQ(place(base, "model.visual.blocks.0.attn.other"), Place::unknown);
  EXPECT_EQ(place(base, "model.language_model.layers.0.mlp.q_proj"), Place::elsewhere);
}

TEST(AdapterPresence, ExpertsInEveryForm) {
  const TensorTable each =
      of({"model.layers.0.self_attn.q_proj", "model.layers.0.block_sparse_moe.gate",
          "model.layers.0.block_sparse_moe.experts.0.w1", "model.layers.1.mlp.gate_proj"});
  TensorTable one_for_all = of({"model.layers.0.self_attn.q_proj", "model.layers.0.mlp.router",
                                "model.layers.1.mlp.up_proj"});
  one_for_all.tensors.push_back(tensor("model.layers.0.mlp.experts.gate_up_proj", {4, 64, 64}));
  const TensorTable* const bases[] = {&each, &one_for_all};
  for (const TensorTable* base : bases) {
    for (const std::string_view name :
         {"mlp.experts", "mlp.experts.base_layer", "mlp.experts.3.down_proj", "mlp.experts.0.w2",
          "block_sparse_moe.experts.1.w3", "mlp.gate", "feed_forward.router"})
      EXPECT_EQ(place(*base, fmt::format("model.layers.0.{}", name)), Place::there) << name;
    EXPECT_EQ(place(*base, "model.layers.1.mlp.experts"), Place::elsewhere);
    EXPECT_EQ(place(*base, "model.layers.0.mlp.experts.0.c_attn"), Place::nowhere);
  }
}

TEST(AdapterPresence, QuantizedBases) {
  TensorTable base;
  for (const std::string_view name : {"qweight", "qzeros", "scales", "weight.absmax"})
    base.tensors.push_back(tensor(fmt::format("model.layers.0.self_attn.q_proj.{}", name), {8}));
  EXPECT_EQ(place(base, "model.layers.0.self_attn.q_proj"), Place::there);
  EXPECT_EQ(place(base, "model.layers.0.self_attn.o_proj"), Place::nowhere);
}

// A base that is there in part, or speaks another language, must not make a good adapter fail.
TEST(AdapterPresence, NothingIsKnown) {
  const std::string_view module = "model.layers.0.mlp.zz_proj";
  const TensorTable base = llama();
  EXPECT_EQ(place(base, module), Place::nowhere);
  EXPECT_EQ(Presence().of(module), Place::unknown);
  EXPECT_EQ(Presence({.config = {}, .table = nullptr}, 2, false).of(module), Place::unknown);
  EXPECT_EQ(Presence({.config = {}, .table = &base, .whole = false}, 2, false).of(module),
            Place::unknown);
  EXPECT_EQ(Presence({.config = {}, .table = &base, .faults = {"a file"}}, 2, false).of(module),
            Place::unknown);
  EXPECT_EQ(Presence({.config = {}, .table = &base}, 3, false).of(module), Place::unknown);
  EXPECT_EQ(Presence({.config = {}, .table = &base}, 0, false).of(module), Place::unknown);
  EXPECT_EQ(Presence({.config = {}, .table = &base}, 1, false).of(module),
            Place::nowhere);  // and one of MTP
  for (const TensorTable& other :
       {TensorTable(), of({"model.embed_tokens", "model.norm"}),
        of({"layers.0.attention.wq", "layers.0.feed_forward.w1", "tok_embeddings"}),
        of({"layers.0.attn.wq_a", "layers.0.ffn.gate"}), of({"model.layers.1.self_attn.q_proj"}),
        of({"bert.encoder.layer.0.attention.self.query"})}) {
    EXPECT_EQ(place(other, module), Place::unknown);
    EXPECT_EQ(place(other, "model.layers.0.self_attn.q_proj"), Place::unknown);
  }
}

// Nemotron-H and others keep their layers in "backbone", transformers calls it "model".
TEST(AdapterPresence, SizesGoByPlaceAsModulesDo) {
  tensors::TensorTable base;
  base.tensors = {tensor("backbone.layers.0.mixer.in_proj.weight", {160, 64}),
                  tensor("backbone.layers.1.mixer.q_proj.weight", {64, 64}),
                  tensor("mtp.layers.1.mixer.q_proj.weight", {32, 64}),
                  tensor("vision.layers.0.mixer.up_proj.weight", {64, 64})};
  const Base known({.config = std::nullopt, .table = &base});
  EXPECT_EQ(known.size_of("model.layers.0.mixer.in_proj"), (ModuleSize{.in = 64, .out = 160}));
  EXPECT_EQ(known.size_of("backbone.layers.1.mixer.q_proj"), (ModuleSize{.in = 64, .out = 64}));
  EXPECT_EQ(known.size_of("model.layers.1.mixer.q_proj"), std::nullopt) << "two sizes";
  EXPECT_EQ(known.size_of("model.layers.0.mixer.up_proj"), std::nullopt) << "of a tower";
  EXPECT_EQ(known.size_of("model.layers.1.mixer.in_proj"), std::nullopt);
}

TEST(AdapterPresence, TheAdapterIsToldWhatItChangesInVain) {
  TensorTable base = llama();
  base.tensors.push_back(tensor("model.embed_tokens.weight", {1000, 64}));
  const BaseFacts facts{.config = {}, .table = &base};
  const auto with = [&](std::string_view module, const BaseFacts& given) {
    TensorTable adapter = one();
    std::ranges::move(one(module).tensors, std::back_inserter(adapter.tensors));
    return ids_of_table(adapter, R"("all-linear")", given);
  };
  EXPECT_EQ(with("model.layers.1.self_attn.k_proj", facts), "");
  EXPECT_EQ(with("model.layers.1.self_attn.dense", facts), "LRA-038");
  EXPECT_EQ(with("model.layers.1.mlp.q_proj", facts), "LRA-038");
  EXPECT_EQ(with("language_model.model.layers.1.self_attn.q_proj", facts), "LRA-038");
  EXPECT_EQ(with("model.layers.1.mlp.gate_up_proj", facts), "LRA-039");
  EXPECT_EQ(with("model.layers.2.self_attn.dense", facts), "LRA-024 LRA-032");
  EXPECT_EQ(with("score", facts), "LRA-025 LRA-032");
  // Tied to the embeddings, it is in no file.
  EXPECT_EQ(with("lm_head", facts), "LRA-026 LRA-028 LRA-032");
  EXPECT_EQ(ids_of_table(one("model.layers.0.mlp.q_proj"), R"(["q_proj"])", facts), "LRA-038");
  // A configuration alone says nothing of modules that its kind is not known to have.
  EXPECT_EQ(with("model.layers.1.self_attn.dense", {.config = kLlama}), "LRA-032");
  const std::string qwen = R"({"model_type":"qwen3_5_text","num_hidden_layers":2})";
  EXPECT_EQ(
      with("model.language_model.layers.1.self_attn.q_proj", {.config = qwen, .table = &base}), "");
}

}  // namespace
}  // namespace gh::adapter
