"""GGUF, rule by rule (G1 to G10): cases written from the rules alone.

Whoever wrote them had not read the scanner. The writer here is its own, of struct.
"""

import struct

import severity
from corpus import case

# id: name, elements of a block, bytes of a block
TYPES = {
    0: ("f32", 1, 4), 1: ("f16", 1, 2), 2: ("q4_0", 32, 18), 3: ("q4_1", 32, 20), 6: ("q5_0", 32, 22),
    7: ("q5_1", 32, 24), 8: ("q8_0", 32, 34), 9: ("q8_1", 32, 36), 10: ("q2_k", 256, 84), 11: ("q3_k", 256, 110),
    12: ("q4_k", 256, 144), 13: ("q5_k", 256, 176), 14: ("q6_k", 256, 210), 15: ("q8_k", 256, 292), 16:
        ("iq2_xxs", 256, 66), 17: ("iq2_xs", 256, 74), 18: ("iq3_xxs", 256, 98), 19: ("iq1_s", 256, 50), 20:
            ("iq4_nl", 32, 18), 21: ("iq3_s", 256, 110), 22: ("iq2_s", 256, 82), 23: ("iq4_xs", 256, 136), 24:
                ("i8", 1, 1), 25: ("i16", 1, 2), 26: ("i32", 1, 4), 27: ("i64", 1, 8), 28: ("f64", 1, 8), 29:
                    ("iq1_m", 256, 56), 30: ("bf16", 1, 2), 34: ("tq1_0", 256, 54), 35: ("tq2_0", 256, 66), 39:
                        ("mxfp4", 32, 17), 40: ("nvfp4", 64, 36), 41: ("q1_0", 128, 18), 42: ("q2_0", 64, 18)
}
FIXED = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
KINDS = "u8 i8 u16 i16 u32 i32 f32 bool string array u64 i64 f64".split()


def gguf(id, content, *rules, name="model.gguf", covers=""):
    case("blind/g/" + id,
         verdict=severity.verdict(rules),
         rules=rules,
         name=name,
         covers=covers or "G" + id.split("_")[0])(lambda: content)


def words(text):
    text = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(text)) + text


def value(kind, content):
    if kind == 8:
        return words(content)
    if kind == 9:
        return array(*content)
    return struct.pack("<" + FIXED[kind], content)


def array(element, items, count=None):
    return struct.pack("<IQ", element,
                       len(items) if count is None else count) + b"".join(value(element, i) for i in items)


def pair(key, kind, content):
    return words(key) + struct.pack(
        "<I", kind) + (content if isinstance(content, bytes) and kind != 8 else value(kind, content))


def info(name, shape, kind=0, offset=0, dimensions=None):
    return (words(name) + struct.pack("<I",
                                      len(shape) if dimensions is None else dimensions) +
            struct.pack(f"<{len(shape)}Q", *(one % 2**64 for one in shape)) + struct.pack("<IQ", kind, offset % 2**64))


def whole(pairs=(), infos=(), data=b"", version=3, tensors=None, keys=None, alignment=32, magic=b"GGUF"):
    head = magic + struct.pack("<IQQ", version, (len(infos) if tensors is None else tensors) % 2**64,
                               (len(pairs) if keys is None else keys) % 2**64) + b"".join(pairs) + b"".join(infos)
    return head + (bytes(-len(head) % alignment) if infos else b"") + data


NAME = pair("general.architecture", 8, "llama")
ONE = info("w", [8])

# G1: versions.
for version in (2, 3):
    gguf(f"1_version_{version}_is_good", whole([NAME], [ONE], bytes(32), version))
for version in (0, 1, 4, 5, 255, 65536 * 2, 3 << 24, 2 << 24, 0xFFFFFFFF):
    gguf(f"1_version_{version}", whole([NAME], [ONE], bytes(32), version), "GGF-001")
gguf("1_big_endian_throughout", b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "GGF-001")
for size in (4, 6, 8, 12, 20, 23):
    rules = ["GGF-001"] if size < 8 else ["GGF-002"]
    gguf(f"1_cut_at_{size}", whole()[:size], *rules, covers="G1, G2: a header that is not there")
gguf("1_nothing_in_it_is_good", whole())

