"""Each row of docs/formats/gguf.md, broken and kept."""

import functools
import struct

from corpus import case
from make_gguf import (ARRAY, BOOL, F32, F64, I8, I16, I32, I64, STRING, TYPES, U8, U16, U32, U64, assemble,
                       info, pair, string, vocabulary, write)

_case = functools.partial(case, name="model.gguf")
ARCHITECTURE = ("general.architecture", STRING, "llama")
ONE = ("w", 0, [8])


def ggf(id, make, *rules, verdict=None, covers=""):
    """One file; the verdict follows from the rules unless it is said."""
    if verdict is None:
        verdict = "findings" if set(rules) - {"GGF-103", "GGF-106"} else "clean"
    _case("ggf/" + id, verdict=verdict, rules=rules, covers=covers)(make)


# Files as writers make them.
ggf("ordinary", lambda: write([ARCHITECTURE, ("llama.block_count", U32, 2)],
                              [("token_embd.weight", 12, [256, 4]), ("blk.0.attn_q.weight", 8, [32, 2]),
                               ("output_norm.weight", 0, [5])]))
ggf("version_2", lambda: write([ARCHITECTURE], [ONE], version=2), covers="G1")
ggf("no_tensors", lambda: write([ARCHITECTURE]))
ggf("no_keys", lambda: write([], [ONE]))
ggf("nothing", lambda: write())
ggf("all_types", lambda: write([ARCHITECTURE], [(f"t{kind}", kind, [TYPES[kind][0], 2]) for kind in TYPES]),
    covers="G8")
ggf("all_value_types", lambda: write([
    ("a.u8", U8, 1), ("a.i8", I8, -1), ("a.u16", U16, 1), ("a.i16", I16, -1), ("a.u32", U32, 1), ("a.i32", I32, -1),
    ("a.f32", F32, 1.5), ("a.bool", BOOL, 1), ("a.string", STRING, "x"), ("a.u64", U64, 2**64 - 1),
    ("a.i64", I64, -1), ("a.f64", F64, 2.5), ("a.strings", ARRAY, (STRING, ["", "x"])),
    ("a.empty", ARRAY, (STRING, [])), ("a.bools", ARRAY, (BOOL, [0, 1])), ("a.u8s", ARRAY, (U8, list(range(9)))),
    ("a.f64s", ARRAY, (F64, [1.0, 2.0]))], [ONE]), covers="G4")
ggf("vocabulary", lambda: write([ARCHITECTURE, *vocabulary(bos=1, eos=2, unknown=0)], [ONE]), covers="G10")
ggf("byte_tokens", lambda: write(vocabulary([f"<0x{i:02X}>" for i in range(256)], types=(I32, [6] * 256)), [ONE]),
    covers="G10")
ggf("scalar_and_empty", lambda: write([], [("s", 0, []), ("e", 0, [0]), ("f", 0, [4, 0]), ONE]), covers="G7")
ggf("last_not_padded", lambda: write([], [("w", 0, [3])])[:-20], covers="G9")
ggf("hyphen_in_key", lambda: write([("command-r.block_count", U32, 40)], [ONE]), covers="G3")

# G1
ggf("version_0", lambda: write([], [ONE], version=0), "GGF-001", covers="G1")
ggf("version_1", lambda: write([], [ONE], version=1), "GGF-001", covers="G1")
ggf("version_4", lambda: write([], [ONE], version=4), "GGF-001", covers="G1")
ggf("big_endian", lambda: b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "GGF-001", covers="G1")
ggf("only_magic", lambda: b"GGUF", "GGF-001", covers="G1")

# G2
ggf("cut_before_counts", lambda: b"GGUF" + struct.pack("<IQ", 3, 0), "GGF-002", covers="G2")
ggf("tensors_negative", lambda: assemble([], [], b"x" * 64, counts=(-1, 0)), "GGF-002", covers="G2")
ggf("keys_negative", lambda: assemble([], [], b"x" * 64, counts=(0, -1)), "GGF-002", covers="G2")
ggf("tensors_beyond_file", lambda: assemble([], [], b"x" * 64, counts=(3, 0)), "GGF-002",
    covers="G2 CVE-2024-23496")
