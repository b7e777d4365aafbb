"""safetensors, rule by rule (S1 to S21): cases written from the rules alone.

Whoever wrote them had not read the scanner. The writer here is its own, of json and struct.
"""

import json
import struct

import severity
from corpus import case

BITS = dict([("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6)] +
            [(name, 8) for name in "BOOL U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ".split()] +
            [(name, 16) for name in "I16 U16 F16 BF16".split()] + [(name, 32) for name in "I32 U32 F32".split()] +
            [(name, 64) for name in "I64 U64 F64 C64".split()])


def safe(id, content, *rules, name="model.safetensors", arguments=(), covers=""):
    case("blind/s/" + id,
         verdict=severity.verdict(rules),
         rules=rules,
         name=name,
         arguments=arguments,
         covers=covers or "S" + id.split("_")[0])(lambda: content)


def whole(header, data=b"", fill=b" ", length=None):
    """Length, header padded to eight, data."""
    header = header if isinstance(header, bytes) else header.encode()
    header += fill * (-len(header) % 8)
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def tensor(dtype, shape, begin, end):
    return json.dumps({"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}, separators=(",", ":"))


def model(*tensors, data=None, metadata=None):
    """Tensors (name, dtype, shape, begin, end) in this order; the data as long as the last end."""
    parts = [] if metadata is None else ['"__metadata__":' + metadata]
    parts += [json.dumps(name) + ":" + tensor(*rest) for name, *rest in tensors]
    length = max([end for *_, end in tensors], default=0)
    return whole("{" + ",".join(parts) + "}", bytes(length) if data is None else data)


def one(shape="[4]", offsets="[0,4]", dtype='"U8"', data=4, more=""):
    return whole('{"w":{"dtype":%s,"shape":%s,"data_offsets":%s%s}}' % (dtype, shape, offsets, more), bytes(data))


# S1 to S3: the length.
for size in range(1, 8):
    safe(f"1_{size}_bytes", b"\x02\0\0\0\0\0\0"[:size], "STF-001")
safe("1_eight_bytes_are_an_empty_header", bytes(8), "STF-004")
safe("2_at_the_limit_ends_inside", struct.pack("<Q", 100_000_000) + b"{}      ", "STF-003")
for name, length in (("one_above", 100_000_001), ("2_to_32", 1 << 32), ("2_to_63", 1 << 63),
                     ("2_to_64_less_8", (1 << 64) - 8), ("2_to_64_less_1", (1 << 64) - 1), ("big_endian_8", 8 << 56)):
    safe("2_" + name, struct.pack("<Q", length) + b"{}      ", "STF-002")
for cut in (8, 9, 20, 40, 60):
    safe(f"3_cut_at_{cut}", model(("w", "F32", [4], 0, 16))[:cut], "STF-003")
safe("3_one_byte_missing", struct.pack("<Q", 9) + b"{}      ", "STF-003")

# S4: one JSON object.
for name, text in (("array", b"[]"), ("null", b"null"), ("text", b'"a"'), ("number", b"1"), ("true", b"true"),
                   ("blank", b" "), ("bom", b"\xef\xbb\xbf{}"), ("utf16", "{}".encode("utf-16-le")),
                   ("two_objects", b"{}{}"), ("nul_behind", b"{}\0"), ("line_comment", b"{}//x\n"),
                   ("block_comment", b"{/**/}"), ("comma_first", b"{,}"), ("open", b"{"), ("open_key", b'{"a"'),
                   ("open_text", b'{"a'), ("single_quotes", b"{'__metadata__':{}}"), ("no_quotes",
                                                                                      b"{__metadata__:{}}"),
                   ("comma_last", b'{"__metadata__":{},}'), ("tab_in_text", b'{"__metadata__":{"a":"\t"}}'),
                   ("overlong_utf8", b'{"__metadata__":{"a":"\xc0\xaf"}}'), ("surrogate_in_utf8",
                                                                             b'{"__metadata__":{"a":"\xed\xa0\x80"}}'),
                   ("cut_utf8", b'{"__metadata__":{"a":"\xe2\x82"}}'),
                   ("lone_low_surrogate", b'{"__metadata__":{"a":"\\udc00"}}'), ("bad_escape",
                                                                                 b'{"__metadata__":{"a":"\\x41"}}'),
                   ("short_escape", b'{"__metadata__":{"a":"\\u00"}}'), ("equals_sign", b'{"__metadata__"={}}'),
                   ("no_colon", b'{"__metadata__" {}}'), ("form_feed", b"\x0c{}"), ("no_break_space", b"\xc2\xa0{}")):
    safe("4_" + name, whole(text), "STF-004")
safe("4_pair_of_surrogates_is_good", whole('{"__metadata__":{"a":"\\ud83d\\ude00"}}'))
safe("4_any_letters_are_good", whole('{"__metadata__":{"\u00e9\u4e2d":"\U0001f600"}}'))
safe("4_escaped_control_is_good", whole('{"__metadata__":{"a":"\\u0007\\n"}}'))

# S5, S6: what stands before and behind it.
for name, space in (("space", b" "), ("tab", b"\t"), ("newline", b"\n"), ("return", b"\r"), ("eight_spaces", b" " * 8)):
    safe("5_" + name, whole(space + b"{}"), "STF-005")
for name, fill in (("tabs", b"\t"), ("newlines", b"\n"), ("returns", b"\r")):
    safe("6_" + name, whole(b"{}", fill=fill), "STF-006")
safe("6_spaces_are_good", whole(b"{}" + b" " * 62))

# S7, S9: metadata.
safe("7_null", whole('{"__metadata__":null}'), "STF-007")
safe("7_empty_is_good", whole('{"__metadata__":{}}'))
for name, value in (("number", "1"), ("true", "true"), ("array", "[]"), ("text", '"x"'), ("value_number", '{"a":1}'),
                    ("value_null", '{"a":null}'), ("value_object", '{"a":{}}'), ("value_array", '{"a":["b"]}'),
                    ("second_value_false", '{"a":"b","c":false}')):
    safe("7_" + name, whole('{"__metadata__":%s}' % value), "STF-107")
safe("7_infinity", whole('{"__metadata__":Infinity}'), "STF-107", covers="S4 and S7: no JSON, and no object")
safe("9_metadata_key_twice", whole('{"__metadata__":{"a":"1","a":"2"}}'), "STF-009")
safe("9_metadata_key_twice_by_escape", whole('{"__metadata__":{"a":"1","\\u0061":"2"}}'), "STF-009")
safe("9_metadata_keys_by_case_are_good", whole('{"__metadata__":{"a":"1","A":"2"}}'))
safe("9_dtype_twice", one(dtype='"U8","dtype":"U8"'), "STF-109")
safe("9_shape_twice", one(shape='[4],"shape":[4]'), "STF-109")
safe("9_offsets_twice", one(offsets='[0,4],"data_offsets":[0,4]'), "STF-109")
safe("9_shape_twice_by_escape", one(shape='[4],"sh\\u0061pe":[9]'), "STF-109")

# S8: a name twice.
_U8 = tensor("U8", [4], 0, 4)
safe("8_same", whole('{"w":%s,"w":%s}' % (_U8, _U8), bytes(4)), "STF-008")
safe("8_by_escape", whole('{"w":%s,"\\u0077":%s}' % (_U8, _U8), bytes(4)), "STF-008")
safe("8_by_two_escapes", whole('{"\\u00e9":%s,"\u00e9":%s}' % (_U8, _U8), bytes(4)), "STF-008")
safe("8_names_by_case_are_good", model(("W", "U8", [4], 0, 4), ("w", "U8", [4], 4, 8)))
safe("8_names_by_composition_are_good", model(("e\u0301", "U8", [4], 0, 4), ("\u00e9", "U8", [4], 4, 8)))

# S10, S11: forms that only some readers take.
safe("10_array", whole('{"w":["U8",[4],[0,4]]}', bytes(4)), "STF-010")
safe("10_one_of_two", whole('{"v":%s,"w":["U8",[4],[4,8]]}' % _U8, bytes(8)), "STF-010")
for name, value in (("number", "1"), ("null", "null"), ("object", '{"a":[1,{}]}'), ("empty_name", "0")):
    key = "" if name == "empty_name" else "extra"
    safe("11_" + name, one(more=f',"{key}":{value}'), "STF-011")
safe("11_dtype_in_capitals", one(more=',"DTYPE":"F64"'), "STF-011")

# S12: whole numbers of 64 bits.
for name, number in (("real", "4.0"), ("exponent", "4e0"), ("negative", "-4"), ("minus_nought", "-0"), ("text", '"4"'),
                     ("true", "true"), ("null", "null"), ("array", "[4]"), ("2_to_64", str(1 << 64)),
                     ("thousand_digits", "9" * 1000)):
    safe("12_shape_" + name, one(shape=f"[{number}]"), "STF-012")
    safe("12_end_" + name, one(offsets=f"[0,{number}]"), "STF-012")
for name, number in (("hexadecimal", "0x4"), ("underscore", "4_0")):
    safe("12_shape_" + name, one(shape=f"[{number}]"), "STF-004", covers="S12: no JSON either")
for name, number in (("leading_nought", "04"), ("plus", "+4")):
    safe("12_shape_" + name, one(shape=f"[{number}]"), "STF-012")

# S13: types.
for dtype, bits in BITS.items():
    size = 8 * bits // 8
    safe(f"13_{dtype.lower()}_is_good", model(("w", dtype, [2, 4], 0, size)))
    safe(f"14_{dtype.lower()}_one_byte_more", model(("w", dtype, [2, 4], 0, size + 1)), "STF-016")
    safe(f"14_{dtype.lower()}_one_byte_less", model(("w", dtype, [2, 4], 0, size - 1)), "STF-016")
    safe(f"17_{dtype.lower()}_file_ends_early", model(("w", dtype, [2, 4], 0, size))[:-1], "STF-017")
for dtype in ("f32", "F32 ", " F32", "float32", "F128", "U4", "I4", "F8", "F8_E4M3FN", "BFLOAT16", "C128", "", "bool",
              "F3\u00b2"):
    safe(f"13_unknown_{dtype.encode().hex() or 'empty'}", model(("w", dtype, [4], 0, 4)), "STF-013")

# S14, S15: sizes.
for name, shape in (("2_to_63_by_4", [1 << 63, 4]), ("4_by_2_to_63", [4, 1 << 63]), ("nought_last", [1 << 63, 4, 0]),
                    ("2_to_32_by_2_to_32", [1 << 32, 1 << 32]), ("by_the_bits", [1 << 61])):
    safe("14_overflow_" + name, model(("w", "U8", shape, 0, 0)), "STF-014")
safe("14_nought_first",
     model(("w", "U8", [0, 1 << 63, 4], 0, 0)),
     "STF-014",
     covers="S14: the crate loads it; an error here")
for dtype, count in (("F4", 1), ("F4", 7), ("F6_E2M3", 1), ("F6_E2M3", 2), ("F6_E3M2", 3), ("F6_E3M2", 5)):
    safe(f"15_{dtype.lower()}_of_{count}", model(("w", dtype, [count], 0, (count * BITS[dtype] + 7) // 8)), "STF-015")
safe("15_f4_of_2_is_good", model(("w", "F4", [2], 0, 1)))
safe("15_f6_of_4_is_good", model(("w", "F6_E2M3", [4], 0, 3)))

# S16, S17: end to end.
safe("16_begins_at_one", model(("w", "U8", [4], 1, 5)), "STF-016")
safe("16_hole", model(("v", "U8", [4], 0, 4), ("w", "U8", [4], 5, 9)), "STF-016")
safe("16_overlap", model(("v", "U8", [4], 0, 4), ("w", "U8", [4], 3, 7)), "STF-016")
safe("16_same_bytes", model(("v", "U8", [4], 0, 4), ("w", "U8", [4], 0, 4)), "STF-016")
safe("16_inside", model(("v", "U8", [8], 0, 8), ("w", "U8", [2], 2, 4)), "STF-016")
safe("16_end_before_begin", one(offsets="[4,0]"), "STF-016")
safe("16_last_two_share", model(("u", "U8", [4], 0, 4), ("v", "U8", [4], 4, 8), ("w", "U8", [4], 4, 8)), "STF-016")
safe("16_three_in_a_row_are_good", model(("u", "U8", [4], 0, 4), ("v", "U8", [4], 4, 8), ("w", "U8", [4], 8, 12)))
for name, tail in (("nought", b"\0"), ("zip", b"PK\5\6" + bytes(18)), ("pickle", b"\x80\4N."), ("page", bytes(4096))):
    safe("17_trailer_" + name, model(("w", "U8", [4], 0, 4)) + tail, "STF-017")
safe("17_trailer_without_tensors", whole("{}") + b"x", "STF-017")
safe("17_no_data_at_all", model(("w", "U8", [4], 0, 4), data=b""), "STF-017")

# S18: what is nothing is good.
safe("18_scalar_is_good", model(("w", "F32", [], 0, 4)))
safe("18_no_tensor_is_good", whole("{}"))
safe("18_no_element_is_good", model(("w", "F32", [0, 3], 0, 0)))
safe(
    "18_nothing_three_times_at_a_border_is_good",
    model(("a", "F32", [1], 0, 4), ("b", "F32", [0], 4, 4), ("c", "F32", [2, 0], 4, 4), ("d", "F32", [0], 4, 4),
          ("e", "F32", [1], 4, 8)))
safe("18_nothing_at_the_end_is_good", model(("a", "F32", [1], 0, 4), ("b", "F32", [0], 4, 4)))
safe("18_nothing_inside_another", model(("a", "F32", [2], 0, 8), ("b", "F32", [0], 4, 4)), "STF-016")
safe("18_nothing_beyond_the_end", model(("a", "F32", [1], 0, 4), ("b", "F32", [0], 8, 8), data=bytes(4)), "STF-016")
safe("18_ones_are_good", model(("w", "F32", [1] * 8, 0, 4)))

# S19: names.
for name, text in (("empty", ""), ("nul", "a\0b"), ("climbs", "../../etc/x"), ("newline", "a\nb"),
                   ("escape", "\x1b[2Jw"), ("absolute", "/etc/x"), ("backslash_climbs", "..\\x")):
    safe("19_" + name, model((text, "U8", [4], 0, 4)), "STF-019")
for name, text in (("dots", "model.layers.0.weight"), ("letters", "\u00e9\u00e8"), ("spaces", "my weight")):
    safe(f"19_{name}_are_good", model((text, "U8", [4], 0, 4)))

# S20: how the library's writer lays it out.
safe("20_header_of_odd_length", struct.pack("<Q", 2) + b"{}", "STF-020")
safe("20_small_types_first", model(("a", "U8", [4], 0, 4), ("b", "F32", [1], 4, 8)), "STF-020")
safe("20_offsets_against_names", model(("b", "U8", [4], 0, 4), ("a", "U8", [4], 4, 8)), "STF-020")
safe("20_float_at_offset_one", model(("a", "U8", [1], 0, 1), ("b", "F32", [1], 1, 5)), "STF-020")
safe("20_large_types_first_are_good", model(("z", "F64", [1], 0, 8), ("b", "F32", [1], 8, 12),
                                            ("a", "U8", [1], 12, 13)))

# S21: numbers, when asked for.
for name, dtype, number in (("nan", "F32", b"\0\0\xc0\x7f"), ("infinity", "F32", b"\0\0\x80\x7f"),
                            ("minus_infinity", "F32", b"\0\0\x80\xff"), ("half_nan", "F16", b"\0\x7e"),
                            ("brain_nan", "BF16", b"\xc0\x7f"), ("double_infinity", "F64", b"\0\0\0\0\0\0\xf0\x7f")):
    content = model(("w", dtype, [1], 0, len(number)), data=number)
    safe(f"21_{name}", content, "STF-021", arguments=["--read-data"])
    safe(f"21_{name}_not_asked_for", content)
safe("21_largest_float_is_good", model(("w", "F32", [1], 0, 4), data=b"\xff\xff\x7f\x7f"), arguments=["--read-data"])

# By content, whatever the name.
for name in ("weights", "x.safetensors.bak", "model.dat"):
    safe("0_named_" + name.replace(".", "_"), model(("w", "U8", [4], 1, 5)), "STF-016", name=name)
for name in ("a.txt", "README.md"):
    safe("0_named_" + name.replace(".", "_"), model(("w", "U8", [4], 1, 5)), "FIL-001", "STF-016", name=name)
