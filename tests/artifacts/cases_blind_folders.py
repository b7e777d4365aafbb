"""Settings, code, archives and LoRA adapters (sections 1.3, 2.1 and 7 of the survey): cases written from the rules alone.

Whoever wrote them had not read the scanner. The writers here are their own, of json, struct, zlib and what Python has
for archives.
"""

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile

import severity
from cases_blind_safetensors import model as safetensors
from cases_blind_zip import ELF, EVIL, RUNS
from cases_blind_zip import model as checkpoint
from corpus import case


def told(id, make, *rules, name="", arguments=(), covers="", gap=""):
    more = {"name": name} if name else {}
    case("blind/" + id,
         verdict=severity.verdict(rules),
         rules=rules,
         arguments=arguments,
         covers=covers or id,
         gap=gap,
         **more)(lambda: make)


# --- settings ---------------------------------------------------------------------------------------


def config(id, value, *rules, name="config.json", gap="", more=None):
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    told("c/" + id, {name: content, **(more or {})}, *rules, covers="2.1", gap=gap)


CODE = {"modeling_x.py": b"class X: pass\n"}
for field in ("AutoModel", "AutoModelForCausalLM", "AutoConfig", "AutoTokenizer", "AutoProcessor"):
    config(f"auto_map_{field.lower()}", {"auto_map": {field: "modeling_x.X"}}, "CFG-101", "CFG-208")
    config(f"auto_map_{field.lower()}_elsewhere", {"auto_map": {field: "org/repo--modeling_x.X"}}, "CFG-102")
config("auto_map_in_a_list", {"auto_map": {"AutoTokenizer": ["tokenization_x.X", None]}}, "CFG-101", "CFG-208")
config("auto_map_in_a_list_elsewhere", {"auto_map": {"AutoTokenizer": [None, "org/repo--tokenization_x.X"]}}, "CFG-102")
config("auto_map_in_a_part", {"text_config": {"auto_map": {"AutoModel": "modeling_x.X"}}}, "CFG-101", "CFG-208")
config("auto_map_is_there", {"auto_map": {"AutoModel": "modeling_x.X"}}, "CFG-101", "COD-101", more=CODE)
for name in ("tokenizer_config.json", "processor_config.json", "preprocessor_config.json", "generation_config.json"):
    config("auto_map_by_" + name.split(".")[0], {"auto_map": {"AutoModel": "modeling_x.X"}},
           "CFG-101",
           "CFG-208",
           name=name)
config("trust_remote_code", {"trust_remote_code": True}, "CFG-103")
config("trust_remote_code_false_is_good", {"trust_remote_code": False})
config("trust_remote_code_in_a_part", {"vision_config": {"trust_remote_code": True}}, "CFG-103")
config("custom_pipelines", {"custom_pipelines": {"x": {"impl": "pipe.X", "pt": ["AutoModel"]}}}, "CFG-104", "CFG-208")
for target, rule in (("os.system", "CFG-107"), ("subprocess.Popen", "CFG-107"), ("builtins.exec", "CFG-107"),
                     ("builtins.eval", "CFG-107"), ("posix.system", "CFG-107"), ("pickle.loads", "CFG-107"),
                     ("importlib.import_module", "CFG-107"), ("torch.load", "CFG-111"), ("shop.Cart", "CFG-105"),
                     ("mypackage.module.Class", "CFG-105"), ("torch.nn.Linear",
                                                             "CFG-106"), ("nemo.collections.asr.models.X", "CFG-106")):
    config("target_" + target.replace(".", "_"), {"model": {"_target_": target}}, rule)
    config(f"target_{target.replace('.', '_')}_deep", {"a": [{"b": {"_target_": target, "x": 1}}]}, rule)
config("key_twice", b'{"a":1,"a":2}', "CFG-201", "CFG-301")
config("key_twice_deep", b'{"a":{"b":1,"\\u0062":2}}', "CFG-201", "CFG-301")
config("nan", b'{"a":NaN}', "CFG-202")
config("minus_infinity", b'{"a":[-Infinity]}', "CFG-202")
for id, content in (("cut", b'{"a":'), ("comma", b'{"a":1,}'), ("comment", b'{"a":1} // x'),
                    ("single_quotes", b"{'a':1}"), ("two", b"{}{}"), ("bom", b"\xef\xbb\xbf{}"),
                    ("utf16", '{"a":1}'.encode("utf-16")), ("not_utf8", b'{"a":"\xff"}')):
    config("no_json_" + id, content, "CFG-301")
