"""Attacks on the scanner from what is publicly known of loaders: C's `_pickle`, torch.load, numpy.load, joblib, zipfile."""

import collections
import gzip
import struct
import zlib

from cases_blind_containers import DATA, RUNS, archive, array, checkpoint, dump, evil, objects, tar, tensor
from corpus import told
from cases_found_arrays import F8, NDARRAY, OBJECT, dtype, numpy_array
from make_stdlib import REBUILD, WEIGHTS, Call, Name, Storage

SPEAKING = b"cposix\nsystem\n(Vtrue\ntR."
TEXT = (*RUNS, "PKL-304")  # of protocol 0
POPPED = (*TEXT, "PKL-305")

# Numbers as lines, which C reads by strtol and its kin: up to a NUL, with spaces, signs and underscores.
for id, line in {
    "float_nul": b"F1\0x\n", "int_nul": b"I1\0x\n", "long_nul": b"L1\0xL\n", "bool_nul": b"I01\0\n", "int_space": b"I1 \n",
    "long_space": b"L 1 \n", "hexadecimal": b"I0x1f\n", "binary": b"I0b1\n", "plus": b"I+1\n", "underscore": b"L1_0\n",
    "digits": b"L" + b"9" * 5000 + b"\n", "put_nul": b"Np1\0x\n", "put_plus": b"Np+1\n",
}.items():
    told(f"found/streams/number/{id}", line + b"0" + SPEAKING, rules=[*POPPED, "PKL-311"])
for id, line in {"exponent": b"F1e5\n", "infinity": b"F-Infinity\n", "nan": b"Fnan\n", "int_huge": b"I" + b"9" * 30 + b"\n",
                 "text_nul": b"S'a\0b'\n", "surrogate": b"V\\ud800\n", "latin": b"V\xff\n", "quoted": b'S"x"\n'}.items():
    told(f"found/streams/line/{id}", line + b"0" + SPEAKING, rules=POPPED)

# Names that are not where they are looked for.
P2 = b"\x80\2"
TRUE = b"X\4\0\0\0true\x85R."
for id, stream, rules in (
    ("escaped", b"V\\u0070osix\nV\\u0073ystem\n\x93(Vtrue\ntR.", TEXT),
    ("escaped_string", b"S'\\x70osix'\nS'system'\n\x93(Vtrue\ntR.", TEXT),
    ("through_memo", P2 + b"X\5\0\0\0posixq\1X\6\0\0\0systemq\x020h\1h\2\x93" + TRUE, POPPED),
    ("through_dots", b"\x80\4cos\npath.os.system\n(Vtrue\ntR.", TEXT),
    ("with_nul", b"cposix\nsystem\0\n(Vtrue\ntR.", TEXT),
    ("with_returns", b"cposix\r\nsystem\r\n(Vtrue\ntR.", ("PKL-102", "PKL-201", "PKL-304")),
    ("made_by_str", b"\x80\4cbuiltins\nstr\n\x8c\2os\x85R\x8c\6system\x93\x8c\4true\x85R.",
     ("PKL-103", "PKL-106", "PKL-201", "PKL-304")),
    ("of_a_class", P2 + b"cbuiltins\ngetattr\nccollections\nOrderedDict\nX\x08\0\0\0fromkeys\x86R.", RUNS),
    ("empty", b"(i\n\n.", ("PKL-102", "PKL-201", "PKL-305")),
    ("behind_mark_and_pop", b"(0" + SPEAKING, POPPED),
    ("behind_pop_mark", b"(NNN1" + SPEAKING, POPPED),
    ("behind_protocol_255", b"\x80\xff" + SPEAKING, (*TEXT, "PKL-309")),
    ("behind_persistent_id", b"Pstorage\n0" + SPEAKING, (*POPPED, "PKL-230")),
    ("in_a_second_stream", dump({"a": 1}) + b"Vx\n0" + SPEAKING, POPPED),
):
    told(f"found/streams/name/{id}", stream, rules=rules)
told("found/streams/text_before", b" " + SPEAKING, rules=["FIL-001"])
told("found/streams/marked_as_utf8", b"\xef\xbb\xbf" + SPEAKING, rules=["FIL-001"])

# Allowed names as tools.
OD = P2 + b"ccollections\nOrderedDict\n"
for id, stream, rules in (
    ("slots_of_ordered_dict", OD + b")R(N}X\5\0\0\0itemsNstN\x86b.", ["PKL-221"]),
    ("metadata_of_a_class", OD + b")R}X\x09\0\0\0_metadatactorch\nTensor\nsb.", ["PKL-221"]),
    ("counter_of_text", P2 + b"ccollections\nCounter\nX\3\0\0\0abc\x85R.", ["PKL-207"]),
    ("encode_by_zlib", P2 + b"c_codecs\nencode\nX\1\0\0\0aX\x0a\0\0\0zlib_codec\x86R.", ["PKL-205"]),
    ("set_of_a_class", P2 + b"cbuiltins\nset\n](ctorch\nTensor\ne\x85R.", ["PKL-206"]),
    ("state_of_size", P2 + b"ctorch\nSize\n(K\1t\x85R}X\1\0\0\0aNsb.", ["PKL-220"]),
):
    told(f"found/streams/tool/{id}", stream, rules=rules)


