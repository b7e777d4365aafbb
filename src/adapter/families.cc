#include "adapter/families.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace gh::adapter {

// From configuration_*.py and modeling_*.py in src/transformers/models of transformers 5.24
// (November 2026), each row held against models that it builds (tests/artifacts/test_real.py).
// Experts: 5.x keeps all of a layer in one parameter, 4.x one module for each; rows are for both.
// A size whose default is a number of transformers' own has to be stated, unless published
// configurations leave it out: Gemma 3's do.

const std::string_view kCommonSizes =
    "hidden = hidden_size | n_embd | d_model;"
    "heads = num_attention_heads | n_head | n_heads;"
    "width = head_dim | hidden / heads;"
    "keys = num_key_value_heads | heads;"
    "inner = intermediate_size;"
    "layers = num_hidden_layers | n_layer | n_layers;"
    "vocabulary = vocab_size";

namespace {

// Rows of several tables, in one.
template <std::size_t... kSizes>
constexpr auto rows(const Shape (&... tables)[kSizes]) {
  std::array<Shape, (kSizes + ...)> all{};
  auto end = all.begin();
  ((end = std::ranges::copy(tables, end).out), ...);
  return all;
}

constexpr Shape kAttention[] = {{"layers.#.self_attn.q_proj", "hidden", "heads*width"},
                                {"layers.#.self_attn.k_proj", "hidden", "keys*width"},
                                {"layers.#.self_attn.v_proj", "hidden", "keys*width"},
                                {"layers.#.self_attn.o_proj", "heads*width", "hidden"}};
constexpr Shape kGated[] = {{"layers.#.mlp.gate_proj", "hidden", "inner"},
                            {"layers.#.mlp.up_proj", "hidden", "inner"},
                            {"layers.#.mlp.down_proj", "inner", "hidden"}};
constexpr auto kLlama = rows(kAttention, kGated);
// Gate and up are one matrix; in Phi-3 queries, keys and values too.
constexpr Shape kGlmLayers[] = {{"layers.#.mlp.gate_up_proj", "hidden", "2*inner"},
                                {"layers.#.mlp.down_proj", "inner", "hidden"}};
constexpr auto kGlm = rows(kAttention, kGlmLayers);
constexpr Shape kPhi3[] = {{"layers.#.self_attn.qkv_proj", "hidden", "heads*width + 2*keys*width"},
                           {"layers.#.self_attn.o_proj", "heads*width", "hidden"},
                           {"layers.#.mlp.gate_up_proj", "hidden", "2*inner"},
                           {"layers.#.mlp.down_proj", "inner", "hidden"}};
constexpr Shape kPhi[] = {{"layers.#.self_attn.q_proj", "hidden", "heads*width"},
                          {"layers.#.self_attn.k_proj", "hidden", "keys*width"},
                          {"layers.#.self_attn.v_proj", "hidden", "keys*width"},
                          {"layers.#.self_attn.dense", "heads*width", "hidden"},
                          {"layers.#.mlp.fc1", "hidden", "inner"},
                          {"layers.#.mlp.fc2", "inner", "hidden"}};
constexpr Shape kNemotronLayers[] = {{"layers.#.mlp.up_proj", "hidden", "inner"},
                                     {"layers.#.mlp.down_proj", "inner", "hidden"}};
constexpr auto kNemotron = rows(kAttention, kNemotronLayers);
constexpr Shape kStarCoder2Layers[] = {{"layers.#.mlp.c_fc", "hidden", "inner"},
                                       {"layers.#.mlp.c_proj", "inner", "hidden"}};
constexpr auto kStarCoder2 = rows(kAttention, kStarCoder2Layers);
// Embeddings of OPT-350m are narrower than its layers.
constexpr Shape kOpt[] = {{"layers.#.self_attn.q_proj", "hidden", "hidden"},
                          {"layers.#.self_attn.k_proj", "hidden", "hidden"},
                          {"layers.#.self_attn.v_proj", "hidden", "hidden"},
                          {"layers.#.self_attn.out_proj", "hidden", "hidden"},
                          {"layers.#.fc1", "hidden", "inner"},
                          {"layers.#.fc2", "inner", "hidden"},
                          {"decoder.project_in", "word_embed_proj_dim", "hidden"},
                          {"decoder.project_out", "hidden", "word_embed_proj_dim"}};
constexpr Shape kFalcon[] = {
    {"h.#.self_attention.query_key_value", "hidden", "heads*width + 2*keys*width"},
    {"h.#.self_attention.dense", "hidden", "hidden"},
    {"h.#.mlp.dense_h_to_4h", "hidden", "inner"},
    {"h.#.mlp.dense_4h_to_h", "inner", "hidden"}};
constexpr Shape kNeoX[] = {{"layers.#.attention.query_key_value", "hidden", "3*hidden"},
                           {"layers.#.attention.dense", "hidden", "hidden"},
                           {"layers.#.mlp.dense_h_to_4h", "hidden", "inner"},
                           {"layers.#.mlp.dense_4h_to_h", "inner", "hidden"}};
constexpr Shape kMpt[] = {{"blocks.#.attn.Wqkv", "hidden", "heads*width + 2*keys*width"},
                          {"blocks.#.attn.out_proj", "hidden", "hidden"},
                          {"blocks.#.ffn.up_proj", "hidden", "inner"},
                          {"blocks.#.ffn.down_proj", "inner", "hidden"}};
constexpr Shape kGptJ[] = {
    {"h.#.attn.q_proj", "hidden", "hidden"}, {"h.#.attn.k_proj", "hidden", "hidden"},
    {"h.#.attn.v_proj", "hidden", "hidden"}, {"h.#.attn.out_proj", "hidden", "hidden"},
    {"h.#.mlp.fc_in", "hidden", "inner"},    {"h.#.mlp.fc_out", "inner", "hidden"}};
// Conv1D keeps its matrix as [in, out]; A and B are those of any other module.
constexpr Shape kGpt2[] = {{"h.#.attn.c_attn", "hidden", "hidden + 2*keys*width"},
                           {"h.#.attn.c_proj", "hidden", "hidden"},
                           {"h.#.mlp.c_fc", "hidden", "inner"},
                           {"h.#.mlp.c_proj", "inner", "hidden"}};
constexpr Shape kExperts[] = {{"mlp.gate", "hidden", "experts"},
                              {"mlp.experts.gate_up_proj", "hidden", "2*expert"},
                              {"mlp.experts.down_proj", "expert", "hidden"},
                              {"mlp.experts.#.gate_proj", "hidden", "expert"},
                              {"mlp.experts.#.up_proj", "hidden", "expert"},
                              {"mlp.experts.#.down_proj", "expert", "hidden"}};
constexpr Shape kErnieShared[] = {{"mlp.shared_experts.gate_proj", "hidden", "shared"},
                                  {"mlp.shared_experts.up_proj", "hidden", "shared"},
                                  {"mlp.shared_experts.down_proj", "shared", "hidden"}};
constexpr auto kErnieExperts = rows(kAttention, kGated, kExperts, kErnieShared);
constexpr Shape kQwenShared[] = {{"mlp.shared_expert.gate_proj", "hidden", "shared"},
                                 {"mlp.shared_expert.up_proj", "hidden", "shared"},
                                 {"mlp.shared_expert.down_proj", "shared", "hidden"},
                                 {"mlp.shared_expert_gate", "hidden", "1"}};
constexpr auto kQwen2Experts = rows(kAttention, kGated, kExperts, kQwenShared);
// Queries of full attention have a gate beside them.
constexpr Shape kQwen3NextAttention[] = {
    {"layers.#.self_attn.q_proj", "hidden", "2*heads*width"},
    {"layers.#.self_attn.k_proj", "hidden", "keys*width"},
    {"layers.#.self_attn.v_proj", "hidden", "keys*width"},
    {"layers.#.self_attn.o_proj", "heads*width", "hidden"},
    {"linear_attn.in_proj_qkvz", "hidden", "2*looked + 2*found"},
    {"linear_attn.in_proj_ba", "hidden", "2*linear_num_value_heads"},
    {"linear_attn.out_proj", "found", "hidden"}};
constexpr auto kQwen3Next = rows(kQwen3NextAttention, kGated, kExperts, kQwenShared);
constexpr Shape kMixtralExperts[] = {{"mlp.gate", "hidden", "experts"},
                                     {"mlp.experts.gate_up_proj", "hidden", "2*inner"},
                                     {"mlp.experts.down_proj", "inner", "hidden"},
                                     {"block_sparse_moe.gate", "hidden", "experts"},
                                     {"block_sparse_moe.experts.#.w1", "hidden", "inner"},
                                     {"block_sparse_moe.experts.#.w2", "inner", "hidden"},
                                     {"block_sparse_moe.experts.#.w3", "hidden", "inner"}};
constexpr auto kMixtral = rows(kAttention, kMixtralExperts);
constexpr Shape kGptOssExperts[] = {{"mlp.router", "hidden", "experts"},
                                    {"mlp.experts.gate_up_proj", "hidden", "2*inner"},
                                    {"mlp.experts.down_proj", "inner", "hidden"}};
constexpr auto kGptOss = rows(kAttention, kGptOssExperts);
constexpr Shape kJambaLayers[] = {
    {"layers.#.mamba.in_proj", "hidden", "2*state"},
    {"layers.#.mamba.x_proj", "state", "mamba_dt_rank + 2*mamba_d_state"},
    {"layers.#.mamba.dt_proj", "mamba_dt_rank", "state"},
    {"layers.#.mamba.out_proj", "state", "hidden"},
    {"feed_forward.router", "hidden", "experts"},
    {"feed_forward.gate_proj", "hidden", "inner"},
    {"feed_forward.up_proj", "hidden", "inner"},
    {"feed_forward.down_proj", "inner", "hidden"},
    {"feed_forward.experts.gate_up_proj", "hidden", "2*inner"},
    {"feed_forward.experts.down_proj", "inner", "hidden"},
    {"feed_forward.experts.#.gate_proj", "hidden", "inner"},
    {"feed_forward.experts.#.up_proj", "hidden", "inner"},
    {"feed_forward.experts.#.down_proj", "inner", "hidden"}};
constexpr auto kJamba = rows(kAttention, kJambaLayers);
constexpr Shape kQwen2Sees[] = {{"visual.blocks.#.attn.qkv", "hidden", "3*hidden"},
                                {"visual.blocks.#.attn.proj", "hidden", "hidden"},
                                {"visual.blocks.#.mlp.fc1", "hidden", "inner"},
                                {"visual.blocks.#.mlp.fc2", "inner", "hidden"},
                                {"visual.merger.mlp.0", "merged", "merged"},
                                {"visual.merger.mlp.2", "merged", "result"}};
constexpr Shape kQwen25Sees[] = {{"visual.blocks.#.attn.qkv", "hidden", "3*hidden"},
                                 {"visual.blocks.#.attn.proj", "hidden", "hidden"},
                                 {"visual.blocks.#.mlp.gate_proj", "hidden", "inner"},
                                 {"visual.blocks.#.mlp.up_proj", "hidden", "inner"},
                                 {"visual.blocks.#.mlp.down_proj", "inner", "hidden"},
                                 {"visual.merger.mlp.0", "merged", "merged"},
                                 {"visual.merger.mlp.2", "merged", "result"}};

constexpr std::string_view kStated = "width = head_dim; keys = num_key_value_heads";

constexpr Family kFamilies[] = {
    {"llama granite olmo olmo2 cohere hunyuan_v1_dense", "", "", kLlama},
    {"mistral ministral qwen2 smollm3 exaone4", "", "keys = num_key_value_heads", kLlama},
    {"qwen3 gemma gemma2 gemma3 ernie4_5", "", kStated, kLlama},
    {"gemma3_text", "",
     "heads = num_attention_heads | 8; keys = num_key_value_heads | 4; width = head_dim | 256",
     kLlama},
    {"stablelm qwen2_vl qwen2_vl_text qwen2_5_vl qwen2_5_vl_text", "",
     "width = hidden / heads; keys = num_key_value_heads", kLlama},
    {"glm glm4", "", kStated, kGlm},
    {"phi3", "", "", kPhi3},
    {"phi", "", "", kPhi},
    {"nemotron", "", "", kNemotron},
    {"starcoder2", "", "keys = num_key_value_heads", kStarCoder2},
    {"opt", "", "inner = ffn_dim", kOpt},
    // 7B, whose heads share their keys; falcon-rw, where each has its own; 40B and 180B, in
    // between.
    {"falcon", "",
     "hidden = n_embed | hidden_size; width = hidden / heads; new = new_decoder_architecture | 0;"
     "shared = multi_query | 1; keys = new: num_kv_heads | new: heads | shared: 1 | heads;"
     "inner = ffn_hidden_size | 4*hidden",
     kFalcon},
    {"bloom", "",
     "hidden = n_embed | hidden_size; width = hidden / heads; keys = heads; inner = 4*hidden",
     kFalcon},
    {"gpt_neox", "", "", kNeoX},
    {"mpt", "",
     "width = hidden / heads; keys = attn_config.kv_n_heads | heads;"
     "inner = expansion_ratio * hidden | 4*hidden",
     kMpt},
    {"gptj", "", "inner = n_inner | 4*hidden", kGptJ},
    {"gpt2", "", "width = hidden / heads; keys = heads; inner = n_inner | 4*hidden", kGpt2},
    {"gpt_bigcode", "",
     "shared = multi_query | 1; width = hidden / heads; keys = shared: 1 | heads;"
     "inner = n_inner | 4*hidden",
     kGpt2},
    {"ernie4_5_moe", "",
     "keys = num_key_value_heads; experts = moe_num_experts; expert = moe_intermediate_size;"
     "shared = expert * moe_num_shared_experts",
     kErnieExperts},
    {"qwen2_moe", "",
     "keys = num_key_value_heads; experts = num_experts; expert = moe_intermediate_size;"
     "shared = shared_expert_intermediate_size",
     kQwen2Experts},
    {"qwen3_moe", "",
     "keys = num_key_value_heads; experts = num_experts | num_local_experts;"
     "expert = moe_intermediate_size; shared = shared_expert_intermediate_size",
     kQwen2Experts},
    {"qwen3_next", "",
     "width = head_dim; keys = num_key_value_heads; experts = num_experts | num_local_experts;"
     "expert = moe_intermediate_size; shared = shared_expert_intermediate_size;"
     "looked = linear_num_key_heads * linear_key_head_dim;"
     "found = linear_num_value_heads * linear_value_head_dim",
     kQwen3Next},
    {"mixtral", "", "keys = num_key_value_heads; experts = num_local_experts", kMixtral},
    {"gpt_oss", "", "width = head_dim; keys = num_key_value_heads; experts = num_local_experts",
     kGptOss},
    {"jamba", "",
     "keys = num_key_value_heads; state = mamba_expand * hidden;"
     "experts = num_experts | num_local_experts",
     kJamba},
    {"qwen2_vl", "vision_config",
     "hidden = embed_dim; inner = mlp_ratio * hidden; layers = depth; result = hidden_size;"
     "merged = spatial_merge_size * spatial_merge_size * hidden",
     kQwen2Sees},
    {"qwen2_5_vl", "vision_config",
     "layers = depth; result = out_hidden_size;"
     "merged = spatial_merge_size * spatial_merge_size * hidden",
     kQwen25Sees},
};

}  // namespace

std::span<const Family> families() {
  return kFamilies;
}

}  // namespace gh::adapter
