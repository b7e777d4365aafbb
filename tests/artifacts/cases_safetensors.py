"""Each row of docs/formats/safetensors.md, broken and kept."""

import functools
import json
import struct

from corpus import case
from make_safetensors import BITS, entry, header, padded, raw, size_of, write

_case = functools.partial(case, name="model.safetensors")
ONE = entry("U8", [2], 0)  # two bytes


def stf(id, make, *rules, verdict=None, covers="", arguments=()):
    """One file; the verdict follows from the rules unless it is said."""
    if verdict is None:
        notes = {"STF-005", "STF-006", "STF-007", "STF-011", "STF-020", "STF-021"}
        verdict = "findings" if set(rules) - notes else "clean"
    _case("stf/" + id, verdict=verdict, rules=rules, covers=covers,
          arguments=arguments)(make)


def refused(id, text, *rules, data=b"xx", covers=""):
    """A header that is refused: nothing after it is looked at, so no layout note."""
    stf(id, lambda: raw(text, data), *rules, covers=covers)


def field(name, text):
    """A header with one tensor, one of whose fields is given as text."""
    fields = {"dtype": '"U8"', "shape": "[2]", "data_offsets": "[0,2]", name: text}
    return '{"a":{' + ",".join(f'"{key}":{value}' for key, value in fields.items()) + "}}"


# Files as writers make them.
stf("ordinary", lambda: write({"a.weight": ("F32", [4, 4]), "a.bias": ("F32", [4]), "n": ("I64", [1])},
                              {"format": "pt"}))
for size, like in ((93, "lzma"), (35_615, "gzip"), (640, "pickle"), (376, "zlib")):
    stf("length_like_" + like, lambda size=size: raw(('{"a":' + ONE + "}").ljust(size), b"xx"), *(["STF-020"] if size % 8 else []))
stf("no_tensors", lambda: padded("{}"), covers="S18")
stf("only_metadata", lambda: padded('{"__metadata__":{"format":"pt"}}'), covers="S18")
stf("scalar", lambda: write({"a": ("F32", [])}), covers="S18")
stf("no_elements", lambda: write({"a": ("F32", [0])}), covers="S18")
stf("no_elements_of_many", lambda: write({"a": ("F32", [0, 5, 7])}), covers="S18 modelaudit#1607")
stf("empty_ones_at_one_place", lambda: padded(header([
    ("a", entry("U8", [0], 0)), ("b", entry("U8", [2], 0)), ("c", entry("U8", [0], 2)),
    ("d", entry("U8", [3, 0], 2))]), b"xx"), covers="S18")
stf("all_dtypes", lambda: write({f"t.{dtype}": (dtype, [8]) for dtype in BITS}),
    covers="S13 modelaudit#1610")
stf("many_names", lambda: write({f"model.layers.{i}.w": ("BF16", [2]) for i in range(300)}))
stf("names_of_the_world", lambda: write({"模型.重み": ("U8", [8]), "dense/kernel:0": ("U8", [8])}))

# S1 to S3: the length.
_case("stf/empty_header_length", verdict="findings", rules=["STF-001"], covers="S1")(lambda: b"\x10\0\0\0\0")
stf("header_over_limit", lambda: raw(b"{}", length=100_000_001) + b"x" * 64, "STF-002", covers="S2")
stf("header_at_2_64", lambda: raw(b"{}", length=2**64 - 1) + b"x" * 64, "STF-002", covers="S2")
stf("header_wraps", lambda: raw(b"{}", length=2**64 - 8) + b"x" * 64, "STF-002", covers="S2")
stf("header_at_limit_cut", lambda: raw(b"{}", length=100_000_000), "STF-003", covers="S2 S3")
stf("header_one_short", lambda: raw(b'{"a":' + ONE.encode() + b"}", length=len(ONE) + 9), "STF-003",
    covers="S3")

