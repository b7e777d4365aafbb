"""Settings that were not judged because of what else the file is, or of the key that they stand under; closed since."""

import json
import struct
import zlib

from corpus import case

INCONCLUSIVE = {"COD-301", "CFG-301", "CFG-302", "CFG-303", "CFG-304", "TOK-301", "TOK-302"}
NOTES = {"COD-201", "COD-202", "CFG-106", "CFG-204", "CFG-205", "TPL-502"}


def told(id, files, *rules):
    """`files`: {name: bytes, text, or what is written as JSON}."""
    made = {name: content if isinstance(content, bytes)
            else (content if isinstance(content, str) else json.dumps(content)).encode()
            for name, content in files.items()}
    judged = set(rules) - NOTES
    verdict = "findings" if judged - INCONCLUSIVE else "inconclusive" if judged else "clean"
    case("settings/" + id, verdict=verdict, rules=rules)(lambda: made)


# What looks like a tokenizer is settings as well.
TOKENIZER = {"model": {"type": "BPE", "vocab": {}, "merges": []}, "decoder": None}
CODE = {"auto_map": {"AutoModel": "m.C"}, "trust_remote_code": True}
REACHES = "{% for m in messages %}{{ m.content }}{% endfor %}{{ config.__class__ }}"
told("tokenizer/code", {"config.json": TOKENIZER | CODE}, "CFG-101", "CFG-103", "CFG-208")
told("tokenizer/code_by_name", {"tokenizer.json": TOKENIZER | CODE}, "CFG-101", "CFG-103", "CFG-208", "TOK-302")
told("tokenizer/code_without_model", {"tokenizer.json": CODE}, "CFG-101", "CFG-103", "CFG-208", "TOK-302")
told("tokenizer/target", {"settings": TOKENIZER | {"a": {"_target_": "os.system"}}}, "CFG-107")
told("tokenizer/library", {"genai_config.json": TOKENIZER | {"custom_ops_library": "x.so"}}, "CFG-114")
told("tokenizer/inside_the_model", {"config.json": {"decoder": None, "model": TOKENIZER["model"] | CODE}},
     "CFG-101", "CFG-103", "CFG-208")
told("tokenizer/template", {"tokenizer_config.json": TOKENIZER | {"chat_template": REACHES}}, "TPL-101", "TPL-106")
told("tokenizer/template_differs", {"tokenizer_config.json": TOKENIZER | {"chat_template": REACHES[:-22]},
                                    "chat_template.jinja": "{{ messages }}"}, "TPL-501")
told("tokenizer/special_token", {"tokenizer_config.json": TOKENIZER | {"bos_token": "__class__"}}, "TOK-113")
told("tokenizer/merge_is_run", {"bundle.json": {"decoder": None, "model": {
    "type": "BPE", "vocab": {"$__import__('os')": 0, ".system('id')": 1, "$__import__('os').system('id')": 2},
    "merges": ["$__import__('os') .system('id')"]}}}, "CFG-112")
told("tokenizer/piece_is_run", {"bundle.json": {"decoder": None, "model": {
    "type": "Unigram", "vocab": [["$__import__('os').system('id')", 0]]}}}, "CFG-112")
told("tokenizer/score_is_an_object", {"bundle.json": {"decoder": None, "model": {
    "type": "Unigram", "vocab": [["a", {"_target_": "os.system"}]]}}}, "CFG-107", "TOK-302")
told("tokenizer/words_of_settings", {"tokenizer.json": {
    "version": "1.0", "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None,
    "model": {"type": "BPE", "vocab": {word: id for id, word in enumerate((
        "trust_remote_code", "auto_map", "_target_", "py/object", "../", "..", "/x", "../x", "http", "://", "http://",
        "$", "$(", "(", "$x", "$x(", "$this", "->", "$this->"))},
        "merges": [["http", "://"], ["$", "("], ["$x", "("], ["$this", "->"]]}}})

# So are other documents.
told("vocabulary/code", {"vocab.json": {"a": 0, **CODE}}, "CFG-101", "CFG-103", "CFG-208", "TOK-102")
told("vocabulary/words_of_settings", {"vocab.json": {"trust_remote_code": 1, "auto_map": 2, "chat_template": 3, "model": 4}})
told("index/code", {"model.safetensors.index.json": {"metadata": CODE, "weight_map": {}}}, "CFG-101", "CFG-103", "CFG-208")
told("index/template", {"a.index.json": {"weight_map": {}, "chat_template": REACHES}}, "TPL-101", "TPL-106")
told("index/shard_is_run", {"a.index.json": {"weight_map": {"a": "$print(1)"}}, "$print(1)": ""}, "CFG-112")
told("notebook/code", {"config.json": {"nbformat": 4, "cells": [], **CODE}}, "CFG-101", "CFG-103", "CFG-208", "COD-106")
told("notebook/of_its_own", {"a.ipynb": {"nbformat": 4, "cells": [{"source": ["https://example.com/x"]}]}}, "COD-106")
told("text/template_and_target", {"hparams": "model:\n  _target_: os.system\n  a: '{% message %} {{ x }}'\n"}, "CFG-107", "TPL-301")
told("text/picture_and_target", {"hparams": "GIF89a: 1\nmodel:\n  _target_: os.system # ;"}, "CFG-107")
told("text/vocabulary_and_target", {"vocab.txt": "a: 1\n_target_: os.system\n"}, "CFG-107")

