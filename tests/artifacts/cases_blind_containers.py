"""Pickles and containers, their expectations taken from docs/rules.md and docs/formats/ alone.

Most files are written by Python's own pickle, zipfile, tarfile, gzip, bz2 and lzma, as strangers' files are.
Nothing here is ever loaded, and what is named to be called would do nothing.
"""

import bz2
import collections
import gzip
import json
import lzma
import struct
import tarfile
import zipfile

import corpus
import make_7z
from corpus import case
from make_stdlib import (Call, INFO, Name, REBUILD, Storage, WEIGHTS, archive, array, checkpoint, dump,
                         evil, legacy, objects, state, tar, tensor)

RUNS = ("PKL-101", "PKL-201")


def told(id, content, *rest, **more):
    corpus.told("blind/" + id, content, *rest, **more)


DATA = {"arguments": ["--profile", "data"]}

# --- Pickles that are harmless.

WITHIN = []
WITHIN.append(WITHIN)
DAG = [0]
for _ in range(60):
    DAG = [DAG, DAG, DAG]
METADATA = state(w=tensor())
METADATA._metadata = collections.OrderedDict({"": {"version": 1}})

for id, value in {
    "numbers": {"a": 1, "b": -1, "c": 2**31, "d": 2**200, "e": 1.5, "f": float("nan"), "g": None, "h": True},
    "nested": [[], (), {}, (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [[[["x"]]]]],
    "texts": ["", "é", "日本", "\ud800", "x" * 70000],
    "set": {1, 2, 3},
    "bytes": b"\x00\xff" * 40,
    "bytearray": bytearray(b"abc"),
    "complex": 1 + 2j,
    "counter": collections.Counter("hello"),
    "ordered_dict": collections.OrderedDict(a=1, b=2),
    "list_in_itself": WITHIN,
    "shared_lists": DAG,
    "many_keys": {f"layer.{i}": i for i in range(5000)},
    "state_dict_bare": state(w=tensor()),
    "metadata": METADATA,
    "parameter": Call(Name("torch._utils", "_rebuild_parameter"), tensor(), True, collections.OrderedDict()),
    "size": Call(Name("torch", "Size"), (1, 2)),
    "device": Call(Name("torch", "device"), "cuda", 0),
    "dtype": {"type": Name("torch", "bfloat16")},
}.items():
    told(f"pickle/safe/{id}", dump(value), "clean")

told("pickle/safe/protocol_1", dump({"a": [1, 2, 3]}, 1), "clean")
told("pickle/safe/protocol_3", dump({"a": [1, 2, 3]}, 3), "clean")
told("pickle/safe/two_in_a_row", dump({"a": 1}) + dump([2]), "clean")
for protocol in range(6):
    told(f"pickle/safe/data_{protocol}", dump({"a": [1, "x", b"y", 2.5, (None, {3})]}, protocol), "clean", **DATA)
told("pickle/safe/data_bytearray_5", dump(bytearray(b"x" * 300), 5), "clean", **DATA)
told("pickle/safe/data_large_frames_4", dump(["y" * 70000, list(range(40000))], 4), "clean", **DATA)
told("pickle/weights_protocol_4", dump({"a": 1}, 4), rules=["PKL-304"])
told("pickle/weights_protocol_0", dump({"a": 1}, 0), rules=["PKL-304"])
told("pickle/frozenset", dump(frozenset([1])), rules=["PKL-106"])

# --- Pickles that call.

told("pickle/system_0", evil(protocol=0), rules=[*RUNS, "PKL-304"])
told("pickle/system_1", evil(protocol=1), rules=RUNS)
told("pickle/system_2", evil(), rules=RUNS)
told("pickle/system_3", evil(protocol=3), rules=RUNS)
told("pickle/system_4", evil(protocol=4), rules=[*RUNS, "PKL-304"])
told("pickle/system_5_data", evil(protocol=5), rules=RUNS, **DATA)
told("pickle/inside_state_dict", dump(state(w=tensor(), x=[{"y": Call(Name("os", "system"), "true")}])), rules=RUNS)

for name in """builtins.eval builtins.exec builtins.getattr builtins.compile builtins.open builtins.__import__
        __builtin__.eval __builtin__.apply os.system nt.system subprocess.Popen commands.getoutput
        importlib.import_module pip.main runpy.run_path pty.spawn marshal.loads types.CodeType types.FunctionType
        timeit.timeit cProfile.runctx profile.run pydoc.pipepager ctypes.CDLL operator.methodcaller
        _operator.attrgetter functools.partial pkgutil.resolve_name _io.FileIO logging.FileHandler
        urllib.request.urlopen socket.create_connection http.client.HTTPSConnection shutil.rmtree bdb.Bdb
        webbrowser.open code.interact doctest.debug_script ensurepip._run_pip
        torch.hub.load torch.load numpy.load joblib.load pickle.loads dill.loads
        torch.utils.collect_env.run numpy.testing._private.utils.runstring _interpreters.run_string
        torch.jit.unsupported_tensor_ops.execWrapper""".split():
    module, attribute = name.rsplit(".", 1)
    told(f"pickle/gadget/{name}", evil(module, attribute), rules=RUNS, covers="advisories of picklescan and fickling")
for name in ("shop.Cart", "torch.nn.modules.linear.Linear", "sklearn.svm._classes.SVC", "collections.deque"):
    module, attribute = name.rsplit(".", 1)
    told(f"pickle/unlisted/{name}", evil(module, attribute), rules=["PKL-102", "PKL-201"])
told("pickle/dotted", evil("collections", "OrderedDict.update"), rules=["PKL-105", "PKL-201"])
told("pickle/submodule", evil("torch", "os.system"), rules=RUNS)

SYSTEM = b"cos\nsystem\n"
TRUE = b"X\x04\x00\x00\x00true"
told("pickle/inst", b"(S'true'\nios\nsystem\n.", rules=[*RUNS, "PKL-304", "PKL-305"])
told("pickle/obj", b"(" + SYSTEM + TRUE + b"o.", rules=[*RUNS, "PKL-305"])
told("pickle/obj_then_pop", b"\x80\x02(" + SYSTEM + TRUE + b"o0N.", rules=[*RUNS, "PKL-305"])
told("pickle/newobj", b"\x80\x02" + SYSTEM + TRUE + b"\x85\x81.", rules=RUNS)
told("pickle/newobj_ex", b"\x80\x04" + SYSTEM + TRUE + b"\x85}\x92.", rules=[*RUNS, "PKL-304"])
told("pickle/build_from_call", b"\x80\x02}" + SYSTEM + TRUE + b"\x85Rb.", rules=[*RUNS, "PKL-220"])
told("pickle/string_names", b"S'os'\nS'system'\n\x93" + TRUE + b"\x85R.", rules=[*RUNS, "PKL-304"])
told("pickle/memo_not_textual", b"\x80\x04\x8c\x02osq\x000\x8c\x06systemq\x010\x8c\x04jsonq\x020"
     b"h\x00h\x01\x93" + TRUE + b"\x85R.", rules=[*RUNS, "PKL-304", "PKL-305"])
told("pickle/memo_overwritten", b"\x80\x04\x8c\x04jsonq\x000\x8c\x02osq\x000h\x00\x8c\x06system\x93" + TRUE
     + b"\x85R.", rules=[*RUNS, "PKL-304", "PKL-305"])
told("pickle/name_from_call", b"\x80\x04ccollections\nOrderedDict\n)R\x8c\x06system\x93)R.",
     rules=["PKL-103", "PKL-201", "PKL-304"])
for code in (b"\x82\x01", b"\x83\x01\x01", b"\x84\x01\x01\x01\x01"):
    told(f"pickle/extension_{len(code) - 1}", b"\x80\x02" + code + b")R.", rules=["PKL-104", "PKL-201"])
told("pickle/next_buffer", b"\x80\x05\x97\x98.", rules=["PKL-313"])
told("pickle/second_in_a_row", dump({"a": 1}) + evil(), rules=RUNS)
told("pickle/zeroes_behind", dump({"a": 1}) + bytes(100), rules=["PKL-314"])
told("pickle/cut_after_call", evil()[:-1], rules=[*RUNS, "PKL-302"])
told("pickle/unknown_opcode_after_call", evil()[:-1] + b"\xff\xff.", rules=[*RUNS, "PKL-301"])
told("pickle/cut", dump({"a": [1, 2, 3]})[:-4], "inconclusive", rules=["PKL-302"])
told("pickle/unknown_opcode", b"\x80\x02}\xff.", "inconclusive", rules=["PKL-301"])
told("pickle/empty_stack", b"\x80\x02.", "inconclusive", rules=["PKL-303"])
told("pickle/memo_missing", b"\x80\x02h\x07.", "inconclusive", rules=["PKL-303"])
told("pickle/unhashable_key", b"\x80\x02}]K\x01s.", "inconclusive", rules=["PKL-303"])
told("pickle/far_memo", b"\x80\x02}r\xff\xff\xff\x7f.", "inconclusive", rules=["PKL-402"])
told("pickle/protocol_again", b"\x80\x02}\x80\x02.", rules=["PKL-310"])
told("pickle/hexadecimal", b"\x80\x02I0x10\n.", rules=["PKL-304", "PKL-311"])
told("pickle/octal", b"\x80\x02I010\n.", rules=["PKL-304", "PKL-311"])
told("pickle/string_no_utf8", b"\x80\x02S'\xff'\n.", rules=["PKL-304", "PKL-312"])
told("pickle/frame_short", b"\x80\x04\x95\x02" + bytes(7) + b"\x8c\x04true.", rules=["PKL-304", "PKL-306"])
told("pickle/frame_in_frame", b"\x80\x04\x95\x0b" + bytes(7) + b"\x95\x02" + bytes(7) + b"}.",
     rules=["PKL-304", "PKL-307"])
told("pickle/frame_long", b"\x80\x04\x95\x60" + bytes(7) + b"}.", rules=["PKL-304", "PKL-308"])
told("pickle/dup_bomb", b"\x80\x02]" + b"2\x86" * 200 + b".", rules=["PKL-305"])

# --- What weights_only does not take.

CODEC = Name("_codecs", "encode")
ORDERED = Name("collections", "OrderedDict")
for id, value, rules in (
    ("codec_rot13", Call(CODEC, "x", "rot13"), ["PKL-205"]),
    ("codec_of_number", Call(CODEC, 5, "latin1"), ["PKL-205"]),
    ("set_of_call", Call(Name("__builtin__", "set"), Call(ORDERED)), ["PKL-206"]),
    ("ordered_dict_of_name", Call(ORDERED, [["k", CODEC]]), ["PKL-207"]),
    ("ordered_dict_factory", Call(ORDERED, CODEC), ["PKL-207"]),
    ("parameter_of_number", Call(Name("torch.nn.parameter", "Parameter"), 5, True), ["PKL-208"]),
    ("size_of_text", Call(Name("torch", "Size"), "abc"), ["PKL-209"]),
    ("device_of_list", Call(Name("torch", "device"), ["cpu"]), ["PKL-209"]),
    ("storage_called", Call(Name("torch", "FloatStorage"), 2**40), ["PKL-202"]),
    ("tensor_called", Call(Name("torch", "Tensor"), 2**40), ["PKL-202"]),
    ("rebuild_of_text", Call(REBUILD, "abc", 0, (1,), (1,), False, collections.OrderedDict()), ["PKL-203"]),
    ("rebuild_too_few", Call(REBUILD, Storage(6), 0, (1,)), ["PKL-203"]),
    ("rebuild_with_hooks", tensor(hooks=collections.OrderedDict(a=CODEC)), ["PKL-203"]),
    ("type_v2_of_codec", Call(Name("torch._tensor", "_rebuild_from_type_v2"), CODEC, Name("torch", "Tensor"),
                              ("x", "latin1"), {}), ["PKL-204"]),
    ("state_on_ordered_dict", Call(ORDERED, state={"items": CODEC}), ["PKL-221"]),
    ("beyond_storage", tensor(shape=(2, 4), stride=(4, 1)), ["PKL-232"]),
    ("offset_beyond", tensor(offset=1), ["PKL-232"]),
    ("negative_size", tensor(shape=(-1, 3)), ["PKL-233"]),
    ("counts_differ", tensor(stride=(1,)), ["PKL-233"]),
    ("one_key_two_types", [tensor(), tensor(storage=Storage(6, kind="Double"))], ["PKL-231"]),
    ("one_key_two_lengths", [tensor(), tensor(storage=Storage(7))], ["PKL-231"]),
):
    told(f"weights/{id}", dump(value), rules=rules)
told("weights/append_to_dict", b"\x80\x02}K\x01a.", rules=["PKL-222"])
told("weights/item_of_list", b"\x80\x02]K\x00K\x01s.", rules=["PKL-223"])
told("weights/item_of_tensor", dump(tensor())[:-1] + b"K\x00K\x01s.", rules=["PKL-223"])
told("weights/add_to_list", b"\x80\x04](K\x01\x90.", rules=["PKL-224", "PKL-304"])
told("weights/build_on_dict", b"\x80\x02}}b.", rules=["PKL-220"])
told("weights/persistent_text", b"\x80\x02X\x01\x00\x00\x00aQ.", rules=["PKL-230"])
told("weights/persistent_line", b"Pstorage\n.", rules=["PKL-230", "PKL-305"])
told("weights/persistent_module", b"\x80\x02(X\x06\x00\x00\x00module" + SYSTEM + b"tQ.", rules=["PKL-101", "PKL-230"])

# --- PyTorch's zip, by zipfile.

told("torch/safe/plain", checkpoint(), "clean")
told("torch/safe/folder", checkpoint(folder="my model"), "clean")
told("torch/safe/deflated", checkpoint(method=zipfile.ZIP_DEFLATED), "clean", rules=["ZIP-006"])
told("torch/safe/no_tensors", checkpoint(dump({"epoch": 1}), ()), "clean")
told("torch/safe/before_byteorder", archive([("a/data.pkl", WEIGHTS), ("a/data/0", bytes(24)), ("a/version", b"3\n")]),
     "clean")
told("torch/safe/shared_storage", checkpoint(dump([tensor((3,), (1,)), tensor((3,), (1,), 3), tensor((2,), (3,))])),
     "clean")
told("torch/safe/types", checkpoint(dump([tensor((2,), (1,), 0, Storage(2, str(i), kind)) for i, kind in
                                          enumerate(("Half", "BFloat16", "Double", "Long", "Bool"))]),
                                    [(str(i), bytes(2 * size)) for i, size in enumerate((2, 2, 8, 8, 1))]), "clean")
told("torch/safe/empty_tensor", checkpoint(dump(tensor((0, 3), (3, 1), 0, Storage(0))), [("0", b"")]), "clean")
told("torch/safe/scalar_expanded", checkpoint(dump([tensor((), ()), tensor((100,), (0,))])), "clean")
told("torch/safe/optimizer", checkpoint(dump({
    "model": state(w=tensor()), "optimizer": {"state": {0: {"step": tensor((), ()), "exp_avg": tensor()}},
                                              "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999), "foreach": None,
                                                                "params": [0]}]}, "epoch": 3})), "clean")
