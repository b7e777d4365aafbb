"""Containers beside PyTorch's zip: tar, 7z, compressed files, npz, Keras, ONNX, HDF5, and nesting."""

import bz2
import gzip
import json
import lzma
import random
import struct
import zlib

import make_7z
import make_onnx as onnx
import make_tar
import make_torch as torch
import make_zip as zips
from corpus import case
from make_zip import Member

NOTES = {"ONX-006", "ONX-009", "ZIP-044", "ZIP-006", "KER-013"}
INCONCLUSIVE = {"ARC-007", "ARC-008", "ARC-009", "ONX-005", "KER-005", "KER-006", "FIL-004", "SYS-001", "ZIP-036"}
UNSUPPORTED = {"FIL-002", "FIL-003"}
EVIL = ("PKL-101", "PKL-201")
TEXT = b"Weights of a small model.\n"


def archived(id, make, *rules, name="model.bin", covers="", verdict=None, arguments=()):
    rest = set(rules) - NOTES
    if verdict is None:
        verdict = ("findings" if rest - INCONCLUSIVE - UNSUPPORTED else "inconclusive" if rest & INCONCLUSIVE
                   else "unsupported" if rest else "clean")
    case("archive/" + id, verdict=verdict, rules=rules, name=name, covers=covers,
         arguments=arguments)(make)


def tar(*members, **more):
    return make_tar.write(members, **more)


def keras(config, **members):
    files = [Member("metadata.json", b'{"keras_version":"3.9.0"}'),
             Member("config.json", config if isinstance(config, bytes) else json.dumps(config).encode())]
    return zips.write(files + [Member(name.replace("__", "."), data) for name, data in members.items()])


def layer(name, config=None, module="keras.layers", registered=None):
    return {"module": module, "class_name": name, "config": config or {}, "registered_name": registered}


def npy(dtype="<f4", shape=(2,), data=b"\0" * 8):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


# tar.
archived("tar", lambda: tar(("a/readme.txt", TEXT)), "ARC-010", covers="Z10")
archived("tar_evil", lambda: tar(("a/model.pkl", torch.EVIL)), "ARC-010", *EVIL, covers="Z10")
archived("tar_traversal", lambda: tar(("../x.txt", TEXT)), "ARC-010", "ARC-001")
archived("tar_absolute", lambda: tar(("/x.txt", TEXT)), "ARC-010", "ARC-001")
archived("tar_dots_in_names", lambda: tar(("a/..x.txt", TEXT)), "ARC-010")
archived("tar_symbolic_link", lambda: tar(("a/x.txt", b"", {"kind": b"2", "target": b"/etc/passwd"})),
         "ARC-010", "ARC-002")
archived("tar_hard_link", lambda: tar(("a/x.txt", TEXT), ("a/y.txt", b"", {"kind": b"1", "target": b"a/x.txt"})),
         "ARC-010", "ARC-002")
archived("tar_device", lambda: tar(("a/x", b"", {"kind": b"3"})), "ARC-010", "ARC-003")
archived("tar_pipe", lambda: tar(("a/x", b"", {"kind": b"6"})), "ARC-010", "ARC-003")
archived("tar_folder", lambda: tar(("a/", b"", {"kind": b"5"}), ("a/x.txt", TEXT)), "ARC-010")
archived("tar_escape_in_name", lambda: tar(("a/\x1b[2J.txt", TEXT)), "ARC-010", "ARC-005")
archived("tar_backslash", lambda: tar(("a\\x.txt", TEXT)), "ARC-010", "ARC-005")
archived("tar_twice", lambda: tar(("a.txt", TEXT), ("a.txt", TEXT)), "ARC-010", "ARC-006")
archived("tar_cut", lambda: tar(("a/x.txt", TEXT * 100))[:1024], "ARC-010", "ARC-007", "SYS-001")
archived("tar_wrong_checksum", lambda: tar(("a/x.txt", TEXT), checksum=1), "ARC-010", "ARC-007")
archived("tar_trailing", lambda: tar(("a/x.txt", TEXT)) + b"hidden", "ARC-010", "ARC-012")
archived("tar_padded", lambda: tar(("a/x.txt", TEXT)) + bytes(8192), "ARC-010")
archived("torch_tar", lambda: tar(("sys_info", torch.PROTOCOL), ("pickle", torch.state_dict(())),
                                  ("tensors", b"\x80\x02K\0."), ("storages", b"\x80\x02K\0.")), "ARC-013",
         name="model.pt", covers="Z11")
