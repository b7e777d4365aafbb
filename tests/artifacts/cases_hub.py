"""The files of a model folder that hold no weights: settings, tokenizers, code, indexes."""

import base64
import functools
import json
import struct
import zlib

import make_safetensors
from corpus import case
from make_tokenizer import AROUND, BOS, FLAGS, VOCAB, normalizer, piece, sentencepiece, tokenizer

INCONCLUSIVE = {"CFG-301", "CFG-302", "CFG-303", "CFG-304", "TOK-301", "TOK-302"}
NOTES = {"CFG-106", "CFG-202", "CFG-204", "CFG-205", "TOK-108", "TOK-205", "TOK-206", "COD-201"}


def verdict_of(rules):
    if set(rules) - INCONCLUSIVE - NOTES:
        return "findings"
    return "inconclusive" if set(rules) & INCONCLUSIVE else "clean"


def bytes_of(content):
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()


def file(area, id, name, content, *rules, verdict=None, covers=""):
    """One file; `content` is bytes, text, or what is written as JSON."""
    case(f"{area}/{id}", verdict=verdict or verdict_of(rules), rules=rules, name=name, covers=covers)(
        lambda: bytes_of(content() if callable(content) else content))


def folder(area, id, files, *rules, verdict=None, covers=""):
    case(f"{area}/{id}", verdict=verdict or verdict_of(rules), rules=rules, covers=covers)(
        lambda: {name: bytes_of(content) for name, content in files.items()})


cfg = functools.partial(file, "cfg")
tok = functools.partial(file, "tok")
cod = functools.partial(file, "cod")

# Settings that name code.
cfg("auto_map", "config.json", {"auto_map": {"AutoConfig": "m.C"}}, "CFG-101", "CFG-208", covers="CVE-2025-66448")
cfg("auto_map_inside", "config.json", {"a": [{"auto_map": {"AutoModel": "m.C"}}]}, "CFG-101", "CFG-208")
cfg("auto_map_any_name", "notes.json", {"auto_map": {"AutoTokenizer": ["t.C", None]}}, "CFG-101", "CFG-208")
cfg("auto_map_no_extension", "settings", {"auto_map": {"AutoModel": "m.C"}}, "CFG-101", "CFG-208")
cfg("other_repository", "config.json", {"auto_map": {"AutoModel": "me/repo--m.C"}}, "CFG-102", covers="CVE-2026-22807")
cfg("other_repository_key", "config.json", {"model_class": "me/repo--modeling_x.C"}, "CFG-102")
cfg("trust", "config.json", {"trust_remote_code": True}, "CFG-103")
cfg("no_trust", "config.json", {"trust_remote_code": False, "auto_map": {}})
cfg("pipeline", "config.json", {"custom_pipelines": {"x": {"impl": "p.P", "pt": ["AutoModel"]}}}, "CFG-104", "CFG-208")
cfg("target", "config.json", {"_target_": "my.module.Class"}, "CFG-105")
cfg("target_of_library", "config.json", {"a": {"_target_": "torch.nn.Linear"}}, "CFG-106")
cfg("target_system", "config.json", {"_target_": "os.system", "command": "id"}, "CFG-107", covers="CVE-2025-23304")
cfg("target_through_library", "config.json", {"_target_": "nemo.utils.os.system"}, "CFG-107")
cfg("modules_own", "modules.json", [{"idx": 0, "type": "custom_pooling.Pool"}], "CFG-109")
cfg("modules_usual", "modules.json", [{"idx": 0, "type": "sentence_transformers.models.Pooling"}])
cfg("pipeline_index_own", "model_index.json", {"unet": ["my_unet", "Unet"]}, "CFG-109")
cfg("pipeline_index_usual", "model_index.json", {"_class_name": "P", "unet": ["diffusers", "U"], "x": [None, None]})
cfg("kernel", "config.json", {"attn_implementation": "me/attention"}, "CFG-110")
cfg("attention", "config.json", {"attn_implementation": "flash_attention_2"})

