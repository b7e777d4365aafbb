"""LoRA adapters as folders: each rule of src/adapter that a folder alone can break, and what is sound.

LRA-013 needs a list of allowed base models, which is for whoever approves adapters: tests/unit/adapter.
"""

import json
import struct

from corpus import case
from make_safetensors import write
from make_tokenizer import BOS, piece, sentencepiece, tokenizer

PLAIN = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "meta-llama/Llama-3.2-1B",
         "r": 8, "lora_alpha": 16, "lora_dropout": 0.05, "bias": "none", "target_modules": ["q_proj", "v_proj"],
         "inference_mode": True, "init_lora_weights": True, "fan_in_fan_out": False, "modules_to_save": None,
         "use_rslora": False, "use_dora": False, "rank_pattern": {}, "alpha_pattern": {}, "loftq_config": {},
         "auto_mapping": None, "megatron_config": None, "megatron_core": "megatron.core", "revision": None}
Q = "base_model.model.model.layers.0.self_attn.q_proj"
V = "base_model.model.model.layers.0.self_attn.v_proj"


def numbers(count, seed, scale=1.0):
    """Different ones for each seed, as F32."""
    return b"".join(struct.pack("<f", scale * (((i * 2654435761 + seed * 40503) >> 7) % 2001 - 1000) / 1000)
                    for i in range(count))


def module(name, rank=8, size_in=32, size_out=32, seed=1):
    return {name + ".lora_A.weight": ("F32", [rank, size_in], numbers(rank * size_in, seed)),
            name + ".lora_B.weight": ("F32", [size_out, rank], numbers(rank * size_out, seed + 1000))}


def folder(config=PLAIN, tensors=None, **files):
    """The files of an adapter; None as content leaves one out."""
    tensors = {**module(Q), **module(V, seed=2)} if tensors is None else tensors
    made = {"adapter_config.json": config if isinstance(config, bytes) else json.dumps(config).encode(),
            "adapter_model.safetensors": write(tensors, {"format": "pt"}), **files}
    return {name: content for name, content in made.items() if content is not None}


def lra(id, make, *rules, arguments=(), covers=""):
    """One folder; low and info are notes."""
    open_ = {"LRA-029", "LRA-033", "LRA-045", "LRA-046"}
    notes = {"LRA-010", "LRA-015", "LRA-016", "LRA-017", "LRA-018", "LRA-019", "LRA-027", "LRA-031", "LRA-032", "LRA-034", "LRA-036", "LRA-041", "LRA-042",
             "LRA-043", "LRA-044", "LRA-047", "ZIP-006", "TOK-205", "TOK-208", "TOK-209"}
    verdict = "findings" if set(rules) - notes - open_ else "inconclusive" if set(rules) & open_ else "clean"
    case("lra/" + id, verdict=verdict, rules=rules, arguments=arguments, covers=covers)(make)


def configured(id, change, *rules, arguments=(), tensors=None):
    """PLAIN with fields changed; a field that is Ellipsis is left out."""
    config = {key: value for key, value in {**PLAIN, **change}.items() if value is not ...}
    lra(id, lambda: folder(config, tensors), *rules, arguments=arguments)


BASE = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 80,
        "num_attention_heads": 4, "num_key_value_heads": 4, "num_hidden_layers": 1, "vocab_size": 1000}


def on_base(id, tensors, *rules, base=BASE, config=PLAIN):
    """Compared with a base model beside it, of which there is the configuration."""
    lra(id, lambda: folder(config, tensors, **{"base/config.json": json.dumps(base).encode()}), *rules,
        arguments=("--base", "{case}/base"))


def on_files(id, files, *rules, given="base"):
    """Compared with whatever lies in base/, `verdict` and rules being those of everything together."""
    lra(id, lambda: folder(**{f"base/{name}": content for name, content in files.items()}), *rules,
        arguments=("--base", "{case}/" + given, "--exclude", "base"))


def valued(id, change, *rules):
    """Six modules, some of whose tensors are replaced."""
    def make():
        tensors = {}
        for layer in range(6):
            tensors.update(module(Q.replace("0", str(layer)), seed=layer + 1))
        return folder({**PLAIN, "target_modules": ["q_proj"]}, {**tensors, **change})
    lra(id, make, *rules)


