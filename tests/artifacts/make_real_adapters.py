"""Adapters as PEFT makes them, on tiny models of every family whose sizes we derive from a config.json. Runs under a
Python that has torch, transformers and peft, and nothing of ours.

    make_real_adapters.py FOLDER    writes FOLDER/<family>/config.json, FOLDER/<family>/fits/…,
                                    FOLDER/<family>/wrong/… and FOLDER/<family>/base, the model in several files;
                                    FOLDER/<family>/pickled/fits/all and …/pickled/wrong/all/… are those of fits/ and
                                    wrong/ with their tensors in adapter_model.bin
                                    prints {"made": {family: number of modules}, "others": families of which there
                                    are fits/ and base/ only, "missing": {family: why}, "versions": {library: version}}

Everything in fits/ is what PEFT saved: with all linear modules, and with those that PEFT takes by default. In wrong/ is
one adapter for each kind of module and each of its sizes: that one is off, everything else is as in fits/.
"""

import json
import os
import re
import shutil
import sys
import warnings

import peft
import safetensors.torch
import torch
import transformers

warnings.simplefilter("ignore")
transformers.logging.set_verbosity_error()
RANK = 4
# Sizes that no sum or product of others is by accident.
LLAMA = {"vocab_size": 96, "hidden_size": 48, "intermediate_size": 76, "num_hidden_layers": 2, "num_attention_heads": 6,
         "num_key_value_heads": 2, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
WIDE = {**LLAMA, "head_dim": 10}
GPT = {"vocab_size": 96, "n_embd": 48, "n_layer": 2, "n_head": 6, "n_positions": 32, "pad_token_id": 0, "bos_token_id": 1,
       "eos_token_id": 2}
FALCON = {key: LLAMA[key] for key in LLAMA if key not in ("intermediate_size", "num_key_value_heads")}
EXPERTS = {**LLAMA, "moe_intermediate_size": 20, "num_experts": 3, "num_experts_per_tok": 2}
EYES = {"depth": 2, "num_heads": 2, "patch_size": 4, "spatial_merge_size": 2}
FAMILIES = {
    "llama": ("Llama", LLAMA), "mistral": ("Mistral", LLAMA), "ministral": ("Ministral", WIDE), "qwen2": ("Qwen2", LLAMA),
    "qwen3": ("Qwen3", WIDE), "gemma": ("Gemma", WIDE), "gemma2": ("Gemma2", WIDE), "gemma3_text": ("Gemma3Text", WIDE),
    "granite": ("Granite", LLAMA), "olmo": ("Olmo", LLAMA), "olmo2": ("Olmo2", LLAMA), "stablelm": ("StableLm", LLAMA),
    "cohere": ("Cohere", LLAMA), "glm": ("Glm", WIDE), "glm4": ("Glm4", WIDE), "smollm3": ("SmolLM3", LLAMA),
    "exaone4": ("Exaone4", LLAMA), "hunyuan_v1_dense": ("HunYuanDenseV1", WIDE),
    "phi3": ("Phi3", LLAMA), "phi": ("Phi", LLAMA), "nemotron": ("Nemotron", WIDE), "starcoder2": ("Starcoder2", LLAMA),
    "ernie4_5": ("Ernie4_5", WIDE), "gpt_neox": ("GPTNeoX", LLAMA),
    "opt": ("OPT", {**LLAMA, "ffn_dim": 76}), "opt_350m": ("OPT", {**LLAMA, "ffn_dim": 76, "word_embed_proj_dim": 20}),
    "falcon_7b": ("Falcon", {**FALCON, "multi_query": True}),
    "falcon_40b": ("Falcon", {**FALCON, "new_decoder_architecture": True, "num_kv_heads": 2}),
    "falcon_rw": ("Falcon", {**FALCON, "multi_query": False, "alibi": True, "ffn_hidden_size": 76}),
    "bloom": ("Bloom", {"vocab_size": 96, "hidden_size": 48, "n_layer": 2, "n_head": 6}),
    "mpt": ("Mpt", {"vocab_size": 96, "d_model": 48, "n_layers": 2, "n_heads": 6}),
    "gptj": ("GPTJ", {**GPT, "rotary_dim": 4}), "gptj_inner": ("GPTJ", {**GPT, "rotary_dim": 4, "n_inner": 76}),
    "gpt2": ("GPT2", GPT), "gpt2_inner": ("GPT2", {**GPT, "n_inner": 76}),
    "gpt_bigcode": ("GPTBigCode", GPT), "gpt_bigcode_many": ("GPTBigCode", {**GPT, "multi_query": False, "n_inner": 76}),
    "ernie4_5_moe": ("Ernie4_5_Moe", {**LLAMA, "moe_intermediate_size": 20, "moe_num_experts": 3, "moe_k": 2,
                                      "moe_num_shared_experts": 2, "moe_layer_start_index": 1, "moe_layer_end_index": 1}),
    "qwen2_moe": ("Qwen2Moe", {**EXPERTS, "shared_expert_intermediate_size": 28, "mlp_only_layers": [0]}),
    "qwen3_moe": ("Qwen3Moe", {**EXPERTS, "head_dim": 10, "mlp_only_layers": [0]}),
    "mixtral": ("Mixtral", {**LLAMA, "num_local_experts": 3}),
    "gpt_oss": ("GptOss", {**WIDE, "num_local_experts": 3, "num_experts_per_tok": 2}),
    "jamba": ("Jamba", {**LLAMA, "num_hidden_layers": 8, "num_experts": 3, "mamba_d_state": 5, "mamba_dt_rank": 7,
                        "mamba_expand": 3, "use_mamba_kernels": False}),
    "qwen2_vl": ("Qwen2VL", {"text_config": LLAMA, "vision_config": {**EYES, "embed_dim": 24, "hidden_size": 48,
                                                                     "mlp_ratio": 3}}),
    "qwen2_5_vl": ("Qwen2_5_VL", {"text_config": LLAMA, "vision_config": {
        **EYES, "hidden_size": 24, "intermediate_size": 44, "out_hidden_size": 48, "fullatt_block_indexes": [1]}}),
}
LATENT = {**LLAMA, "num_key_value_heads": 6, "n_routed_experts": 4, "n_group": 2, "topk_group": 1, "num_experts_per_tok": 2,
          "moe_intermediate_size": 16, "q_lora_rank": 16, "kv_lora_rank": 16, "qk_rope_head_dim": 4, "qk_nope_head_dim": 4,
          "v_head_dim": 8, "first_k_dense_replace": 1}
TOWER = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 28,
         "patch_size": 14}
