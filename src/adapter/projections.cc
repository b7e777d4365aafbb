#include "adapter/names.h"

namespace gh::adapter {

// From the classes with SupportsLoRA in vllm/model_executor/models of vLLM 0.33, and of models that
// it served before: as the checkpoints have them, and as vLLM packs them. And what else is linear
// in the language models of transformers 5.24, which vLLM serves by their own code.
std::vector<std::string> projections() {
  return {
      // Llama and what follows it: Mistral, Qwen, Gemma, Granite, Phi-3
      "q_proj", "k_proj", "v_proj", "o_proj", "qkv_proj", "qk_proj", "kv_proj", "g_proj",
      "gate_proj", "up_proj", "down_proj", "gate_up_proj", "up_gate_proj", "shared_expert_gate",
      // OPT, Phi, Whisper, vision towers and what leads from them to the language model
      "out_proj", "project_in", "project_out", "fc1", "fc2", "qkv", "proj", "linear_fc1",
      "linear_fc2", "mlp.0", "mlp.2",
      // Falcon, GPT-NeoX, BLOOM, ChatGLM
      "query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h",
      // GPT-2's kin: Qwen's first, StarCoder, EXAONE, GPT-J
      "c_attn", "c_proj", "c_fc", "c_fc_0", "c_fc_1", "fc_in", "fc_out",
      // Routers of experts, which "all-linear" takes too: of Mixtral, Qwen, DeepSeek; Jamba,
      // gpt-oss
      "gate", "router",
      // Mixtral, InternLM2, LFM2, Molmo, OLMo's first, Baichuan, MPT, ModernBERT
      "w1", "w2", "w3", "w13", "wq", "wk", "wv", "wo", "wqkv", "att_proj", "attn_out", "ff_proj",
      "ff_out", "W_pack", "Wqkv", "Wi", "Wo",
      // DeepSeek's latent attention
      "q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "kv_b_proj",
      // State spaces: Mamba, Jamba, Bamba, Qwen3-Next; shared experts of Granite
      "in_proj", "x_proj", "dt_proj", "in_proj_qkvz", "in_proj_qkv", "in_proj_ba", "in_proj_z",
      "in_proj_a", "in_proj_b", "input_linear", "output_linear",
      // BERT's and its kin's
      "query", "key", "value", "query_proj", "key_proj", "value_proj", "ffn", "ffn_output",
      "intermediate", "pooler", "query_key", "query_global", "key_global", "value_global",
      "layout_query", "layout_key", "layout_value", "k_head", "q_head", "v_head", "post_proj",
      "conv_kernel_layer", "conv_out_layer", "embedding_hidden_mapping_in",
      "embedding_transformation",
      // DeepSeek's indexer and its fourth; Kimi, OLMo and Bailing with their deltas; MiniMax
      "wq_b", "weights_proj", "q_gate_proj", "o_a_proj", "o_b_proj", "a_proj", "b_proj", "f_proj",
      "f_a_proj", "f_b_proj", "g_a_proj", "g_b_proj", "output_gate", "output_gate_proj",
      "relative_k_proj", "r_proj",
      // Nemotron-H, Gemma 3n and 4, Qwen 4, ERNIE, HRM, RecurrentGemma
      "fc1_latent_proj", "fc2_latent_proj", "per_layer_input_gate", "per_layer_model_projection",
      "per_layer_projection", "linear_left", "linear_right", "correction_coefs", "prediction_coefs",
      "modality_router", "input_mix_weight_down", "input_mix_weight_up", "block_inject_weight",
      "text_experts_gate", "vision_experts_gate", "gqkv_proj", "linear_x", "linear_y", "linear_out",
      // T5, CTRL, CPM, RWKV, DBRX and JetMoe
      "q", "k", "v", "o", "wi", "wi_0", "wi_1", "Wq", "Wk", "Wv", "ffn.0", "ffn.2", "w_0", "w_1",
      "w_out", "project_q", "project_k", "project_v", "attention_out", "receptance", "layer",
      // Encoders and decoders of speech
      "linear1", "linear2", "output"};
}

}  // namespace gh::adapter