config("file_outside", {"vocab_file": "../../etc/passwd"}, "CFG-203")
config("address", {"weights_file": "https://example.org/x.bin"}, "CFG-205")
INDEX = "model.safetensors.index.json"
SHARD = {"model-1.safetensors": safetensors(("w", "U8", [4], 0, 4))}
config("shard_is_there_is_good", {"metadata": {"total_size": 4}, "weight_map": {"w": "model-1.safetensors"}},
       name=INDEX,
       more=SHARD)
config("shard_is_not_there", {"metadata": {}, "weight_map": {"w": "model-1.safetensors", "v": "model-2.safetensors"}},
       "CFG-207",
       name=INDEX,
       more=SHARD)
for id, path in (("climbs", "../model-1.safetensors"), ("absolute", "/model-1.safetensors"),
                 ("address", "https://example.org/m.safetensors"), ("in_a_folder", "a/model-1.safetensors")):
    config("shard_" + id, {"metadata": {}, "weight_map": {"w": path}}, "CFG-206", name=INDEX, more=SHARD)
config("index_of_numbers", {"metadata": {}, "weight_map": {"w": 1}}, "CFG-304", name=INDEX, more=SHARD)
for id, value in (("llama", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1
}), ("empty", {}), ("letters", {"name": "\u00e9"}), ("deep", {"a": {"b": {"c": {"d": [1, 2.5, None, True]}}}}),
                  ("prose_of_targets", {"note": "set _target_ to os.system"}), ("large_numbers",
                                                                                {"a": 10**30, "b": 1e300})):
    config(id + "_is_good", value)

# --- code in a folder -------------------------------------------------------------------------------

for id, name, content, rules in (("python", "modeling_x.py", b"import os\n",
                                  ["COD-101"]), ("python_by_name_only", "setup.py", b"\n", ["COD-102"]),
                                 ("python_without_a_name", "run",
                                  b"#!/usr/bin/env python3\nimport os\nos.system('true')\n",
                                  ["COD-101"]), ("shell", "install.sh", b"#!/bin/sh\ntrue\n",
                                                 ["COD-104"]), ("shell_by_first_line", "README", b"#!/bin/bash\ntrue\n",
                                                                ["COD-104"]), ("elf", "lib.so", ELF, ["COD-105"]),
                                 ("elf_without_a_name", "blob", ELF,
                                  ["COD-105"]), ("elf_as_weights", "pytorch_model.bin", ELF, ["COD-105"]),
                                 ("windows", "a.dll",
                                  b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200), ["COD-105"]),
                                 ("mac", "a.dylib",
                                  b"\xcf\xfa\xed\xfe" + struct.pack("<6I", 0x01000007, 3, 6, 0, 0, 0) + bytes(100),
                                  ["COD-105"]), ("wasm", "a.wasm", b"\0asm\1\0\0\0", ["COD-105"]),
                                 ("java", "A.class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(40),
                                  ["COD-105"]), ("pyc", "x.pyc", b"\xcb\x0d\x0d\x0a" + bytes(12) + b"\xe3" + bytes(50),
                                                 ["COD-103"]), ("notebook", "a.ipynb",
                                                                json.dumps({
                                                                    "cells": [{
                                                                        "cell_type": "code", "source": ["1"],
                                                                        "metadata": {}, "outputs": [],
                                                                        "execution_count": None
                                                                    }], "metadata": {}, "nbformat": 4,
                                                                    "nbformat_minor": 5
                                                                }).encode(), ["COD-106"])):
    told("code/" + id, {name: content, "config.json": b"{}"}, *rules, covers="2.1")
for id, name, content in (("readme", "README.md", b"# A model\n\n```python\nimport os\n```\n"),
                          ("licence", "LICENSE", b"Apache License\n"), ("attributes", ".gitattributes",
                                                                        b"*.bin filter=lfs diff=lfs merge=lfs -text\n"),
                          ("vocabulary", "merges.txt", b"#version: 0.2\na b\n")):
    told(f"code/{id}_is_good", {name: content, "config.json": b"{}"}, covers="2.1")

# --- archives ---------------------------------------------------------------------------------------

REFUSED = "ARC-010"  # whatever is in it, no loader of weights opens it