# Whose checkpoints have other names than their classes, or whose sizes are not derived.
OTHERS = {
    "phimoe": ("Phimoe", {**LLAMA, "num_local_experts": 3}),
    "granitemoe": ("GraniteMoe", {**LLAMA, "num_local_experts": 3}),
    "olmoe": ("Olmoe", {**LLAMA, "num_experts": 3, "num_experts_per_tok": 2}),
    "deepseek_v3": ("DeepseekV3", LATENT),
    "llama4_text": ("Llama4Text", {**WIDE, "num_local_experts": 2, "intermediate_size_mlp": 40}),
    "bamba": ("Bamba", {**LLAMA, "mamba_n_heads": 8, "mamba_d_head": 12, "mamba_d_state": 8, "mamba_n_groups": 1}),
    "llava": ("Llava", {"vision_config": {"model_type": "clip_vision_model", **TOWER}, "image_token_index": 5,
                        "text_config": {"model_type": "llama", **LLAMA}}),
    "gemma3": ("Gemma3", {"vision_config": {"model_type": "siglip_vision_model", **TOWER}, "text_config": WIDE,
                          "mm_tokens_per_image": 4}),
}


def build(name, settings):
    config = getattr(transformers, name + "Config")(**settings)
    if "vision_config" in settings:
        return transformers.AutoModelForImageTextToText.from_config(config)
    return transformers.AutoModelForCausalLM.from_config(config)