def with_bank(id, scale, *rules):
    """Measured against eight adapters that are alike."""
    def make():
        config = {**PLAIN, "target_modules": ["q_proj"]}
        files = folder(config, {name: (dtype, shape, numbers(256, seed, scale))
                                for seed, (name, (dtype, shape, _)) in enumerate(module(Q).items(), 500)})
        for index in range(8):
            known = folder(config, module(Q, seed=index + 1))
            files |= {f"bank/{index}/{name}": content for name, content in known.items()}
        return files
    lra(id, make, *rules, arguments=("--stats", "--bank", "{case}/bank"))


lra("ordinary", folder)
configured("rslora", {"use_rslora": True})
configured("init_gaussian", {"init_lora_weights": "gaussian"})
configured("init_eva", {"init_lora_weights": "eva"})
configured("all_linear", {"target_modules": "all-linear"})
configured("expression_of_unsloth", {
    "target_modules": r"(?:.*?(?:language|text).*?(?:self_attn|mlp).*?(?:q_proj|v_proj).*?)|"
                      r"(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|mlp)\.(?:q_proj|v_proj))"})
configured("alpha_at_limit", {"lora_alpha": 64})
lra("rank_pattern", lambda: folder({**PLAIN, "rank_pattern": {"q_proj": 4}, "alpha_pattern": {"q_proj": 8}},
                                   {**module(Q, rank=4), **module(V, seed=2)}))
half = {name: ("BF16", shape, b"".join(content[i + 2:i + 4] for i in range(0, len(content), 4)))
        for name, (_, shape, content) in {**module(Q), **module(V, seed=2)}.items()}
lra("half_precision", lambda: folder(tensors=half))

lra("config_cut", lambda: folder(b'{"peft_type": "LORA"'), "LRA-001", "CFG-301")
lra("config_array", lambda: folder(b"[]"), "LRA-001")
lra("config_key_twice", lambda: folder(b'{"r": 8, "r": 512}'), "LRA-001", "CFG-201", "CFG-301")
configured("no_rank", {"r": ...}, "LRA-002")
configured("rank_zero", {"r": 0}, "LRA-002")
configured("rank_negative", {"r": -8}, "LRA-002")
configured("rank_real", {"r": 8.5}, "LRA-002")
configured("rank_text", {"r": "8"}, "LRA-002")
configured("no_alpha", {"lora_alpha": ...}, "LRA-002")
configured("alpha_text", {"lora_alpha": "16"}, "LRA-002")
configured("no_targets", {"target_modules": None}, "LRA-002")
configured("no_type", {"peft_type": ...}, "LRA-002")
configured("other_type", {"peft_type": "IA3"}, "LRA-003")
configured("dropout_2", {"lora_dropout": 2}, "LRA-004")
configured("task_unknown", {"task_type": "EXEC"}, "LRA-004")
configured("base_number", {"base_model_name_or_path": 5}, "LRA-004")
configured("dora", {"use_dora": True}, "LRA-005")
configured("alora", {"alora_invocation_tokens": [1, 2]}, "LRA-005")
configured("qalora", {"use_qalora": True}, "LRA-005")
configured("bias_all", {"bias": "all"}, "LRA-005")
configured("lora_bias", {"lora_bias": True}, "LRA-005")
configured("layer_replication", {"layer_replication": [[0, 16], [8, 16]]}, "LRA-005")
configured("pissa", {"init_lora_weights": "pissa_niter_4"}, "LRA-005")
configured("olora", {"init_lora_weights": "olora"}, "LRA-005")
configured("loftq", {"init_lora_weights": "loftq", "loftq_config": {"loftq_bits": 4}}, "LRA-005", "LRA-006")
configured("fan_in_fan_out", {"fan_in_fan_out": True}, "LRA-006")
configured("saves_head", {"modules_to_save": ["lm_head", "embed_tokens"]}, "LRA-007")
configured("trains_tokens", {"trainable_token_indices": [128000]}, "LRA-007")
configured("ties_weights", {"ensure_weight_tying": True}, "LRA-007")
configured("ties_no_weights", {"ensure_weight_tying": False})
configured("target_parameters", {"target_parameters": ["mlp.experts.gate_up_proj"]}, "LRA-019")
configured("auto_mapping_of_peft", {"auto_mapping": {
    "base_model_class": "LlamaForCausalLM",
    "parent_library": "transformers.models.llama.modeling_llama"}})