# S4: the form of the header.
refused("array", '["a"]', "STF-004", covers="S4")
refused("not_utf8", b'{"\xff":' + ONE.encode() + b"}", "STF-004", covers="S4")
refused("overlong_utf8", b'{"\xc0\xaf":' + ONE.encode() + b"}", "STF-004", covers="S4")
refused("surrogate_utf8", '{"\ud800":' + ONE + "}", "STF-004", covers="S4")
refused("nul_tail", '{"a":' + ONE + "}\0\0", "STF-004", covers="S4")
refused("text_tail", '{"a":' + ONE + "}x", "STF-004", covers="S4")
refused("two_objects", '{"a":' + ONE + "}{}", "STF-004", covers="S4")
refused("comment", '{"a":' + ONE + "/* */}", "STF-004", covers="S4")
refused("trailing_comma", '{"a":' + ONE + ",}", "STF-004", covers="S4")
refused("no_colon", '{"a" ' + ONE + "}", "STF-004", covers="S4")
refused("unquoted_name", "{a:" + ONE + "}", "STF-004", covers="S4")
refused("open_string", '{"a', "STF-004", covers="S4")
refused("raw_control", '{"a\tb":' + ONE + "}", "STF-004", covers="S4")
refused("lone_surrogate", '{"a\\ud800":' + ONE + "}", "STF-004", covers="S4")
refused("bad_escape", '{"a\\x41":' + ONE + "}", "STF-004", covers="S4")
refused("entry_is_number", '{"a":5}', "STF-004", covers="S4")
refused("entry_is_null", '{"a":null}', "STF-004", covers="S4")
refused("no_dtype", '{"a":{"shape":[2],"data_offsets":[0,2]}}', "STF-004", covers="S4")
refused("no_shape", '{"a":{"dtype":"U8","data_offsets":[0,2]}}', "STF-004", covers="S4")
refused("no_offsets", '{"a":{"dtype":"U8","shape":[2]}}', "STF-004", covers="S4")
refused("three_offsets", field("data_offsets", "[0,2,2]"), "STF-004", covers="S4")
refused("one_offset", field("data_offsets", "[0]"), "STF-004", covers="S4")
refused("shape_is_null", field("shape", "null"), "STF-004", covers="S4")
refused("nested_128", field("x", "[" * 126 + "]" * 126), "STF-004", "STF-011", covers="S4")
stf("nested_127", lambda: padded(field("x", "[" * 125 + "]" * 125), b"xx"), "STF-011", covers="S4 S11")
refused("nan_inside", field("x", "NaN"), "STF-004", "STF-011", covers="S4")
refused("huge_number_inside", field("x", "1e999"), "STF-004", "STF-011", covers="S4")

# S5, S6: white space.
stf("leading_space", lambda: padded(" " + header([("a", ONE)]), b"xx"), "STF-005", covers="S5")
stf("leading_newline", lambda: padded("\n" + header([("a", ONE)]), b"xx"), "STF-005", covers="S5")
refused("leading_bom", "\ufeff" + header([("a", ONE)]), "STF-004", covers="S4 S5")
stf("padded_with_newlines", lambda: raw(header([("a", ONE)]) + "\n" * (-len(header([("a", ONE)])) % 8),
                                        b"xx"), "STF-006", covers="S6")
stf("padded_long", lambda: raw(header([("a", ONE)]) + " " * (4096 - len(header([("a", ONE)]))), b"xx"),
    covers="S6")

# S7, S9: metadata.
stf("metadata_null", lambda: padded('{"__metadata__":null,"a":' + ONE + "}", b"xx"), "STF-007", covers="S7")
refused("metadata_number", '{"__metadata__":{"a":1},"a":' + ONE + "}", "STF-107", covers="S7")
refused("metadata_array", '{"__metadata__":[],"a":' + ONE + "}", "STF-107", covers="S7")
refused("metadata_twice", '{"__metadata__":{},"__metadata__":{},"a":' + ONE + "}", "STF-107", covers="S7")
refused("metadata_escaped_twice", '{"__metadata__":{},"__metadata\\u005f_":{},"a":' + ONE + "}", "STF-107",
        covers="S7")
refused("metadata_as_tensor", '{"__metadata__":' + ONE + "}", "STF-107", covers="S7")
stf("metadata_key_twice", lambda: padded('{"__metadata__":{"k":"a","k":"b"},"a":' + ONE + "}", b"xx"),
    "STF-009", covers="S9")
stf("metadata_key_escaped_twice",
    lambda: padded('{"__metadata__":{"k":"a","\\u006b":"b"},"a":' + ONE + "}", b"xx"), "STF-009",
    covers="S9")
refused("dtype_twice", '{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}', "STF-109",
        covers="S9")
refused("shape_twice", '{"a":{"dtype":"U8","shape":[2],"sh\\u0061pe":[2],"data_offsets":[0,2]}}', "STF-109",
        covers="S9")
