"""Headers of safetensors and GGUF: cases written from the rules alone.

Whoever wrote them had not read the scanner. The writers here are their own, of json and struct.
"""

import json
import struct

from corpus import case


def file(area, id, make, rules=(), verdict=None, name=None, arguments=(), covers=""):
    """One case: without rules it is clean; with rules it has findings, unless said otherwise."""
    verdict = verdict or ("findings" if rules else "clean")
    more = {"name": name} if name else {}
    case(f"blind/{area}_{id}", verdict=verdict, rules=rules, arguments=arguments, covers=covers or id, **more)(
        make if callable(make) else lambda: make)


def text(value):
    return json.dumps(value, ensure_ascii=False).encode()


# --- safetensors ------------------------------------------------------------------------------------

def st(header, data=b"", size=None):
    header = header.encode() if isinstance(header, str) else header
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header) if size is None else size) + header + data


def one(dtype='"U8"', shape="[2]", offsets="[0,2]", more="", name='"a"'):
    return f'{{{name}:{{"dtype":{dtype},"shape":{shape},"data_offsets":{offsets}{more}}}}}'


def many(*entries):
    """Entries (name, dtype, shape, begin, end), as they come."""
    return json.dumps({n: {"dtype": d, "shape": s, "data_offsets": [b, e]} for n, d, s, b, e in entries})


def stf(id, content, rules=(), verdict=None, arguments=()):
    file("stf", id, content, rules, verdict, "model.safetensors", arguments)


stf("seven_bytes", b"\x10" + bytes(6), ["STF-001"])
stf("length_just_above", struct.pack("<Q", 100_000_001) + b"{}", ["STF-002"])
stf("length_all_ones", b"\xff" * 8 + b"{}      ", ["STF-002"])
stf("length_beyond_file", st("{}", size=9), ["STF-003"])
stf("length_alone", struct.pack("<Q", 2), ["STF-003"])
for number, broken in enumerate((b"[]", b"null", b"\xef\xbb\xbf{}", b"{}\0\0", b'{"a":1,}', b"/* */{}", b"",
                                 b'{"__metadata__":{"a":"\xff"}}', b'{"__metadata__":{"a":"\n"}}',
                                 b'{"__metadata__":{"a":"\\ud800"}}')):
    stf(f"not_json_{number}", st(broken), ["STF-004"])
stf("nan_in_extra", st(one(more=',"x":NaN'), b"ab"), ["STF-004", "STF-011"])
stf("nested_200_deep", st(one(more=',"x":' + "[" * 200 + "]" * 200), b"ab"), ["STF-004", "STF-011"])
stf("space_first", st(" \t\n" + one(), b"ab"), ["STF-005"], "clean")
stf("newline_last", st(one() + " " * (7 - len(one()) % 8) + "\n", b"ab"), ["STF-006"], "clean")
stf("metadata_null", st('{"__metadata__":null}'), ["STF-007"], "clean")
stf("metadata_number", st('{"__metadata__":{"step":3}}'), ["STF-107"])
stf("metadata_text", st('{"__metadata__":"pt"}'), ["STF-107"])
stf("metadata_twice", st('{"__metadata__":{"a":"b"},"__metadata__":{"a":"b"}}'), ["STF-107"])
stf("metadata_key_twice", st('{"__metadata__":{"a":"b","\\u0061":"c"}}'), ["STF-009"])
E0 = '{"dtype":"U8","shape":[2],"data_offsets":[0,2]}'
stf("name_twice", st('{"a":%s,"a":%s}' % (E0, E0), b"ab"), ["STF-008"])
stf("name_twice_escaped", st('{"a":%s,"\\u0061":%s}' % (E0.replace("[0,2]", "[7,9]"), E0), b"ab"), ["STF-008"])
stf("dtype_twice", st(one(more=',"dtype":"U8"'), b"ab"), ["STF-109"])
stf("offsets_twice", st(one(more=',"data_offsets":[0,2]'), b"ab"), ["STF-109"])
stf("entry_as_array", st('{"a":["U8",[2],[0,2]]}', b"ab"), ["STF-010"])
stf("extra_field", st(one(more=',"requires_grad":true'), b"ab"), ["STF-011"], "clean")
for number, bad in enumerate(("[2.0]", "[2e0]", "[-2]", "[-0]", "[02]", "[18446744073709551616]")):
    stf(f"dimension_{number}", st(one(shape=bad), b"ab"), ["STF-012"])