told("torch/safe/note_beside", checkpoint(more=[("archive/note.txt", b"written in November")]), "clean",
     rules=["ZIP-044"])
told("torch/long_storage", checkpoint(storages=[("0", bytes(28))]), rules=["ZIP-042"])
told("torch/safe/unused_storage", checkpoint(storages=[("0", bytes(24)), ("1", bytes(4))]), "clean",
     rules=["ZIP-043"])
told("torch/safe/comment", checkpoint(comment=b"for you"), "clean", rules=["ZIP-039"])

told("torch/evil", checkpoint(evil(), ()), rules=RUNS)
told("torch/evil_deflated", checkpoint(evil(), (), method=zipfile.ZIP_DEFLATED), rules=[*RUNS, "ZIP-006"])
told("torch/evil_protocol_0", checkpoint(evil(protocol=0), ()), rules=[*RUNS, "PKL-304"], covers="modelaudit #624")
told("torch/evil_beside", checkpoint(more=[("archive/extra", evil())]), rules=[*RUNS, "ZIP-009"])
told("torch/evil_as_storage", checkpoint(storages=[("0", bytes(24)), ("1", evil())]), rules=[*RUNS, "ZIP-009"])
told("torch/second_data", checkpoint(more=[("archive/DATA.PKL", evil())]), rules=[*RUNS, "ZIP-003", "ZIP-009"])
told("torch/data_twice", checkpoint(more=[("archive/data.pkl", WEIGHTS)]), rules=["ZIP-009", "ZIP-020"])
told("torch/data_twice_first_evil", checkpoint(evil(), (), more=[("archive/data.pkl", dump({}))]),
     rules=[*RUNS, "ZIP-009", "ZIP-020"])