configured("auto_mapping", {"auto_mapping": {"base_model_class": "X", "parent_library": "os"}}, "LRA-008")
configured("megatron_core", {"megatron_core": "evil.core"}, "LRA-008")
configured("megatron_config", {"megatron_config": {"x": 1}}, "LRA-008")
configured("expression_nested", {"target_modules": "(.*)*q_proj"}, "LRA-009", "LRA-046")
configured("expression_many", {"target_modules": ".*.*.*.*.*q_proj"}, "LRA-009", "LRA-046")
configured("expression_in_alpha", {"alpha_pattern": {"(a+)+": 16}}, "LRA-009", "LRA-046")
configured("field_unknown", {"use_new_thing": True}, "LRA-010")
configured("rank_pattern_17", {"rank_pattern": {"k_proj": 17}}, "LRA-015")
configured("rank_pattern_16", {"rank_pattern": {"k_proj": 16}})
configured("rank_pattern_1024", {"rank_pattern": {"k_proj": 1024}}, "LRA-011")
lra("rank_1024", lambda: folder({**PLAIN, "r": 1024},
                                {**module(Q, 1024, 2, 2), **module(V, 1024, 2, 2, 2)}), "LRA-011")
configured("alpha_large", {"lora_alpha": 65}, "LRA-012")
configured("alpha_huge", {"lora_alpha": 1e30}, "LRA-012")
configured("alpha_negative", {"lora_alpha": -80}, "LRA-012")
configured("alpha_pattern_large", {"alpha_pattern": {"k_proj": 4000}}, "LRA-012")

both = {**module(Q), **module(V, seed=2)}
other = Q.replace("0", "1")
lra("magnitude", lambda: folder(tensors={**both, Q + ".lora_magnitude_vector": ("F32", [32])}), "LRA-020")
lra("bias_tensor", lambda: folder(tensors={**both, Q + ".bias": ("F32", [32])}), "LRA-020")
lra("adapter_name_in_tensor", lambda: folder(tensors={
    **both, Q + ".lora_A.default.weight": ("F32", [8, 32])}), "LRA-020")
lra("full_weight", lambda: folder(tensors={
    **both, "base_model.model.score.weight": ("F32", [2, 32])}), "LRA-020")
BARE = {name.removeprefix("base_model.model."): tensor for name, tensor in both.items()}
lra("names_without_prefix", lambda: folder(tensors=BARE), "LRA-036")
lra("layer_with_a_zero", lambda: folder(tensors={**both, **module(Q.replace(".0.", ".00."), seed=3)}), "LRA-024")
lra("a_without_b", lambda: folder(tensors={**both, other + ".lora_A.weight": ("F32", [8, 32])}), "LRA-021")
lra("b_without_a", lambda: folder(tensors={**both, other + ".lora_B.weight": ("F32", [32, 8])}), "LRA-021")
lra("rank_other_than_stated", lambda: folder(tensors={**module(Q, rank=4), **module(V, seed=2)}), "LRA-022")
lra("rank_differs_inside", lambda: folder(tensors={
    **both, Q + ".lora_B.weight": ("F32", [32, 4], numbers(128, 9))}), "LRA-022")
lra("not_a_matrix", lambda: folder(tensors={
    **both, Q + ".lora_B.weight": ("F32", [32, 8, 1], numbers(256, 9))}), "LRA-022")
lra("module_not_allowed", lambda: folder({**PLAIN, "target_modules": ["q_proj", "v_proj", "rooter"]},
                                         {**both, **module(Q.replace("q_proj", "rooter"), seed=3)}), "LRA-025")
lra("named_twice", lambda: folder(tensors={**both, **{name.removeprefix("base_model.model."): tensor
                                                      for name, tensor in module(Q, seed=3).items()}}), "LRA-020", "LRA-036")