archived("torch_tar_evil", lambda: tar(("sys_info", torch.PROTOCOL), ("pickle", torch.EVIL),
                                       ("tensors", b"\x80\x02K\0."), ("storages", b"\x80\x02K\0.")), "ARC-013", *EVIL,
         name="model.pt", covers="Z11")

# 7z: nullifAI, 2025.
archived("seven_zip", lambda: make_7z.write([("a/readme.txt", TEXT)]), "ARC-010", covers="Z10")
archived("seven_zip_evil", lambda: make_7z.write([("model/data.pkl", torch.EVIL)]), "ARC-010", *EVIL,
         name="pytorch_model.bin", covers="Z10 nullifAI")
archived("seven_zip_of_checkpoint", lambda: make_7z.write([("model.pt", torch.checkpoint((), torch.EVIL))]),
         "ARC-010", *EVIL, name="model.pt", covers="Z10 nullifAI")
archived("seven_zip_traversal", lambda: make_7z.write([("../../x.txt", TEXT)]), "ARC-010", "ARC-001")
archived("seven_zip_letters", lambda: make_7z.write([("m\u00e4rz/\u6a21\u578b.txt", TEXT)]), "ARC-010")
archived("seven_zip_great_dictionary", lambda: make_7z.write([("a.txt", TEXT)], dictionary=0xFFFF_FFFF),
         "ARC-010", "ARC-007", "SYS-001")
archived("seven_zip_that_grows", lambda: make_7z.write([("a.txt", b"\n" * (8 << 20))]), "ARC-010")
archived("seven_zip_cut", lambda: make_7z.write([("a.txt", TEXT)])[:40], "ARC-010", "ARC-007")
archived("seven_zip_trailing", lambda: make_7z.write([("a.txt", TEXT)]) + b"hidden", "ARC-010", "ARC-012")
archived("seven_zip_encrypted", lambda: make_7z.write([("a.txt", TEXT)], method=b"\x06\xf1\x07\x01",
                                                      properties=b"\x13\x00"), "ARC-010", "ARC-008")

# One compressed file.
for tool, pack in (("gzip", lambda data: gzip.compress(data, mtime=0)), ("bzip2", bz2.compress),
                   ("xz", lzma.compress), ("zstd", make_7z.zstd), ("lz4", make_7z.lz4)):
    archived(tool, lambda pack=pack: pack(TEXT), "ARC-010", covers="Z10")
    archived(tool + "_evil", lambda pack=pack: pack(torch.EVIL), "ARC-010", *EVIL, covers="Z10")
archived("tar_gz_evil", lambda: gzip.compress(tar(("a/model.pkl", torch.EVIL)), mtime=0), "ARC-010", *EVIL)
archived("tar_gz_of_checkpoint", lambda: gzip.compress(tar(("a/model.pt", torch.checkpoint((), torch.EVIL))),
                                                       mtime=0), "ARC-010", *EVIL)
archived("zeroes_before_the_pickle", lambda: gzip.compress(bytes(1024) + torch.EVIL, mtime=0), "ARC-010", "FIL-002")
archived("gzip_twice", lambda: gzip.compress(gzip.compress(torch.EVIL, mtime=0), mtime=0), "ARC-010", "ARC-011",
         *EVIL)
archived("gzip_in_two_parts", lambda: gzip.compress(torch.EVIL[:9], mtime=0) + gzip.compress(torch.EVIL[9:], mtime=0),
         "ARC-010", *EVIL)
archived("gzip_cut", lambda: gzip.compress(TEXT * 1000, mtime=0)[:60], "ARC-010", "ARC-007")
archived("gzip_trailing", lambda: gzip.compress(torch.EVIL, mtime=0) + b"hidden", "ARC-010", "ARC-012", *EVIL)
# covers: engine-7-scanner-bombs
archived("xz_bomb", lambda: lzma.compress(bytes(16 << 20)) * 65, "ARC-010", "ARC-004", "FIL-002")

archived("more_than_the_limit", lambda: gzip.compress(random.Random(1).randbytes(3 << 20), mtime=0), "ARC-010",
         "ARC-009", arguments=("--max-bytes", "1MiB"))
archived("within_the_limit", lambda: gzip.compress(torch.EVIL, mtime=0), "ARC-010", *EVIL,
         arguments=("--max-bytes", "1MiB"))