refused("offsets_twice", '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"data_offsets":[0,2]}}',
        "STF-109", covers="S9")

# S8: a name twice.
stf("name_twice", lambda: padded(header([("a", entry("U8", [9], 5)), ("a", ONE)]), b"xx"), "STF-008",
    covers="S8 safetensors#401")
stf("name_escaped_twice", lambda: padded('{"a":' + entry("U8", [9], 5) + ',"\\u0061":' + ONE + "}", b"xx"),
    "STF-008", covers="S8")
refused("name_twice_last_wrong", header([("a", ONE), ("a", entry("U8", [9], 5))]), "STF-008", "STF-016",
        covers="S8")

# S10, S11: forms of an entry.
stf("entry_array", lambda: padded('{"a":["U8",[2],[0,2]]}', b"xx"), "STF-010", covers="S10")
refused("entry_array_of_four", '{"a":["U8",[2],[0,2],0]}', "STF-004", covers="S10")
refused("entry_array_of_two", '{"a":["U8",[2]]}', "STF-004", covers="S10")
stf("dtype_object", lambda: padded(field("dtype", '{"U8":null}'), b"xx"), "STF-010", covers="S10")
refused("dtype_object_full", field("dtype", '{"U8":0}'), "STF-004", covers="S10")
stf("field_unknown", lambda: padded(field("note", '"x"'), b"xx"), "STF-011", covers="S11")
stf("field_unknown_twice",
    lambda: padded('{"a":{"x":1,"x":2,"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', b"xx"), "STF-011",
    covers="S11")

# S12: integers.
for label, text in {"real": "2.0", "exponent": "2e0", "negative": "-2", "minus_zero": "-0", "leading_zero": "02",
                    "over_64_bits": "18446744073709551616", "string": '"2"', "boolean": "true", "plus": "+2"}.items():
    refused("dimension_" + label, field("shape", f"[{text}]"), "STF-012", covers="S12")
refused("dimension_hexadecimal", field("shape", "[0x2]"), "STF-004", covers="S4 S12")
refused("offset_real", field("data_offsets", "[0,2.0]"), "STF-012", covers="S12")
refused("offset_negative", field("data_offsets", "[-0,2]"), "STF-012", covers="S12")

# S13: dtypes.
for label, text in {"lower_case": "f32", "unknown": "F8", "complex128": "C128", "torch": "torch.float32",
                    "empty": ""}.items():
    refused("dtype_" + label, field("dtype", json.dumps(text)), "STF-013", covers="S13")

# S14, S15: sizes.
refused("size_overflows", field("shape", "[9223372036854775808,4]"), "STF-014", covers="S14")
refused("size_overflows_in_bits", field("shape", "[4611686018427387904]"), "STF-014", covers="S14")
refused("overflow_before_zero", field("shape", "[9223372036854775808,4,0]"), "STF-014", covers="S14")
stf("overflow_after_zero", lambda: padded(
    '{"a":{"dtype":"U8","shape":[0,9223372036854775808,4],"data_offsets":[0,0]}}'), "STF-014", covers="S14")
stf("zero_beside_large", lambda: padded(
    '{"a":{"dtype":"U8","shape":[0,1152921504606846976],"data_offsets":[0,0]}}'), covers="S14")
refused("half_a_byte", '{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', "STF-015", covers="S15")
refused("six_bits", '{"a":{"dtype":"F6_E2M3","shape":[2],"data_offsets":[0,2]}}', "STF-015", covers="S15")
stf("two_halves", lambda: write({"a": ("F4", [4])}), covers="S15")

# S16: the layout.
refused("hole_at_begin", header([("a", entry("U8", [2], 1))]), "STF-016", data=b"xxx", covers="S16")
refused("hole_between", header([("a", ONE), ("b", entry("U8", [2], 3))]), "STF-016", data=b"xxxxx",
        covers="S16")
refused("overlap", header([("a", ONE), ("b", entry("U8", [2], 1))]), "STF-016", data=b"xxx", covers="S16")
refused("shared", header([("a", ONE), ("b", ONE)]), "STF-016", covers="S16")
refused("too_short_for_shape", field("shape", "[3]"), "STF-016", covers="S16")
refused("too_long_for_shape", field("shape", "[1]"), "STF-016", covers="S16")
refused("end_before_begin", field("data_offsets", "[2,0]"), "STF-016", covers="S16")
refused("offsets_beyond", field("data_offsets", "[0,18446744073709551615]"), "STF-016", covers="S16")
refused("empty_inside_another", header([("a", entry("U8", [4], 0)), ("z", entry("U8", [0], 2))]), "STF-016",
        data=b"xxxx", covers="S16 S18")
