"""Tokenizers without a tokenizer.json: merges.txt and vocab.json that do not belong together, and settings at which
transformers raises (5.24, tokenizers 0.23.3)."""

import json

import severity
from corpus import case

AB = {"<s>": 0, "a": 1, "b": 2, "ab": 3, "c": 4, "abc": 5}
CONFIG = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 16}


def folder(id, files, *rules):
    case("vocabularies/" + id, verdict=severity.verdict(rules), rules=rules)(
        lambda: {name: content.encode() if isinstance(content, str) else json.dumps(content).encode() for name, content in files.items()})


def merges(id, text, *rules, vocab=AB, reader="GPT2Tokenizer", **files):
    """merges.txt of that text beside a vocab.json; other files by their names without an ending."""
    made = {"config.json": CONFIG, "tokenizer_config.json": {"tokenizer_class": reader}, "vocab.json": vocab, "merges.txt": text}
    made.update({name + ".json": content for name, content in files.items()})
    folder("merges/" + id, {name: content for name, content in made.items() if content is not None}, *rules)


# What the library takes.
merges("good", "#version: 0.2\na b\nab c\n")
merges("without_a_version", "a b\nab c")
merges("none", "#version: 0.2\n")
merges("empty", "")
merges("version_in_the_middle", "a b\n#version: 0.2\nab c\n")
merges("version_twice", "#version: 0.2\n#version b of the same\na b\n")
merges("ends_of_windows", "#version: 0.2\r\na b\r\nab c\r\n")
merges("twice_the_same", "a b\na b\n")
merges("of_number_signs", "#version: 0.2\n# #\n## ##\n", vocab={"#": 0, "##": 1, "####": 2})
merges("of_words_ends", "#version: 0.2\na b</w>\na b\n", vocab={"a": 0, "b": 1, "b</w>": 2, "ab</w>": 3, "ab": 4}, reader="CLIPTokenizer")
merges("of_bytes", "#version: 0.2\n\u0120 a\n\u0120a b\n", vocab={"\u0120": 0, "a": 1, "b": 2, "\u0120a": 3, "\u0120ab": 4}, reader="WhisperTokenizer")
merges("beside_added_tokens", "a b\n", reader="Qwen2Tokenizer", added_tokens={"<x>": 6},
       tokenizer_config={"tokenizer_class": "Qwen2Tokenizer", "added_tokens_decoder": {"6": {"content": "<x>", "special": True}}})
merges("alone", "a b\n", vocab=None, tokenizer_config=None, config=None)

# What it refuses.
for reader in ("GPT2Tokenizer", "GPT2TokenizerFast", "RobertaTokenizer", "CLIPTokenizer", "WhisperTokenizer", "Qwen2Tokenizer"):
    merges("unknown_side/" + reader, "#version: 0.2\na z\n", "TOK-105", reader=reader)
    merges("unknown_result/" + reader, "#version: 0.2\nb a\n", "TOK-105", reader=reader)
merges("unknown_by_type_of_model", "a z\n", "TOK-105", tokenizer_config=None)
merges("unknown_without_settings", "a z\n", "TOK-105", tokenizer_config=None, config=None)
merges("unknown_beside_a_tokenizer", "a z\n", "TOK-105", tokenizer={
    "version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": AB, "merges": ["a b"]}})
merges("many_unknown", "".join(f"a x{i}\n" for i in range(1000)), "TOK-105")
merges("of_nothing", "a b\n", "TOK-105", vocab={})
merges("added_side", "a z\n", "TOK-105", added_tokens={"z": 6, "az": 7})
merges("added_result", "b a\n", "TOK-105", added_tokens={"ba": 6})
merges("result_in_the_decoder", "b a\n", "TOK-105", tokenizer_config={
    "tokenizer_class": "GPT2Tokenizer", "added_tokens_decoder": {"6": {"content": "ba", "special": False}}})
for id, text in {"empty_line": "a b\n\nab c\n", "empty_end": "a b\n\n", "note": "a b\n# of another\n", "note_at_first": "#note\na b\n", "one_word": "ab\n",
                 "three_words": "a b c\n", "two_spaces": "a  b\n", "space_before": " a\n", "space_behind": "a \n", "tab": "a\tb\n", "only_a_space": "a b\n \n",
                 "old_ends": "a b\rab c\n", "no_break_space": "a\u00a0b\n", "line_separator": "a b\u2028\n", "mark": "\ufeff#version: 0.2\na b\n"}.items():
    merges("odd/" + id, text, "TOK-105")
merges("empty_end_beside_a_tokenizer", "a b\n\n", tokenizer={
    "version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": AB, "merges": ["a b"]}})

# Tokenizers that are written in Python take merges without a token, and fastBPE's counts.
COUNTED = "a b 912\nab c 17\n"
for reader in ("XLMTokenizer", "FlaubertTokenizer", "BioGptTokenizer", "FSMTTokenizer"):
    merges("counted/" + reader, COUNTED, reader=reader)
merges("counted/by_type_of_model", COUNTED, tokenizer_config={"do_lowercase": True}, config={**CONFIG, "model_type": "flaubert"})
merges("counted/alone", COUNTED, vocab=None, tokenizer_config=None, config=None)
merges("counted/of_the_library", COUNTED, "TOK-105")
merges("counted/of_nobody", COUNTED, "TOK-105", tokenizer_config=None, config=None)
merges("counted/once", "a b\nab c 17\n", "TOK-105", reader="XLMTokenizer")
merges("cut/ctrl", "#version: 0.2\na b\nb a</w>\n", vocab={"a@@": 0, "b": 1}, reader="CTRLTokenizer")
merges("cut/by_type_of_model", "#version: 0.2\na b\nb a</w>\n", vocab={"a@@": 0, "b": 1}, tokenizer_config=None, config={**CONFIG, "model_type": "ctrl"})
merges("cut/settings_first", "b a\n", "TOK-105", config={**CONFIG, "model_type": "ctrl"})

