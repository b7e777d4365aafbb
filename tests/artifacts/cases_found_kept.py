"""What trainers and download tools keep beside a model, said to be a danger or not told from others; closed since."""

import json
import pickle

import severity
from cases_adapter import PLAIN, folder, lra, module
from corpus import case
from make_safetensors import write
from make_torch import checkpoint

FILES = [{"Path": "config.json", "Revision": "a" * 40}, {"Path": "model-00001-of-00002.safetensors", "Revision": "b" * 40}]
CALL = b"\x80\x02cposix\nsystem\nX\4\0\0\0true\x85R."


def told(id, files, *rules):
    case("kept/" + id, verdict=severity.verdict(rules), rules=rules)(lambda: files)


# ModelScope's lists: pickles of texts. What imports anything, goes on, or has another name is judged as before.
for protocol in range(6):
    told(f"modelscope_{protocol}", {".msc": pickle.dumps(FILES, protocol), ".mdl": pickle.dumps({"id": "me/model"}, protocol),
                                    ".mv": b"Revision:master,CreatedAt:1700000000"})
told("modelscope_empty", {".msc": pickle.dumps([], 4)})
told("modelscope_of_another_name", {"list.msc": pickle.dumps(FILES, 4)}, "PKL-304")
told("modelscope_as_version", {".mv": pickle.dumps(FILES, 4)}, "PKL-304")
told("modelscope_acts", {".msc": CALL}, "PKL-101", "PKL-201")
told("modelscope_imports_what_is_allowed",
     {".msc": b"\x80\x04\x8c\x0bcollections\x8c\x0bOrderedDict\x93)R."}, "PKL-304")
told("modelscope_goes_on", {".msc": pickle.dumps(FILES, 4) + CALL}, "PKL-101", "PKL-201", "PKL-304")
told("modelscope_with_words_behind", {".msc": pickle.dumps(FILES, 4) + b"words"}, "PKL-304", "PKL-314")
told("modelscope_cut", {".msc": pickle.dumps(FILES, 4)[:-1]}, "PKL-302", "PKL-304", "PKL-308")
told("modelscope_hides", {".msc": pickle.dumps(FILES, 4)[:-1] + b"20."}, "PKL-304", "PKL-305")


# A distributed checkpoint: what it is is said beside what it would do.
TABLE = (b"\x80\x02ctorch.distributed.checkpoint.metadata\nMetadata\n)\x81}X\5\0\0\0state}sb.")
told("distributed_table", {".metadata": TABLE}, "FIL-015", "PKL-102", "PKL-201")
told("distributed_table_that_acts", {".metadata": CALL}, "FIL-015", "PKL-101", "PKL-201")
told("metadata_of_another", {".metadata": b"name: x\n"})

# A checkpoint of transformers' Trainer.
STATE = checkpoint()
TRAINER = {"trainer_state.json": b'{"global_step": 500}', "optimizer.pt": STATE, "scheduler.pt": STATE, "rng_state.pth": STATE}
lra("trainer", lambda: folder(**TRAINER), "LRA-031")
lra("trainer_of_two", lambda: folder(**{**TRAINER, "rng_state_0.pth": STATE, "rng_state_1.pth": STATE}), "LRA-031")
lra("trainer_without_state", lambda: folder(**{**TRAINER, "trainer_state.json": None}), "LRA-030")
lra("trainer_that_acts", lambda: folder(**{**TRAINER, "scheduler.pt": CALL}), "LRA-031", "PKL-101", "PKL-201")
lra("trainer_and_other_weights", lambda: folder(**{**TRAINER, "adapter_model.bin": STATE}), "LRA-030", "LRA-031")

# accelerate's save_state goes by names that say nothing of what reads them.
lra("accelerate", lambda: folder(**{"scheduler.bin": STATE, "sampler.bin": STATE}), "LRA-030")
lra("accelerate_random", lambda: folder(**{"random_states_0.pkl": b"\x80\x04}."}), "LRA-030")
lra("accelerate_beside_a_trainer", lambda: folder(**{**TRAINER, "scheduler.bin": STATE}), "LRA-030", "LRA-031")

# What only PEFT looks at.
for id, setting in (("eva", {"eva_config": ""}), ("arrow", {"arrow_config": False}), ("lora_ga", {"lora_ga_config": []}),
                    ("use_bdlora", {"use_bdlora": False}), ("layers_pattern", {"layers_pattern": "x"})):
    lra("peft_" + id, lambda setting=setting: folder({**PLAIN, **setting}), "LRA-004")