ggf("keys_beyond_file", lambda: assemble([], [], b"x" * 64, counts=(0, 5)), "GGF-002", covers="G2")
ggf("both_beyond_file", lambda: assemble([], [], b"x" * 48, counts=(1, 2)), "GGF-002", covers="G2")
ggf("cut_in_value", lambda: assemble([], [], string("abc") + struct.pack("<I", U64) + b"1234", counts=(0, 1)),
    "GGF-002", covers="G2")
ggf("cut_in_info", lambda: assemble([], [], string("abcdefghijkl") + struct.pack("<IQ", 3, 1), counts=(1, 0)),
    "GGF-002", covers="G2")

# G3
ggf("key_empty", lambda: write([("", U8, 1)], [ONE]), "GGF-003", covers="G3")
ggf("key_twice", lambda: write([("a.b", U8, 1), ("a.c", U8, 1), ("a.b", U32, 1)], [ONE]), "GGF-003", covers="G3")
ggf("key_too_long", lambda: write([("a" * 65_536, U8, 1)], [ONE]), "GGF-003", covers="G3")
for i, key in enumerate(("tokenizer.chat_template\0", "general.alignment\0x", "\0", "\0a.b")):
    # ggml's gguf_find_key compares C strings.
    ggf(f"key_with_zero_byte_{i}", lambda key=key: write([(key, STRING, "x")], [ONE]), "GGF-003", covers="G3")
ggf("key_longest", lambda: write([("a" * 65_535, U8, 1)], [ONE]), covers="G3")
ggf("key_upper_case", lambda: write([("general.Name", STRING, "x")], [ONE]), "GGF-103", covers="G3")
ggf("key_not_utf8", lambda: write([(b"general.\xff", U8, 1)], [ONE]), "GGF-015", "GGF-103", covers="G3")
ggf("name_not_utf8", lambda: write([ARCHITECTURE], [(b"w\xc3", 0, [8])]), "GGF-015", covers="G7")
ggf("name_beyond_ascii", lambda: write([ARCHITECTURE], [("größe", 0, [8])]), covers="G7")
ggf("key_with_escape", lambda: write([("a\x1b[2J", U8, 1)], [ONE]), "GGF-103", covers="G3")

# G4
ggf("value_type_13", lambda: assemble([string("a") + struct.pack("<IQ", 13, 0)], [], b""), "GGF-004", covers="G4")
ggf("value_type_huge", lambda: assemble([string("a") + struct.pack("<IQ", 2**31, 0)], [], b""), "GGF-004",
    covers="G4")
ggf("boolean_2", lambda: write([("a", BOOL, 2)], [ONE]), "GGF-004", covers="G4")
ggf("boolean_255_in_array", lambda: write([("a", ARRAY, (BOOL, [0, 1, 255]))], [ONE]), "GGF-004", covers="G4")
ggf("element_type_13", lambda: assemble([string("a") + struct.pack("<IIQ", ARRAY, 13, 0)], [], b""), "GGF-004",
    covers="G4")

# G5
ggf("key_beyond_file", lambda: assemble([], [], struct.pack("<Q", 2**40) + b"x" * 64, counts=(0, 1)), "GGF-005",
    covers="G5 CVE-2024-21802")
ggf("string_beyond_file", lambda: assemble([string("a") + struct.pack("<IQ", STRING, 100)], [], b"x" * 50),
    "GGF-005", covers="G5 CVE-2024-21825")
ggf("string_wraps", lambda: assemble([string("a") + struct.pack("<IQ", STRING, 2**64 - 1)], [], b"x" * 50),
    "GGF-005", covers="G5")
