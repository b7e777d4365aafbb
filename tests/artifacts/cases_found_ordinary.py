"""Ordinary adapters and models that were said to break a rule, as trainers write them and vLLM serves them; closed since.
Beside each what is alike and does break it.

What vLLM makes of each was seen in its own loader (vLLM 0.33, November 2026).
"""

import json

import severity
from cases_adapter import BASE, PLAIN, Q, V, configured, folder, lra, module, numbers
from cases_adapter_families import EXPERTS, on_config
from cases_found_adapters import on_tensors, seeing
from corpus import case
from make_safetensors import write
from make_tokenizer import tokenizer

# Unsloth marks what it saved; PEFT imports one module, of which transformers has the class.
MAPPING = {"base_model_class": "LlamaForCausalLM", "parent_library": "transformers.models.llama.modeling_llama"}


def mapped(id, more, *rules):
    configured("mapping_" + id, {"auto_mapping": {**MAPPING, **more}}, *rules)


mapped("of_unsloth", {"unsloth_fixed": True})
mapped("of_unsloth_experts", {"unsloth_fixed": True, "unsloth_fused_expert_lora": {"lora_B_layout": "rank_major"}})
mapped("with_a_module", {"unsloth_fixed": True, "custom_library": "evil.modeling"}, "LRA-008")
mapped("with_an_object", {"entry": ["evil:load"]}, "LRA-008")
mapped("of_unsloth_itself", {"unsloth_fixed": True, "parent_library": "unsloth.models.llama"}, "LRA-008")
mapped("of_fetched_code", {"unsloth_fixed": True, "parent_library": "transformers_modules.me.modeling"}, "LRA-008")

# Names that the base has nothing for PEFT leaves out. The other way round is another adapter than was reviewed.
SEVEN = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
configured("seven_names", {"target_modules": SEVEN}, "LRA-019")
lra("seven_names_and_another", lambda: folder({**PLAIN, "target_modules": SEVEN}, {
    **module(Q), **module(Q.replace("self_attn.q_proj", "mlp.fc1"), seed=2)}), "LRA-019", "LRA-026")

# What leads from eyes to the language model is one note; linear modules of language models are none.
P = "base_model.model."
seeing("projector", ["model.multi_modal_projector.linear_2", "model.multi_modal_projector.patch_merger.merging_layer"],
       "LRA-017")
seeing("merger", ["model.merger.mlp.0.linear_1"], "LRA-017")
seeing("named_in_a_layer", ["model.layers.0.self_attn.vision_backdoor"], "LRA-025")
seeing("indexer", ["model.layers.0.self_attn.indexer.wq_b", "model.layers.0.self_attn.indexer.weights_proj"])
seeing("deltas", ["model.layers.0.self_attn.f_a_proj", "model.layers.0.self_attn.g_b_proj"])
seeing("indexer_of_another_name", ["model.layers.0.self_attn.indexer.wq_c"], "LRA-025")


# A classification head is saved whole, and vLLM takes the one that modules_to_save names.
def headed(id, heads, *rules, saved=("classifier", "score")):
    lra("head_" + id, lambda: folder(
        {**PLAIN, "task_type": "SEQ_CLS", "modules_to_save": list(saved) if saved else None},
        {**module(Q), **module(V, seed=2),
         **{P + name: ("F32", shape, numbers(shape[0] * (shape + [1])[1], seed))
            for seed, (name, shape) in enumerate(heads.items(), 9)}}), *rules)


SCORE = {"score.weight": [3, 32]}
headed("score", SCORE, "LRA-018")
headed("with_bias", {"classifier.weight": [3, 32], "classifier.bias": [3]}, "LRA-018")
headed("not_stated", SCORE, "LRA-020", saved=None)
headed("of_another_name", SCORE, "LRA-018", "LRA-020", saved=["classifier"])
headed("two", {**SCORE, "classifier.weight": [3, 32]}, "LRA-018", "LRA-020")
headed("hidden", {**SCORE, "model.layers.0.score.weight": [3, 32]}, "LRA-018", "LRA-020")
headed("without_weight", {"score.bias": [3]}, "LRA-018", "LRA-020")
headed("of_layers", {"classifier.dense.weight": [32, 32]}, "LRA-018", "LRA-020")
headed("and_a_module", {**SCORE, "lm_head.weight": [3, 32]}, "LRA-007", "LRA-020", saved=["score", "lm_head"])