lra("prefix_twice", lambda: folder(tensors={**both, **module("base_model.model." + Q, seed=3)}), "LRA-020")
lra("module_not_stated", lambda: folder(tensors={
    **both, **module(Q.replace("q_proj", "up_proj"), seed=3)}), "LRA-026")
lra("module_stated_only", lambda: folder({**PLAIN, "target_modules": ["q_proj", "v_proj", "k_proj"]}), "LRA-019")
lra("types_mixed", lambda: folder(tensors={
    **both, Q + ".lora_B.weight": ("F16", [32, 8], b"\x00\x3c" * 256)}), "LRA-027")
lra("head", lambda: folder({**PLAIN, "target_modules": ["q_proj", "v_proj", "lm_head"]},
                           {**both, **module("base_model.model.lm_head", seed=3)}), "LRA-028")
lra("head_base_layer", lambda: folder(tensors={
    **both, "base_model.model.lm_head.base_layer.weight": ("F32", [32, 32])}), "LRA-028")
lra("no_tensors", lambda: folder(**{"adapter_model.safetensors": None}), "LRA-029")
lra("readme", lambda: folder(**{"README.md": b"---\nbase_model: x\n---\nAn adapter.\n"}))
lra("tokens_beside", lambda: folder(**{"special_tokens_map.json": b"{}"}), "LRA-031")
lra("signed", lambda: folder(**{"model.sig": b'{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}\n',
                                ".gitattributes": b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
                                "README.md": b"An adapter.\n"}))
lra("other_signature", lambda: folder(**{"other.sig": b"{}"}), "LRA-031")
lra("no_config", lambda: folder(**{"adapter_config.json": None}), "LRA-014")
lra("no_config_below", lambda: {f"deep/er/{name}": content for name, content in folder().items()
                                if name != "adapter_config.json"}, "LRA-014")
lra("no_config_but_others", lambda: folder(**{"adapter_config.json": None, "config.json": b"{}"}), "LRA-014")
lra("config_excluded", folder, "LRA-014", arguments=("--exclude", "adapter_config.json"))
lra("model_without_adapter", lambda: {"model.safetensors": write({"a": ("F32", [1])}), "config.json": b"{}"})
lra("more_weights", lambda: folder(**{"new_embeddings.safetensors": write({"a": ("F32", [1])})}), "LRA-030")
for family, modules in {
        "falcon": "transformer.h.0.self_attention.query_key_value transformer.h.0.mlp.dense_4h_to_h",
        "mixtral": "model.layers.0.block_sparse_moe.experts.0.w1 model.layers.0.block_sparse_moe.experts.0.w3",
        "opt": "model.decoder.layers.0.self_attn.out_proj model.decoder.layers.0.fc1",
        "deepseek": "model.layers.0.self_attn.q_a_proj model.layers.0.self_attn.kv_a_proj_with_mqa",
        "internlm2": "model.layers.0.attention.wqkv model.layers.0.attention.wo",
        "qwen_1": "transformer.h.0.attn.c_attn transformer.h.0.mlp.c_proj",
        "jamba": "model.layers.0.mamba.in_proj model.layers.0.mamba.dt_proj"}.items():
    lra("modules_of_" + family, lambda modules=modules.split(): folder(
        {**PLAIN, "target_modules": sorted({name.rpartition(".")[2] for name in modules})},
        {name: tensor for seed, name_of in enumerate(modules, 1) for name, tensor in module("base_model.model." + name_of, seed=seed).items()}))
configured("rank_over_own_limit", {}, "LRA-011", arguments=("--max-lora-rank", "4"))
configured("alpha_over_own_limit", {}, "LRA-012", arguments=("--max-lora-scaling", "1"))

on_base("fits_base", None)
on_base("wider_than_base", {**module(Q, size_in=33), **module(V, seed=2)}, "LRA-023")
on_base("taller_than_base", {**module(Q, size_out=64), **module(V, seed=2)}, "LRA-023")
on_base("layer_beyond_base", {**module(Q), **module(V, seed=2), **module(other, seed=3)}, "LRA-024")
for id, layer, *note in (("negative", "-1", "LRA-032"), ("huge", "9" * 30)):
    on_base("layer_" + id, {**module(Q.replace("layers.0", "layers." + layer)), **module(V, seed=2)}, "LRA-024", *note)