# Settings that are read differently, or point elsewhere.
cfg("duplicate_key", "config.json", '{"model_type": "llama", "model_type": "x"}', "CFG-201", "CFG-301")
cfg("duplicate_key_escaped", "config.json", r'{"a": 1, "\u0061": 2}', "CFG-201", "CFG-301")
cfg("duplicate_hides", "config.json", '{"auto_map": {"AutoModel": "m.C"}, "auto_map": {}}', "CFG-201", "CFG-301")
cfg("infinity", "config.json", '{"time_step_limit": [0.0, Infinity]}', "CFG-202")
cfg("infinity_hides_nothing", "config.json", '{"a": NaN, "trust_remote_code": true}', "CFG-103", "CFG-202")
cfg("large_integer", "tokenizer_config.json", '{"model_max_length": 1000000000000000019884624838656}')
cfg("upwards", "config.json", {"vocab_file": "../../etc/passwd"}, "CFG-203")
cfg("absolute", "config.json", {"_name_or_path": "/home/me/models/x"}, "CFG-204")
cfg("trained_from", "config.json", {"_name_or_path": "../output/checkpoint-500"}, "CFG-204")
cfg("hub_name", "config.json", {"_name_or_path": "meta-llama/Llama-3.1-8B", "b": "me/model--v1.0"})
cfg("address", "config.json", {"repo": "https://example.com/x"}, "CFG-205")
cfg("ordinary", "config.json", {"architectures": ["LlamaForCausalLM"], "vocab_size": 32000, "quantization_config": {"quant_method": "awq", "bits": 4}})
cfg("generation", "generation_config.json", {"eos_token_id": [1, 2], "temperature": 0.6})
cfg("unknown_name", "zzz.json", [1, "two", {"three": None}])
cfg("special_tokens", "special_tokens_map.json", {"bos_token": {"content": "<s>"}, "eos_token": "</s>"})

# Not understood.
cfg("not_json", "config.json", "{'a': 1}", "CFG-301")
cfg("trailing_comma", "config.json", '{"a": 1,}', "CFG-301")
cfg("byte_order_mark", "config.json", b"\xef\xbb\xbf{}", "CFG-301")
cfg("utf_16", "config.json", '{"a": 1}'.encode("utf-16"), "CFG-301")
cfg("lone_surrogate", "config.json", r'{"a": "\ud800"}', "CFG-301")
cfg("deep", "config.json", "[" * 500 + "]" * 500, "CFG-301")
cfg("two_documents", "config.json", "{} {}", "CFG-301")
cfg("large", "config.json", lambda: b"[" + b"1,\n" * 17_000_000 + b"1]", "CFG-302")

# YAML.
cfg("yaml_target", "model_config.yaml", "model:\n  _target_: os.system\n", "CFG-107", covers="CVE-2025-23304")
cfg("yaml_target_second_document", "model_config.yaml", "a: 1\n---\n_target_: os.system\n", "CFG-107")
cfg("yaml_own_target", "model_config.yaml", "a: {_target_: mine.Class}\n", "CFG-105")
cfg("yaml_nemo", "model_config.yaml", "a:\n  _target_: nemo.collections.asr.modules.X\n", "CFG-106")
cfg("yaml_tag", "x.yaml", "a: !!python/object/apply:os.system [id]\n", "CFG-108", "CFG-303")
cfg("yaml_anchor", "x.yaml", "a: &b 1\nc: *b\n")
cfg("yaml_anchor_in_itself", "x.yaml", "a: &b [*b]\n", "CFG-303")
cfg("yaml_broken", "x.yaml", "a: [\n", "CFG-303")
cfg("yaml_plain", "mergekit.yml", "merge_method: slerp\nmodels:\n  - model: mistralai/Mistral-7B\n")

# Indexes, and what is missing.
def embedding(rows):
    return make_safetensors.write({"model.embed_tokens.weight": ("F16", (rows, 2))})


cfg("index_upwards", "model.safetensors.index.json", {"weight_map": {"a": "../x.safetensors"}}, "CFG-206")
cfg("index_missing", "model.safetensors.index.json", {"weight_map": {"a": "x.safetensors"}}, "CFG-207")
cfg("index_strange", "model.safetensors.index.json", {"weight_map": []}, "CFG-304")
folder("cfg", "index_whole", {"model.safetensors.index.json": {"weight_map": {"model.embed_tokens.weight": "x.safetensors"}}, "x.safetensors": embedding(8)})
folder("cfg", "code_there", {"config.json": {"auto_map": {"AutoModel": "m.C"}}, "m.py": "# Copyright\nimport os\n"}, "CFG-101", "COD-101")