def save(model, targets, folder, parameters=None, pickled=None):
    """What PEFT writes, with numbers of which none is zero: B starts as zeroes."""
    settings = peft.LoraConfig(r=RANK, lora_alpha=8, target_modules=targets, target_parameters=parameters,
                               task_type="CAUSAL_LM")
    adapted = peft.get_peft_model(model, settings)
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    adapted.save_pretrained(folder)
    if pickled:
        adapted.save_pretrained(pickled, safe_serialization=False)
    adapted.unload()


def fused(model):
    """Parameters that hold all experts of a layer. PEFT turns A and B round where a module does not say how it keeps
    them, as gpt-oss of transformers 4 does not: vLLM has no place for those."""
    return [name for name, _ in model.named_parameters() if name.endswith(("experts.gate_up_proj", "experts.down_proj"))
            and hasattr(model.get_submodule(name.rpartition(".")[0]), "is_transposed")]


def noise(*shape):
    return 0.02 * torch.randn(*shape)


def spoil(fits, wrong, pickled=None):
    """One adapter for each kind of module and each size of it."""
    tensors = safetensors.torch.load_file(os.path.join(fits, "adapter_model.safetensors"))
    kinds = {}
    for name in tensors:
        module = name.rpartition(".lora_")[0]
        kinds.setdefault(re.sub(r"\.\d+", "", module), module)
    for module in kinds.values():
        a, b = tensors[module + ".lora_A.weight"], tensors[module + ".lora_B.weight"]
        pairs = {"in": (noise(a.shape[0], a.shape[1] + 1), b), "out": (a, noise(b.shape[0] + 1, b.shape[1])),
                 "rank": (noise(a.shape[0] + 1, a.shape[1]), b)}
        if a.shape[1] != b.shape[0]:
            pairs["turned"] = (b.T.contiguous(), a.T.contiguous())
        for what, (new_a, new_b) in pairs.items():
            folder = os.path.join(wrong, f"{module}.{what}")
            os.makedirs(folder)
            shutil.copy(os.path.join(fits, "adapter_config.json"), folder)
            changed = {**tensors, module + ".lora_A.weight": new_a, module + ".lora_B.weight": new_b}
            safetensors.torch.save_file(changed, os.path.join(folder, "adapter_model.safetensors"), {"format": "pt"})
            if pickled:
                folder = os.path.join(pickled, f"{module}.{what}")
                os.makedirs(folder)
                shutil.copy(os.path.join(fits, "adapter_config.json"), folder)
                torch.save(changed, os.path.join(folder, "adapter_model.bin"))
    return len(kinds)


def main(folder):
    made, others, missing = {}, [], {}
    for family, (name, settings) in {**FAMILIES, **OTHERS}.items():
        here = os.path.join(folder, family)
        try:
            torch.manual_seed(1)
            model = build(name, settings)
        except Exception as error:  # a version without this family, or with other settings
            missing[family] = f"{type(error).__name__}: {error}"
            continue
        model.config.save_pretrained(here)
        model.save_pretrained(os.path.join(here, "base"), max_shard_size="20KB")
        save(model, "all-linear", os.path.join(here, "fits", "all"), pickled=os.path.join(here, "pickled", "fits", "all"))
        try:
            save(model, None, os.path.join(here, "fits", "default"))
        except ValueError:  # PEFT has no default for it
            pass
        experts = fused(model)
        if family in OTHERS:
            if experts:
                save(model, [], os.path.join(here, "fits", "experts"), experts)
            others.append(family)
            continue
        made[family] = spoil(os.path.join(here, "fits", "all"), os.path.join(here, "wrong", "all"),
                             os.path.join(here, "pickled", "wrong", "all"))
        if experts:
            save(model, [], os.path.join(here, "fits", "experts"), experts)
            made[family] += spoil(os.path.join(here, "fits", "experts"), os.path.join(here, "wrong", "experts"))
    versions = {library.__name__: library.__version__ for library in (torch, transformers, peft)}
    print(json.dumps({"made": made, "others": others, "missing": missing, "versions": versions}))


main(sys.argv[1])