# G2: counts.
for name, count in (("one", 1), ("million", 10**6), ("2_to_31", 1 << 31), ("2_to_62", 1 << 62), ("2_to_63", 1 << 63),
                    ("minus_one", -1)):
    gguf("2_tensors_" + name, whole(tensors=count), "GGF-002")
    gguf("2_keys_" + name, whole(keys=count), "GGF-002")

# G3: keys.
gguf("3_empty", whole([pair("", 4, 1)]), "GGF-003")
gguf("3_twice", whole([NAME, NAME]), "GGF-003")
gguf("3_twice_of_other_types", whole([pair("a.b", 4, 1), pair("a.b", 8, "x")]), "GGF-003")
gguf("3_twice_apart", whole([pair("a.b", 4, 1), NAME, pair("a.c", 4, 1), pair("a.b", 4, 1)]), "GGF-003")
gguf("3_of_65535_is_good", whole([pair("k" * 65535, 4, 1)]))
gguf("3_of_65536", whole([pair("k" * 65536, 4, 1)]), "GGF-003")
for name, key in (("space", "a b"), ("umlaut", "\u00fc"), ("slash", "a/b"), ("newline", "a\nb")):
    gguf("3_with_" + name, whole([pair(key, 4, 1)]), "GGF-103")
gguf("3_with_nul", whole([pair("a\0b", 4, 1)]), "GGF-003")  # ggml looks for "a", and finds it
gguf("3_digits_and_underscores_are_good", whole([pair("a_1.b_2.c3", 4, 1)]))

# G4: values.
SAMPLES = {
    0: 255, 1: -128, 2: 65535, 3: -1, 4: 1, 5: -1, 6: 1.5, 7: 1, 8: "text", 9: (4, [1, 2]), 10: 1, 11: -1, 12: 2.5
}
for kind, sample in SAMPLES.items():
    gguf(f"4_{KINDS[kind]}_is_good", whole([pair("a.b", kind, sample)]))
    if kind != 9:
        gguf(f"4_array_of_{KINDS[kind]}_is_good", whole([pair("a.b", 9, (kind, [sample] * 3))]))
        gguf(f"5_array_of_{KINDS[kind]}_too_short", whole([pair("a.b", 9, array(kind, [sample], 1 << 20))]), "GGF-005")
    gguf(f"4_{KINDS[kind]}_cut",
         whole([pair("a.b", kind, sample)])[:-1],
         "GGF-005" if kind in (8, 9) else "GGF-002",
         covers="G2, G5: a value that the file ends in")
for kind in (13, 14, 255, 1 << 16, 0xFFFFFFFF):
    gguf(f"4_type_{kind}", whole([pair("a.b", kind, bytes(64))]), "GGF-004")
    gguf(f"4_array_of_type_{kind}", whole([pair("a.b", 9, struct.pack("<IQ", kind, 1) + bytes(64))]), "GGF-004")
for byte in (2, 128, 255):
    gguf(f"4_boolean_{byte}", whole([pair("a.b", 7, byte)]), "GGF-004")
    gguf(f"4_boolean_{byte}_in_array", whole([pair("a.b", 9, (7, [1, 0, byte]))]), "GGF-004")

# G5: lengths.
for name, length in (("beyond_file", 1000), ("one_gib", 1 << 30), ("above_one_gib", (1 << 30) + 1),
                     ("2_to_63", 1 << 63), ("2_to_64", (1 << 64) - 1)):
    gguf("5_text_" + name, whole([words("a.b") + struct.pack("<IQ", 8, length) + b"x"]), "GGF-005")
    gguf("5_array_" + name, whole([words("a.b") + struct.pack("<IIQ", 9, 4, length) + b"x"]), "GGF-005")
    gguf("5_texts_" + name, whole([words("a.b") + struct.pack("<IIQ", 9, 8, length) + b"x"]), "GGF-005")
gguf("5_text_in_array_beyond_file", whole([words("a.b") + struct.pack("<IIQQ", 9, 8, 1, 99) + b"x"]), "GGF-005")
gguf("5_key_beyond_file", whole([struct.pack("<Q", 1 << 40) + bytes(64)]), "GGF-005")
gguf("5_empty_text_is_good", whole([pair("a.b", 8, "")]))
gguf("5_empty_array_is_good", whole([pair("a.b", 9, (4, []))]))
gguf("5_array_of_arrays",
     whole([pair("a.b", 9, (9, [(4, [1]), (4, [2])]))]),
     "GGF-005",
     covers="G5: the format allows it, ggml refuses")