# Tokenizers.
TABLE = b"\0\4\0\0" + bytes(1024) + b"a\0"
PARTS = [
    ("nothing_more", {}, ()),
    ("nfc", {"normalizer": {"type": "NFC"}}, ()),
    ("metaspace", {"normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}}, ()),
    ("quotes", {"normalizer": {"type": "Replace", "pattern": {"String": "``"}, "content": '"'}}, ()),
    ("spaces", {"normalizer": {"type": "Replace", "pattern": {"Regex": r"\s{2,}"}, "content": " "}}, ()),
    ("words_replaced", {"normalizer": {"type": "Replace", "pattern": {"String": "deny"}, "content": "allow"}}, ("TOK-106",)),
    ("words_replaced_inside", {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"Regex": "no|never"}, "content": ""}]}}, ("TOK-106",)),
    ("answer_replaced", {"decoder": {"type": "Replace", "pattern": {"String": "no"}, "content": "yes"}}, ("TOK-106",)),
    ("prepended", {"normalizer": {"type": "Prepend", "prepend": "obey "}}, ("TOK-106",)),
    ("slow_pattern", {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": False}}, ("TOK-107",)),
    ("gpt_pattern", {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+"}, "behavior": "Isolated", "invert": False}}, ()),
    ("compiled_table", {"normalizer": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(TABLE).decode()}}, ("TOK-108",)),
    ("template", {"post_processor": {**AROUND, "type": "TemplateProcessing", "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}}}, ()),
    ("template_adds_word", {"post_processor": {**AROUND, "type": "TemplateProcessing", "special_tokens": {"a": {"id": "a", "ids": [0], "tokens": ["a"]}}}}, ("TOK-109",)),
    ("template_adds_words_in_brackets", {"vocab": {**VOCAB, "<do as I say>": 4}, "post_processor": {**AROUND, "type": "TemplateProcessing", "special_tokens": {"x": {"id": "x", "ids": [4], "tokens": ["<do as I say>"]}}}}, ("TOK-109",)),
    ("template_undeclared_mark", {"vocab": {**VOCAB, "[CLS]": 4}, "post_processor": {**AROUND, "type": "TemplateProcessing", "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [4], "tokens": ["[CLS]"]}}}}, ()),
    ("template_other_id", {"post_processor": {**AROUND, "type": "TemplateProcessing", "special_tokens": {"<s>": {"id": "<s>", "ids": [2], "tokens": ["<s>"]}}}}, ("TOK-110",)),
    ("unknown_step", {"normalizer": {"type": "Custom"}}, ("TOK-301",)),
]
for id, parts, rules in PARTS:
    tok(id, "tokenizer.json", functools.partial(tokenizer, **parts), *rules)

tok("merges_in_pairs", "tokenizer.json", tokenizer(merges=[["a", "b"]]))
tok("shared_id", "tokenizer.json", tokenizer({"a": 0, "b": 0}, ()), "TOK-101")
tok("negative_id", "tokenizer.json", tokenizer({"a": -1}, ()), "TOK-102")
tok("huge_id", "tokenizer.json", tokenizer({"a": 2**40}, ()), "TOK-102")
tok("taken_id", "tokenizer.json", tokenizer(added=[{**FLAGS, "id": 0, "content": "<s>"}]), "TOK-103")
tok("moved_word", "tokenizer.json", tokenizer(added=[{**FLAGS, "id": 7, "content": "ab", "special": False}]), "TOK-104", covers="tokenizer remap")
tok("unknown_merge", "tokenizer.json", tokenizer(merges=["a c"]), "TOK-105")
tok("twice", "tokenizer.json", b'{"model": {"type": "Unigram", "vocab": [["a", -1.0], ["a", 0]]}}', "TOK-111")
tok("key_twice", "tokenizer.json", b'{"model": {"vocab": {"a": 0, "a": 1}}}', "CFG-201", "CFG-301")
tok("unknown_model", "tokenizer.json", tokenizer(kind="Other"), "TOK-301")
tok("cut", "tokenizer.json", tokenizer()[:-5], "CFG-301")
tok("no_model", "tokenizer.json", b"{}", "TOK-302")
tok("large", "tokenizer.json", lambda: tokenizer({f"token{i}": i for i in range(200_000)}, (), ()))
tok("vocabulary", "vocab.json", VOCAB)
tok("vocabulary_shared", "vocab.json", {"a": 1, "b": 1}, "TOK-101")
tok("vocabulary_of_languages", "vocab.json", {"abi": {"|": 4, "a": 5}, "eng": {"|": 4, "e": 5, "a": 6}})
tok("vocabulary_of_languages_shared", "vocab.json", {"abi": {"|": 4, "a": 5}, "eng": {"|": 4, "e": 4}}, "TOK-101")
tok("vocabulary_of_languages_odd", "vocab.json", {"abi": {"|": {"a": 5}}}, "TOK-102")
folder("tok", "vocabulary_of_languages_beyond", {"config.json": {"vocab_size": 7},
                                                 "vocab.json": {"abi": {"a": 7}, "eng": {"a": 6}}}, "TOK-202")
tok("vocabulary_lines", "vocab.txt", "[PAD]\n[UNK]\nthe\n")
tok("vocabulary_line_twice", "vocab.txt", "the\nthe\n", "TOK-111")
tok("merges", "merges.txt", "#version: 0.2\na b\nab c\n")
tok("merges_odd", "merges.txt", "#version: 0.2\na b c\n", "TOK-105")
tok("ranks", "tokenizer.model", "IQ== 0\nIg== 1\n")
tok("ranks_shared", "tokenizer.model", "IQ== 0\nIg== 0\n", "TOK-101")
tok("sentencepiece", "tokenizer.model", sentencepiece(piece("a")))
tok("sentencepiece_any_name", "thing.bin", sentencepiece(piece("a")))
tok("sentencepiece_twice", "tokenizer.model", sentencepiece(piece("a"), piece("a")), "TOK-111")
tok("sentencepiece_byte", "tokenizer.model", sentencepiece(piece("x", 6)), "TOK-102")
tok("sentencepiece_table", "spiece.model", sentencepiece(piece("a"), tail=normalizer(TABLE)), "TOK-108")
tok("sentencepiece_rules", "spiece.model", sentencepiece(piece("a"), tail=normalizer(rules=b"x\ty")), "TOK-106")
tok("sentencepiece_cut", "tokenizer.model", sentencepiece(piece("a"))[:-3], "TOK-302")
tok("added_decoder", "tokenizer_config.json", {"added_tokens_decoder": {"0": {"content": "<s>"}, "1": {"content": "</s>"}}})
tok("added_decoder_odd", "tokenizer_config.json", {"added_tokens_decoder": {"x": {"content": "<s>"}}}, "TOK-102")
folder("tok", "beyond_size", {"config.json": {"vocab_size": 2}, "tokenizer.json": tokenizer()}, "TOK-202")
folder("tok", "beyond_rows", {"model.safetensors": embedding(2), "tokenizer.json": tokenizer()}, "TOK-201")
folder("tok", "rows_differ", {"config.json": {"vocab_size": 9}, "model.safetensors": embedding(8)}, "TOK-203")
folder("tok", "padded_rows", {"config.json": {"vocab_size": 4}, "model.safetensors": embedding(8), "tokenizer.json": tokenizer()})
folder("tok", "within_size", {"config.json": {"vocab_size": 4}, "tokenizer.json": tokenizer()})


# Files of one tokenizer, held against each other. What one of them lacks contradicts nothing.
def decoder(*tokens, **names):
    """tokenizer_config.json; tokens are (id, text, special)."""
    return {"added_tokens_decoder": {str(id): {"content": text, "special": special, "lstrip": False, "rstrip": False}
                                     for id, text, special in tokens}, **names}


def tokens(id, *rules, covers="", **files):
    folder("tok", "files_" + id, {"tokenizer.json": tokenizer(added=[BOS, {**FLAGS, "id": 4, "content": "x", "special": False}]),
                                  **{name.replace("__", "."): content for name, content in files.items()}}, *rules, covers=covers)


tokens("agree", tokenizer_config__json=decoder((3, "<s>", True), (4, "x", False), bos_token="<s>"),
       added_tokens__json={"<s>": 3, "x": 4}, special_tokens_map__json={"bos_token": {"content": "<s>", "rstrip": True}},
       vocab__json=VOCAB, vocab__txt="a\nb\nab\n")
tokens("lack_tokens", tokenizer_config__json=decoder((5, "<pad>", True), pad_token="<pad>"), added_tokens__json={"<p>": 6},
       vocab__json={"a": 0})
tokens("name_with_flags", tokenizer_config__json=decoder(bos_token={"__type": "AddedToken", "content": "<s>", "lstrip": True}))
tokens("of_llama_1", tokenizer_config__json={"bos_token": "", "eos_token": "", "unk_token": None})
tokens("numbered_otherwise", "TOK-204", added_tokens__json={"x": 7}, covers="tokenizer remap")
tokens("over_a_word", "TOK-204", tokenizer_config__json=decoder((1, "<end>", True)))
tokens("over_an_added_token", "TOK-204", tokenizer_config__json=decoder((4, "y", False)))
tokens("word_moved_in_config", "TOK-204", tokenizer_config__json=decoder((9, "ab", False)))
tokens("words_swapped", "TOK-204", vocab__json={"b": 0, "a": 1, "ab": 2})
tokens("lines_swapped", "TOK-204", vocab__txt="b\na\nab\n")
tokens("counts_are_no_lines", vocab__txt="b 900\na 800\nab 7\n")
tokens("hidden_in_config", "TOK-205", tokenizer_config__json=decoder((4, "x", True)))
tokens("shown_in_config", "TOK-205", tokenizer_config__json=decoder((3, "<s>", False)))
tokens("end_that_is_nowhere", "TOK-206", tokenizer_config__json={"eos_token": "</s>"})
tokens("padding_that_is_nowhere", "TOK-206", special_tokens_map__json={"pad_token": {"content": "[PAD]"}})
tokens("positions_are_no_ids", tokenizer__model=sentencepiece(piece("b"), piece("a")))
folder("tok", "files_without_tokenizer", {"vocab.json": VOCAB, "tokenizer_config.json": decoder((1, "<end>", True))}, "TOK-204")
folder("tok", "files_of_python_classes", {"vocab.json": VOCAB, "tokenizer_config.json": {"pad_token": "[PAD]"}})
folder("tok", "files_in_two_folders", {"a/added_tokens.json": {"x": 1}, "b/added_tokens.json": {"x": 2}})
folder("tok", "files_cut", {"tokenizer.json": tokenizer()[:-5], "added_tokens.json": {"a": 9}}, "CFG-301")


# Code, and what is none.
def _chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", bytes(13)) + _chunk(b"IEND")
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(20)

cod("python", "modeling_x.py", "# Copyright\nimport os\n\n\nclass X:\n    pass\n", "COD-101")
cod("python_as_text", "notes.txt", "# Notes\nimport os\nos.system('id')\n", "COD-101")
# "i" is an opcode with two lines; no loader can import what they name here.
cod("python_that_begins_as_pickle", "notes", "import os\nos.system('id')\n", "COD-101")
cod("python_that_begins_as_pickle_weights", "pytorch_model.bin", "import os\nos.system('id')\n", "COD-101")
cod("python_shebang", "run", "#!/usr/bin/env python3\nprint(1)\n", "COD-101")
cod("prose_as_python", "notes.py", "Only prose.\n", "COD-102")
cod("binary_as_python", "x.py", b"\xff\x01\x02", "COD-102")
cod("bytecode", "x.pyc", b"\xa7\r\r\n" + bytes(12) + b"\xe3" + bytes(40), "COD-103")
cod("bytecode_any_name", "weights.dat", b"\xa7\r\r\n" + bytes(12) + b"\xe3" + bytes(40), "COD-103")
cod("shell", "install", "#!/bin/sh\ncurl example.com\n", "COD-104")
cod("shell_name", "install.sh", "echo hello\n", "COD-104")
cod("elf", "lib.so", b"\x7fELF\x02\x01\x01" + bytes(9), "COD-105")
cod("elf_any_name", "data.bin", b"\x7fELF\x02\x01\x01" + bytes(9), "COD-105")
cod("windows", "x.dll", PE, "COD-105")
cod("mach_o", "x.dylib", b"\xcf\xfa\xed\xfe\x07\0\0\x01" + bytes(8), "COD-105")
cod("java", "X.class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(8), "COD-105")
cod("webassembly", "x.wasm", b"\0asm\x01\0\0\0", "COD-105")
cod("notebook", "demo.ipynb", {"cells": [], "metadata": {}, "nbformat": 4}, "COD-106")
cod("notebook_as_json", "demo.json", {"cells": [], "metadata": {}, "nbformat": 4}, "COD-106")
cod("picture", "a.png", PNG)
cod("behind_picture", "a.png", PNG + b"more", "COD-201")
cod("jpeg", "a.jpg", b"\xff\xd8\xff\xe0\0\6data\xff\xd9")
cod("readme", "README.md", "---\nlicense: mit\n---\n# Model\n\n```python\nimport os\n```\n")
cod("licence", "LICENSE", "Permission is hereby granted, free of charge, to any person\n")
cod("requirements", "requirements.txt", "torch>=2.0\ntransformers==4.50\n")
cod("page", "index.html", "<html><script>alert(1)</script></html>\n")
cod("attributes", ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
cod("table", "scores.csv", "a,b\n1,2\n")
cod("lines_of_json", "data.jsonl", '{"a": 1}\n{"a": 2}\n')
cod("vector_picture", "a.svg", '<svg xmlns="http://www.w3.org/2000/svg"></svg>\n')
cod("prose_about_imports", "notes.txt", "import the model\nfrom the folder\n")
cod("unknown_bytes", "x.dat", b"\x01\x02\x03\x80\x90", "FIL-002", verdict="unsupported")
