"""Pickles as streams: opcodes and their arguments, frames, storages, files of old PyTorch, limits. Each rule of
docs/formats/pickle.md broken and kept."""

import make_pickle as p
import make_torch as torch
from cases_pickle import CALL, EVIL, MARKED, MARKER, STRIDED, UNTYPED, V3, bare, data, framed, pickled, zipped

# Storages.
bare("persistent_text", pickled(p.text("storage"), p.BINPERSID), "PKL-230")
bare("persistent_line", p.pickle(p.persid(b"storage")), "PKL-230", "PKL-305")
bare("persistent_module", pickled(p.tuple_of(
    p.text("module"), p.name("torch", "Tensor"), p.text("file.py"), p.text("source"), p.NONE), p.BINPERSID), "PKL-230")
bare("persistent_short", pickled(p.tuple_of(p.text("storage"), p.name("torch", "FloatStorage")), p.BINPERSID), "PKL-230")
bare("persistent_type_is_text", pickled(p.tuple_of(
    p.text("storage"), p.text("FloatStorage"), p.text("0"), p.text("cpu"), p.number(1)), p.BINPERSID), "PKL-230")
bare("persistent_location", pickled(p.storage(location="../../x")), "PKL-230")
bare("persistent_negative", pickled(p.storage(elements=-1)), "PKL-230")
bare("storage_with_two_sizes", p.state_dict(STRIDED, p.tensor((7,), (1,), of=p.storage(elements=7))), "PKL-231")
bare("storage_with_two_types", p.state_dict(STRIDED, p.tensor(of=p.storage("Double"))), "PKL-231", covers="CVE-2026-24747")
bare("tensor_beyond_storage", p.state_dict(p.tensor((7,), (1,))), "PKL-232")
bare("tensor_beyond_by_offset", p.state_dict(p.tensor(offset=1)), "PKL-232")
bare("tensor_beyond_by_stride", p.state_dict(p.tensor((2,), (6,))), "PKL-232")
bare("tensor_beyond_in_bytes", p.state_dict(V3(
    UNTYPED(elements=6), p.number(0), p.numbers(2), p.numbers(1), p.FALSE, p.ORDERED_DICT, p.name("torch", "float32"))),
    "PKL-232")
bare("tensor_of_negative_size", p.state_dict(p.tensor((-1,), (1,))), "PKL-233")
bare("tensor_of_negative_stride", p.state_dict(p.tensor((2,), (-1,))), "PKL-233")
bare("tensor_of_negative_offset", p.state_dict(p.tensor(offset=-1)), "PKL-233")
bare("tensor_of_other_stride", p.state_dict(p.tensor((2, 3), (1,))), "PKL-233")
bare("tensor_that_overflows", p.state_dict(p.tensor((1 << 40, 1 << 40), (1, 1))), "PKL-233")
bare("tensor_whose_stride_overflows", p.state_dict(p.tensor((1 << 30, 2), (1 << 54, 1))), "PKL-233")
zipped("zip_tensor_beyond_storage", torch.state_dict((("w", "Float", [4], 3),)), "PKL-232", "ZIP-042",
       tensors=(("w", "Float", [4], 3),))
zipped("zip_import", pickled(MARKED), *CALL, covers="#624")
zipped("zip_text_pickle", p.pickle(MARKED, protocol=None), *CALL, covers="#624")