stf("offset_fraction", st(one(offsets="[0,2.0]"), b"ab"), ["STF-012"])
stf("dtype_lower", st(one(dtype='"u8"'), b"ab"), ["STF-013"])
stf("dtype_of_numpy", st(one(dtype='"<f4"'), b"ab"), ["STF-013"])
stf("overflow_then_zero", st(one(shape="[9223372036854775808,4,0]", offsets="[0,0]")), ["STF-014"])
stf("zero_then_overflow", st(one(shape="[0,9223372036854775808,4]", offsets="[0,0]")), ["STF-014"])
stf("three_nibbles", st(one(dtype='"F4"', shape="[3]"), b"ab"), ["STF-015"])
stf("hole", st(many(("a", "U8", [2], 0, 2), ("b", "U8", [2], 3, 5)), b"abcde"), ["STF-016"])
stf("overlap", st(many(("a", "U8", [2], 0, 2), ("b", "U8", [2], 1, 3)), b"abc"), ["STF-016"])
stf("shared", st(many(("a", "U8", [2], 0, 2), ("b", "U8", [2], 0, 2)), b"ab"), ["STF-016"])
stf("begins_at_one", st(one(offsets="[1,3]"), b"abc"), ["STF-016"])
stf("end_before_begin", st(one(offsets="[2,0]"), b"ab"), ["STF-016"])
stf("other_length_than_shape", st(one(shape="[3]"), b"ab"), ["STF-016"])
stf("empty_inside_other", st(many(("a", "U8", [4], 0, 4), ("b", "U8", [0], 2, 2)), b"abcd"), ["STF-016"])
stf("trailer", st(one(), b"ab") + b"PK\5\6" + bytes(18), ["STF-017"])
stf("one_byte_short", st(one(shape="[3]", offsets="[0,3]"), b"ab"), ["STF-017"])
stf("name_empty", st(one(name='""'), b"ab"), ["STF-019"])
stf("name_climbs", st(one(name='"../../etc/x"'), b"ab"), ["STF-019"])
stf("name_nul", st(one(name='"a\\u0000b"'), b"ab"), ["STF-019"])
stf("unaligned", st(many(("a", "U8", [1], 0, 1), ("b", "F32", [1], 1, 5)), b"abcde"), ["STF-020"], "clean")
stf("header_of_odd_length", struct.pack("<Q", len(one())) + one().encode() + b"ab",
    ["STF-020"] if len(one()) % 8 else [], "clean")
stf("nan_unread", st(one(dtype='"F32"', shape="[1]", offsets="[0,4]"), struct.pack("<f", float("nan"))))
stf("nan_read", st(one(dtype='"F32"', shape="[1]", offsets="[0,4]"), struct.pack("<f", float("nan"))),
    ["STF-021"], "clean", ["--read-data"])
stf("no_tensors", st("{}"))
stf("metadata_only", st('{"__metadata__":{"format":"pt","":""}}'))
stf("scalar", st(one(dtype='"F64"', shape="[]", offsets="[0,8]"), bytes(8)))
stf("empty_ones", st(many(("a", "F32", [0, 7], 0, 0), ("b", "F32", [0], 0, 0), ("c", "F32", [1], 0, 4),
                          ("d", "F32", [3, 0], 4, 4)), bytes(4)))
stf("nibbles", st(one(dtype='"F4"', shape="[2,2]"), b"ab"))
stf("six_bits", st(one(dtype='"F6_E2M3"', shape="[4]", offsets="[0,3]"), b"abc"))
stf("scales_of_8_bits", st(one(dtype='"F8_E8M0"'), b"ab"))
stf("names_of_diffusers", st(one(name='"model.diffusion_model.input_blocks.0.0/weight:0"'), b"ab"))


