"""Adapters that were called clean, or said to break a rule that they do not break; closed since.

What vLLM does with each was seen in its own loader (PEFTHelper, LoRAModel.from_local_checkpoint of vLLM 0.33) or read
in its model manager.
"""

import json

from cases_adapter import BASE, PLAIN, Q, V, configured, folder, lra, module
from make_safetensors import write
from make_torch import checkpoint

# An alpha of one module counts as lora_alpha does.
configured("alpha_0", {"lora_alpha": 0}, "LRA-004")
configured("alpha_of_one_0", {"alpha_pattern": {"q_proj": 0}}, "LRA-004")
configured("alpha_of_one_negative", {"alpha_pattern": {"q_proj": -16}}, "LRA-004")
configured("alpha_of_one_at_limit", {"alpha_pattern": {"q_proj": -64}}, "LRA-004")
configured("alpha_of_one_beyond", {"alpha_pattern": {"q_proj": -65}}, "LRA-012")
configured("alpha_of_one_beyond_and_of_another", {"alpha_pattern": {"q_proj": -65, "v_proj": 0}}, "LRA-004", "LRA-012")
configured("alpha_of_one_small", {"alpha_pattern": {"q_proj": 1e-9}})

# Keys of the patterns are expressions, and the first that matches counts: what vLLM's `get_rank_and_scaling` says of
# q_proj is in the remarks.
def expressions(id, ranks, alphas, *rules, rank=8, alpha=16, real=None, **change):
    configured("pattern_" + id, {"r": rank, "lora_alpha": alpha, "rank_pattern": ranks, "alpha_pattern": alphas,
                                 **change}, *rules, tensors={**module(Q, rank=real or rank), **module(V, rank=8, seed=2)})


expressions("of_rank", {"q_proj|k_proj": 1}, {}, "LRA-012", alpha=64, real=1)  # 64
expressions("of_alpha_beside_a_rank", {"q_proj": 1}, {"(q_proj)": 64}, "LRA-012", real=1)  # 64
expressions("of_alpha", {}, {"(q|x)_proj": 65}, "LRA-012")
expressions("with_a_dot_for_any_character", {"q.proj": 1}, {}, "LRA-012", alpha=64, real=1)
expressions("of_each_within_the_limit", {"(q|k)_proj": 4}, {"[qk]_proj": 32}, real=4)  # 8
expressions("after_a_name", {"q_proj": 8, "(q|v)_proj": 8}, {})
expressions("of_another_hides_no_rank", {"(o|x)_proj": 600}, {}, "LRA-011", "LRA-022", real=64)
expressions("of_no_module_hides_no_rank", {}, {"(o|x)_proj": 16}, "LRA-022", real=64)
expressions("whose_rank_is_in_the_tensors", {"self_attn.(q|o)_proj": 4}, {}, real=4)
expressions("beyond_ascii", {"q_pröj|o_proj": 8}, {}, "LRA-046")
expressions("behind_one_that_matched", {"q_proj": 8, "v_proj": 8, "q_pröj|o_proj": 8}, {})
configured("targets_beyond_ascii", {"target_modules": ".*(q_proj|v_proj|ö)"}, "LRA-046")
configured("targets_except_beyond_ascii", {"exclude_modules": ".*(ö|x)"}, "LRA-046")

# How the first values were chosen shows no more in what is served.
configured("eva", {"init_lora_weights": "eva", "eva_config": {"rho": 2.0, "tau": 0.99}}, "LRA-016")
configured("eva_not_used", {"eva_config": {"rho": 2.0}}, "LRA-016")
configured("eva_empty", {"eva_config": {}})
configured("lora_ga", {"init_lora_weights": "lora_ga", "lora_ga_config": {"direction": "ArB2r"}}, "LRA-016")
configured("offload", {"runtime_config": {"ephemeral_gpu_offload": True}}, "LRA-016")
configured("offload_off", {"runtime_config": {"ephemeral_gpu_offload": False}})
configured("runtime_of_another_kind", {"runtime_config": {"ephemeral_gpu_offload": "os"}}, "LRA-008")


# Modules that a base does not have, where its tensors are known. One right pair is beside each.
LLAMA = {"self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"), "mlp": ("gate_proj", "up_proj", "down_proj")}
LAYERS = [f"layers.{layer}.{part}.{name}" for layer in range(2) for part, names in LLAMA.items() for name in names]
P = "base_model.model."


def weights(modules, size=32):
    return {name + ".weight": ("F32", [size, size]) for name in modules}


WHOLE = weights(["model." + name for name in LAYERS] + ["model.embed_tokens", "model.norm"])
CONFIG = {**BASE, "num_hidden_layers": 2, "intermediate_size": 32}


def on_tensors(id, names, *rules, base=WHOLE, config=CONFIG, files=None, right=Q):
    """Modules of an adapter against a base of which there are the tensors and, but for None, the configuration."""
    tensors = module(right) if right else {}
    for seed, name in enumerate(names, 2):
        tensors.update(module(P + name, seed=seed))
    given = files or {"model.safetensors": base}
    made = {"base/" + name: write(content) for name, content in given.items()}
    if config:
        made["base/config.json"] = json.dumps(config).encode()
    targets = sorted({name.removesuffix(".weight").rsplit(".lora", 1)[0].rpartition(".")[2] for name in tensors})
    lra("base_tensors_" + id, lambda: folder({**PLAIN, "target_modules": targets}, tensors, **made), *rules,
        arguments=("--base", "{case}/base", "--exclude", "base"))