archived("zip_beyond_the_limit", lambda: zips.write(
    [Member("a.npy", npy("|u1", (3 << 20,), random.Random(1).randbytes(3 << 20)), method=8)]), "ZIP-036", "SYS-001",
    name="a.npz", arguments=("--max-bytes", "1MiB"))

# Nesting: three containers are followed, a fourth is not.
def nested(depth, content, name="model.pkl"):
    for level in range(depth):
        content = zips.write([Member(name, content)])
        name = f"level{level}.zip"
    return content


archived("nested_1", lambda: nested(1, torch.EVIL), *EVIL, name="a.zip")
archived("nested_2", lambda: nested(2, torch.EVIL), *EVIL, name="a.zip")
archived("nested_3", lambda: nested(3, torch.EVIL), *EVIL, name="a.zip")
archived("nested_4", lambda: nested(4, torch.EVIL), "FIL-004", name="a.zip")
archived("nested_9", lambda: nested(9, torch.EVIL), "FIL-004", name="a.zip")
archived("nested_3_harmless", lambda: nested(3, TEXT, "readme.txt"), name="a.zip")
archived("zip_in_tar_in_gzip", lambda: gzip.compress(tar(("a.zip", nested(1, torch.EVIL))), mtime=0), "ARC-010", *EVIL)
archived("zip_in_zip_in_tar_in_gzip", lambda: gzip.compress(tar(("a.zip", nested(2, torch.EVIL))), mtime=0), "ARC-010",
         "FIL-004")

# npz.
archived("npz", lambda: zips.write([Member("a.npy", npy()), Member("b.npy", npy("<i8", (1,)))]), name="a.npz")
archived("npz_deflated", lambda: zips.write([Member("a.npy", npy(), method=8)]), name="a.npz")
archived("npz_of_objects", lambda: zips.write([Member("a.npy", npy("|O", (1,), torch.EVIL))]), "NPY-007", *EVIL,
         name="a.npz")
archived("npz_member_is_a_pickle", lambda: zips.write([Member("a.npy", npy()), Member("b.npy", torch.EVIL)]), *EVIL,
         name="a.npz")
archived("npz_wrong_crc", lambda: zips.write([Member("a.npy", npy(), crc=3)]), "ZIP-004", name="a.npz")

# Keras.
MODEL = layer("Sequential", {"name": "m", "layers": [layer("InputLayer"), layer("Dense", {"units": 4})]}, "keras")


def model(*layers):
    return layer("Sequential", {"layers": list(layers)}, "keras")


archived("keras", lambda: keras(MODEL), name="m.keras")
archived("keras_with_weights", lambda: keras(MODEL, model__weights__h5=b"\x89HDF\r\n\x1a\n" + bytes(200)), "KER-006",
         name="m.keras")
archived("keras_lambda", lambda: keras(model(layer("Lambda", {"function": {"class_name": "__lambda__", "config": {
    "code": "4wEAAAAAAAAA"}}}))), "KER-001", name="m.keras", covers="CVE-2024-3660")
archived("keras_lambda_below", lambda: keras(model(layer("TimeDistributed", {"layer": layer("Lambda")}))), "KER-001",
         name="m.keras")
archived("keras_lambda_escaped", lambda: keras(json.dumps(model(layer("Lambda"))).replace(
    "Lambda", "\\u004cambda").encode()), "KER-001", name="m.keras")
archived("keras_module", lambda: keras(model(layer("function", "system", "os"))), "KER-002", name="m.keras",
         covers="CVE-2025-1550")
archived("keras_module_of_a_class", lambda: keras(model(layer("Popen", {"args": "id"}, "subprocess"))), "KER-002",
         name="m.keras", covers="CVE-2025-1550")
archived("keras_module_looks_alike", lambda: keras(model(layer("Dense", {}, "keras_evil.layers"))), "KER-002",
         name="m.keras")
archived("keras_get_file", lambda: keras(model(layer("function", "get_file", "keras.utils"))), "KER-003",
         name="m.keras", covers="CVE-2025-8747")
archived("keras_unsafe", lambda: keras(model(layer(
    "function", "enable_unsafe_deserialization", "keras.config"))), "KER-003", name="m.keras", covers="CVE-2025-9906")
archived("keras_activation", lambda: keras(model(layer("Dense", {"activation": layer(
    "function", "relu", "keras.activations")}))), name="m.keras")