on_base("base_of_another_kind", None, "LRA-033", base={**BASE, "model_type": "bamba"})
on_base("base_known_in_part", {**module(Q), **module(Q.replace("q_proj", "qkv_proj"), seed=2)}, "LRA-032",
        config={**PLAIN, "target_modules": ["q_proj", "qkv_proj"]})
on_base("base_of_phi", {**module(Q.replace("q_proj", "qkv_proj"), size_out=96), **module(Q.replace("self_attn.q_proj", "mlp.gate_up_proj"), size_out=160, seed=2)},
        base={**BASE, "model_type": "phi3"}, config={**PLAIN, "target_modules": ["qkv_proj", "gate_up_proj"]})
on_base("base_of_phi_too_wide", {**module(Q.replace("q_proj", "qkv_proj"), size_out=97)}, "LRA-023",
        base={**BASE, "model_type": "phi3"}, config={**PLAIN, "target_modules": ["qkv_proj"]})
SEES = "base_model.model.vision_tower.encoder.layers.9.self_attn.q_proj"
on_base("base_that_sees", {**module(Q), **module(V, seed=2), **module(SEES, size_in=7, size_out=7, seed=3)}, "LRA-017", "LRA-032",
        base={"model_type": "gemma3", "text_config": {**BASE, "model_type": "gemma3_text", "head_dim": 8}})
on_base("base_of_cohere", None, base={**BASE, "model_type": "cohere"})
on_base("base_without_sizes", None, "LRA-033", base={"model_type": "llama"})
on_base("base_of_many_modes", None, base={"model_type": "x", "text_config": BASE})

# A base that is no base says nothing, and must not pass for one that fits.
CONFIG = json.dumps(BASE).encode()
WEIGHTS = write({"model.layers.0.self_attn.q_proj.weight": ("F32", [32, 32]),
                 "model.layers.0.self_attn.v_proj.weight": ("F32", [32, 32])})
on_files("base_of_tensors", {"model.safetensors": WEIGHTS})
on_files("base_whole", {"config.json": CONFIG, "model.safetensors": WEIGHTS})
on_files("base_config_empty", {"config.json": b""}, "LRA-033")
on_files("base_config_cut", {"config.json": CONFIG[:-1]}, "LRA-033")
on_files("base_config_array", {"config.json": b"[]"}, "LRA-033")
on_files("base_config_of_nothing", {"config.json": b"{}"}, "LRA-033")
on_files("base_config_cut_beside_tensors", {"config.json": CONFIG[:-1], "model.safetensors": WEIGHTS}, "LRA-033")
on_files("base_tensors_empty", {"config.json": CONFIG, "model.safetensors": b""}, "LRA-033")
on_files("base_tensors_rubbish", {"config.json": CONFIG, "model.safetensors": b"\xff" * 100}, "LRA-033")
on_files("base_tensors_cut", {"config.json": CONFIG, "model.safetensors": WEIGHTS[:-1]}, "LRA-033")
on_files("base_tensors_none", {"model.safetensors": write({})}, "LRA-033")
on_files("base_of_other_modules", {"model.safetensors": write({"h.0.attn.weight": ("F32", [32, 32])})}, "LRA-033")
on_files("base_one_shard_cut", {"model-1.safetensors": WEIGHTS, "model-2.safetensors": b"\0" * 7}, "LRA-033")
on_files("base_is_tokenizer", {"tokenizer.json": b'{"version": "1.0", "model": {"type": "BPE", "vocab": {}}}'},
         "LRA-033", given="base/tokenizer.json")
on_files("base_is_weights", {"model.safetensors": WEIGHTS}, "LRA-033", given="base/model.safetensors")
on_files("base_is_adapter_config", {"adapter_config.json": json.dumps(PLAIN).encode()}, "LRA-033",
         given="base/adapter_config.json")
lra("base_and_no_adapter", lambda: {"model.safetensors": WEIGHTS, "base/config.json": CONFIG}, "LRA-034",
    arguments=("--base", "{case}/base"))