def of(module, name, *arguments, **state):
    return dump(Call(Name(module, name), *arguments, **state), 3)


NUMPY = "numpy.core.multiarray"
for id, stream, rules in (
    ("scalar_of_objects", of(NUMPY, "scalar", OBJECT, b"A" * 8), ["PKL-210"]),
    ("scalar_of_objects_denied", of(NUMPY, "scalar", dtype("O8"), b"A" * 8), ["PKL-210"]),
    ("buffer_of_objects", of("numpy.core.numeric", "_frombuffer", b"A" * 8, OBJECT, (1,), "C"), ["PKL-210"]),
    ("memory_not_filled", of(NUMPY, "_reconstruct", NDARRAY, (5,), "f8"), ["PKL-210"]),
    ("masked_objects_denied", of("numpy.ma.core", "_mareconstruct", Name("numpy.ma.core", "MaskedArray"), NDARRAY, (0,), b"b",
                                 state=(1, (1,), dtype("O8"), False, b"A" * 8, b"\0", None)), ["PKL-210"]),
    ("shared_dtype", of("numpy", "dtype", "f8", False, False), ["PKL-210"]),
    ("aligned_dtype", of("numpy", "dtype", "V8", True, True), ["PKL-210"]),
    ("negative_subarray", dump(numpy_array(dtype("V8", 8, 8, 0, subarray=(F8, (-1,))), bytes(8)), 3), ["PKL-210"]),
    ("names_twice", dump(numpy_array(dtype("V16", 16, 1, 16, {"a": (F8, 0), "b": (F8, 8)}, names=("a", "a")), bytes(16)), 3),
     ["PKL-210"]),
    ("record_without_state", dump(numpy_array(dtype("V8", 8, 1, 16, {"a": (
        Call(Name("numpy", "dtype"), Name("numpy", "record"), False, True), 0)}), bytes(8)), 3), ["PKL-210"]),
    ("state_of_version_2", dump(numpy_array(Call(Name("numpy", "dtype"), "O8", False, True, state=(
        2, "|", None, None, None, -1, -1, 0)), b"A" * 8), 3), ["PKL-210"]),
    ("state_without_flags", dump(numpy_array(Call(Name("numpy", "dtype"), "O8", False, True, state=(
        3, "|", None, None, None, -1, -1)), b"A" * 8), 3), ["PKL-210"]),
    ("metadata_that_calls", of("numpy", "dtype", "i4", False, True, state=(
        4, "<", None, None, None, -1, -1, 0, {"a": Name("builtins", "eval")})), ["PKL-101", "PKL-210"]),
    ("slots_of_a_matrix", of("copyreg", "_reconstructor", Name("scipy.sparse._csr", "csr_matrix"), Name("builtins", "object"),
                             None, state=(None, {"toarray": 1})), ["PKL-210"]),
    ("bytes_of_a_number", of("builtins", "bytes", 10**9), ["PKL-206"]),
    ("text_of_a_list", of("builtins", "str", [1]), ["PKL-206"]),
    ("memory_map", of("numpy", "memmap", "/etc/passwd"), ["PKL-202"]),
):
    told(f"found/streams/data/{id}", stream, rules=rules, **DATA)

# Tensors.
HOOKS = collections.OrderedDict()
for id, one, rules in (
    ("bool_as_size", tensor((True, 3)), ["PKL-203"]),
    ("text_as_offset", tensor(offset="0"), ["PKL-203"]),
    ("hooks_of_a_dict", tensor(hooks={1: 2}), ["PKL-203"]),
    ("negative_stride", tensor((2,), (-1,), 1), ["PKL-233"]),
    ("overflow", tensor((2**40, 2**40), (2**40, 1)), ["PKL-233"]),
    ("beyond", tensor((7,), (1,)), ["PKL-232"]),
    ("gradient_of_numbers", Call(REBUILD, Storage(6, kind="Int"), 0, (2, 3), (3, 1), True, HOOKS), ["PKL-203"]),
    ("path_as_key", tensor(storage=Storage(6, key="../../x")), ["ZIP-040", "ZIP-043"]),
    ("class_as_attribute", Call(Name("torch._tensor", "_rebuild_from_type_v2"), REBUILD, Name("torch", "Tensor"), (
        Storage(6), 0, (2, 3), (3, 1), False, HOOKS), {"__class__": Name("torch", "Tensor")}), ["PKL-204"]),
):
    told(f"found/streams/tensor/{id}", checkpoint(dump([one])), rules=rules)