# The stream.
bare("unknown_opcode", pickled(p.EMPTY_LIST, b"\xff"), "PKL-301", covers="fickling#138")
bare("unknown_opcode_after_call", pickled(MARKED, b"\xff"), *CALL, "PKL-301", covers="#625")
bare("negative_length", p.pickle(b"\x8b\xff\xff\xff\xff"), "PKL-301")
bare("length_beyond_63_bits", p.pickle(b"\x8e" + b"\xff" * 8), "PKL-301")
bare("text_not_utf8", pickled(p.text(b"\xff\xfe")), "PKL-301")
bare("long_text_not_utf8", pickled(p.text(b"a" * 5000 + b"\xff")), "PKL-301")
bare("surrogates_pass", pickled(p.text("\ud800")))
bare("string_without_quotes", p.proto(2) + p.string_line(b"abc") + b".", "PKL-301")
bare("number_of_letters", p.proto(2) + p.int_line(b"seven") + b".", "PKL-301")
bare("name_not_utf8", b"\x80\x02c\xff\nx\n.", "PKL-301")
bare("cut_after_call", pickled(MARKED)[:-1], *CALL, "PKL-302", covers="truncated streams run")
bare("cut_in_text", p.proto(2) + p.text("abcdef")[:-3], "PKL-302")
bare("cut_in_bytes", p.proto(2) + MARKED + b"B\xff\xff\xff\x7fabc", *CALL, "PKL-302")
bare("cut_in_number", p.proto(2) + b"J\x00\x00", "PKL-302")
bare("cut_in_name", p.proto(2) + MARKED + b"cos\nsys", *CALL, "PKL-101", "PKL-302", covers="Python imports a cut name")
bare("only_protocol", p.proto(2), "PKL-302")
bare("stop_without_value", pickled(), "PKL-303")
bare("pop_of_nothing", pickled(p.POP), "PKL-303", "PKL-305")
bare("no_mark", pickled(p.number(1), p.TUPLE), "PKL-303")
bare("reduce_of_nothing", pickled(p.EMPTY_TUPLE, p.REDUCE), "PKL-303")
bare("reduce_across_mark", pickled(MARKER, b"(", p.EMPTY_TUPLE, p.REDUCE), "PKL-102", "PKL-303")
bare("memo_without_entry", pickled(p.get(7)), "PKL-303")
bare("put_of_nothing", pickled(p.put(7)), "PKL-303")
bare("odd_items", pickled(p.EMPTY_DICT, b"(", p.number(1), p.SETITEMS), "PKL-303")
bare("list_as_key", pickled(p.dict_of((p.EMPTY_LIST, p.NONE))), "PKL-303")
bare("list_in_tuple_as_key", pickled(p.dict_of((p.tuple_of(p.EMPTY_LIST), p.NONE))), "PKL-303")
bare("broken_after_call", pickled(MARKED, p.POP, p.POP), *CALL, "PKL-303", "PKL-305")
bare("pop_of_a_mark", pickled(b"(", p.POP, p.NONE), "PKL-305")
bare("pop_mark", pickled(b"(", p.number(1), p.POP_MARK, p.NONE), "PKL-305")
bare("dup", pickled(p.NONE, p.DUP, p.TUPLE2), "PKL-305")
data("frame_that_fits", framed(p.NONE))
data("two_frames", p.proto(4) + p.frame(p.EMPTY_LIST + p.MEMOIZE + b"(") + p.binbytes(b"x") + p.frame(b"e."))
data("frame_crossed_by_text", p.proto(4) + p.frame(p.short_text("ab"), 3) + b".", "PKL-306", covers="cpython#154848")
data("frame_crossed_by_stop", p.proto(4) + p.frame(p.NONE + b".", 3) + b"N", "PKL-306", "PKL-314")
data("frame_nested", p.proto(4) + p.frame(p.frame(p.NONE, 1) + b".", 11), "PKL-307", covers="cpython#154848")
data("frame_too_long", p.proto(4) + p.frame(p.NONE + b".", 1 << 40), "PKL-308", covers="GHSA-fphw-536r-4p88")
bare("frame_too_long_and_call", p.proto(4) + p.frame(MARKED + b".", 1 << 40), *CALL, "PKL-304", "PKL-308",
     covers="GHSA-fphw-536r-4p88")
bare("protocol_6", pickled(p.proto(6), p.NONE), "PKL-309", "PKL-310")
bare("protocol_again", pickled(p.proto(2), p.NONE), "PKL-310")
bare("protocol_late", p.pickle(p.EMPTY_LIST, p.proto(4), p.stack_name("os", "system"), p.APPEND, protocol=None), "PKL-101",
     "PKL-304", "PKL-310", covers="an opcode placed first")
for id, line in (("hexadecimal", b"0x10"), ("octal", b"0o7"), ("binary", b"0b1"), ("leading_zero", b"010"),
                 ("underscore", b"1_0"), ("space", b" 7"), ("nul", b"7\x00x")):
    data("number_" + id, p.proto(2) + p.int_line(line) + b".", "PKL-311", covers="pickletools refuses it")
data("number_index_octal", p.proto(2) + p.NONE + p.put_line(b"010") + p.get_line(b"10") + p.TUPLE2 + b".", "PKL-311",
     covers="GET and PUT have base ten")
data("number_index_underscore", p.proto(2) + p.NONE + p.put_line(b"1_0") + p.get_line(b"10") + p.TUPLE2 + b".",
     "PKL-311")
bare("odd_number_before_call", p.proto(2) + p.int_line(b"0x10") + MARKED + b".", *CALL, "PKL-304", "PKL-311",
     covers="blind after a parse error")
data("odd_number_then_long", p.proto(2) + p.int_line(b"0x10") + p.long1(5) + p.TUPLE2 + b".", "PKL-311")
data("real_underscore", p.proto(2) + p.float_line(b"1_0.5") + b".", "PKL-311")
bare("old_text_latin1", pickled(p.old_string(b"\xe9")), "PKL-312")
bare("string_of_raw_bytes", p.proto(2) + p.string_line("'é'".encode()) + MARKED + b".", *CALL, "PKL-304",
     covers="STRING under encoding utf-8")
bare("next_buffer", p.pickle(p.NEXT_BUFFER, protocol=5), "PKL-313")
data("readonly_buffer", p.pickle(p.bytearray8(b"x"), p.READONLY_BUFFER, protocol=5), "PKL-313")
bare("bytes_after_stop", pickled(p.NONE) + b"\x00" * 9, "PKL-314")
zipped("zip_bytes_after_stop", torch.state_dict(()) + pickled(p.NONE), "PKL-314")
bare("import_in_second_pickle", pickled(p.NONE) + pickled(MARKED), *CALL, covers="continue after STOP")
bare("import_in_second_text_pickle", pickled(p.NONE) + p.pickle(MARKED, protocol=None), *CALL)
bare("other_opcodes", pickled(p.tuple_of(
    p.long_old_string(b"x"), p.long4(1 << 70), p.text8("y"), p.binbytes8(b"z"))), "PKL-304")