on_tensors("fit", ["model.layers.1.mlp.down_proj"])
on_tensors("alone", ["model.layers.1.mlp.down_proj"], config=None)
on_tensors("other_family", ["transformer.h.0.attn.c_attn"], "LRA-038")
on_tensors("other_family_only", ["model.layers.0.mlp.c_attn"], "LRA-038", right=None)
on_tensors("other_family_and_no_config", ["model.layers.0.mlp.c_attn"], "LRA-038", config=None)
on_tensors("misplaced", ["model.layers.0.mlp.q_proj"], "LRA-038")
on_tensors("of_many_modes", ["language_model.model.layers.0.self_attn.v_proj"], "LRA-038")
on_tensors("of_many_modes_newer", ["model.language_model.layers.0.self_attn.v_proj"], "LRA-038")
on_tensors("packed", ["model.layers.0.self_attn.qkv_proj"], "LRA-039")
on_tensors("experts", ["model.layers.0.mlp.experts.0.up_proj"], "LRA-038")
on_tensors("layer_beyond", ["model.layers.2.mlp.c_attn"], "LRA-024", "LRA-032")
on_tensors("tied_head", ["lm_head"], "LRA-028", "LRA-032")
on_tensors("without_prefix", ["model.layers.0.self_attn.v_proj"], base=weights(LAYERS + ["embed_tokens"]))
# Two numbers of 4 bits share a byte: the tensor's shape is not the module's.
on_tensors("of_4_bits", ["model.layers.1.mlp.down_proj"], base={
    **{name: ("U8", [512, 1]) for name in weights(["model." + name for name in LAYERS])},
    **{name + ".absmax": ("F32", [16]) for name in weights(["model." + name for name in LAYERS])}})
on_tensors("of_4_bits_other_family", ["model.layers.1.mlp.c_fc"], "LRA-038", base={
    name: ("U8", [32, 16]) for name in weights(["model." + name for name in LAYERS])})
# Where something of the base is missing, nothing is known of what it has.
on_tensors("in_part", ["model.layers.0.mlp.c_attn"], "LRA-032",
           files={"model-00001-of-00002.safetensors": WHOLE})
on_tensors("in_two_files", ["model.layers.0.mlp.c_attn"], "LRA-038", files={
    "model-00001-of-00002.safetensors": WHOLE, "model-00002-of-00002.safetensors": weights(["model.norm"])})
on_tensors("last_layers_elsewhere", ["model.layers.2.mlp.down_proj"], "LRA-032", config=None,
           files={"model-00001-of-00002.safetensors": WHOLE})
on_tensors("last_layer_elsewhere", ["model.layers.2.mlp.down_proj"], config={**CONFIG, "num_hidden_layers": 3})
on_tensors("layers_missing", ["model.layers.0.mlp.c_attn"], "LRA-032", config={**CONFIG, "num_hidden_layers": 3})
on_tensors("names_of_mistral", ["model.layers.0.self_attn.v_proj"], "LRA-033", config=None, base=weights(
    ["layers.0.attention.wq", "layers.0.attention.wv", "layers.0.feed_forward.w1", "tok_embeddings"]))


# What vLLM leaves out unless it is started with --enable-tower-connector-lora.
def seeing(id, names, *rules):
    tensors = module(Q)
    for seed, name in enumerate(names, 2):
        tensors.update(module(P + name, seed=seed))
    targets = sorted({"q_proj", *(name.rpartition(".")[2] for name in names)})
    lra("sees_" + id, lambda: folder({**PLAIN, "target_modules": targets}, tensors), *rules)


seeing("tower", ["model.vision_tower.encoder.layers.0.self_attn.q_proj"], "LRA-017")
seeing("blocks", ["visual.blocks.0.attn.qkv", "visual.blocks.1.attn.qkv"], "LRA-017")
seeing("connector", ["model.multi_modal_projector.linear_1"], "LRA-017")
seeing("language", ["language_model.model.layers.0.self_attn.k_proj"])


# Of fused experts vLLM needs both matrices. PEFT saves one alone as "experts".
def fused(id, parameters, names, *rules):
    def make():
        tensors = module(Q)
        for seed, name in enumerate(names, 2):
            tensors.update(module(P + "model.layers.0.mlp." + name, rank=16, seed=seed))
        return folder({**PLAIN, "target_modules": ["q_proj"], "target_parameters": parameters}, tensors)
    lra("fused_" + id, make, *rules)


fused("both", ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"], ["experts.base_layer", "experts"])
fused("gate_up", ["mlp.experts.gate_up_proj"], ["experts"], "LRA-005")
fused("down", ["experts.down_proj"], ["experts"], "LRA-005")
fused("inner", ["experts.gate_up_proj"], ["experts.base_layer"], "LRA-005")
fused("one_stated", ["experts.down_proj"], ["experts.base_layer", "experts"], "LRA-026")


# An adapter that is a pickle alone has nothing beside its tensors.
def pickled(id, *rules, **files):
    lra("pickled_" + id, lambda: folder(**{"adapter_model.safetensors": None, **files}), *rules)


pickled("bin", "LRA-029", **{"adapter_model.bin": checkpoint()})
pickled("pt", "LRA-029", **{"adapter_model.pt": checkpoint()})
pickled("both", "LRA-029", "LRA-030", **{"adapter_model.bin": checkpoint(), "adapter_model.pt": checkpoint()})
pickled("of_a_model", "LRA-029", "LRA-030", **{"pytorch_model.bin": checkpoint()})
