#pragma once
// What tests of adapters have in common: small adapters, and which rules they break.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/adapter.h"

namespace gh::adapter {

inline tensors::Tensor tensor(std::string name, std::vector<std::uint64_t> shape,
                              std::string_view dtype = "BF16") {
  return {.name = std::move(name), .dtype = dtype, .shape = std::move(shape), .begin = 0, .end = 0};
}

inline constexpr std::string_view kQuery = "model.layers.0.self_attn.q_proj";

// A and B of one module.
inline tensors::TensorTable one(std::string_view module = kQuery, std::uint64_t rank = 8,
                                std::uint64_t in = 64, std::uint64_t out = 64) {
  tensors::TensorTable table;
  table.tensors.push_back(
      tensor(fmt::format("base_model.model.{}.lora_A.weight", module), {rank, in}));
  table.tensors.push_back(
      tensor(fmt::format("base_model.model.{}.lora_B.weight", module), {out, rank}));
  return table;
}

// A sound configuration with some fields replaced; `more` goes in as text.
inline std::string config(std::string_view more = "", std::string_view targets = R"(["q_proj"])") {
  return fmt::format(R"({{"peft_type":"LORA","r":8,"lora_alpha":16,"target_modules":{}{}}})",
                     targets, more);
}

inline constexpr std::string_view kLlama =
    R"({"model_type":"llama","hidden_size":64,"intermediate_size":160,"num_attention_heads":4,)"
    R"("num_key_value_heads":2,"num_hidden_layers":2,"vocab_size":1000})";

inline std::string ids(const Facts& facts, const Limits& limits = {}) {
  findings::Examination examination(0);
  examine_adapter(facts, limits, examination);
  std::set<std::string_view> sorted;
  for (const auto& finding : examination.findings()) sorted.insert(finding.rule->id);
  return fmt::format("{}", fmt::join(sorted, " "));
}

inline std::string ids_of_config(std::string_view text, const Limits& limits = {}) {
  const tensors::TensorTable table = one();
  return ids({.config = text, .table = &table, .files = {}, .base = {}}, limits);
}

inline std::string ids_of_table(const tensors::TensorTable& table,
                                std::string_view targets = R"(["q_proj"])", BaseFacts base = {}) {
  const std::string text = config("", targets);
  return ids({.config = text, .table = &table, .files = {}, .base = base});
}

}  // namespace gh::adapter