data("frozen_set", framed(b"(", p.number(1), p.FROZENSET, p.EMPTY_SET, b"(", p.number(2), p.ADDITEMS, p.TUPLE2))

# PyTorch before 1.6.
legacy = torch.legacy
bare("legacy", lambda: legacy(), name="model.pth", covers="Z11")
bare("legacy_without_tensors", lambda: legacy(()), name="model.pth")
bare("legacy_view", lambda: legacy(object_pickle=torch.state_dict(
    torch.TENSORS, p.tuple_of(p.text("77"), p.number(0), p.number(1))[:-1] + b"\x87")), "PKL-232", name="model.pth")
bare("legacy_import", lambda: legacy(object_pickle=pickled(MARKED)), *CALL, "PKL-322", name="model.pth")
bare("legacy_computed_magic", pickled(p.call(p.name("builtins", "eval"), p.text("0x1950a86a20f9469cfc6c"))) +
     torch.PROTOCOL, *EVIL, name="model.pth", covers="GHSA-97f8-7cmv-76j2")
bare("legacy_magic_and_more", lambda: torch.MAGIC[:-1] + MARKED + b"0" + legacy()[len(torch.MAGIC) - 1:], *CALL,
     "PKL-305", "PKL-320", name="model.pth", covers="GHSA-97f8-7cmv-76j2")
bare("legacy_protocol_1002", lambda: legacy().replace(b"M\xe9\x03.", b"M\xea\x03.", 1), "PKL-321", name="model.pth")
bare("legacy_info_is_list", lambda: torch.MAGIC + torch.PROTOCOL + pickled(p.EMPTY_LIST) + pickled(p.EMPTY_DICT) +
     pickled(p.EMPTY_LIST), "PKL-321", name="model.pth")
bare("legacy_cut", lambda: torch.MAGIC + torch.PROTOCOL, "PKL-302", name="model.pth")
bare("legacy_keys_missing", lambda: legacy(object_pickle=torch.state_dict(torch.TENSORS + (("more", "Float", [2]),), b"N")),
     "PKL-322", name="model.pth")
bare("legacy_keys_unused", lambda: legacy(object_pickle=torch.state_dict(torch.TENSORS[:2], b"N")), "PKL-322",
     name="model.pth")
bare("legacy_other_count", lambda: legacy(lengths=[31, 4, 1]), "PKL-323", name="model.pth")
bare("legacy_short", lambda: legacy()[:-1], "PKL-323", name="model.pth")
bare("legacy_long", lambda: legacy(tail=b"\x00"), "PKL-323", name="model.pth")

# Limits and bombs.
bare("billion_laughs", pickled(
    p.EMPTY_LIST, p.put(0), p.POP, b"".join(
        b"(" + p.get(i) * 10 + p.LIST + p.put(i + 1) + p.POP for i in range(9)), p.get(9)), "PKL-304", "PKL-305",
    covers="billionLaughs")
bare("dup_bomb", pickled(b"(" + p.EMPTY_LIST + (p.DUP + p.TUPLE2) * 60), "PKL-305", covers="billionLaughs")
bare("many_marks", lambda: p.proto(2) + b"(" * ((1 << 22) + 1) + b"N.", "PKL-403")
bare("deep_stack", lambda: p.proto(2) + b"N" * ((1 << 22) + 1) + b".", "PKL-403")
bare("memo_index_beyond", pickled(p.NONE, p.long_put(1 << 24)), "PKL-402")
bare("memo_index_huge", pickled(p.NONE, p.long_put((1 << 32) - 1)), "PKL-402")
bare("many_pickles", lambda: pickled(p.NONE) * 10001, "PKL-404")
bare("deep_lists", pickled(p.EMPTY_LIST * 100000 + p.APPEND * 99999), covers="modelaudit#405")
bare("many_storages", lambda: pickled(
    p.text("storage"), p.put(0), p.name("torch", "ByteStorage"), p.put(1), p.text("cpu"), p.put(2), b"".join(
        b"(h\x00h\x01U\x07%07dh\x02K\x01tQ0" % key for key in range(1000001))), "PKL-305", "PKL-406")
bare("forgotten_argument", lambda: pickled(
    p.name("torch", "Size"), p.numbers(3), p.TUPLE1, p.put(0), p.POP, p.number(1) + p.put(1) +
    (p.get(1) + p.TUPLE1 + p.POP) * (1 << 18), p.POP, p.get(0), p.REDUCE), "PKL-305", "PKL-405")
bare("long_text_is_no_name", framed(p.text("x" * 300), p.short_text("y"), p.STACK_GLOBAL), "PKL-102", "PKL-304")
bare("text_file_is_no_pickle", b"cat\ndog\nhorse\n", name="labels.txt")
bare("text_file_of_names", b"N.B. this is no pickle\n", name="notes.txt")