# --- GGUF -------------------------------------------------------------------------------------------

def gs(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(value)) + value


def kv(key, kind, payload):
    return gs(key) + struct.pack("<I", kind) + payload


def u32(key, value):
    return kv(key, 4, struct.pack("<I", value))


def array(key, kind, items):
    return kv(key, 9, struct.pack("<IQ", kind, len(items)) + b"".join(items))


def words(key, *items):
    return array(key, 8, [gs(item) for item in items])


def info(name, dims, kind, offset):
    return gs(name) + struct.pack("<I", len(dims)) + b"".join(struct.pack("<q", d) for d in dims) + \
        struct.pack("<IQ", kind, offset)


def gguf(keys=(), tensors=(), data=b"", version=3, counts=None, align=32):
    n_tensors, n_keys = counts or (len(tensors), len(keys))
    head = b"GGUF" + struct.pack("<Iqq", version, n_tensors, n_keys) + b"".join(keys) + b"".join(tensors)
    return head + bytes(-len(head) % align) + data


def ggf(id, content, rules=(), verdict=None):
    file("ggf", id, content, rules, verdict, "model.gguf")


ARCH = kv("general.architecture", 8, gs("llama"))
F32 = info("a.weight", [8], 0, 0)
for version in (0, 1, 4):
    ggf(f"version_{version}", gguf([ARCH], version=version), ["GGF-001"])
ggf("big_endian", b"GGUF" + struct.pack(">Iqq", 3, 0, 0) + bytes(8), ["GGF-001"])
ggf("negative_tensors", gguf(counts=(-1, 0)), ["GGF-002"])
ggf("many_keys", gguf([ARCH], counts=(0, 1 << 40)), ["GGF-002"])
ggf("cut_head", b"GGUF" + struct.pack("<Iq", 3, 0), ["GGF-002"])
ggf("key_empty", gguf([u32("", 1)]), ["GGF-003"])
ggf("key_twice", gguf([ARCH, u32("a.b", 1), u32("a.b", 2)]), ["GGF-003"])
ggf("key_in_capitals", gguf([ARCH, u32("My Key", 1)]), ["GGF-103"], "clean")
ggf("value_type_13", gguf([kv("a.b", 13, bytes(8))]), ["GGF-004"])
ggf("bool_of_two", gguf([kv("a.b", 7, b"\2")]), ["GGF-004"])
ggf("string_beyond", gguf([kv("a.b", 8, struct.pack("<Q", 1 << 20) + b"abc")]), ["GGF-005"])
ggf("array_of_arrays", gguf([kv("a.b", 9, struct.pack("<IQ", 9, 1) + struct.pack("<IQ", 4, 1) + bytes(4))]), ["GGF-005"])
ggf("array_of_2_62", gguf([kv("a.b", 9, struct.pack("<IQ", 10, 1 << 62) + bytes(64))]), ["GGF-005"])
ggf("alignment_zero", gguf([ARCH, u32("general.alignment", 0)]), ["GGF-006"])
ggf("alignment_48", gguf([ARCH, u32("general.alignment", 48)]), ["GGF-006"])
ggf("alignment_u64", gguf([ARCH, kv("general.alignment", 10, struct.pack("<Q", 32))]), ["GGF-006"])
ggf("alignment_4", gguf([ARCH, u32("general.alignment", 4)], [F32], bytes(32), align=4), ["GGF-106"], "clean")
ggf("alignment_64", gguf([ARCH, u32("general.alignment", 64)], [F32], bytes(32), align=64))
ggf("name_empty", gguf([ARCH], [info("", [8], 0, 0)], bytes(32)), ["GGF-007"])
ggf("name_of_64", gguf([ARCH], [info("a" * 64, [8], 0, 0)], bytes(32)), ["GGF-007"])
ggf("name_of_63", gguf([ARCH], [info("a" * 63, [8], 0, 0)], bytes(32)))
ggf("name_twice", gguf([ARCH], [F32, info("a.weight", [8], 0, 32)], bytes(64)), ["GGF-007"])
ggf("five_dimensions", gguf([ARCH], [info("a", [1] * 5, 0, 0)], bytes(32)), ["GGF-007"])
ggf("negative_dimension", gguf([ARCH], [info("a", [-8], 0, 0)], bytes(32)), ["GGF-007"])
ggf("product_wraps", gguf([ARCH], [info("a", [1 << 32, 1 << 32], 0, 0)], bytes(32)), ["GGF-007"])
ggf("half_a_block", gguf([ARCH], [info("a", [48], 2, 0)], bytes(64)), ["GGF-007"])
for removed in (4, 31, 36):
    ggf(f"removed_type_{removed}", gguf([ARCH], [info("a", [256], removed, 0)], bytes(512)), ["GGF-108"])