def tar(*members, mode="w"):
    """(name, content or a TarInfo's type and target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.USTAR_FORMAT) as file:
        for name, content in members:
            one = tarfile.TarInfo(name)
            if isinstance(content, tuple):
                one.type, one.linkname = content
                file.addfile(one)
            else:
                one.size = len(content)
                file.addfile(one, io.BytesIO(content))
    return out.getvalue()


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


GOOD = safetensors(("w", "U8", [4], 0, 4))
for id, name in (("climbs", "../x"), ("climbs_inside", "a/../../x"), ("absolute", "/etc/x"), ("deep",
                                                                                              "a/b/../../../x")):
    told("a/tar_" + id, tar((name, b"words\n")), "ARC-001", REFUSED, name="a.tar", covers="2.1")
    told("a/zip_" + id, zipped((name, b"words\n")), "ZIP-030", name="a.zip", covers="2.1")
    told(f"a/tar_gz_{id}",
         gzip.compress(tar((name, b"words\n")), mtime=0),
         "ARC-001",
         REFUSED,
         name="a.tar.gz",
         covers="2.1")
for id, kind, target, rule in (("symlink", tarfile.SYMTYPE, "/etc/passwd", "ARC-002"), ("hardlink", tarfile.LNKTYPE,
                                                                                        "../x", "ARC-002"),
                               ("device", tarfile.CHRTYPE, "", "ARC-003"), ("block_device", tarfile.BLKTYPE, "",
                                                                            "ARC-003"), ("pipe", tarfile.FIFOTYPE, "",
                                                                                         "ARC-003")):
    told("a/tar_" + id, tar(("a", b"words\n"), ("b", (kind, target))), rule, REFUSED, name="a.tar", covers="2.1")
told("a/tar_name_twice", tar(("a", b"words\n"), ("a", b"more\n")), "ARC-006", REFUSED, name="a.tar")
PACKERS = {"gz": lambda data: gzip.compress(data, mtime=0), "bz2": bz2.compress, "xz": lzma.compress}
for kind, pack in PACKERS.items():
    told(f"a/{kind}_of_words", pack(b"only words\n"), REFUSED, name="a.txt." + kind)
    told(f"a/{kind}_runs", pack(EVIL), *RUNS, REFUSED, name="data.pkl." + kind, covers="2.1")
    told(f"a/tar_{kind}_of_good_ones",
         pack(tar(("model.safetensors", GOOD), ("README.md", b"words\n"))),
         REFUSED,
         name="a.tar." + kind)
    told(f"a/tar_{kind}_runs", pack(tar(("model/data.pkl", EVIL))), *RUNS, REFUSED, name="a.tar." + kind, covers="2.1")
    told(f"a/tar_{kind}_of_tensors_that_overlap",
         pack(tar(("model.safetensors", safetensors(("w", "U8", [4], 1, 5))))),
         "STF-016",
         REFUSED,
         name="a.tar." + kind)
    told(f"a/{kind}_cut", pack(b"only words\n" * 50)[:-6], "ARC-007", REFUSED, name="a.txt." + kind)
told("a/tar_of_good_ones", tar(("model.safetensors", GOOD), ("config.json", b"{}")), REFUSED, name="a.tar")
told("a/zip_is_good", zipped(("model.safetensors", GOOD), ("config.json", b"{}")), name="a.zip")
told("a/tar_of_a_checkpoint", tar(("pytorch_model.bin", checkpoint())), REFUSED, name="a.tar")
told("a/zip_of_a_checkpoint_that_runs",
     zipped(("pytorch_model.bin", checkpoint(data=EVIL))),
     *RUNS,
     "ZIP-043",
     name="a.zip")
told("a/tar_python", tar(("x.py", b"import os\n")), "COD-101", REFUSED, name="a.tar")
told("a/tar_native", tar(("x", ELF)), "COD-105", REFUSED, name="a.tar")
told("a/tar_settings", tar(("config.json", b'{"trust_remote_code":true}')), "CFG-103", REFUSED, name="a.tar")
told("a/tar_template", tar(("chat_template.jinja", b"{{ x.__class__ }}")), "TPL-101", REFUSED, name="a.tar")
told("a/tar_checksum", tar(("a", b"words\n")).replace(b"0000644", b"0000777", 1), "ARC-007", REFUSED, name="a.tar")
told("a/tar_as_a_model", tar(("data.pkl", EVIL)), REFUSED, *RUNS, name="pytorch_model.bin", covers="Z10")
for depth in (1, 2, 3):
    content = tar(("words.txt", b"words\n"))
    evil = tar(("data.pkl", EVIL))
    for level in range(depth - 1):
        content, evil = tar((f"{level}.tar", content)), tar((f"{level}.tar", evil))
    told(f"a/depth_{depth}", content, REFUSED, name="a.tar", covers="depth 3 at most")
    told(f"a/depth_{depth}_runs", evil, *RUNS, REFUSED, name="a.tar", covers="depth 3 at most")

# --- adapters ---------------------------------------------------------------------------------------

SETTINGS = {
    "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"],
    "bias": "none", "base_model_name_or_path": "org/base", "lora_dropout": 0.0, "fan_in_fan_out": False,
    "inference_mode": True
}
BASE = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 16, "intermediate_size": 32,
    "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": 64
}
PREFIX = "base_model.model.model.layers."


def shapes(rank=4, size=16, layers=(0, 1), modules=("self_attn.q_proj", "self_attn.v_proj")):
    out = {}
    for layer in layers:
        for module in modules:
            out[f"{PREFIX}{layer}.{module}.lora_A.weight"] = [rank, size]
            out[f"{PREFIX}{layer}.{module}.lora_B.weight"] = [size, rank]
    return out


def numbers(count, seed):
    return [((seed * 31 + i * i * 7 + i * 3) % 29 - 14) / 100 for i in range(count)]


def tensors(of, dtype="F32", values=None):
    entries, data = [], b""
    for seed, name in enumerate(sorted(of)):
        count = 1
        for dimension in of[name]:
            count *= dimension
        chosen = (values or {}).get(name) or numbers(count, seed)
        raw = struct.pack(f"<{count}" + {"F32": "f", "F16": "e", "F64": "d"}[dtype], *chosen)
        entries.append((name, dtype, of[name], len(data), len(data) + len(raw)))
        data += raw
    return safetensors(*entries, data=data, metadata='{"format":"pt"}')


def adapter(id,
            *rules,
            settings=None,
            without=(),
            of=None,
            dtype="F32",
            values=None,
            more=None,
            base=None,
            arguments=(),
            gap=""):
    said = {**SETTINGS, **(settings or {})}
    for field in without:
        del said[field]
    files = {
        "x/adapter_config.json": json.dumps(said).encode(),
        "x/adapter_model.safetensors": tensors(of or shapes(), dtype, values), **(more or {})
    }
    if base is not None:
        arguments = ["--base", "{case}/base", *arguments]
        files["base/config.json"] = json.dumps({**BASE, **base}).encode()
    told("l/" + id, files, *rules, arguments=arguments, covers="7", gap=gap)


adapter("is_good")
adapter("half_is_good", dtype="F16")
adapter("fits_its_base_is_good", base={})
adapter("all_modules_are_good",
        of=shapes(modules=["self_attn." + m + "_proj" for m in "qkvo"]),
        settings={"target_modules": [m + "_proj" for m in "qkvo"]},
        base={})
adapter("one_layer_is_good", of=shapes(layers=(1,)), settings={"layers_to_transform": [1]}, base={})
adapter("readme_is_good", more={"x/README.md": b"words\n"})
for field in ("peft_type", "r", "target_modules"):
    adapter("without_" + field, "LRA-002", without=[field])
for value in (0, -1, 1.5, "4", None):
    adapter(f"r_is_{str(value).lower()}", "LRA-002", settings={"r": value})
for kind in ("IA3", "PROMPT_TUNING", "ADALORA", "LOHA", "lora"):
    adapter("type_" + kind.lower(), "LRA-003", settings={"peft_type": kind})
for field, value, rule in (("use_dora", True, "LRA-005"), ("bias", "all", "LRA-005"), ("bias", "lora_only", "LRA-005"),
                           ("lora_bias", True, "LRA-005"), ("layer_replication", [[0, 1], [0, 1]], "LRA-005"),
                           ("alora_invocation_tokens", [1, 2], "LRA-005"), ("use_qalora", True, "LRA-005"),
                           ("use_bdlora", {"a": 1}, "LRA-005"), ("init_lora_weights", "pissa",
                                                                 "LRA-005"), ("init_lora_weights", "olora", "LRA-005"),
                           ("init_lora_weights", "corda", "LRA-005"), ("init_lora_weights", "loftq", "LRA-005"),
                           ("modules_to_save", ["lm_head"], "LRA-007"), ("trainable_token_indices", [1], "LRA-007"),
                           ("megatron_core", "shop.cart", "LRA-008"), ("megatron_config", {"a": 1}, "LRA-008"),
                           ("auto_mapping", {"base_model_class": "X", "parent_library": "shop.cart"},
                            "LRA-008"), ("bias", "some", "LRA-005"), ("task_type", "NONSENSE",
                                                                      "LRA-004"), ("a_new_field", 1, "LRA-010")):
    label = value if isinstance(value, str) else "set"
    adapter(f"{field}_{label}".lower().replace(".", "_"), rule, settings={field: value})
for field, value in (("use_dora", False), ("use_rslora", False), ("init_lora_weights", True),
                     ("init_lora_weights", "gaussian"), ("modules_to_save", None), ("revision", None),
                     ("rank_pattern", {}), ("alpha_pattern", {}), ("layers_pattern", None), ("megatron_config", None),
                     ("megatron_core", "megatron.core"), ("lora_dropout", 0.1)):
    adapter(f"{field}_{str(value).lower()}_is_good".replace("{}", "empty"), settings={field: value})
for id, pattern in (("nested", "(a+)+"), ("nested_words", r"(.*)*q_proj"), ("alternatives", "(q|q)*_proj")):
    adapter("regex_" + id, "LRA-009", "LRA-046", settings={"target_modules": pattern})
adapter("rank_above_the_limit",
        "LRA-011",
        settings={"r": 32, "lora_alpha": 32},
        of=shapes(32),
        arguments=["--max-lora-rank", "16"])
adapter("rank_at_the_limit_is_good",
        settings={"r": 16, "lora_alpha": 16},
        of=shapes(16),
        arguments=["--max-lora-rank", "16"])
adapter("scaling_above_8", "LRA-012", settings={"lora_alpha": 33})
adapter("scaling_of_8_is_good", settings={"lora_alpha": 32})
adapter("scaling_by_the_root_is_good", settings={"lora_alpha": 16, "use_rslora": True})
adapter("scaling_by_the_root_above_8", "LRA-012", settings={"lora_alpha": 17, "use_rslora": True})
adapter("base_not_allowed", "LRA-013", arguments=["--allowed-base", "org/other"])
adapter("base_allowed_is_good", arguments=["--allowed-base", "org/base"])
LAST = PREFIX + "1.self_attn.v_proj.lora_B.weight"
adapter("half_a_pair", "LRA-021", of={name: shape for name, shape in shapes().items() if name != LAST})
adapter("rank_of_one_half", "LRA-022", of={**shapes(), LAST: [16, 5]})
adapter("rank_of_all", "LRA-022", of=shapes(5))
adapter("other_tensor", "LRA-020", of={**shapes(), PREFIX + "1.self_attn.v_proj.weight": [16, 16]})
adapter("size_of_input", "LRA-023", of={**shapes(), LAST.replace("lora_B", "lora_A"): [4, 12]}, base={})
adapter("size_of_output", "LRA-023", of={**shapes(), LAST: [12, 4]}, base={})
adapter("layer_beyond", "LRA-024", of=shapes(layers=(0, 1, 2)), base={})
adapter("modules_unstated", "LRA-026", of=shapes(modules=["self_attn.q_proj", "self_attn.v_proj", "self_attn.k_proj"]))
adapter("modules_missing", "LRA-019", of=shapes(modules=["self_attn.q_proj"]))
adapter("doubles", "LRA-027", dtype="F64")
adapter("embedding",
        "LRA-028",
        settings={"target_modules": ["q_proj", "v_proj", "embed_tokens"]},
        of={
            **shapes(), "base_model.model.model.embed_tokens.lora_embedding_A": [4, 64],
            "base_model.model.model.embed_tokens.lora_embedding_B": [16, 4]
        })
adapter("other_weights_beside", "LRA-030", more={"x/adapter_model.bin": checkpoint()})
adapter("code_beside", "LRA-030", "COD-101", more={"x/modeling.py": b"import os\n"})
FIRST = PREFIX + "0.self_attn.q_proj.lora_A.weight"
for id, value in (("nan", float("nan")), ("infinity", float("inf")), ("minus_infinity", -float("inf"))):
    adapter("value_" + id, "LRA-040", values={FIRST: [value] + numbers(63, 1)})
adapter("no_effect", "LRA-041", values={name: [0.0] * 64 for name in shapes() if "lora_B" in name})
told("l/no_settings", {"x/adapter_model.safetensors": tensors(shapes())}, "LRA-014", covers="7")
told("l/no_tensors", {"x/adapter_config.json": json.dumps(SETTINGS).encode()}, "LRA-029", covers="7")
told("l/settings_cut",
     {"x/adapter_config.json": b'{"peft_type":"LORA",', "x/adapter_model.safetensors": tensors(shapes())},
     "CFG-301",
     "LRA-001",
     covers="7")
