"""Tokenizers that were called clean once, and that the library refuses or crashes with: tokenizers 0.23.3, transformers
5.19 and sentencepiece 0.2 (2026-11). Each is an ordinary file with one thing changed."""

import copy
import json

import severity
from corpus import case
from make_tokenizer import AROUND, FLAGS, _bytes, _varint, normalizer, piece

WHOLE = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [{"id": 3, "content": "<s>", **FLAGS}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "_"},
                                                            {"type": "Strip", "strip_left": True, "strip_right": True}]},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
             {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False},
             {"type": "Punctuation", "behavior": "Isolated"},
             {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always", "split": True}]},
         "post_processor": {**AROUND, "type": "TemplateProcessing"},
         "decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
         "model": {"type": "BPE", "dropout": None, "unk_token": None, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
CUT = {"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0}
FILLED = {"strategy": {"Fixed": 512}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "<s>"}
GONE = object()


def file(id, name, content, *rules):
    case("library/" + id, verdict=severity.verdict(rules), rules=rules, name=name)(
        lambda: content if isinstance(content, bytes) else json.dumps(content).encode())


def changed(id, where, value, *rules):
    whole = copy.deepcopy(WHOLE)
    *path, last = where.split("/")
    at = whole
    for step in path:
        at = at[int(step) if isinstance(at, list) else step]
    last = int(last) if isinstance(at, list) else last
    if value is GONE:
        del at[last]
    else:
        at[last] = value
    file(id, "tokenizer.json", whole, *rules)


changed("whole", "truncation", CUT)
changed("filled_up", "padding", FILLED)
for where in ("model", "added_tokens/0/lstrip", "added_tokens/0/special", "added_tokens/0/normalized", "pre_tokenizer/pretokenizers",
              "normalizer/normalizers", "normalizer/normalizers/0/prepend", "normalizer/normalizers/1/strip_left",
              "pre_tokenizer/pretokenizers/0/trim_offsets", "pre_tokenizer/pretokenizers/2/replacement", "decoder/decoders",
              "decoder/decoders/1/stop", "post_processor/pair", "post_processor/special_tokens", "model/merges"):
    changed("without/" + where.replace("/", "_"), where, GONE, "TOK-302")
for where, value in (("vocab_size", 1), ("version", "2.0"), ("truncation", True), ("padding", []), ("normalizer/normalizers/1", None), ("added_tokens/0", None), ("model/dropout", False),
                     ("added_tokens/0/special", 0), ("pre_tokenizer/pretokenizers/1/behavior", "isolated"),
                     ("pre_tokenizer/pretokenizers/2/prepend_scheme", "Always"), ("decoder/decoders/1/content", "  "),
                     ("truncation", CUT | {"direction": "right"}), ("truncation", CUT | {"strategy": "longest_first"}),
                     ("padding", FILLED | {"strategy": "Longest"}), ("padding", FILLED | {"pad_id": -1})):
    changed(f"wrong/{where.replace('/', '_')}_{value if isinstance(value, (str, int)) else len(str(value))}", where, value, "TOK-302")
for vocabulary, model in (("word_piece", {"type": "WordPiece", "unk_token": "a", "vocab": {"a": 0}}),
                          ("word_level", {"type": "WordLevel", "vocab": {"a": 0}}), ("no_piece", {"type": "Unigram", "vocab": []})):
    changed("model/" + vocabulary, "model", model, "TOK-302")

# Taken, and then a panic or all memory.
changed("crash/undeclared", "post_processor/single/0", {"SpecialToken": {"id": "<s>", "type_id": 0}}, "TOK-106", "TOK-115")
changed("crash/second_text", "post_processor/single/0", {"Sequence": {"id": "B", "type_id": 0}}, "TOK-106", "TOK-115")
changed("crash/end_of_nothing", "decoder/decoders/1/stop", 1, "TOK-115")
changed("crash/filled", "padding", FILLED | {"strategy": {"Fixed": 2**31}}, "TOK-115")
changed("crash/filled_to_multiple", "padding", FILLED | {"pad_to_multiple_of": 2**32}, "TOK-115")
changed("crash/stride", "truncation", CUT | {"stride": 512}, "TOK-115")
changed("crash/no_length", "pre_tokenizer/pretokenizers/1", {"type": "FixedLength", "length": 0}, "TOK-115")
changed("crash/no_table", "normalizer/normalizers/1", {"type": "Precompiled", "precompiled_charsmap": ""}, "TOK-108", "TOK-115")

SETTINGS = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "added_tokens_decoder": {"3": {"content": "<s>", **FLAGS}}}
file("settings/whole", "tokenizer_config.json", SETTINGS)
for number, (key, value) in enumerate((
        ("added_tokens_decoder", {"3": None}), ("added_tokens_decoder", []), ("added_tokens_decoder", {"3": {"content": "<s>", "special": 1}}),
        ("tokenizer_class", []), ("auto_map", True), ("bos_token", {}), ("bos_token", 1), ("extra_special_tokens", [1]))):
    file(f"settings/{key}_{number}", "tokenizer_config.json", SETTINGS | {key: value}, "TOK-302")
for id, value in (("list", []), ("list_of_settings", [SETTINGS]), ("null", None), ("number", 7), ("text", "bos_token")):
    file("settings/no_object_" + id, "tokenizer_config.json", value, "TOK-302")
file("settings/empty", "tokenizer_config.json", {})


def sentencepiece(id, *rules, pieces=b"", trainer=b"\x18\x01"):
    start = piece("<unk>", 2) + piece("<s>", 3) + piece("a")
    file("sentencepiece/" + id, "tokenizer.model", start + pieces + _bytes(2, trainer) + normalizer(), *rules)


FALLBACK = _varint(35 << 3) + b"\1"
BYTES = [piece(f"<0x{byte:02X}>", 6) for byte in range(256)]
for name in ("nan", "inf", "-inf"):
    sentencepiece("score_" + name, "TOK-302", pieces=piece("b", score=float(name)))
    sentencepiece("rank_" + name, pieces=piece("b", score=float(name)), trainer=b"\x18\x02")
sentencepiece("all_bytes", pieces=b"".join(BYTES), trainer=FALLBACK)
sentencepiece("no_bytes", "TOK-302", trainer=FALLBACK)
sentencepiece("a_byte_less", "TOK-302", pieces=b"".join(BYTES[1:]), trainer=FALLBACK)
sentencepiece("bytes_unasked", "TOK-302", pieces=b"".join(BYTES))
sentencepiece("trainer_cut", "TOK-302", trainer=b"\x0a\x05a")