# The tokenizer of an adapter against its base's. That it is there is a note of its own.
def with_tokens(id, own, base, *rules):
    files = {**own, "base/config.json": CONFIG,
             **{"base/" + name: content for name, content in base.items()}}
    lra("tokens_" + id, lambda: folder(**files), *(["LRA-031"] if own else []), *rules,
        arguments=("--base", "{case}/base", "--exclude", "base"))


def of_json(**files):
    return {name + ".json": json.dumps(content).encode() for name, content in files.items()}


WORDS = {"tokenizer.json": tokenizer()}
MORE = {"tokenizer.json": tokenizer(added=[BOS, BOS | {"id": 4, "content": "<new>"}])}
PIECES = {"tokenizer.model": sentencepiece(piece("a"), piece("b"))}
with_tokens("of_the_base", WORDS, WORDS)
with_tokens("of_the_base_only", {}, WORDS)
with_tokens("broken_base_and_none", {}, {"tokenizer.json": b"{"})
with_tokens("broken_base", WORDS, {"tokenizer.json": b"{"}, "LRA-033", "TOK-209")
with_tokens("names_only", of_json(special_tokens_map={"pad_token": "<pad>"}), WORDS)
with_tokens("new", MORE, WORDS, "TOK-208")
with_tokens("fewer", WORDS, MORE)
with_tokens("turned", {"tokenizer.json": tokenizer({"b": 0, "a": 1, "ab": 2})}, WORDS, "TOK-207")
with_tokens("new_over_old", of_json(added_tokens={"<new>": 1}), WORDS, "TOK-207")
with_tokens("renamed", {"tokenizer.json": tokenizer(added=[BOS | {"content": "<t>"}])}, WORDS, "TOK-207")
with_tokens("moved", of_json(tokenizer_config={"added_tokens_decoder": {"7": {"content": "<s>"}}}), WORDS, "TOK-207")
with_tokens("special_flipped", {"tokenizer.json": tokenizer(added=[BOS | {"special": not BOS["special"]}])}, WORDS, "TOK-205")
with_tokens("base_without", WORDS, {}, "TOK-209")
with_tokens("base_of_another_form", PIECES, WORDS, "TOK-209")
with_tokens("ranks_of_tiktoken", {"tokenizer.model": b"IQ== 0\nIg== 1\n"}, {"tokenizer.model": b"Ig== 0\nIQ== 1\n"})
with_tokens("pieces", PIECES, PIECES)
with_tokens("pieces_swapped", {"tokenizer.model": sentencepiece(piece("b"), piece("a"))}, PIECES, "TOK-207")
lra("tokens_and_config_as_base", lambda: folder(**WORDS, **{"base/config.json": CONFIG}), "LRA-031", "TOK-209",
    arguments=("--base", "{case}/base/config.json", "--exclude", "base"))

A, B = Q + ".lora_A.weight", Q + ".lora_B.weight"
valued("values", {})
valued("value_nan", {A: ("F32", [8, 32], numbers(255, 1) + b"\0\0\xc0\x7f")}, "LRA-040")
valued("value_infinite", {B: ("F32", [32, 8], numbers(255, 1) + b"\0\0\x80\x7f")}, "LRA-040")
valued("no_effect", {B: ("F32", [32, 8])}, "LRA-041")
valued("numbers_repeated", {A: ("F32", [8, 32], numbers(256, 2))}, "LRA-042")
valued("one_module_large", {B: ("F32", [32, 8], numbers(256, 77, 1000.0))}, "LRA-043")
double = struct.pack("<256d", *struct.unpack("<256f", numbers(256, 1)))
valued("value_double", {A: ("F64", [8, 32], double)}, "LRA-027")
valued("value_double_nan", {A: ("F64", [8, 32], double[:-8] + struct.pack("<d", float("nan")))}, "LRA-027", "LRA-040")
valued("type_not_read", {B: ("F8_E4M3", [32, 8])}, "LRA-027", "LRA-045")
with_bank("like_the_bank", 1.0)
with_bank("unlike_the_bank", 50.0, "LRA-044")