archived("keras_custom", lambda: keras(model(layer("MyLayer", {}, None, "Custom>MyLayer"))), "KER-004",
         name="m.keras")
archived("keras_program", lambda: keras(model(layer("TFSMLayer", {"filepath": "gs://evil/m"}))), "KER-020", name="m.keras",
         covers="CVE-2026-1462")
archived("keras_program_moved", lambda: keras(model(layer("TFSMLayer", {"filepath": "m"}, "keras.src.export.tfsm_layer"))),
         "KER-020", name="m.keras")
for kind in ("StringLookup", "IntegerLookup", "TextVectorization"):
    for path in ("/etc/passwd", "http://169.254.169.254/x", "w.txt"):
        archived(f"keras_{kind}_{path[:5].replace('/', '_')}", lambda kind=kind, path=path: keras(model(layer(kind, {
            "vocabulary": path}))), "KER-021", name="m.keras", covers="CVE-2025-12058")
    archived(f"keras_{kind}_words", lambda kind=kind: keras(model(layer(kind, {"vocabulary": ["a", "b"]}))), name="m.keras")
    archived(f"keras_{kind}_later", lambda kind=kind: keras(model(layer(kind, {"vocabulary": None}))), name="m.keras")
archived("keras_column", lambda: keras(model(layer("DenseFeatures", {"feature_columns": [layer("VocabularyFileCategoricalColumn", {
    "vocabulary_file": "gs://evil/w"})]}))), "KER-021", name="m.keras")
archived("keras_no_json", lambda: keras(b"{'a'"), "KER-005", name="m.keras")
archived("keras_key_twice", lambda: keras(b'{"class_name":"Dense","class_name":"Lambda"}'), "KER-005", name="m.keras")
archived("keras_pickle", lambda: keras(MODEL, assets__pkl=torch.EVIL), *EVIL, name="m.keras")