lra("peft_expression", lambda: folder({**PLAIN, "target_modules": ".*[qv]_proj", "layers_to_transform": [0]}), "LRA-004")
lra("peft_layers", lambda: folder({**PLAIN, "layers_pattern": "layers", "layers_to_transform": [0]}))

# OneFormer's words.
WORDS = {"image_processor_type": "OneFormerImageProcessor", "class_info_file": "ade20k_panoptic.json", "num_text": 3}
for id, path, rules in (("published", "shi-labs/oneformer_demo", []), ("own", None, []), ("elsewhere", "me/evil", ["CFG-209"])):
    told("oneformer_" + id, {"preprocessor_config.json": json.dumps({**WORDS, "repo_path": path}).encode()}, *rules)

# All experts at once, on a base that has each by itself.
EXPERTS = "base_model.model.model.layers.0.mlp.experts"
APART = {f"model.layers.0.mlp.experts.{expert}.{name}.weight": ("F32", shape) for expert in range(3)
         for name, shape in (("gate_proj", [24, 32]), ("up_proj", [24, 32]), ("down_proj", [32, 24]))}
NEXT = {"model_type": "qwen3_next", "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 10,
        "num_hidden_layers": 1, "num_experts": 3, "moe_intermediate_size": 24, "shared_expert_intermediate_size": 28,
        "linear_num_key_heads": 2, "linear_key_head_dim": 3, "linear_num_value_heads": 4, "linear_value_head_dim": 5,
        "intermediate_size": 80, "vocab_size": 100}
FUSED = {**PLAIN, "r": 2, "lora_alpha": 4, "target_modules": [], "target_parameters": ["experts.gate_up_proj", "experts.down_proj"]}


def fused(id, base, *rules, inner=(32, 48), outer=(24, 32), ranks=6):
    lra("fused_" + id, lambda: folder(FUSED, {**module(EXPERTS + ".base_layer", ranks, *inner, seed=3), **module(EXPERTS, ranks, *outer, seed=4)}, **base),
        *rules, arguments=("--base", "{case}/base", "--exclude", "base"))


BY_TABLE = {"base/model.safetensors": write(APART)}
BY_CONFIG = {"base/config.json": json.dumps(NEXT).encode()}
for id, base in (("by_table", BY_TABLE), ("by_config", BY_CONFIG)):
    fused(id, base)
    fused(id + "_tall", base, "LRA-023", inner=(32, 24))
    fused(id + "_wide", base, "LRA-023", outer=(32, 24))
fused("of_other_ranks", BY_CONFIG, "LRA-023", ranks=4)
fused("of_another_base", {"base/config.json": json.dumps({**NEXT, "model_type": "evil_next"}).encode()}, "LRA-033")
fused("of_unequal_halves", {"base/model.safetensors": write({**APART, "model.layers.0.mlp.experts.0.up_proj.weight": ("F32", [25, 32])})}, "LRA-032")

# Granite Speech: the folder of a model that has an adapter of its own.
SPEECH = {"model_type": "granite_speech", "architectures": ["GraniteSpeechForConditionalGeneration"], "has_lora_adapter": True}


def speech(id, *rules, config=SPEECH, **more):
    files = {"model-00001-of-00002.safetensors": write({"a": ("F16", [1])}),
             "model-00002-of-00002.safetensors": write({"b": ("F16", [1])}), **more}
    lra("in_its_model_" + id, lambda: folder(**{"config.json": json.dumps(config).encode()}, **files), "LRA-031", *rules)


speech("published", **{"model.safetensors.index.json": json.dumps({"weight_map": {
    "a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}).encode()})
speech("without_index")
speech("that_does_not_say_so", "LRA-030", config={**SPEECH, "has_lora_adapter": False})
speech("that_says_it_otherwise", "LRA-030", config={**SPEECH, "has_lora_adapter": "true"})
speech("and_code", "COD-101", "LRA-030", **{"modeling.py": b"import os\n"})
speech("and_a_pickle", "LRA-030", **{"adapter_model.bin": STATE})
speech("and_other_weights", "LRA-030", **{"new_embeddings.safetensors": write({"c": ("F16", [1])})})
