"""Tokenizers that the scan judged wrongly once: what changes texts without replacing a word, what loaders refuse, and
files of a tokenizer that do not belong together."""

import json

import make_safetensors
import severity
from corpus import case
from make_tokenizer import AROUND, FLAGS, VOCAB, normalizer, piece, sentencepiece, tokenizer


def file(id, name, content, *rules):
    case("tokenizers/" + id, verdict=severity.verdict(rules), rules=rules, name=name)(
        lambda: content if isinstance(content, bytes) else json.dumps(content).encode())


def folder(id, files, *rules):
    case("tokenizers/" + id, verdict=severity.verdict(rules), rules=rules)(
        lambda: {name: content if isinstance(content, bytes) else json.dumps(content).encode()
                 for name, content in files.items()})


def parts(id, *rules, **more):
    file("parts/" + id, "tokenizer.json", tokenizer(**more), *rules)


# Steps that drop, repeat or insert.
SOUNDS = {"type": "CTC", "word_delimiter_token": "|", "cleanup": True}
parts("blank", decoder={**SOUNDS, "pad_token": "<pad>"})
parts("blank_is_a_word", "TOK-106", decoder={**SOUNDS, "pad_token": "not"})
parts("cut_short", "TOK-106", truncation={"direction": "Right", "max_length": 1, "strategy": "LongestFirst", "stride": 0})
parts("cut", truncation={"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0})


def around(*pieces, name="single"):
    return {**AROUND, "type": "TemplateProcessing", name: [{("Sequence" if piece in "AB" else "SpecialToken"): {"id": piece, "type_id": 0}}
                                                 for piece in pieces],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}}


parts("text_once", post_processor=around("<s>", "A", "<s>"))
parts("text_twice", "TOK-106", post_processor=around("<s>", "A", "A"))
parts("pair_twice", "TOK-106", post_processor=around("A", "B", "A", name="pair"))
parts("many_tokens", "TOK-109", post_processor=around(*["<s>"] * 5000, "A"))
parts("few_tokens", post_processor=around(*["<s>"] * 5, "A"))

# What is unknown becomes a word.
def model(id, *rules, **more):
    whole = json.loads(tokenizer(vocab={**VOCAB, "not": 4}))
    whole["model"].update(more)
    file("model/" + id, "tokenizer.json", whole, *rules)


model("unknown", unk_token="<s>")
model("unknown_is_a_word", "TOK-112", unk_token="not")
model("unknown_is_nowhere", "TOK-206", unk_token="<nope>")

# What the tokenizers library refuses, or crashes with (0.23.3, 2026-11-26).
parts("open_group", "TOK-302", pre_tokenizer={"type": "Split", "pattern": {"Regex": "(unclosed"}, "behavior": "Isolated", "invert": False})
model("mark_longer_than_token", "TOK-302", continuing_subword_prefix="##")
model("mark_is_cut_unseen", vocab={"a": 0, "bcd": 1, "ad": 2}, merges=[["a", "bcd"]], continuing_subword_prefix="##")
for name, unknown in (("beyond", 2), ("negative", -1)):
    model("unknown_" + name, "TOK-302", type="Unigram", vocab=[["<u>", 0], ["a", -1]], merges=[], unk_id=unknown)
model("unknown_piece", type="Unigram", vocab=[["<u>", 0], ["a", -1]], merges=[], unk_id=1)
model("score_is_no_number", "TOK-302", type="Unigram", vocab=[["<u>", 0], ["a", "x"]], merges=[], unk_id=0)

# Words that end texts, and files that name others.
WHOLE = tokenizer(vocab={**VOCAB, "<pad>": 4, "!": 5})
for role in ("eos", "bos", "pad"):
    folder(f"named/{role}_is_a_word", {"tokenizer.json": WHOLE, "tokenizer_config.json": {role + "_token": "a"}}, "TOK-210")
folder("named/undeclared_marks", {"tokenizer.json": WHOLE, "tokenizer_config.json": {"eos_token": "<pad>", "pad_token": "!"}})
folder("named/another", {"tokenizer.json": WHOLE, "tokenizer_config.json": {"eos_token": "<s>"},
                         "special_tokens_map.json": {"eos_token": "<pad>"}}, "TOK-211")
folder("named/the_same", {"tokenizer.json": WHOLE, "tokenizer_config.json": {"eos_token": "<s>"},
                          "special_tokens_map.json": {"eos_token": {"content": "<s>", "lstrip": True}, "pad_token": "<pad>"}})

# Ids that end an answer.
for name in ("config.json", "generation_config.json"):
    folder("end/beyond_" + name, {"model.safetensors": make_safetensors.write({"wte.weight": ("F16", (8, 2))}), name: {"eos_token_id": [2, 8]}}, "TOK-212")
    folder("end/within_" + name, {"model.safetensors": make_safetensors.write({"wte.weight": ("F16", (8, 2))}), name: {"eos_token_id": [2, 7]}})
folder("end/beyond_size", {"config.json": {"vocab_size": 8, "eos_token_id": 8}}, "TOK-212")
folder("end/none", {"config.json": {"vocab_size": 8, "eos_token_id": -1, "pad_token_id": 8, "bos_token_id": None}})

# SentencePiece models: what the library refuses (0.2.3, 2026-11-26), and what changes every answer.
def pieces(id, *rules, model):
    file("pieces/" + id, "tokenizer.model", model, *rules)


TABLE = (1024).to_bytes(4, "little") + bytes(1024) + b"a\0"
pieces("one_unknown", model=sentencepiece(piece("a")))
pieces("no_unknown", "TOK-302", model=piece("a") + piece("b"))
pieces("two_unknown", "TOK-302", model=sentencepiece(piece("<unk2>", 2)))
pieces("empty", "TOK-302", model=sentencepiece(piece("")))
pieces("zero_byte", "TOK-302", model=sentencepiece(piece("a\0b")))
pieces("too_long", "TOK-302", model=sentencepiece(piece("a" * 65_535)))
pieces("long", model=sentencepiece(piece("a" * 4096)))
pieces("table", "TOK-108", model=sentencepiece(tail=normalizer(TABLE)))
pieces("table_cut", "TOK-108", "TOK-302", model=sentencepiece(tail=normalizer(TABLE[:1028])))
pieces("table_of_another_size", "TOK-108", "TOK-302", model=sentencepiece(tail=normalizer(b"\4\0\0\0aaaa")))
pieces("answers_rewritten", "TOK-106", model=sentencepiece(tail=normalizer(TABLE, field=5)))
# TrainerSpec.unk_surface, field 44.
pieces("unknown_is_shown_as_words", "TOK-106", model=sentencepiece(tail=b"\x12\x0e\xe2\x02\x0b evil text "))
pieces("unknown_is_shown_as_usual", model=sentencepiece(tail=b"\x12\x08\xe2\x02\x05" + " \u2047 ".encode()))


# tekken.json of Mistral's newer models.
def tekken(id, *rules, vocab=((0, "AA=="), (1, "AQ==")), special=(("<unk>", 0), ("<s>", 1)), pattern="[a-z]+", control=True):
    file("tekken/" + id, "tekken.json", {
        "config": {"pattern": pattern, "num_vocab_tokens": 2, "default_vocab_size": 4, "default_num_special_tokens": 2, "version": "v3"},
        "vocab": [{"rank": rank, "token_bytes": token, "token_str": None} for rank, token in vocab],
        "special_tokens": [{"rank": rank, "token_str": text, "is_control": control} for text, rank in special]}, *rules)


# Of tekken_240911.json, as mistral_common 1.13.1 has it.
REAL = ("[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
        "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
        "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")
tekken("whole", pattern=REAL)
tekken("rank_twice", "TOK-101", vocab=((0, "AA=="), (0, "AQ==")))
tekken("token_twice", "TOK-111", vocab=((0, "AA=="), (1, "AA==")))
tekken("negative_rank", "TOK-102", vocab=((0, "AA=="), (-1, "AQ==")))
tekken("special_rank_twice", "TOK-101", special=(("<unk>", 0), ("<s>", 0)))
tekken("word_as_control", "TOK-112", special=(("not", 0), ("<s>", 1)))
tekken("word_that_is_shown", special=(("not", 0), ("<s>", 1)), control=False)
tekken("slow_pattern", "TOK-107", pattern="(a+)+$")
tekken("open_group", "TOK-302", pattern="(a")

# A token that the settings name as special, and the tokenizer as an ordinary one: shown in answers by one program, and
# left out by another.
MARKS = tokenizer(added=[{"id": 3, "content": "<s>", **FLAGS, "special": True}, {"id": 4, "content": "<|im_end|>", **FLAGS, "special": False}])
for id, name, settings in (("end", "tokenizer_config.json", {"eos_token": "<|im_end|>"}),
                           ("in_the_map", "special_tokens_map.json", {"eos_token": {"content": "<|im_end|>"}}),
                           ("additional", "special_tokens_map.json", {"additional_special_tokens": ["<s>", "<|im_end|>"]}),
                           ("extra", "tokenizer_config.json", {"extra_special_tokens": ["<|im_end|>"]})):
    folder("flipped/" + id, {"tokenizer.json": MARKS, name: settings}, "TOK-205")
folder("flipped/none", {"tokenizer.json": MARKS, "tokenizer_config.json": {"bos_token": "<s>", "extra_special_tokens": {"x": "<s>"}}})


# Words that transformers leaves out of answers, by each name that it has for them.
WORDY = tokenizer(vocab={**VOCAB, "not": 4})
for id, name, settings in (("extra_list", "tokenizer_config.json", {"extra_special_tokens": ["not"]}),
                           ("extra_list_of_objects", "tokenizer_config.json", {"extra_special_tokens": [{"content": "not"}]}),
                           ("extra_table", "tokenizer_config.json", {"extra_special_tokens": {"x_token": "not"}}),
                           ("extra_behind_content", "tokenizer_config.json", {"extra_special_tokens": {"content": "<s>", "x_token": "not"}}),
                           ("model_specific", "tokenizer_config.json", {"model_specific_special_tokens": {"x_token": "not"}}),
                           ("cls", "tokenizer_config.json", {"cls_token": "not"}),
                           ("mask", "tokenizer_config.json", {"mask_token": "not"}),
                           ("sep", "tokenizer_config.json", {"sep_token": {"content": "not"}}),
                           ("image", "tokenizer_config.json", {"image_token": "not"}),
                           ("extra_in_the_map", "special_tokens_map.json", {"extra_special_tokens": ["not"]}),
                           ("image_in_the_map", "special_tokens_map.json", {"image_token": "not"})):
    folder("left_out/" + id, {"tokenizer.json": WORDY, name: settings}, "TOK-112")
for id, token in (("bert", "[CLS]"), ("roberta", "<mask>"), ("image", "<image>"), ("llama", "</s>"), ("chatml", "<|im_start|>"), ("glm", "gmask"),
                  ("nllb", "eng_Latn"), ("aya", "TILE")):
    folder("left_out/usual_" + id, {"tokenizer.json": WORDY, "tokenizer_config.json": {
        "cls_token": token, "image_token": token, "extra_special_tokens": [token], "model_specific_special_tokens": {"x_token": token}}})