# Containers.
ZIP = {"name": "a.zip"}
for id, content, rules, more in (
    ("pickle_in_capitals", archive([("a/DATA.PKL", evil()), ("a/version", b"3\n")]), RUNS, {}),
    ("pickle_two_folders_deep", archive([("a/b/data.pkl", evil()), ("a/b/version", b"3\n")]), [*RUNS, "ZIP-002"], {}),
    ("pickle_as_version", archive([("a/data.pkl", WEIGHTS), ("a/data/0", bytes(24)), ("a/version", evil())]),
     [*RUNS, "ZIP-002", "ZIP-009"], {}),
    ("pickle_as_second_storage", checkpoint(storages=[("0", bytes(24)), ("1", evil())]), [*RUNS, "ZIP-009"], {}),
    ("pickle_as_directory", archive([("a/data.pkl/", evil())]), [*RUNS, "ZIP-002", "ZIP-037"], {}),
    ("pickle_as_array", archive([("a.npy", evil())]), RUNS, {"name": "a.npz"}),
    ("pickle_beside_arrays", archive([("a.npy", array()), ("b", evil())]), RUNS, {"name": "a.npz"}),
    ("objects_in_capitals", archive([("a.NPY", array()), ("b.npy", objects(Call(Name("posix", "system"), "true")))]),
     [*RUNS, "NPY-007", "PKL-210"], {"name": "a.npz", **DATA}),
    ("gzip_of_zip_in_zip", archive([("a.gz", gzip.compress(archive([("x", evil())])))]), [*RUNS, "ARC-010"], ZIP),
    ("gzip_of_tar", gzip.compress(tar([("x", evil())])), [*RUNS, "ARC-010"], {}),
    ("zlib", zlib.compress(evil()), [*RUNS, "ARC-010"], {}),
    ("safetensors_and_zip", struct.pack("<Q", 64) + b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'.ljust(64)
     + archive([("x", evil())]), [*RUNS, "STF-017", "ZIP-001"], {"name": "m.safetensors"}),
    ("array_and_pickle", array() + evil(), ["NPY-006"], {"name": "a.npy"}),
):
    told(f"found/streams/container/{id}", content, rules=rules, **more)

# What follows a STOP is a pickle to whoever reads on, wherever the first one lies.
BEHIND = {"call": (evil(), RUNS), "import": (b"cposix\nsystem\n.", ["PKL-101"]), "third": (dump([1]) + evil(), RUNS),
          "cut": (evil()[:-1], [*RUNS, "PKL-302"]), "harmless": (dump([1]), []), "zeroes": (bytes(9), [])}
for id, (more, rules) in BEHIND.items():
    told(f"found/streams/behind/{id}", checkpoint(WEIGHTS + more), rules=[*rules, "PKL-314"])
    told(f"found/streams/behind/{id}_in_an_array", objects("x") + more, rules=["NPY-007", *rules, "PKL-314"], name="a.npy", **DATA)
told("found/streams/behind/storages_of_another", checkpoint(dump([1]) + WEIGHTS), rules=["PKL-314", "ZIP-043"])

# Texts that import something before a loader stops: one opcode beside the import is enough.
for id, stream, rules in (
    ("behind", b"cshop\nCart\n(dp1\nI1\nI2\nsI1\nI2\nso.", ["PKL-303", "PKL-304", "PKL-305"]),
    ("behind_and_instance", b"cshop\nCart\nF1.5\nishop\nCart\n", ["PKL-303", "PKL-304", "PKL-305"]),
    ("mark", b"cshop\nCart\n(and words", ["PKL-303"]),
    ("text", b"cshop\nCart\nVtext\n, and words", ["PKL-301", "PKL-304"]),
    ("number_before", b"I1\ncshop\nCart\n, and words", ["PKL-301", "PKL-304"]),
    ("quoted_before", b"S'a'\ncshop\nCart\n, and words", ["PKL-301", "PKL-304"]),
    ("list_before", b"(lp0\ncshop\nCart\n, and words", ["PKL-301", "PKL-304"]),
    ("instance", b"(ishop\nCart\n, and words", ["PKL-201", "PKL-301", "PKL-305"]),
):
    told(f"found/streams/text/{id}", stream, rules=["FIL-001", "PKL-102", *rules], name="notes.txt")
told("found/streams/text/labels", b"cat\ndog\nhorse (brown)\nNo. 5\n", "clean", name="labels.txt")

# Imports without a name, in streams that state no protocol.
for id, stream, rules in (
    ("none", b"NN\x93.", ["PKL-103", "PKL-304"]),
    ("tuples", b"X\5\0\0\0posix\x85X\6\0\0\0system\x93.", ["PKL-103", "PKL-304"]),
    ("code_and_more", b"(\x82\1dp0\nVb\np1\n.", ["PKL-104", "PKL-303", "PKL-304"]),
    ("code_then_protocol", b"\x82\1\x80\4\x95\5\0\0\0\0\0\0\0}\x94(\x8c\1b", ["PKL-104", "PKL-302", "PKL-304", "PKL-306", "PKL-310"]),
):
    told(f"found/streams/nameless/{id}", stream, rules=rules, name="m.pkl")
told("found/streams/nameless/one_opcode", b"\x82\1\xff\xff\xff", "unsupported", rules=["FIL-002"])
told("found/streams/nameless/text", "NN\u201cquoted\u201d\n".encode(), "clean", name="a.txt")