stf("out_of_order", lambda: padded(header([("b", entry("U8", [2], 2)), ("a", ONE)]), b"xxxx"), "STF-020",
    covers="S16 S20")

# S17: the end.
stf("trailer", lambda: padded(header([("a", ONE)]), b"xxx"), "STF-017", covers="S17")
stf("trailer_is_zip", lambda: padded(header([("a", ONE)]), b"xxPK\3\4" + b"x" * 40), "STF-017",
    covers="S17 Trail of Bits 2023")
stf("cut_data", lambda: padded(header([("a", ONE)]), b"x"), "STF-017", covers="S17")
stf("data_without_tensors", lambda: padded("{}", b"xx"), "STF-017", covers="S17")

# S19: names.
for label, name in {"empty": "", "nul": "a\0b", "escape": "a\x1b[31m", "parent": "../../x", "absolute": "/etc/x",
                    "backslash": "a\\b", "inner_parent": "a/../b", "bidi": "a\u202eb"}.items():
    stf("name_" + label, lambda name=name: padded(header([(name, ONE)]), b"xx"), "STF-019", covers="S19")
stf("name_with_dots", lambda: padded(header([("a..b", entry("U8", [1], 0)), ("b/..c", entry("U8", [1], 1))]),
                                     b"xx"), covers="S19")

# S20: how the writer lays out.
stf("not_padded", lambda: raw('{"a":' + ONE + "}" + " " * ((1 - len(ONE) - 6) % 8), b"xx"), "STF-020",
    covers="S20")
stf("not_aligned", lambda: padded(header([("a", entry("U8", [1], 0)), ("b", entry("F32", [1], 1))]),
                                  b"x" * 5), "STF-020", covers="S20")
stf("sorted_by_name_only", lambda: padded(header([("a", entry("F16", [2], 0)), ("b", entry("F32", [1], 4))]),
                                          b"x" * 8), "STF-020", covers="S20")

# Limits.
stf("too_many_dimensions", lambda: raw(field("shape", "[" + ",".join("1" * 65) + "]"), b"x"), "STF-100",
    verdict="inconclusive")
stf("many_dimensions", lambda: padded('{"a":{"dtype":"U8","shape":[' + ",".join("1" * 64) +
                                      '],"data_offsets":[0,1]}}', b"x"))
stf("too_much_metadata", lambda: raw(header([], {f"{i:x}": "" for i in range(65_537)})), "STF-100",
    verdict="inconclusive")

# S21: values, where they are asked for.
for label, number in {"nan": b"\0\0\xc0\x7f", "infinity": b"\0\0\x80\xff"}.items():
    odd = functools.partial(write, {"a": ("F32", [2], b"\0\0\x80\x3f" + number)})
    stf(label, odd, covers="S21")
    stf(label + "_looked_for", odd, "STF-021", covers="S21", arguments=("--read-data",))
for dtype, numbers in {"F8_E4M3": b"\0\x7f", "F8_E5M2": b"\0\x7d", "F8_E8M0": b"\0\xff", "F8_E4M3FNUZ": b"\0\x80",
                       "F8_E5M2FNUZ": b"\0\x80"}.items():
    stf("nan_of_" + dtype, functools.partial(write, {"a": (dtype, [2], numbers)}), "STF-021", covers="S21",
        arguments=("--read-data",))
stf("nan_of_C64", lambda: write({"a": ("C64", [1], b"\0\0\x80\x3f\0\0\xc0\x7f")}), "STF-021", covers="S21",
    arguments=("--read-data",))
for dtype, numbers in {"F8_E4M3": b"\x7e\x80", "F8_E5M2": b"\x7b\xfb", "F8_E8M0": b"\xfe\0", "F8_E4M3FNUZ": b"\x7f\xff",
                       "F8_E5M2FNUZ": b"\x7f\xff"}.items():
    stf("finite_of_" + dtype, functools.partial(write, {"a": (dtype, [2], numbers)}), covers="S21",
        arguments=("--read-data",))
stf("finite_looked_for", lambda: write({"a": ("F32", [2]), "b": ("U8", [3])}), covers="S21",
    arguments=("--read-data",))