# Only what is examined as a template is one, and it is a text of settings besides.
RUN = "$__import__('os').system('id')"
told("template/of_monai", {"bundle.json": {"initialize": ["@template"], "template": RUN}}, "CFG-112")
told("template/at_the_top", {"bundle.json": {"chat_template": RUN}}, "CFG-112")
told("template/inside", {"bundle.json": {"a": [{"chat_template": RUN}]}}, "CFG-112")
told("template/of_a_list", {"bundle.json": {"chat_template": [{"name": "a", "template": RUN}]}}, "CFG-112")
told("template/in_yaml", {"bundle.yaml": "initialize: ['@template']\ntemplate: \"" + RUN + "\"\n"}, "CFG-112")
told("template/chat_in_yaml", {"bundle.yaml": "chat_template: \"" + RUN + "\"\n"}, "CFG-112")
told("template/is_a_template_inside", {"a.json": {"tokenizer": {"chat_template": REACHES}}}, "TPL-101", "TPL-106")
told("template/list_inside", {"a.json": {"a": {"chat_template": [{"name": "x", "template": REACHES}]}}}, "TPL-101", "TPL-106")
told("template/by_its_name", {"train.json": {"a": {"chat_template": "chatml"}, "b": {"chat_template": ["a", "b"]},
                                             "template": "llama3", "instruction_template": "Alpaca"}})
told("template/of_webui", {"webui.json": {"instruction_template": REACHES}}, "TPL-101", "TPL-106")

# Settings in YAML are those of JSON.
for id, text, rules in (
        ("code", "auto_map:\n  AutoModel: m.C\n", ["CFG-101", "CFG-208"]),
        ("pipeline", "custom_pipelines:\n  x: {impl: p.P, pt: [AutoModel]}\n", ["CFG-104", "CFG-208"]),
        ("kernel", "attn_implementation: me/attention\n", ["CFG-110"]),
        ("kernel_of_part", "attn_implementation: {text: me/attention}\n", ["CFG-110"]),
        ("library", "model_lib_path: x.so\n", ["CFG-114"]),
        ("object", "a:\n  py/object: os.system\n", ["CFG-113"]),
        ("imports", "custom_imports:\n  imports: [evil]\n", ["CFG-109"]),
        ("keras", "class_name: Lambda\nconfig: {}\n", ["CFG-107"]),
        ("verifier", "speculators_config:\n  verifier:\n    name_or_path: me/evil\n", ["CFG-209"]),
        ("backbone", "backbone: me/evil\nuse_pretrained_backbone: yes\n", ["CFG-209"]),
        ("trust_off", "a: {trust_remote_code: no}\nb: {trust_remote_code: 0.0}\nc: {trust_remote_code: ''}\n", []),
        ("trust_on", "trust_remote_code: 'no'\n", ["CFG-103"]),
        ("templates", "chat_template:\n  default: '" + REACHES + "'\n", ["TPL-101", "TPL-106"]),
        ("numbers", "a: 1\nb: -2.5e3\nc: .inf\nd: 0x1F\ne: 99999999999999999999\nf: 1_000\ng: 2024-01-01\nh: ~\n", []),
        ("control_characters", 'a: "\\0\\x01\\u2028"\n_target_: os.system\n', ["CFG-107"])):
    told("yaml/" + id, {"a.yaml": text}, *rules)
told("trust_zero", {"config.json": {"trust_remote_code": 0}})


# A picture whose end is not found.
def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13))
told("picture/cut", {"a.png": PNG + chunk(b"IDAT", bytes(99))[:-40]}, "COD-202")
told("picture/without_end", {"a.png": PNG + chunk(b"IDAT", bytes(99))}, "COD-202")
told("picture/length_beyond", {"a.png": PNG + b"\x7f\xff\xff\xffIDAT" + b"words " * 99}, "COD-202")
told("picture/many_parts", {"a.png": PNG + chunk(b"tEXt") * 100_000 + chunk(b"IEND")}, "COD-301")
told("picture/end_with_words", {"a.png": PNG + chunk(b"IEND", b"words")}, "COD-201")


GIF = b"GIF89a\1\0\1\0\x80\0\0rgbRGB!\xf9\4\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
JPEG = b"\xff\xd8\xff\xe0\0\4ab\xff\xda\0\3xscan\xff\0\xff\xd9"
WEBP = b"RIFF\x12\0\0\0WEBPVP8 \5\0\0\0abcde\0"
for name, whole in {"a.gif": GIF, "a.jpg": JPEG, "a.webp": WEBP}.items():
    told(f"picture/whole_{name[2:]}", {name: whole})
    told(f"picture/behind_{name[2:]}", {name: whole + b"words" + whole[-2:]}, "COD-201")
    told(f"picture/cut_{name[2:]}", {name: whole[:-2]}, "COD-202")
told("picture/words_in_a_gif", {"a.gif": GIF[:-1] + b"words;"}, "COD-202")
told("picture/words_in_a_jpeg", {"a.jpg": JPEG[:8] + b"words\xff\xd9"}, "COD-202")
told("picture/false_size", {"a.webp": WEBP.replace(b"\x12", b"\x7f", 1)}, "COD-202")
# Whisper's ranks end with an empty token.
told("ranks/empty_token", {"multilingual.tiktoken": b"IQ== 0\nIg== 1\n= 2\n"})
