"""What files are, by content and by name: FIL-…"""

import gzip
import io
import struct
import zipfile

import make_gguf
import make_npy
from corpus import case

LFS = (b"version https://git-lfs.github.com/spec/v1\n"
       b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n")
NONE = b"\x80\x02N."  # None, pickled: harmless
UNKNOWN = bytes(range(200, 256)) * 4


def safetensors(tensors=b'"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}', data=b"\0" * 8):
    header = b"{" + tensors + b"}"
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def one(id, name, content, *rules, verdict="findings", covers=""):
    """A case of one file."""
    case("fil/" + id, name=name, verdict=verdict, rules=rules, covers=covers)(lambda: content)


# Names that promise another kind.
for ending in ("safetensors", "gguf", "json", "txt", "md", "jinja", "yaml", "png"):
    one(f"pickle_as_{ending}", f"model.{ending}", NONE, "FIL-001")
one("gguf_as_safetensors", "model.safetensors", make_gguf.write(), "FIL-001")
one("npy_as_safetensors", "model.safetensors", make_npy.write(), "FIL-001")
one("safetensors_as_gguf", "model.gguf", safetensors(), "FIL-001")
one("safetensors_as_json", "config.json", safetensors(), "FIL-001")
one("upper_case_name", "MODEL.SAFETENSORS", NONE, "FIL-001")
one("zip_as_json", "config.json", zipped({"a.txt": b"text"}), "FIL-001",
    covers="a zip is found by its first bytes whatever it is called")
one("gzip_as_safetensors", "model.safetensors", gzip.compress(safetensors()), "FIL-001", "ARC-010")

# Names that promise nothing of the kind: content is examined all the same.
for name in ("model", "model.weights", ".hidden", "model.safetensors.bak"):
    one(f"safetensors_as_{name.replace('.', '_')}", name, safetensors(), verdict="clean")
# Names that lead to a loader of another kind.
for ending in ("bin", "pt", "pth", "ckpt", "pkl", "pickle", "joblib", "dill", "npy", "npz", "onnx", "h5", "hdf5", "keras", "zip"):
    one(f"safetensors_as_{ending}", "model." + ending, safetensors(), "FIL-001")
    one(f"gguf_as_{ending}", "model." + ending, make_gguf.write(), "FIL-001")
one("npy_as_pt", "model.pt", make_npy.write(), "FIL-001")
one("npy_as_npz", "model.npz", make_npy.write(), verdict="clean")
one("safetensors_as_bin_in_a_zip", "a.zip", zipped({"model.bin": safetensors()}), "FIL-001")
one("gguf_without_ending", "model", make_gguf.write(), verdict="clean")

# A name is taken at its word where nothing else is recognised, so that the error is exact.
one("rubbish_as_safetensors", "model.safetensors", b"\xff" * 100, "STF-002")
one("rubbish_as_gguf", "model.gguf", b"\xff" * 100, "GGF-001")
one("rubbish_as_npy", "array.npy", b"\xff" * 100, "NPY-001")

# Nothing in it: harmless where nothing was promised.
for name in ("model", "README", "README.md", ".gitkeep", "notes.txt", "__init__.txt", "__init__.py",
             "model.safetensors.lock", "train.jsonl"):
    one(f"empty_{name.replace('.', '_')}", name, b"", verdict="clean")
for name in ("model.bin", "model.pt", "model.pth", "model.ckpt", "model.pkl", "model.pickle", "model.joblib",
             "model.onnx", "model.h5", "model.keras", "model.npy", "model.npz", "model.zip", "model.tar",
             "model.tar.gz", "model.7z", "tokenizer.model", "MODEL.BIN"):
    one(f"empty_{name.replace('.', '_')}", name, b"", "FIL-010")
one("empty_safetensors", "model.safetensors", b"", "STF-001")
one("empty_gguf", "model.gguf", b"", "GGF-001")
for name in ("config.json", "tokenizer.json", "model.safetensors.index.json", "vocab.json", "train.ipynb"):
    one(f"empty_{name.replace('.', '_')}", name, b"", "CFG-301", verdict="inconclusive")
one("empty_member", "a.zip", zipped({"readme.txt": b"", "data/model.bin": b""}), "FIL-010")

# Kinds that nothing here understands.
for name in ("model.dat", "model.bin", "model.pt", "model"):
    one(f"unknown_{name.replace('.', '_')}", name, UNKNOWN, "FIL-002", verdict="unsupported")
one("tensorflow_lite", "model.tflite", struct.pack("<I", 28) + b"TFL3" + bytes(64), "FIL-003",
    verdict="unsupported")
one("rar", "model.rar", b"Rar!\x1a\x07\x01\x00" + bytes(64), "FIL-003", verdict="unsupported")
one("rar_as_checkpoint", "model.pt", b"Rar!\x1a\x07\x01\x00" + bytes(64), "FIL-003",
    verdict="unsupported")
one("parquet", "data.parquet", b"PAR1" + bytes(64) + b"PAR1", "FIL-003", verdict="unsupported")
one("sqlite", "model.db", b"SQLite format 3\0" + bytes(100), "FIL-003", verdict="unsupported")
one("pdf", "paper.pdf", b"%PDF-1.7\n" + UNKNOWN, "FIL-003", verdict="unsupported")
one("ggml", "ggml-model.bin", b"lmgg" + bytes(100), "FIL-003", verdict="unsupported")
case("fil/unknown_allowed", name="model.dat", verdict="unsupported", rules=["FIL-002"],
     arguments=["--allow-unsupported", "*.dat"])(lambda: UNKNOWN)
case("fil/excluded", name="model.pkl", verdict="excluded", arguments=["--exclude", "*.pkl"])(
    lambda: b"cos\nsystem\n.")

# A clone without its large files.
for name in ("model.safetensors", "pytorch_model.bin", "tokenizer.json", "model.gguf"):
    one(f"lfs_pointer_{name.replace('.', '_')}", name, LFS, "FIL-009", verdict="inconclusive")
one("text_about_lfs", "README.md", b"# About\n\n" + LFS, verdict="clean")


# Containers in containers.
def nested(levels, content=b"text"):
    for level in range(levels):
        content = zipped({f"{level}.zip" if level else "inner.txt": content})
    return content


one("three_deep", "a.zip", nested(3), verdict="clean")
one("four_deep", "a.zip", nested(4), "FIL-004", verdict="inconclusive")
one("forty_deep", "a.zip", nested(40), "FIL-004", verdict="inconclusive")


# The worst file decides, and the others are still judged.
@case("fil/one_bad_of_three", verdict="findings", rules=["FIL-001", "FIL-002"])
def _():
    return {"good.safetensors": safetensors(), "bad.json": NONE, "unknown": UNKNOWN}