# Checkpoints and classes put their layers in parts of other names.
MIXED = {f"backbone.layers.{layer}.mixer.{name}.weight": ("F32", shape) for layer in range(2)
         for name, shape in (("q_proj", [32, 32]), ("up_proj", [80, 32]), ("down_proj", [32, 80]))}
NEMOTRON = {**BASE, "model_type": "nemotron_h", "num_hidden_layers": 2}


def in_backbone(id, name, size_out, *rules):
    lra("backbone_" + id, lambda: folder(
        {**PLAIN, "target_modules": ["up_proj"]}, module(P + name, size_out=size_out),
        **{"base/config.json": json.dumps(NEMOTRON).encode(), "base/model.safetensors": write(MIXED)}), *rules,
        arguments=("--base", "{case}/base", "--exclude", "base"))


in_backbone("fits", "model.layers.1.mixer.up_proj", 80)
in_backbone("too_tall", "model.layers.1.mixer.up_proj", 81, "LRA-023")
in_backbone("layer_beyond", "model.layers.2.mixer.up_proj", 80, "LRA-024", "LRA-033")

# Sizes of experts' families, by the configuration alone.
MIXTRAL = {"model_type": "mixtral", **EXPERTS, "num_local_experts": 3}
QWEN3 = {"model_type": "qwen3_moe", **EXPERTS, "head_dim": 10, "num_experts": 3, "moe_intermediate_size": 24}
for id, config, name, size_in, size_out in (
        ("mixtral", MIXTRAL, "model.layers.0.self_attn.k_proj", 32, 16),
        ("mixtral_gate", MIXTRAL, "model.layers.0.block_sparse_moe.gate", 32, 3),
        ("mixtral_expert", MIXTRAL, "model.layers.0.block_sparse_moe.experts.1.w2", 80, 32),
        ("qwen3_moe", QWEN3, "model.layers.0.self_attn.o_proj", 40, 32),
        ("qwen3_moe_expert", QWEN3, "model.layers.0.mlp.experts.2.up_proj", 32, 24)):
    on_config(id, config, name, size_in, size_out)
    on_config(id + "_tall", config, name, size_in, size_out + 1, "LRA-023")
    on_config(id + "_deep", config, name.replace(".0.", ".2.", 1), size_in, size_out, "LRA-024")
on_config("mixtral_without_keys", {key: value for key, value in MIXTRAL.items() if key != "num_key_value_heads"},
          "model.layers.0.self_attn.k_proj", 32, 16, "LRA-033")


# Experts of a layer in one matrix have more numbers, and none of them larger.
def stacked(id, scale, *rules):
    def make():
        tensors = {}
        for layer in range(4):
            experts = f"{P}model.layers.{layer}.mlp.experts"
            for seed, name in enumerate("qkvo", 1):
                tensors |= module(f"{P}model.layers.{layer}.self_attn.{name}_proj", rank=2, size_in=8, size_out=8,
                                  seed=10 * seed + layer)
            tensors |= module(experts + ".base_layer", rank=512, size_in=8, size_out=16, seed=layer + 70)
            tensors |= module(experts, rank=512, size_in=8, size_out=8, seed=layer + 80)
        name = P + "model.layers.2.mlp.experts.lora_B.weight"
        tensors[name] = ("F32", [8, 512], numbers(8 * 512, 77, scale))
        return folder({**PLAIN, "r": 2, "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"],
                       "target_parameters": ["experts.gate_up_proj", "experts.down_proj"], "lora_alpha": 2}, tensors)
    lra("stacked_" + id, make, *rules)