# --- settings ---------------------------------------------------------------------------------------


def settings(id, made, *rules, reader="BertTokenizer"):
    folder("settings/" + id, {"tokenizer_config.json": ({"tokenizer_class": reader} if reader else {}) | made}, *rules)


NONE = {"null": None, "zero": 0, "one": 1, "text": "x", "empty": "", "list": [], "object": {}, "number": 1.5}
for flag in ("do_lower_case", "tokenize_chinese_chars", "strip_accents"):
    for id, value in {**NONE, "true": True, "false": False}.items():
        good = isinstance(value, bool) or (value is None and flag == "strip_accents")
        settings(f"{flag}/{id}", {flag: value}, *([] if good else ["TOK-302"]))
    settings(f"{flag}/of_a_fast_one", {flag: "x"}, "TOK-302", reader="DistilBertTokenizerFast")
    settings(f"{flag}/of_one_that_does_not_look", {flag: 1}, reader="T5Tokenizer")
    settings(f"{flag}/of_nobody", {flag: "x"}, "TOK-302", reader=None)
    settings(f"{flag}/null_of_nobody", {flag: None}, reader=None)
for reader in ("GPT2Tokenizer", "RobertaTokenizerFast", "WhisperTokenizer", "GPTNeoXTokenizerFast"):
    settings("add_prefix_space/" + reader, {"add_prefix_space": False}, reader=reader)
    settings("add_prefix_space_null/" + reader, {"add_prefix_space": None}, "TOK-302", reader=reader)
for reader in ("LlamaTokenizer", "LlamaTokenizerFast", "Qwen2Tokenizer", "PreTrainedTokenizerFast", None):
    settings(f"add_prefix_space_null/{reader}", {"add_prefix_space": None}, reader=reader)
settings("add_prefix_space_text/qwen", {"add_prefix_space": "x"}, "TOK-302", reader="Qwen2Tokenizer")
settings("trim_offsets", {"trim_offsets": None}, "TOK-302", reader="RobertaTokenizer")
settings("trim_offsets_of_others", {"trim_offsets": None}, reader="GPT2Tokenizer")
for id, value in NONE.items():
    settings("split_special_tokens/" + id, {"split_special_tokens": value}, "TOK-302", reader="PreTrainedTokenizerFast")
    settings("not_looked_at/" + id, {name: value for name in ("add_bos_token", "add_eos_token", "clean_up_tokenization_spaces", "do_basic_tokenize", "never_split")})
    settings("model_input_names/" + id, {"model_input_names": value}, *([] if isinstance(value, (str, list, dict)) else ["TOK-302"]))
settings("split_special_tokens", {"split_special_tokens": False}, reader="PreTrainedTokenizerFast")

TYPED = {"__type": "AddedToken", "content": "<s>", "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
PLAIN = {name: value for name, value in TYPED.items() if name != "__type"}
DECODER = {"added_tokens_decoder": {"0": {**PLAIN, "special": True}}}
settings("typed", {**DECODER, "eos_token": TYPED, "additional_special_tokens": [TYPED]})
settings("plain", {"eos_token": PLAIN, "additional_special_tokens": [PLAIN]})  # the map may take its place
settings("plain_for_good", {**DECODER, "eos_token": PLAIN}, "TOK-302")
settings("plain_in_a_list", {**DECODER, "additional_special_tokens": ["<s>", PLAIN]})  # published, though refused
settings("typed_of_a_number", {"x": {**TYPED, "content": 1}}, "TOK-302")
settings("typed_with_a_number", {"additional_special_tokens": [{**TYPED, "rstrip": 0}]}, "TOK-302")
settings("typed_with_a_null", {"extra_special_tokens": {"x_token": {**TYPED, "special": None}}}, "TOK-302")
settings("nothing_in_a_list", {"additional_special_tokens": [None]}, "TOK-302")


def named(id, made, *rules):
    folder("map/" + id, {"special_tokens_map.json": made}, *rules)


named("usual", {"bos_token": "<s>", "eos_token": {**PLAIN, "special": True}, "pad_token": None, "additional_special_tokens": ["<x>", PLAIN]})
named("typed", {"eos_token": TYPED, "mask_token": {**PLAIN, "lstrip": True}, "additional_special_tokens": []})
named("nothing", {})
named("null_list", {"additional_special_tokens": None, "extra_special_tokens": None})
named("extra", {"extra_special_tokens": {"image_token": "<image>"}})
named("names_of_others", {"image_token": 5, "x": 7, "y": ["a"], "z": {"content": "<z>"}})
for role in ("bos", "eos", "unk", "sep", "pad", "cls", "mask"):
    named("number/" + role, {role + "_token": 5}, "TOK-302")
for id, value in {"flag": True, "list": ["</s>"], "empty_list": [], "number_inside": {"content": 1}, "flag_is_null": {"content": "</s>", "lstrip": None},
                  "flag_is_a_number": {"content": "</s>", "normalized": 1}}.items():
    named("end/" + id, {"eos_token": value}, "TOK-302")
for id, value in {"text": "<x>", "number": 5, "object": {"x_token": "<x>"}, "numbers": ["<x>", 1], "nulls": [None]}.items():
    named("additional/" + id, {"additional_special_tokens": value}, "TOK-302")
named("another_is_no_token", {"x": {"content": 1}}, "TOK-302")
for id, whole in {"list": ["</s>"], "null": None, "number": 5}.items():
    named("no_object/" + id, whole, "TOK-302")
