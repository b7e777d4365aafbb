#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "example.h"

namespace gh::adapter {
namespace {

using tensors::TensorTable;

TEST(AdapterBase, TheBaseIsComparedWith) {
  const BaseFacts llama{.config = kLlama, .table = nullptr};
  EXPECT_EQ(ids_of_table(one(), R"(["q_proj"])", llama), "");
  EXPECT_EQ(ids_of_table(one("model.layers.1.self_attn.k_proj", 8, 64, 32), R"(["k_proj"])", llama),
            "");
  EXPECT_EQ(
      ids_of_table(one("model.layers.1.mlp.down_proj", 8, 160, 64), R"(["down_proj"])", llama), "");
  EXPECT_EQ(ids_of_table(one(kQuery, 8, 65, 64), R"(["q_proj"])", llama), "LRA-023");
  EXPECT_EQ(ids_of_table(one(kQuery, 8, 64, 32), R"(["q_proj"])", llama), "LRA-023");
  EXPECT_EQ(ids_of_table(one("model.layers.2.self_attn.q_proj"), R"(["q_proj"])", llama),
            "LRA-024");
  EXPECT_EQ(ids_of_table(one("model.layers.0.qkv_proj"), R"(["qkv_proj"])", llama), "LRA-033");
  TensorTable known_in_part = one();
  std::ranges::move(one("model.layers.0.qkv_proj").tensors,
                    std::back_inserter(known_in_part.tensors));
  EXPECT_EQ(ids_of_table(known_in_part, R"(["q_proj","qkv_proj"])", llama), "LRA-032");
  EXPECT_EQ(
      ids_of_table(one(), R"(["q_proj"])",
                   {.config = R"({"model_type":"new","num_hidden_layers":1})", .table = nullptr}),
      "LRA-033");

  TensorTable base;
  base.tensors = {tensor("model.layers.0.self_attn.q_proj.weight", {96, 64}),
                  tensor("model.embed_tokens.weight", {1000, 64})};
  EXPECT_EQ(ids_of_table(one(kQuery, 8, 64, 96), R"(["q_proj"])", {.config = {}, .table = &base}),
            "");
  // The tensors count more than the configuration.
  EXPECT_EQ(ids_of_table(one(), R"(["q_proj"])", {.config = kLlama, .table = &base}), "LRA-023");
  EXPECT_EQ(ids_of_table(one("model.layers.1.self_attn.q_proj"), R"(["q_proj"])",
                         {.config = {}, .table = &base}),
            "LRA-024 LRA-033");
}

// Nothing to compare with is not the same as nothing found.
TEST(AdapterBase, ABaseThatIsNoneIsNoPass) {
  const auto with = [](BaseFacts base) {
    return ids_of_table(one(), R"(["q_proj"])", std::move(base));
  };
  for (const std::string_view text :
       {"", " ", "{", "[]", "1", "{}", R"({"model":{"type":"BPE"}})", R"({"model_type":5})",
        R"({"hidden_size":"64"})", R"({"num_hidden_layers":-1})",
        R"({"hidden_size":64,"hidden_size":64})", R"({"text_config":{}})",
        R"({"model_type":"llama"})", R"({"hidden_size":64})"}) {
    EXPECT_EQ(with({.config = text}), "LRA-033") << text;
  }
  EXPECT_EQ(with({.config = kLlama, .faults = {"a shard cannot be read"}}), "LRA-033");
  const std::string inner = fmt::format(R"({{"text_config":{}}})", kLlama);
  EXPECT_EQ(with({.config = inner}), "");
  EXPECT_EQ(with({}), "");
  // Without tensors of the adapter too.
  const std::string text = config();
  EXPECT_EQ(ids({.config = text, .table = nullptr, .files = {}, .base = {.config = ""}}),
            "LRA-029 LRA-033");
}

// Quantized to 4 bits, a weight has another shape than its module.
TEST(AdapterBase, PackedNumbersSayNoSizes) {
  for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{2048, 1}, {64, 32}}) {
    TensorTable base;
    for (const int layer : {0, 1})
      base.tensors.push_back(
          tensor(fmt::format("model.layers.{}.self_attn.q_proj.weight", layer), shape, "U8"));
    EXPECT_EQ(ids_of_table(one(), R"(["q_proj"])", {.config = kLlama, .table = &base}), "");
    EXPECT_EQ(ids_of_table(one(kQuery, 8, 48), R"(["q_proj"])", {.config = kLlama, .table = &base}),
              "LRA-023");
    EXPECT_EQ(ids_of_table(one(), R"(["q_proj"])", {.config = {}, .table = &base}), "LRA-033");
    EXPECT_EQ(ids_of_table(one("model.layers.0.mlp.q_proj"), R"(["q_proj"])",
                           {.config = kLlama, .table = &base}),
              "LRA-038");
  }
}

TEST(AdapterBase, TablesOfConv1DAreTurned) {
  TensorTable base;
  base.tensors = {tensor("transformer.h.0.attn.c_attn.weight", {16, 48})};
  const TensorTable adapter = one("transformer.h.0.attn.c_attn", 8, 16, 48);
  const std::string_view targets = R"(["c_attn"])";
  EXPECT_EQ(ids_of_table(adapter, targets, {.config = R"({"model_type":"gpt2"})", .table = &base}),
            "");
  EXPECT_EQ(
      ids_of_table(adapter, targets, {.config = R"({"model_type":"gpt_bigcode"})", .table = &base}),
      "LRA-023");
  EXPECT_EQ(ids_of_table(adapter, targets, {.config = std::nullopt, .table = &base}), "LRA-023");
  EXPECT_EQ(ids_of_table(one("transformer.h.0.attn.c_attn", 8, 48, 16), targets,
                         {.config = R"({"model_type":"gpt2"})", .table = &base}),
            "LRA-023");
}

}  // namespace
}  // namespace gh::adapter
