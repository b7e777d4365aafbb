"""Adapters of families that name or size their modules in their own way, against nothing but the base's config.json.

Each fits as it is; with one size off, turned, or in a layer too many it does not.
"""

import json

from cases_adapter import PLAIN, folder, lra, module

HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 2, "vocab_size": 100}
GPT = {"n_embd": 32, "n_head": 4, "n_layer": 2, "vocab_size": 100}
FALCON = {"model_type": "falcon", "hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 2}
EXPERTS = {"hidden_size": 32, "intermediate_size": 80, **HEADS}
EYES = {"depth": 2, "num_heads": 2, "spatial_merge_size": 2}
# By family: the configuration, and one module with what goes in and comes out.
FAMILIES = {
    "opt": ({"model_type": "opt", "hidden_size": 32, "ffn_dim": 80, **HEADS}, "model.decoder.layers.0.fc1", 32, 80),
    "opt_narrow": ({"model_type": "opt", "hidden_size": 32, "ffn_dim": 80, "word_embed_proj_dim": 20, **HEADS},
                   "model.decoder.project_in", 20, 32),
    "phi": ({"model_type": "phi", "hidden_size": 32, "intermediate_size": 80, **HEADS}, "model.layers.0.mlp.fc2", 80, 32),
    "phi4": ({"model_type": "phi3", "hidden_size": 32, "intermediate_size": 80, **HEADS},
             "model.layers.0.self_attn.qkv_proj", 32, 64),
    "falcon_7b": ({**FALCON, "multi_query": True}, "transformer.h.0.self_attention.query_key_value", 32, 48),
    "falcon_40b": ({**FALCON, "new_decoder_architecture": True, "num_kv_heads": 2},
                   "transformer.h.0.self_attention.query_key_value", 32, 64),
    "falcon_rw": ({**FALCON, "multi_query": False, "alibi": True},
                  "transformer.h.0.self_attention.query_key_value", 32, 96),
    "bloom": ({"model_type": "bloom", "n_embed": 32, "n_head": 4, "n_layer": 2}, "transformer.h.0.mlp.dense_4h_to_h", 128, 32),
    "gptj": ({"model_type": "gptj", **GPT}, "transformer.h.0.mlp.fc_in", 32, 128),
    "pythia": ({"model_type": "gpt_neox", "hidden_size": 32, "intermediate_size": 80, **HEADS},
               "gpt_neox.layers.0.attention.query_key_value", 32, 96),
    "mpt": ({"model_type": "mpt", "d_model": 32, "n_heads": 4, "n_layers": 2}, "transformer.blocks.0.attn.Wqkv", 32, 96),
    "starcoder": ({"model_type": "gpt_bigcode", **GPT}, "transformer.h.0.attn.c_attn", 32, 48),
    "starcoder2": ({"model_type": "starcoder2", "hidden_size": 32, "intermediate_size": 80, **HEADS},
                   "model.layers.0.mlp.c_fc", 32, 80),
    "nemotron": ({"model_type": "nemotron", "hidden_size": 32, "intermediate_size": 80, "head_dim": 10, **HEADS},
                 "model.layers.0.self_attn.o_proj", 40, 32),
    "ernie": ({"model_type": "ernie4_5", "hidden_size": 32, "intermediate_size": 80, "head_dim": 10, **HEADS},
              "model.layers.0.self_attn.v_proj", 32, 20),
    "qwen2_moe": ({"model_type": "qwen2_moe", **EXPERTS, "num_experts": 3, "moe_intermediate_size": 24,
                   "shared_expert_intermediate_size": 28}, "model.layers.0.mlp.shared_expert.down_proj", 28, 32),
    "gpt_oss": ({"model_type": "gpt_oss", **EXPERTS, "head_dim": 10, "num_local_experts": 3},
                "model.layers.0.self_attn.q_proj", 32, 40),
    "gpt_oss_router": ({"model_type": "gpt_oss", **EXPERTS, "head_dim": 10, "num_local_experts": 3},
                       "model.layers.0.mlp.router", 32, 3),
    "jamba": ({"model_type": "jamba", **EXPERTS, "num_experts": 3, "mamba_d_state": 5, "mamba_expand": 2,
               "mamba_dt_rank": 7}, "model.layers.0.mamba.x_proj", 64, 17),
    "qwen2_vl": ({"model_type": "qwen2_vl", **EXPERTS, "vision_config": {**EYES, "embed_dim": 24, "mlp_ratio": 3,
                                                                         "hidden_size": 32}},
                 "model.visual.blocks.0.mlp.fc1", 24, 72),
    "qwen2_vl_text": ({"model_type": "qwen2_vl", **EXPERTS, "vision_config": {}},
                      "model.language_model.layers.0.self_attn.k_proj", 32, 16),
    "qwen2_5_vl": ({"model_type": "qwen2_5_vl", **EXPERTS, "vision_config": {
        **EYES, "hidden_size": 24, "intermediate_size": 44, "out_hidden_size": 32}}, "model.visual.merger.mlp.2", 96, 32),
    "gpt2": ({"model_type": "gpt2", **GPT}, "transformer.h.0.attn.c_attn", 32, 96),
}


def on_config(id, config, name, size_in, size_out, *rules, **changed):
    """An adapter of one module, and the configuration beside it."""
    settings = {**PLAIN, "target_modules": [name.rpartition(".")[2]], **changed}
    if "visual" in name:  # vLLM leaves it out by default
        rules = (*rules, "LRA-017")
    lra("family_" + id, lambda: folder(settings, module("base_model.model." + name, size_in=size_in, size_out=size_out),
                                       **{"base/config.json": json.dumps(config).encode()}),
        *rules, arguments=("--base", "{case}/base/config.json", "--exclude", "base"))


for id, (config, name, size_in, size_out) in FAMILIES.items():
    on_config(id, config, name, size_in, size_out)
    on_config(id + "_wide", config, name, size_in + 1, size_out, "LRA-023")
    on_config(id + "_tall", config, name, size_in, size_out + 1, "LRA-023")
    on_config(id + "_turned", config, name, size_out, size_in, "LRA-023")
    on_config(id + "_short", config, name, size_in, size_out // 2, "LRA-023")
    on_config(id + "_other", {**config, "model_type": id + "_next"}, name, size_in, size_out, "LRA-033")
    if ".0." in name:
        on_config(id + "_deep", config, name.replace(".0.", ".2.", 1), size_in, size_out, "LRA-024")

# PEFT sets fan_in_fan_out for what transformers makes of Conv1D: the adapter's matrices are as ever.
on_config("gpt2_conv1d", *FAMILIES["gpt2"], fan_in_fan_out=True)
on_config("gptj_conv1d", *FAMILIES["gptj"], "LRA-006", fan_in_fan_out=True)