told("torch/data_twice_last_evil", checkpoint(dump({}), (), more=[("archive/data.pkl", evil())]),
     rules=[*RUNS, "ZIP-009", "ZIP-020"])
told("torch/script", checkpoint(more=[("archive/constants.pkl", dump(())), ("archive/code/m.py", b"def f(): pass\n")]),
     rules=["COD-101", "ZIP-008", "ZIP-009"])
told("torch/script_in_capitals", checkpoint(more=[("archive/CONSTANTS.PKL", dump(()))]), rules=["ZIP-008", "ZIP-009"])
told("torch/no_version", archive([("a/data.pkl", WEIGHTS), ("a/data/0", bytes(24))]), rules=["ZIP-002"])
told("torch/storage_missing", checkpoint(storages=()), rules=["ZIP-040"])
told("torch/storage_short", checkpoint(storages=[("0", bytes(20))]), rules=["ZIP-041"])
told("torch/tail", checkpoint() + b"tail", rules=["ZIP-007"])
told("torch/cut", checkpoint()[:-40], "inconclusive", rules=["ZIP-021"])


def patched(content, old, new, last=False):
    at = content.rindex(old) if last else content.index(old)
    return content[:at] + new + content[at + len(old):]


told("torch/wrong_bytes", patched(checkpoint(), b"X\x01\0\0\0w", b"X\x01\0\0\0v"), rules=["ZIP-004"],
     covers="CVE-2025-10156")