ggf("type_of_tomorrow", gguf([ARCH], [info("a", [256], 77, 0)], bytes(512)), ["GGF-008"], "unsupported")
ggf("offset_skips", gguf([ARCH], [F32, info("b", [8], 0, 64)], bytes(96)), ["GGF-009"])
ggf("data_missing", gguf([ARCH], [F32]), ["GGF-009"])
ggf("bytes_after", gguf([ARCH], [F32], bytes(32) + b"MZ" + bytes(100)), ["GGF-109"])
ggf("padding_missing", gguf([ARCH], [F32, info("b", [3], 0, 32)], bytes(32 + 12)))
ggf("scores_shorter", gguf([ARCH, words("tokenizer.ggml.tokens", "a", "b"),
                            array("tokenizer.ggml.scores", 6, [bytes(4)])]), ["GGF-010"])
ggf("token_types_as_u8", gguf([ARCH, words("tokenizer.ggml.tokens", "a", "b"),
                               array("tokenizer.ggml.token_type", 0, [b"\1", b"\1"])]), ["GGF-010"])
ggf("end_beyond_vocabulary", gguf([ARCH, words("tokenizer.ggml.tokens", "a", "b"),
                                   u32("tokenizer.ggml.eos_token_id", 2)]), ["GGF-011"])
ggf("layers_513", gguf([ARCH, u32("llama.block_count", 513)]), ["GGF-012"])
ggf("byte_token_signed", gguf([ARCH, words("tokenizer.ggml.tokens", "<0x-1>"),
                               array("tokenizer.ggml.token_type", 5, [struct.pack("<i", 6)])]), ["GGF-013"])
ggf("template_attacks", gguf([ARCH, kv("tokenizer.chat_template", 8, gs("{{ messages.__class__ }}"))]), ["TPL-101"])
ggf("named_template_attacks",
    gguf([ARCH, kv("tokenizer.chat_template.tool_use", 8, gs("{% include 'x' %}"))]), ["TPL-107"])
ggf("nothing_in_it", gguf())
ggf("version_2", gguf([ARCH], [F32], bytes(32), version=2))
ggf("vocabulary", gguf([
    ARCH, u32("llama.block_count", 512), kv("general.name", 8, gs("Größe 7B")),
    words("tokenizer.ggml.tokens", "<s>", "</s>", "<0x0A>", "▁the"),
    array("tokenizer.ggml.scores", 6, [bytes(4)] * 4),
    array("tokenizer.ggml.token_type", 5, [struct.pack("<i", kind) for kind in (3, 3, 6, 1)]),
    u32("tokenizer.ggml.bos_token_id", 0), u32("tokenizer.ggml.eos_token_id", 1),
    kv("tokenizer.ggml.add_bos_token", 7, b"\1"), words("general.tags"),
    kv("tokenizer.chat_template", 8, gs("{% for m in messages %}{{ m['content'] }}{% endfor %}"))]))
ggf("many_types", gguf([ARCH], [info("a", [256, 2], 12, 0), info("b", [64], 40, 288), info("c", [32], 39, 352),
                                info("d", [256], 34, 384), info("e", [1, 1, 1, 1], 30, 448)],
                       bytes(288 + 64 + 32 + 64 + 2)))
