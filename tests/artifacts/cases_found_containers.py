"""What attackers of this scanner found in containers and compressed files, each closed since, and files as
libraries write them that it did not take."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib

import make_torch as torch
import make_zip as zips
from cases_blind_containers import DATA, RUNS, archive, array, checkpoint, dump, evil, keras, layer, tar
from corpus import told
from cases_found import PNG
from cases_found_arrays import F8, joblib, wrapped

# joblib.dump(…, compress=…), which its load opens; nothing else does.
COMPRESSED = {"gzip": gzip.compress, "zlib": zlib.compress, "zlib_1": lambda data: zlib.compress(data, 1),
              "zlib_9": lambda data: zlib.compress(data, 9), "bz2": bz2.compress, "xz": lzma.compress,
              "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE)}
ARRAYS = joblib(wrapped(F8, bytes(8)), wrapped(F8, bytes(8 << 20), (1 << 20,)))
for id, pack in COMPRESSED.items():
    told(f"found/containers/joblib/{id}", pack(ARRAYS), "clean", name="a.joblib", **DATA)
    told(f"found/containers/joblib/{id}_of_weights", pack(dump({"a": 1})), rules=["ARC-010"], name="a.joblib")
    told(f"found/containers/joblib/{id}_evil", pack(evil()), rules=RUNS, name="a.joblib", **DATA)
    told(f"found/containers/joblib/{id}_of_tar", pack(tar([("a.txt", b"words\n")])), rules=["ARC-010"], **DATA)
told("found/containers/joblib/zlib_in_two_parts", zlib.compress(evil()[:9]) + zlib.compress(evil()[9:]), rules=RUNS, **DATA)
told("found/containers/joblib/zlib_twice", zlib.compress(gzip.compress(evil())), rules=[*RUNS, "ARC-010", "ARC-011"])
told("found/containers/joblib/zlib_and_more", zlib.compress(dump({"a": 1})) + b"more", rules=["ARC-012"], **DATA)
for id, code in {"python": b"import os\nos.system('true')\n", "script": b"#!/bin/sh\ntrue\n"}.items():
    told(f"found/containers/storages/{id}", checkpoint(storages=[("0", bytes(24)), ("1", code)]),
         rules=["ZIP-009", "COD-101" if id == "python" else "COD-104"])
told("found/containers/text_like_zlib", b"x^2 + y^2 = z^2\n", "clean", name="a.txt")
told("found/containers/text_like_zlib_with_a_dictionary", b"x marks the spot\n", "clean", name="a.txt")

# A cut does not keep a loader from running what comes before it.
for id, whole in {"gzip": gzip.compress(evil()), "zlib": zlib.compress(evil()),
                  "gzip_long": gzip.compress(evil() + bytes(100_000))}.items():
    more = ["PKL-314"] if "long" in id else []
    told(f"found/containers/cut/{id}", whole[:-8 if "gzip" in id else -4], rules=[*RUNS, *more, "ARC-007", "ARC-010"], name="a.gz")
told("found/containers/cut/gzip_wrong_sum", gzip.compress(evil())[:-8] + bytes(8), rules=[*RUNS, "ARC-007", "ARC-010"])
told("found/containers/cut/xz", lzma.compress(evil() + b"".join(bytes([n * n % 251]) * (n % 7) for n in range(90_000)))[:-40],
     rules=[*RUNS, "PKL-314", "ARC-007", "ARC-010"], name="a.xz")


# numpy.savez_compressed of zeroes: small, and no bomb.
def zeroes():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("z.npy", array("'<f8'", "(1048576,)", bytes(8 << 20)))
    return out.getvalue()


told("found/containers/npz_of_zeroes", zeroes(), "clean", name="a.npz")

# A zip behind other bytes: Python's zipfile begins at the end, and Keras with it.
LAMBDA = keras(layer(class_name="Lambda", config={}))
told("found/containers/behind/picture_named_keras", PNG + LAMBDA, rules=["FIL-001", "ZIP-001", "COD-201", "KER-001"], name="m.keras")
told("found/containers/behind/picture", PNG + checkpoint(evil(), ()), rules=[*RUNS, "COD-201", "ZIP-001"], name="a.png")
told("found/containers/behind/words", b"words\n" + LAMBDA, rules=["ZIP-001", "KER-001"], name="m.keras")
told("found/containers/behind/words_named_text", b"words\n" + LAMBDA, rules=["FIL-001", "ZIP-001", "KER-001"], name="m.txt")
told("found/containers/behind/script", b"#!/bin/true\n" + checkpoint(evil(), ()), rules=[*RUNS, "ZIP-001"])
told("found/containers/behind/pickle", dump({"a": 1}) + checkpoint(evil(), ()), rules=[*RUNS, "PKL-314", "ZIP-001"])
told("found/containers/behind/array", array() + LAMBDA, rules=["FIL-001", "NPY-006", "ZIP-001", "KER-001"])
told("found/containers/behind/in_a_zip", archive([("a.txt", b"words\n" + LAMBDA)]),
     rules=["FIL-001", "ZIP-001", "KER-001"], name="a.zip")
told("found/containers/behind/with_offsets_of_its_own", b"words\n" + checkpoint(evil()),
     rules=[*RUNS, "ZIP-001", "ZIP-043"])
for id, whole in {"gzip": gzip.compress(b"words\n"), "zlib": zlib.compress(b"words\n")}.items():
    told(f"found/containers/behind/{id}", whole + checkpoint(evil(), ()), rules=[*RUNS, "ARC-010", "ARC-012", "ZIP-001"])
told("found/containers/behind/xz", lzma.compress(b"words\n") + checkpoint(evil(), ()), rules=[*RUNS, "ARC-007", "ARC-010", "ZIP-001"])
told("found/containers/behind/tar", tar([("a.txt", b"words\n")]) + checkpoint(evil(), ()),
     rules=[*RUNS, "ARC-010", "ARC-012", "ZIP-001"])
told("found/containers/gzip_goes_on_behind_zeroes", gzip.compress(dump({"a": 1})) + bytes(100) + gzip.compress(evil()), rules=RUNS, **DATA)
# In a tar, or in a pickle's bytes, it is no other file.
told("found/containers/behind/in_a_tar", tar([("a.zip", archive([("a.txt", b"words\n")]))]), rules=["ARC-010"])
told("found/containers/behind/in_a_pickle", dump({"a": archive([("a.txt", b"words\n")])}, 3), "clean", **DATA)
told("found/containers/behind/evil_in_a_pickle", dump({"a": checkpoint(evil(), ())}, 3), rules=[*RUNS, "ZIP-001", "ZIP-007"], **DATA)
told("found/containers/behind/in_a_pickle_of_weights", dump({"a": archive([("a.txt", b"words\n")])}, 3),
     rules=["PKL-304", "ZIP-001", "ZIP-007"])
told("found/containers/behind/only_the_record", b"\x89words PK\5\6" + bytes(18), "unsupported", rules=["FIL-002"])


def named_twice(plain, other, sum_of=None):
    info = zipfile.ZipInfo(plain)
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(other), 1, zlib.crc32(sum_of or info._encodeFilenameFlags()[0])) + other
    return archive([(info, b"words\n")])


told("found/containers/unicode_path/leaves_folder", named_twice("a.txt", b"../../evil.txt"), rules=["ZIP-030", "ZIP-031"], name="a.zip")
told("found/containers/unicode_path/other", named_twice("a.txt", b"b.txt"), rules=["ZIP-031"], name="a.zip")
told("found/containers/unicode_path/longer", named_twice("a.txt", b"a.txt.py"), rules=["ZIP-031"], name="a.zip")
told("found/containers/unicode_path/same", named_twice("a.txt", b"a.txt"), "clean", name="a.zip")
told("found/containers/unicode_path/letters", named_twice("caf?_a.txt", "caf\u00e9_a.txt".encode()), "clean", name="a.zip")
told("found/containers/unicode_path/of_another_name", named_twice("a.txt", b"b.txt", b"c.txt"), "clean", name="a.zip")

told("found/containers/unicode_path/in_the_local_header", zips.write([zips.Member("a.txt", b"words\n", extra=struct.pack(
    "<HHBI", 0x7075, 10, 1, zlib.crc32(b"a.txt")) + b"b.txt")]), rules=["ZIP-005"], name="a.zip")

# Keras imports the module `builtins` as any other.
for name in ("exec", "eval", "getattr"):
    told(f"found/containers/keras/{name}_of_builtins", keras(layer(module="builtins", class_name=name, config={})),
         rules=["KER-002"], name="m.keras")
    told(f"found/containers/keras/{name}_as_function", keras(layer(module="builtins", class_name="function", config=name)),
         rules=["KER-002"], name="m.keras")
told("found/containers/keras/relu_of_builtins", keras(layer(module="builtins", class_name="function", config="my_relu")),
     rules=["KER-004"], name="m.keras")

# Keras makes the model before it looks for weights.
CONFIG = b'{"module": "keras.layers", "class_name": "Lambda", "config": {}}'
for id, more in {"alone": [], "with_npz": [("model.weights.npz", archive([("a.npy", array())]))]}.items():
    told(f"found/containers/keras/config_{id}", archive([("config.json", CONFIG), *more]), rules=["KER-001"], name="m.keras")
told("found/containers/keras/other_config", archive([("config.json", b'{"model_type": "llama"}')]), "clean", name="a.zip")

# What PyTorch does not unpack, it refuses.
for id, method in (("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
    told(f"found/containers/torch/{id}", checkpoint(method=method), "inconclusive", rules=["ZIP-023"])


# A deflated member of more than 16 MiB: what its stream has behind the stated size is found by reading to its end only,
# and `unzip` writes it, whatever the directory says.
def ended(size=0, packed=b"", crc=None, level=9, name="a.npy", content=None, wide=False, streamed=False, more=()):
    content = array("'|u1'", f"({17 << 20},)", bytes(17 << 20)) if content is None else content
    stream = zips.deflate(content, level) + packed
    size, crc = len(content) + size, zlib.crc32(content) if crc is None else crc
    sizes = struct.pack("<HHQQ", 1, 16, size, len(stream))
    member = zips.Member(name, content, method=8, packed=stream, size=size, crc=crc)
    if wide:
        member.extra, member.local = sizes, {"size": zips.FULL32, "packed_size": zips.FULL32}
        member.central = {"size": zips.FULL32, "packed_size": zips.FULL32, "extra": sizes}
    if streamed:
        member.flags, member.local = 8, {"crc": 0, "size": 0, "packed_size": 0}
        member.descriptor = struct.pack("<IIII", zips.DESCRIPTOR, crc, len(stream), size)
    return zips.write([member, *more])


def behind(shown):
    """An npz of zeroes, and behind it one whose array is unpickled; with the size of the former."""
    seen = zips.write([zips.Member("a.npy", array("'|u1'", f"({shown},)", bytes(shown)))])
    hidden = zips.write([zips.Member("a.npy", array("'|O'", "(1,)", evil()))])
    return {"content": seen + hidden, "size": -len(hidden), "name": "arrays.npz"}


LIES = ["ZIP-033", "ZIP-036"]
for id, form in {"plain": {}, "zip64": {"wide": True}, "streamed": {"streamed": True}}.items():
    told(f"found/containers/ends/{id}", ended(**form), "clean", name="a.npz")
    told(f"found/containers/ends/{id}_less_stated", ended(**form, **behind(17 << 20)), rules=LIES, name="a.zip")
    told(f"found/containers/ends/{id}_more_stated", ended(size=1, **form), rules=["ZIP-033", "NPY-006"], name="a.npz")
    told(f"found/containers/ends/{id}_more_packed", ended(packed=b"x", **form), rules=LIES, name="a.npz")
    told(f"found/containers/ends/{id}_wrong_sum", ended(crc=1, **form), rules=["ZIP-004"], name="a.npz")
told("found/containers/ends/hardly_packed", ended(level=0), "clean", name="a.npz")
told("found/containers/ends/small_less_stated", ended(**behind(64)), rules=[*LIES, "ZIP-007"], name="a.zip")
told("found/containers/ends/small_more_packed", ended(content=b"text\n", name="a.txt", packed=b"PK"), rules=LIES, name="a.zip")
# What nobody looked at is not clean, whatever is let through.
told("found/containers/ends/let_through", ended(**behind(17 << 20)), "inconclusive", LIES, name="a.zip",
     arguments=("--fail-on", "critical"))
told("found/containers/ends/of_a_keras_model", ended(size=-1, name="model.weights.npz", more=[
    zips.Member("config.json", b'{"class_name": "Sequential", "config": {"layers": []}}'),
    zips.Member("metadata.json", b'{"keras_version": "3.0"}')]), rules=[*LIES, "NPY-005"], name="m.keras")


# A record of a checkpoint that was packed again: PyTorch takes what is stated of it.
def packed_again(record, hidden=b"", behind=b"", extra=()):
    members = [zips.Member("archive/" + name, content, method=8,
                           packed=zips.deflate(content + hidden) + behind if name == record else None)
               for name, content in torch.records(extra=extra)]
    return zips.write(members)


told("found/containers/ends/torch", packed_again(""), "clean", ["ZIP-006"], name="m.pt")
# One byte more is read and judged with the rest, of small members.
for id, record, extra, rules, of_more in (
        ("pickle", "data.pkl", [], [], ["PKL-314"]), ("storage", "data/0", [], [], []),
        ("note", "version", [], [], ["ZIP-002", "ZIP-044", "FIL-002"]),
        ("unused", "data/9", [("data/9", bytes(99))], ["ZIP-043"], []),
        ("extra", "notes.txt", [("notes.txt", b"words\n")], ["ZIP-044"], ["FIL-002"])):
    rules = ["ZIP-006", *LIES, *rules]
    told(f"found/containers/ends/torch_more_packed_{id}", packed_again(record, behind=b"x", extra=extra), rules=rules, name="m.pt")
    told(f"found/containers/ends/torch_less_stated_{id}", packed_again(record, hidden=evil(), extra=extra),
         rules=rules + of_more, name="m.pt")