told("torch/local_name", patched(checkpoint(), b"archive/data.pkl", b"archive/data.txt"), rules=["ZIP-005"],
     covers="CVE-2025-1944")
told("torch/local_encrypted", patched(checkpoint(), b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00"),
     rules=["ZIP-005"], covers="CVE-2025-1945")

# --- PyTorch's older files.

told("legacy/safe/plain", legacy(), "clean")
told("legacy/safe/no_tensors", legacy(value={"epoch": 2}, keys=(), storages=b""), "clean")
told("legacy/evil", legacy(value=Call(Name("os", "system"), "true"), keys=(), storages=b""), rules=RUNS)
told("legacy/evil_info", legacy(info=Call(Name("os", "system"), "true")), rules=[*RUNS, "PKL-321"])
told("legacy/protocol", legacy(protocol=1002), rules=["PKL-321"])
told("legacy/keys", legacy(keys=("1",)), rules=["PKL-322"])
told("legacy/count", legacy(storages=struct.pack("<q", 7) + bytes(28)), rules=["PKL-323"])
told("legacy/short", legacy(storages=struct.pack("<q", 6) + bytes(20)), rules=["PKL-323"])
told("legacy/tail", legacy() + b"more", rules=["PKL-323"])

# --- Archives.


LONG = "folder/" * 30
PLAIN = [("README.md", b"# Words\n"), ("config.json", b'{"a": 1}\n')]
told("archive/safe/zip", archive(PLAIN), "clean", name="a.zip")
told("archive/safe/zip_deflated", archive(PLAIN, zipfile.ZIP_DEFLATED), "clean", name="a.zip")
told("archive/safe/zip_folders", archive([("a/", b""), ("a/b/", b""), ("a/b/c.txt", b"words\n")]), "clean",
     name="a.zip")
told("archive/safe/zip_empty", archive([]), "clean", name="a.zip")
told("archive/safe/zip_in_zip", archive([("b.zip", archive(PLAIN))]), "clean", name="a.zip")
told("archive/tar", tar(PLAIN), rules=["ARC-010"], name="a.tar")
told("archive/tar_gnu_long", tar([(LONG + "a.txt", b"words\n")], form=tarfile.GNU_FORMAT), rules=["ARC-010"],
     name="a.tar")
told("archive/tar_gz", tar(PLAIN, "w:gz"), rules=["ARC-010"], name="a.tar.gz")
told("archive/seven", make_7z.write(PLAIN), rules=["ARC-010"], name="a.7z")
for id, pack in {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": make_7z.zstd}.items():
    told(f"archive/evil_{id}", pack(evil()), rules=["ARC-010", *RUNS], name=f"a.{id}")
told("archive/evil_tar_xz", tar([("a/weights.bin", evil())], "w:xz"), rules=["ARC-010", *RUNS], name="a.tar.xz")
told("archive/evil_seven", make_7z.write([("a.bin", evil())]), rules=["ARC-010", *RUNS], name="a.7z",
     covers="nullifAI")
told("archive/evil_zip", archive([("a/weights.bin", evil())]), rules=RUNS, name="a.zip")
told("archive/evil_zip_in_zip", archive([("b.zip", archive([("c.zip", archive([("d", evil())]))]))]), rules=RUNS,
     name="a.zip")
told("archive/evil_second_gzip_member", gzip.compress(b"words\n") + gzip.compress(evil()), rules=["ARC-010", "FIL-002"],
     name="a.gz")
told("archive/tar_up", tar([("../a.txt", b"words\n")]), rules=["ARC-001", "ARC-010"], name="a.tar")
told("archive/tar_up_long", tar([(LONG + "../" * 40 + "a.txt", b"words\n")]), rules=["ARC-001", "ARC-010"],
     name="a.tar")
told("archive/tar_absolute", tar([("/etc/a.txt", b"words\n")]), rules=["ARC-001", "ARC-010"], name="a.tar")
told("archive/tar_symlink", tar([("a", tarfile.SYMTYPE, "/etc/passwd")]), rules=["ARC-002", "ARC-010"], name="a.tar")
told("archive/tar_hardlink", tar([("a.txt", b"words\n"), ("b", tarfile.LNKTYPE, "a.txt")]),
     rules=["ARC-002", "ARC-010"], name="a.tar")
told("archive/tar_device", tar([("a", tarfile.CHRTYPE, "")]), rules=["ARC-003", "ARC-010"], name="a.tar")
told("archive/tar_pipe", tar([("a", tarfile.FIFOTYPE, "")]), rules=["ARC-003", "ARC-010"], name="a.tar")
told("archive/tar_twice", tar([("a.txt", b"one\n"), ("a.txt", b"two\n")]), rules=["ARC-006", "ARC-010"], name="a.tar")
told("archive/tar_control", tar([("a\x1b[2J.txt", b"one\n")]), rules=["ARC-005", "ARC-010"], name="a.tar")
told("archive/tar_cut", tar([("a.txt", b"words\n" * 2000)])[:4000], rules=["ARC-007", "ARC-010", "SYS-001"],
     name="a.tar")
told("archive/tar_checkpoint", tar([("sys_info", dump(INFO)), ("pickle", dump({"a": 1})), ("storages", dump(0)),
                                    ("tensors", dump(0))]), rules=["ARC-013"], name="a.pth")
told("archive/gzip_twice", gzip.compress(gzip.compress(b"words\n")), rules=["ARC-010", "ARC-011"], name="a.gz")
told("archive/gzip_tail", gzip.compress(b"words\n") + b"tail of the file", rules=["ARC-010", "ARC-012"], name="a.gz")
told("archive/gzip_bomb", gzip.compress(bytes(16 << 20)) * 65, rules=["ARC-004", "ARC-010", "FIL-002"], name="a.gz")
told("archive/seven_damaged", make_7z.write(PLAIN)[:-6] + bytes(6), rules=["ARC-007", "ARC-010"], name="a.7z")
told("archive/zip_up", archive([("../a.txt", b"words\n")]), rules=["ZIP-030"], name="a.zip")
told("archive/zip_absolute", archive([("/etc/a.txt", b"words\n")]), rules=["ZIP-030"], name="a.zip")
told("archive/zip_drive", archive([("C:/a.txt", b"words\n")]), rules=["ZIP-030"], name="a.zip")
told("archive/zip_control", archive([("a\x07.txt", b"words\n")]), rules=["ZIP-031"], name="a.zip")
told("archive/zip_twice", archive([("a.txt", b"one\n"), ("a.txt", b"two\n")]), rules=["ZIP-020"], name="a.zip")
told("archive/zip_case", archive([("a.txt", b"one\n"), ("A.txt", b"two\n")]), rules=["ZIP-003"], name="a.zip")
told("archive/zip_of_spaces", archive([("a.txt", b" " * (8 << 20))], zipfile.ZIP_DEFLATED), "clean", name="a.zip")
told("archive/zip_lzma", archive(PLAIN, zipfile.ZIP_LZMA), "inconclusive", rules=["ZIP-023"], name="a.zip")


def deep(content, levels):
    for _ in range(levels):
        content = archive([("a.zip", content)])
    return content


told("archive/zip_deep", deep(evil(), 6), "inconclusive", rules=["FIL-004"], name="a.zip")


@case("blind/archive/zip_symlink", verdict="findings", rules=["ZIP-032"], name="a.zip")
def _():
    link = zipfile.ZipInfo("a")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    return archive([(link, b"/etc/passwd")])


# --- NumPy.


told("numpy/safe/plain", array(), "clean", name="a.npy")
told("numpy/safe/version_2", array(version=2), "clean", name="a.npy")
told("numpy/safe/version_3", array(version=3), "clean", name="a.npy")
told("numpy/safe/scalar", array("'<i8'", "()", bytes(8)), "clean", name="a.npy")
told("numpy/safe/empty", array(shape="(0, 3)", data=b""), "clean", name="a.npy")
told("numpy/safe/fields", array("[('a', '<i4'), ('b', '<U5', (2,))]", "(1,)", bytes(44)), "clean", name="a.npy")
told("numpy/safe/npz", archive([("a.npy", array()), ("b.npy", array("'|b1'", "(4,)", bytes(4)))]), "clean",
     name="a.npz")
told("numpy/safe/npz_deflated", archive([("a.npy", array())], zipfile.ZIP_DEFLATED), "clean", name="a.npz")
told("numpy/safe/objects_data", objects("x", 1), "clean", rules=["NPY-007"], name="a.npy", **DATA)
told("numpy/objects_weights", objects("x", 1), rules=["NPY-007", "PKL-106", "PKL-304"], name="a.npy")
told("numpy/evil", objects(Call(Name("os", "system"), "true")), rules=["NPY-007", *RUNS, "PKL-210"], name="a.npy",
     **DATA)
told("numpy/evil_npz", archive([("a.npy", objects(Call(Name("os", "system"), "true")))]),
     rules=["NPY-007", *RUNS, "PKL-210"], name="a.npz", **DATA)
told("numpy/evil_no_array", array("'|O'", "(1,)", evil()), rules=["NPY-007", *RUNS], name="a.npy")
told("numpy/evil_in_fields", array("[('a', '|O')]", "(1,)", evil()), rules=["NPY-007", *RUNS], name="a.npy")
told("numpy/evil_beside", archive([("a.npy", array()), ("b", evil())]), rules=RUNS, name="a.npz")
told("numpy/npz_name_twice", archive([("a.npy", array()), ("a.npy", array())]), rules=["ZIP-020"], name="a.npz")
told("numpy/evil_tail", array() + evil(), rules=["NPY-006"], name="a.npy")
told("numpy/short", array(data=bytes(20)), rules=["NPY-005"], name="a.npy")
told("numpy/negative", array(shape="(-2, 3)"), rules=["NPY-004"], name="a.npy")
told("numpy/wraps", array(shape="(4611686018427387904, 4)", data=b""), rules=["NPY-004"], name="a.npy")
told("numpy/expression", array(shape="(2, 1 + 2)"), rules=["NPY-002"], name="a.npy")
told("numpy/version_9", array(version=9), rules=["NPY-001"], name="a.npy")
told("numpy/long_header", array(descr="'<f4'" + " " * 12000), rules=["NPY-003"], name="a.npy")
told("numpy/unknown_type", array("'<q9'"), "unsupported", rules=["NPY-008"], name="a.npy")

# --- Keras.

DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3}, "registered_name": None}
HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(600)