stacked("experts", 1.0)
stacked("experts_one_large", 1000.0, "LRA-043")


# Tokens that were added to text models for pictures, beyond the rows: vLLM serves these models. Gemma 3 has one, CodeLlama
# four, Llama's vision eight rows more than its settings say. A vocabulary that is larger than the table is another matter.
def beyond(id, *rules, rows=64, size=64, words=64, added=1, files=()):
    def make():
        more = [{"id": words + index, "content": f"<image_{index}>", "single_word": False, "lstrip": False, "rstrip": False,
                 "normalized": False, "special": True} for index in range(added)]
        vocab = {chr(0x4e00 + index): index for index in range(words)}
        made = {"config.json": {"vocab_size": size}, "tokenizer.json": json.loads(tokenizer(vocab, merges=(), added=more))}
        if "added_tokens.json" in files:
            made["added_tokens.json"] = {token["content"]: token["id"] for token in more}
        content = {name: json.dumps(value).encode() for name, value in made.items()}
        if rows:
            content["model.safetensors"] = write({"model.embed_tokens.weight": ("F16", [rows, 2])})
        return content
    case("ordinary/beyond_" + id, verdict=severity.verdict(rules), rules=rules)(make)


beyond("none", added=0)
beyond("one", "TOK-213")
beyond("one_in_two_files", "TOK-213", files=["added_tokens.json"])
beyond("four", "TOK-213", added=4)
beyond("many", "TOK-201", added=65)
beyond("words", "TOK-201", words=65, added=0)
beyond("words_and_one", "TOK-201", words=65)
beyond("size_and_eight_rows", "TOK-213", rows=72)
beyond("size_alone", "TOK-213", rows=None)
beyond("size_and_words", "TOK-202", rows=None, words=65, added=0)

# Records of a training, which no loader of models reads. What one reads still asks for trust.
TRUST = "model_name_or_path: me/model\ntrust_remote_code: true\n"
for id, name, text, rule in (
        ("llama_factory", "training_args.yaml", TRUST, "CFG-213"),
        ("axolotl", "llama3-qlora.yml", "base_model: me/model\ntrust_remote_code: true\nlearning_rate: 0.0002\n", "CFG-213"),
        ("swift", "args.json", '{"trust_remote_code": true}', "CFG-213"),
        ("oumi", "config.yaml", "model:\n  model_name: x\n  trust_remote_code: True\n", "CFG-213"),
        ("nemo", "model_config.yaml", TRUST + "learning_rate: 1\n", "CFG-103"),
        ("of_no_trainer", "settings.yaml", TRUST, "CFG-103"),
        ("config", "config.json", '{"trust_remote_code": true, "learning_rate": 1}', "CFG-103"),
        ("generation", "generation_config.json", '{"trust_remote_code": true}', "CFG-103")):
    case("ordinary/record_" + id, verdict=severity.verdict([rule]), rules=[rule], name=name)(lambda text=text: text.encode())
case("ordinary/record_with_code", verdict="findings", rules=["CFG-101", "CFG-208", "CFG-213"], name="training_args.yaml")(
    lambda: (TRUST + "auto_map: {AutoModel: m.C}\n").encode())

# Of a vocabulary "~/" is a token.
case("ordinary/tekken_home", verdict="clean", name="tekken.json")(lambda: json.dumps({
    "config": {"pattern": "[a-z]+", "num_vocab_tokens": 2, "default_vocab_size": 4, "default_num_special_tokens": 2, "version": "v3"},
    "vocab": [{"rank": 0, "token_bytes": "fi8=", "token_str": "~/"}, {"rank": 1, "token_bytes": "fi9h", "token_str": "~/a"}],
    "special_tokens": [{"rank": 0, "token_str": "<unk>", "is_control": True}, {"rank": 1, "token_str": "<s>", "is_control": True}],
}).encode())
case("ordinary/home", verdict="clean", rules=["CFG-204"], name="config.json")(lambda: b'{"model": "~/a"}')