ggf("array_beyond_file", lambda: assemble([string("a") + struct.pack("<IIQ", ARRAY, U32, 13)], [], b"x" * 50),
    "GGF-005", covers="G5")
ggf("array_wraps", lambda: assemble([string("a") + struct.pack("<IIQ", ARRAY, U64, 2**61)], [], b"x" * 50),
    "GGF-005", covers="G5 CVE-2024-21836")
ggf("strings_beyond_file", lambda: assemble([string("a") + struct.pack("<IIQ", ARRAY, STRING, 8)], [], b"\0" * 60),
    "GGF-005", covers="G5")
ggf("string_in_array_beyond_file", lambda: assemble(
    [string("a") + struct.pack("<IIQQ", ARRAY, STRING, 1, 90)], [], b"\0" * 60), "GGF-005", covers="G5")
ggf("array_of_arrays", lambda: write([("a", ARRAY, (ARRAY, [(U8, [1])]))], [ONE]), "GGF-005", covers="G5")

# G6
ggf("alignment_64", lambda: write([("general.alignment", U32, 64)], [ONE, ("v", 0, [3])], alignment=64), covers="G6")
ggf("alignment_0", lambda: write([("general.alignment", U32, 0)], [ONE]), "GGF-006", covers="G6")
ggf("alignment_24", lambda: write([("general.alignment", U32, 24)], [ONE]), "GGF-006", covers="G6")
ggf("alignment_u64", lambda: write([("general.alignment", U64, 32)], [ONE]), "GGF-006", covers="G6")
ggf("alignment_string", lambda: write([("general.alignment", STRING, "32")], [ONE]), "GGF-006", covers="G6")
ggf("alignment_array", lambda: write([("general.alignment", ARRAY, (U32, [32]))], [ONE]), "GGF-006", covers="G6")
ggf("alignment_4", lambda: write([("general.alignment", U32, 4)], [ONE, ("v", 0, [3])], alignment=4), "GGF-106",
    covers="G6")

# G7
ggf("name_63", lambda: write([], [("n" * 63, 0, [8])]), covers="G7")
ggf("name_64", lambda: write([], [("n" * 64, 0, [8])]), "GGF-007", covers="G7")
ggf("name_empty", lambda: write([], [("", 0, [8])]), "GGF-007", covers="G7")
ggf("name_twice", lambda: write([], [ONE, ("v", 0, [8]), ONE]), "GGF-007", covers="G7")
ggf("name_with_nul", lambda: write([], [("w\0a", 0, [8]), ("w\0b", 0, [8])]), "GGF-007", covers="G7")
ggf("name_beyond_file", lambda: assemble([], [struct.pack("<Q", 2**32)], b"x" * 64), "GGF-005", covers="G7")
ggf("four_dimensions", lambda: write([], [("w", 0, [2, 2, 2, 2])]), covers="G7")
ggf("five_dimensions", lambda: write([], [("w", 0, [1, 1, 1, 1, 2])]), "GGF-007", covers="G7")
ggf("dimension_negative", lambda: assemble([], [info("w", 0, [-1], 0)], b"x" * 64), "GGF-007", covers="G7")
ggf("elements_overflow", lambda: assemble([], [info("w", 0, [2**32, 2**32], 0)], b"x" * 64), "GGF-007",
    covers="G7 CVE-2025-53630")
ggf("elements_overflow_to_nothing", lambda: assemble([], [info("w", 0, [2**32, 2**32, 2], 0)], b"x" * 64),
    "GGF-007", covers="G7 CVE-2026-27940")
ggf("bytes_overflow", lambda: assemble([], [info("w", 27, [2**62], 0)], b"x" * 64), "GGF-007",
    covers="G7 CVE-2026-33298")
ggf("row_not_of_blocks", lambda: assemble([], [info("w", 2, [33], 0)], b"x" * 64), "GGF-007", covers="G7")