gguf("5_arrays_of_nothing", whole([pair("a.b", 9, struct.pack("<IQ", 9, 0))]), "GGF-005")

# G6: alignment.
for alignment in (8, 16, 32, 64, 4096):
    second = -(-12 // alignment) * alignment
    pairs, infos = [pair("general.alignment", 4, alignment)], [info("v", [3]), info("w", [3], offset=second)]
    gguf(f"6_{alignment}_is_good", whole(pairs, infos, bytes(second + 12), alignment=alignment))
for alignment in (0, 3, 12, 31, 33, 48, 0xFFFFFFFF):
    gguf(f"6_{alignment}", whole([pair("general.alignment", 4, alignment)], [ONE], bytes(32)), "GGF-006")
for alignment in (1, 2, 4):
    gguf(f"6_{alignment}", whole([pair("general.alignment", 4, alignment)], [ONE], bytes(32), alignment=alignment),
         "GGF-106")
for kind in (0, 2, 5, 10, 11, 6, 8):
    gguf(f"6_as_{KINDS[kind]}", whole([pair("general.alignment", kind, "32" if kind == 8 else 32)], [ONE], bytes(32)),
         "GGF-006")

# G7: tensors.
for name, text in (("one_letter_is_good", "w"), ("63_bytes_are_good", "w" * 63)):
    gguf("7_name_" + name, whole([], [info(text, [8])], bytes(32)))
for name, text in (("empty", ""), ("64_bytes", "w" * 64), ("1000_bytes", "w" * 1000)):
    gguf("7_name_" + name, whole([], [info(text, [8])], bytes(32)), "GGF-007")
gguf("7_name_twice", whole([], [info("w", [8]), info("w", [8], offset=32)], bytes(64)), "GGF-007")
for count in (1, 2, 3, 4):
    gguf(f"7_{count}_dimensions_are_good", whole([], [info("w", [2] * count)], bytes(max(32, 4 << count))))
for count in (5, 6, 255):
    gguf(f"7_{count}_dimensions", whole([], [info("w", [1] * count)], bytes(32)), "GGF-007")
gguf("7_4_billion_dimensions", whole([], [info("w", [8], dimensions=0xFFFFFFFF)], bytes(32)), "GGF-007")
for name, shape in (("negative", [-8]), ("negative_second", [8, -1]), ("product_over", [1 << 32, 1 << 32]),
                    ("2_to_63", [1 << 63]), ("bytes_over", [1 << 61, 4])):
    gguf("7_shape_" + name, whole([], [info("w", shape)], bytes(32)), "GGF-007")
for kind in (2, 8, 12, 39, 40, 41, 42):
    _, elements, size = TYPES[kind]
    gguf(f"7_{TYPES[kind][0]}_no_whole_block", whole([], [info("w", [elements // 2], kind)], bytes(320)), "GGF-007")
    gguf(f"7_{TYPES[kind][0]}_rows_no_whole_block", whole([], [info("w", [elements // 2, 2], kind)], bytes(320)),
         "GGF-007")

# G8, G9: types, and what each takes.
for kind, (label, elements, size) in TYPES.items():
    length = 2 * size
    after = length + -length % 32
    two = [info("v", [elements, 2], kind), info("w", [8], offset=after)]
    gguf(f"8_{label}_is_good", whole([], two, bytes(after + 32)))
    gguf(f"9_{label}_one_step_further", whole([], [two[0], info("w", [8], offset=after + 32)], bytes(after + 64)),
         "GGF-009")
    gguf(f"9_{label}_cut", whole([], two[:1], bytes(length - 1)), "GGF-009")
for kind in (4, 5, 31, 32, 33, 36, 37, 38):
    gguf(f"8_removed_{kind}", whole([], [info("w", [256], kind)], bytes(1024)), "GGF-108")
for kind in (43, 64, 1000, 0x7FFFFFFF, 0xFFFFFFFF):
    gguf(f"8_unknown_{kind}", whole([], [info("w", [256], kind)], bytes(1024)), "GGF-008")

for name, offset in (("one", 1), ("step", 32), ("minus_32", -32), ("2_to_63", 1 << 63)):
    gguf("9_first_at_" + name, whole([], [info("w", [8], offset=offset)], bytes(96)), "GGF-009")
gguf("9_two_share", whole([], [info("v", [8]), info("w", [8])], bytes(64)), "GGF-009")
gguf("9_other_order", whole([], [info("v", [8], offset=32), info("w", [8])], bytes(64)), "GGF-009")
gguf("9_no_padding_between", whole([], [info("v", [3]), info("w", [3], offset=12)], bytes(64)), "GGF-009")
gguf("9_last_is_not_padded_is_good", whole([], [info("v", [3]), info("w", [3], offset=32)], bytes(44)))
gguf("9_bytes_behind", whole([], [ONE], bytes(32) + b"tail"), "GGF-109")
gguf("9_pickle_behind", whole([], [ONE], bytes(32) + b"\x80\4cos\nsystem\n."), "GGF-109")
gguf("9_no_data", whole([], [ONE]), "GGF-009")
gguf("9_nothing_of_eight_is_good", whole([], [info("v", [0, 8]), info("w", [8])], bytes(32)))


# G10: what it means.
def vocabulary(tokens=("<unk>", "a", "b"), scores=None, types=None, more=()):
    pairs = [NAME, pair("tokenizer.ggml.model", 8, "llama"), pair("tokenizer.ggml.tokens", 9, (8, list(tokens)))]
    if scores is not None:
        pairs.append(pair("tokenizer.ggml.scores", 9, scores))
    if types is not None:
        pairs.append(pair("tokenizer.ggml.token_type", 9, types))
    return whole(pairs + list(more))


gguf("10_vocabulary_is_good", vocabulary(scores=(6, [0.0] * 3), types=(5, [2, 1, 1])))
for name, parts in (("scores_short", {"scores": (6, [0.0] * 2)}), ("scores_long", {"scores":
    (6, [0.0] * 4)}), ("scores_of_words", {"scores": (8, ["0"] * 3)}), ("scores_whole", {"scores":
        (5, [0] * 3)}), ("types_short", {"types": (5, [1])}), ("types_real", {"types":
            (6, [1.0] * 3)}), ("types_bytes", {"types": (0, [1] * 3)})):
    gguf("10_" + name, vocabulary(**parts), "GGF-010")
gguf("10_tokens_are_numbers", whole([NAME, pair("tokenizer.ggml.tokens", 9, (4, [1, 2]))]), "GGF-010")
for special in ("bos", "eos", "unknown", "padding", "eot", "seperator"):
    key = f"tokenizer.ggml.{special}_token_id"
    gguf(f"10_{special}_is_good", vocabulary(more=[pair(key, 4, 2)]))
    gguf(f"10_{special}_outside", vocabulary(more=[pair(key, 4, 3)]), "GGF-011")
for count, rules in ((1, []), (512, []), (513, ["GGF-012"]), (0xFFFFFFFF, ["GGF-012"])):
    gguf(f"10_{count}_layers" + ("" if rules else "_are_good"), whole([NAME, pair("llama.block_count", 4, count)]),
         *rules)
for token in ("<0x0>", "<0xGG>", "0x41", "<0x041>"):
    gguf("10_byte_" + token.strip("<>").lower(), vocabulary(("<unk>", "a", token), types=(5, [2, 1, 6])), "GGF-013")
gguf("10_byte_is_good", vocabulary(("<unk>", "a", "<0x41>"), types=(5, [2, 1, 6])))
gguf("10_template_is_good", whole([NAME, pair("tokenizer.chat_template", 8, "{{ messages[0].content }}")]))
gguf("10_template_is_a_number", whole([NAME, pair("tokenizer.chat_template", 4, 1)]), "GGF-014")
gguf("10_template_climbs", whole([NAME, pair("tokenizer.chat_template", 8, "{{ ''.__class__ }}")]), "TPL-101")
gguf("10_named_template_climbs", whole([NAME, pair("tokenizer.chat_template.tools", 8, "{{ x.__init__ }}")]), "TPL-101")

for name in ("weights", "model.safetensors.part", "data"):
    gguf("0_named_" + name.replace(".", "_"), whole([], [info("w", [8], offset=32)], bytes(64)), "GGF-009", name=name)
for magic in (b"GGML", b"ggjt", b"FUGG", b"gguf"):
    gguf("0_magic_" + magic.decode(), whole([NAME], magic=magic), "GGF-001", covers="G1: not GGUF")