def keras(*layers, more=(), text=None):
    model = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": list(layers)},
             "registered_name": None}
    metadata = {"keras_version": "3.15.1", "date_saved": "2026-11-25@00:00:00"}
    return archive([("metadata.json", json.dumps(metadata)),
                    ("config.json", json.dumps(model) if text is None else text), *more])


def layer(**changes):
    return DENSE | changes


told("keras/safe/dense", keras(DENSE, layer(class_name="Dropout", config={"rate": 0.5})), "clean", name="m.keras")
told("keras/weights", keras(DENSE, more=[("model.weights.h5", HDF5)]), "inconclusive", rules=["KER-006"], name="m.keras")
told("keras/hdf5", HDF5, "inconclusive", rules=["KER-006"], name="m.h5")
told("keras/lambda", keras(layer(class_name="Lambda", config={"function": {
    "class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}})),
     rules=["KER-001"], name="m.keras", covers="CVE-2024-3660")
told("keras/lambda_hdf5", HDF5 + b'{"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}}',
     rules=["KER-001", "KER-006"], name="m.h5", covers="CVE-2025-9905")
told("keras/module", keras(layer(module="os", class_name="system", config="true")), rules=["KER-002"], name="m.keras",
     covers="CVE-2025-1550")
told("keras/get_file", keras(layer(module="keras.utils", class_name="function", config="get_file")),
     rules=["KER-003"], name="m.keras", covers="CVE-2025-8747")
told("keras/custom", keras(layer(module=None, class_name="Mine", registered_name="my_package>Mine")),
     rules=["KER-004"], name="m.keras")
told("keras/broken", keras(text="{"), "inconclusive", rules=["KER-005"], name="m.keras")

# --- ONNX, by the wire format of protobuf.


def field(number, value):
    if isinstance(value, int):
        return bytes([number << 3, value])
    value = value.encode() if isinstance(value, str) else value
    key = number << 3 | 2
    size = bytes([len(value)]) if len(value) < 128 else bytes([len(value) & 127 | 128, len(value) >> 7])
    return (bytes([key]) if key < 128 else bytes([key & 127 | 128, key >> 7])) + size + value


def onnx(operator="Relu", domain="", place=None, more=b""):
    node = field(1, "x") + field(2, "y") + field(4, operator) + (field(7, domain) if domain else b"")
    weight = field(1, 1) + field(2, 1) + field(8, "w")
    weight += field(9, bytes(4)) if place is None else field(13, field(1, "location") + field(2, place)) + field(14, 1)
    graph = field(1, node) + field(2, "g") + field(5, weight)
    return field(1, 10) + field(2, "pytorch") + field(7, graph) + field(8, field(1, "") + field(2, 21)) + more


told("onnx/safe/plain", onnx(), "clean", name="m.onnx")
told("onnx/safe/ml", onnx("Scaler", "ai.onnx.ml"), "clean", name="m.onnx")
case("blind/onnx/safe/external", verdict="clean", rules=["ONX-006"])(
    lambda: {"m.onnx": onnx(place="notes.txt"), "notes.txt": b"words\n"})
told("onnx/outside", onnx(place="../../secret"), rules=["ONX-001"], name="m.onnx", covers="CVE-2022-25882")
told("onnx/absolute", onnx(place="/etc/passwd"), rules=["ONX-001"], name="m.onnx", covers="CVE-2024-27318")
told("onnx/hidden_up", onnx(place="a/../../secret"), rules=["ONX-001"], name="m.onnx")
told("onnx/python", onnx("PyOp", "pyopmulti"), rules=["ONX-002", "ONX-003"], name="m.onnx")
told("onnx/own_library", onnx("Thing", "shop.example"), rules=["ONX-003"], name="m.onnx")
NEGATE = field(1, "x") + field(2, "y") + field(4, "Neg")
told("onnx/redefined", onnx(more=field(25, field(1, "Relu") + field(7, NEGATE))), rules=["ONX-004"], name="m.onnx")
told("onnx/cut", onnx()[:-3], "inconclusive", rules=["ONX-005"], name="m.onnx")

# --- Names that say something else.

told("name/pickle_as_safetensors", dump({"a": 1}), rules=["FIL-001"], name="model.safetensors")
told("name/evil_as_json", evil(), rules=["FIL-001", *RUNS], name="config.json")
told("name/evil_as_text", evil(), rules=["FIL-001", *RUNS], name="notes.txt")
told("name/zip_as_gguf", checkpoint(), rules=["FIL-001"], name="model.gguf")
told("name/seven_as_checkpoint", make_7z.write([("a.bin", evil())]), rules=["ARC-010", *RUNS], name="m.pt")


# --- Pickles that pass for something else.

SPEAKING = b"cposix\nsystem\n(Vtrue\ntR."  # protocol 0, all of it text
told("disguise/text", b"Very plain words\n0" + SPEAKING, rules=["FIL-001", *RUNS, "PKL-304", "PKL-305"],
     name="README.md")
told("disguise/text_cut", b"Very plain words\n0" + SPEAKING[:-1],
     rules=["FIL-001", *RUNS, "PKL-302", "PKL-304", "PKL-305"], name="README.md")
# GIF: BINFLOAT takes the size, SHORT_BINBYTES the colours and the head of a comment, which is the program.
told("disguise/gif", b"GIF89a\1\0\1C\x08\0\0\x21\xfe\x1babc" + SPEAKING + b"\0;",
     rules=["FIL-001", *RUNS, "PKL-304", "PKL-314"], name="a.gif")
# BMP: BINBYTES takes the head of the file and the picture.
told("disguise/bmp", b"BM\0\0\0" + bytes(77) + SPEAKING + bytes(100), rules=["FIL-001", *RUNS, "PKL-304", "PKL-314"], name="a.bmp")