# G8
ggf("type_unknown", lambda: assemble([], [info("w", 43, [32], 0)], b"x" * 64), "GGF-008", verdict="unsupported",
    covers="G8")
ggf("type_huge", lambda: assemble([], [info("w", 2**31, [32], 0)], b"x" * 64), "GGF-008", verdict="unsupported",
    covers="G8")
for removed in (4, 5, 31, 32, 33, 36, 37, 38):
    ggf(f"type_{removed}", lambda removed=removed: assemble([], [info("w", removed, [32], 0)], b"x" * 64),
        "GGF-108", covers="G8")

# G9
ggf("offset_wrong", lambda: assemble([], [info("w", 0, [8], 32)], b"x" * 64), "GGF-009", covers="G9")
ggf("offset_shared", lambda: assemble([], [info("v", 0, [8], 0), info("w", 0, [8], 0)], b"x" * 64), "GGF-009",
    covers="G9")
ggf("offset_hole", lambda: assemble([], [info("v", 0, [8], 0), info("w", 0, [8], 64)], b"x" * 96), "GGF-009",
    covers="G9")
ggf("offset_wraps", lambda: assemble([], [info("w", 0, [8], -32)], b"x" * 64), "GGF-009", covers="G9")
ggf("data_cut", lambda: write([], [("w", 0, [64])])[:-4], "GGF-009", covers="G9 CVE-2026-7482")
ggf("data_absent", lambda: assemble([], [info("w", 0, [8], 0)], b"")[:-1], "GGF-009", covers="G9")
ggf("trailer", lambda: write([], [ONE], tail=b"x"), "GGF-109", covers="G9")
ggf("trailer_without_tensors", lambda: write([ARCHITECTURE], tail=b"PK\3\4" + b"x" * 64), "GGF-109", "GGF-110", covers="G9")
ggf("trailer_of_zeroes", lambda: write([ARCHITECTURE], tail=bytes(64)), "GGF-109", covers="G9")


def in_padding(make, at):
    """The same file, with a byte in what fills up to the alignment."""
    def changed():
        content = bytearray(make())
        assert content[at] == 0
        content[at] = ord("x")
        return bytes(content)
    return changed


def aligned(alignment, tail=b""):
    return lambda: write([("general.alignment", U32, alignment)], [ONE], alignment) + tail


TWO = lambda: write([], [("v", 0, [3]), ONE])  # 24 of head, 33 and 33 of descriptions, 6 of padding; 12, 20, 32
ggf("in_padding_before_data", in_padding(TWO, 95), "GGF-110", covers="G9")
ggf("in_padding_between", in_padding(TWO, 96 + 31), "GGF-110", covers="G9")
ggf("first_of_padding_between", in_padding(TWO, 96 + 12), "GGF-110", covers="G9")
ggf("last_of_a_tensor_before_padding", in_padding(TWO, 96 + 11), covers="G9")
ggf("in_padding_of_the_last", in_padding(lambda: write([], [("w", 0, [3])]), -1), "GGF-110", covers="G9")
ggf("in_padding_that_is_cut", in_padding(lambda: write([], [("w", 0, [3])])[:-10], -1), "GGF-110", covers="G9")
ggf("without_tensors_up_to_the_alignment", lambda: write([("general.alignment", U32, 1 << 31)]) + b"#!/bin/sh\n",
    "GGF-110", covers="G9")
ggf("padding_of_64_KiB", aligned(1 << 16), covers="G9")
ggf("padding_beyond_64_KiB", aligned(1 << 17), "GGF-110", covers="G9")

# G10
ggf("scores_narrow", lambda: write(vocabulary(scores=(U8, [0] * 4)), [ONE]), "GGF-010",
    covers="G10 llama.cpp#26690")
for key in ("tokens", "scores", "token_type", "merges"):
    ggf(f"{key}_as_text", lambda key=key: write([ARCHITECTURE, ("tokenizer.ggml." + key, STRING, "x")], [ONE]), "GGF-010", covers="G10")
