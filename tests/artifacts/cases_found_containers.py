"""What attackers of this scanner found in containers and compressed files, each closed since, and files as
libraries write them that it did not take."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib

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