# HDF5.
archived("hdf5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(4000), "KER-006", name="m.h5")
archived("hdf5_user_block", lambda: bytes(512) + b"\x89HDF\r\n\x1a\n" + bytes(4000), "KER-006", "KER-013", name="m.h5")
archived("hdf5_lambda", lambda: b"\x89HDF\r\n\x1a\n" + bytes(300_000) + b'{"class_name": "Lambda", "config": {}}'
         + bytes(300_000), "KER-001", "KER-006", name="m.h5", covers="CVE-2025-9905")
archived("hdf5_lambda_across_a_window", lambda: b"\x89HDF\r\n\x1a\n" + bytes(131_072 - 20)
         + b'{"class_name" : "Lambda"}' + bytes(300_000), "KER-001", "KER-006", name="m.h5")
archived("hdf5_lambda_as_a_name", lambda: b"\x89HDF\r\n\x1a\n" + b'{"name": "Lambda"}' + bytes(4000), "KER-006",
         name="m.h5")

# ONNX.
RELU = onnx.node("Relu", "x", "y")
archived("onnx", lambda: onnx.model([RELU]), name="m.onnx")
archived("onnx_microsoft", lambda: onnx.model([onnx.node("Gelu", "x", "y", domain="com.microsoft")]), name="m.onnx")
def beside(id, model, data, *rules, to="weights.bin"):
    archived(id, lambda: {"m.onnx": model, **({to: data} if data is not None else {})}, *rules)


def external(*entries, location="weights.bin", place=1, **more):
    return onnx.model([RELU], [onnx.external("w", location, *entries, place=place, **more)])


NUMBERS = bytes.fromhex("b7e1516298c1a3f4") * 100
beside("onnx_external", external(("offset", "0"), ("length", "800"), dims=(200,)), NUMBERS, "ONX-006", "ONX-009")
beside("onnx_external_dot", external(location="./weights.bin"), NUMBERS, "ONX-006", "ONX-009")
beside("onnx_external_any_name", external(location="model.layers.0.weight"), NUMBERS, "ONX-006", "ONX-009", to="model.layers.0.weight")
beside("onnx_external_before", external(location="a"), NUMBERS, "ONX-006", "ONX-009", to="a")
beside("onnx_external_missing", external(), None, "ONX-006", "ONX-008")
beside("onnx_external_short", external(("offset", "4"), ("length", "797"), kind=2, dims=(797,)), NUMBERS, "FIL-002", "ONX-006", "ONX-008")
# Without a length a reader takes what the tensor needs.
for id, kind, dims, entries in (("float", 1, (2, 100), ()), ("offset", 10, (2, 199), (("offset", "4"),)), ("long", 7, (100,), (("length", "800"),)),
                                ("half_bytes", 22, (1599,), ()), ("scalar", 15, (), (("offset", "784"),)), ("empty", 1, (0, 2**62), ()),
                                ("texts", 8, (2**40,), ()), ("unknown", 99, (2**40,), ())):
    for packed in (False, True):
        beside(f"onnx_external_fits_{id}_{packed}", external(*entries, kind=kind, dims=dims, packed=packed), NUMBERS, "ONX-006", "ONX-009")
for id, kind, dims, entries in (("float", 1, (2, 101), ()), ("offset", 10, (2, 199), (("offset", "5"),)), ("long", 7, (101,), (("length", "808"),)),
                                ("half_bytes", 22, (1601,), ()), ("scalar", 15, (), (("offset", "785"),)), ("beyond", 1, (2**40, 2**40), ())):
    for packed in (False, True):
        beside(f"onnx_external_lacks_{id}_{packed}", external(*entries, kind=kind, dims=dims, packed=packed), NUMBERS,
               "FIL-002", "ONX-006", "ONX-008")
# onnx 1.23 loads these and can make no array, onnxruntime 1.32 refuses them, but for 0 (November 2026).
for id, length in (("nothing", "0"), ("less", "400"), ("more", "799")):
    beside("onnx_external_length_of_" + id, external(("length", length), kind=1, dims=(2, 99)), NUMBERS, "ONX-006", "ONX-007", "ONX-009")
beside("onnx_external_length_of_unknown", external(("length", "400"), kind=99, dims=(2, 99)), NUMBERS, "ONX-006", "ONX-009")
beside("onnx_external_length_of_none", external(("length", "0"), kind=1, dims=(0, 99)), NUMBERS, "ONX-006", "ONX-009")
beside("onnx_external_lacks_nothing_inside", external(place=0, dims=(1000,)), NUMBERS, "ONX-006", "ONX-009")
beside("onnx_external_of_another", external(location="other.bin"), NUMBERS, "FIL-002", "ONX-006", "ONX-008")
beside("onnx_external_of_tensorflow", external(location="saved_model.pb"), NUMBERS, "FIL-002", "ONX-006", to="saved_model.pb")
beside("onnx_external_of_lite", external(location="m.TFLITE"), NUMBERS, "FIL-002", "ONX-006", to="m.TFLITE")
# As joblib writes it with compress="lz4", and opens under any name; what only this name opens.
beside("onnx_external_lz4", external(location="model.data"), make_7z.lz4(torch.EVIL), "ARC-010", *EVIL, "ONX-006", to="model.data")
beside("onnx_external_joblib", external(location="m.joblib"), NUMBERS, "FIL-002", "ONX-006", to="m.joblib")
beside("onnx_external_zfile", external(), b"ZF" + b"0x%-17x" % len(torch.EVIL) + zlib.compress(torch.EVIL), "FIL-003", "ONX-006")
beside("onnx_external_weights", external(location="weights.pb"), NUMBERS, "ONX-006", "ONX-009", to="weights.pb")
beside("onnx_external_graph", external(location="weights.pb"), b"\x0b\x0c\n\x0e\n\x01w\x12\tWriteFile", "FIL-003", "ONX-006", to="weights.pb")
beside("onnx_external_pickle", external(), torch.EVIL, *EVIL, "ONX-006")
beside("onnx_external_elf", external(), b"\x7fELF\x02\x01\x01" + bytes(60), "COD-105", "ONX-006")
beside("onnx_external_python", external(location="run.py"), b"import os\nos.system('id')\n", "COD-101", "ONX-006", to="run.py")
beside("onnx_external_inside", external(place=0), NUMBERS, "ONX-006", "ONX-009")
for name, entries, place in (("missing", (), None), ("empty", (), ""), ("dot", (), "."), ("dots", (), "././"),
                             ("negative", (("offset", "-5"),), "w"), ("word", (("length", "all"),), "w"),
                             ("sum", (("offset", "18446744073709551615"), ("length", "2")), "w"),
                             ("large", (("offset", "99999999999999999999"),), "w")):
    archived("onnx_external_" + name + "_place", lambda entries=entries, place=place: external(*entries, location=place), "ONX-007",
             name="m.onnx")
archived("onnx_external_memory", lambda: external(location="*/_ORT_MEM_ADDR_/*"), "ONX-001", name="m.onnx")
archived("onnx_external_second_place", lambda: external(("location", "/etc/passwd")), "ONX-001", "ONX-006", "ONX-008", name="m.onnx")
case("archive/onnx_external_of_another_folder", verdict="findings", rules=["FIL-002", "ONX-006", "ONX-008"])(
    lambda: {"a/m.onnx": external(), "b/weights.bin": NUMBERS})


def engine(*attributes, domain="com.microsoft"):
    return onnx.model([onnx.node("EPContext", "x", "y", domain=domain, attributes=attributes)])


archived("onnx_engine", lambda: engine(onnx.integer_attribute("embed_mode", 0), onnx.text_attribute("ep_cache_context", "m.bin")),
         "ONX-010", name="m.onnx")
archived("onnx_engine_inside", lambda: engine(onnx.integer_attribute("embed_mode", 1), onnx.text_attribute(
    "ep_cache_context", "/ a program that begins with a slash")), "ONX-010", name="m.onnx")
archived("onnx_engine_by_default", lambda: engine(), "ONX-010", name="m.onnx")
archived("onnx_engine_outside", lambda: engine(onnx.text_attribute("ep_cache_context", "../m.bin"), onnx.integer_attribute(
    "embed_mode", 0)), "ONX-001", "ONX-010", name="m.onnx")
archived("onnx_engine_absolute", lambda: engine(onnx.integer_attribute("embed_mode", 0), onnx.text_attribute(
    "ep_cache_context", "/tmp/evil.so")), "ONX-001", "ONX-010", name="m.onnx")
archived("onnx_engine_original", lambda: engine(onnx.text_attribute("onnx_model_filename", "/etc/passwd")), "ONX-001", "ONX-010",
         name="m.onnx")
archived("onnx_engine_of_others", lambda: engine(domain="com.example"), "ONX-003", name="m.onnx")
archived("onnx_external_below", lambda: onnx.model([RELU], [onnx.external("w", "data/weights.bin")]), "ONX-006",
         name="m.onnx")
archived("onnx_domains", lambda: onnx.model(
    [onnx.node("F", "x", "y", domain=f"d{i}") for i in range(1000)] + [onnx.node("F", "x", "y", domain="evil")],
    functions=[onnx.function("F", f"d{i}", [RELU]) for i in range(1000)]), "ONX-005", name="m.onnx")
archived("onnx_external_outside", lambda: onnx.model([RELU], [onnx.external("w", "../../etc/passwd")]), "ONX-001",
         name="m.onnx", covers="CVE-2022-25882 CVE-2024-27318")
archived("onnx_external_absolute", lambda: onnx.model([RELU], [onnx.external("w", "/etc/passwd")]), "ONX-001",
         name="m.onnx")
archived("onnx_external_in_attribute", lambda: onnx.model([onnx.node(
    "Constant", "x", "y", attributes=[onnx.tensor_attribute("value", onnx.external("w", "../x"))])]), "ONX-001",
    name="m.onnx")
archived("onnx_external_in_subgraph", lambda: onnx.model([onnx.node("If", "x", "y", attributes=[
    onnx.graph_attribute("then_branch", onnx.graph([RELU], [onnx.external("w", "../x")]))])]), "ONX-001", name="m.onnx")
archived("onnx_custom", lambda: onnx.model([onnx.node("Fancy", "x", "y", domain="com.example")]), "ONX-003",
         name="m.onnx")
archived("onnx_python", lambda: onnx.model([onnx.node("PyOp", "x", "y", domain="ai.onnx.contrib")]), "ONX-002",
         "ONX-003", name="m.onnx")
archived("onnx_function", lambda: onnx.model([onnx.node("F", "x", "y", domain="local")], functions=[
    onnx.function("F", "local", [RELU])]), name="m.onnx")
archived("onnx_function_shadows", lambda: onnx.model([RELU], functions=[
    onnx.function("Relu", "", [onnx.node("Neg", "x", "y")])]), "ONX-004", name="m.onnx")
archived("onnx_cut", lambda: onnx.model([RELU])[:-3], "ONX-005", name="m.onnx")
archived("onnx_field_zero", lambda: onnx.model([RELU]) + b"\0\0", "ONX-005", name="m.onnx")
archived("onnx_deep", lambda: onnx.model([onnx.deep(80)]), "ONX-005", name="m.onnx")