ggf("tokens_as_number", lambda: write([ARCHITECTURE, ("tokenizer.ggml.tokens", U32, 7)], [ONE]), "GGF-010", covers="G10")
ggf("scores_short", lambda: write(vocabulary(scores=(F32, [0.0])), [ONE]), "GGF-010", covers="G10 llama.cpp#20735")
ggf("types_long", lambda: write(vocabulary(types=(I32, [1] * 9)), [ONE]), "GGF-010", covers="G10")
ggf("types_narrow", lambda: write(vocabulary(types=(I8, [1] * 4)), [ONE]), "GGF-010", covers="G10")
ggf("scores_without_tokens", lambda: write([("tokenizer.ggml.scores", ARRAY, (F32, [1.0]))], [ONE]), "GGF-010",
    covers="G10")
ggf("tokens_are_numbers", lambda: write([("tokenizer.ggml.tokens", ARRAY, (I32, [1, 2]))], [ONE]), "GGF-010",
    covers="G10")
ggf("merges_are_numbers", lambda: write([("tokenizer.ggml.merges", ARRAY, (I32, [1, 2]))], [ONE]), "GGF-010",
    covers="G10")
ggf("special_outside", lambda: write(vocabulary(eos=4), [ONE]), "GGF-011", covers="G10 llama.cpp#25475")
ggf("special_negative", lambda: write([*vocabulary(), ("tokenizer.ggml.eos_token_id", I32, -1)], [ONE]), "GGF-011",
    covers="G10")
ggf("special_last", lambda: write(vocabulary(eos=3), [ONE]), covers="G10")
ggf("special_without_vocabulary", lambda: write([("tokenizer.ggml.eos_token_id", U32, 9)], [ONE]), covers="G10")
ggf("layers_512", lambda: write([("llama.block_count", U32, 512)], [ONE]), covers="G10")
ggf("layers_513", lambda: write([("llama.block_count", U32, 513)], [ONE]), "GGF-012", covers="G10 llama.cpp#25821")
ggf("byte_token_signed", lambda: write(vocabulary(["<0x-1>", "<0x00>"], types=(I32, [6, 6])), [ONE]), "GGF-013",
    covers="G10 llama.cpp#27226")
ggf("byte_token_long", lambda: write(vocabulary(["<0x001>"], types=(I32, [6])), [ONE]), "GGF-013", covers="G10")
ggf("byte_text_not_byte", lambda: write(vocabulary(["<0x-1>"], types=(I32, [1])), [ONE]), covers="G10")

# Templates that are no texts. transformers unwraps an array of one.
OPEN = "{{ ''.__class__ }}"
for name in ("", ".tool_use"):
    ggf("template_in_array" + name, lambda name=name: write([("tokenizer.chat_template" + name, ARRAY, (STRING, [OPEN]))], [ONE]),
        "GGF-014", "TPL-101", covers="G10")
ggf("templates_in_array", lambda: write([("tokenizer.chat_template", ARRAY, (STRING, ["x", OPEN]))], [ONE]),
    "GGF-014", "TPL-101", "TPL-501", covers="G10")
ggf("template_in_bytes", lambda: write([("tokenizer.chat_template", ARRAY, (U8, list(OPEN.encode())))], [ONE]),
    "GGF-014", "TPL-101", covers="G10")
ggf("template_is_a_number", lambda: write([("tokenizer.chat_template", U32, 7)], [ONE]), "GGF-014", covers="G10")
ggf("template_names", lambda: write([("tokenizer.chat_templates", ARRAY, (STRING, ["rag"])),
                                     ("tokenizer.chat_template.rag", STRING, "{{ x }}")], [ONE]), covers="G10")

# Limits.
ggf("template_too_long", lambda: write([("tokenizer.chat_template", STRING, "x" * (16 * 2**20 + 1))], [ONE]),
    "GGF-100", verdict="inconclusive")
