"""The files that are scanned, made by code. Shares nothing with the scanner's parsers."""

import argparse
import json
import random
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/artifacts"))

import make_zip  # noqa: E402


def dense_pickle(path, size=57_000_000):
    """Lists of tuples of small numbers, memoized: three bytes an opcode."""
    choose = random.Random(1)
    with open(path, "wb") as out:
        out.write(b"\x80\x02]q\x00")
        left, memo = size, 1
        while left > 0:
            part = bytearray(b"(")
            for _ in range(1000):
                part += b"K%cK%c\x86" % (choose.randrange(256), choose.randrange(256))
                part += b"r" + struct.pack("<I", memo) if memo > 255 else b"q%c" % memo
                part += b"h\x01" if choose.random() < 0.1 and memo > 1 else b""
                memo += 1
            part += b"e"
            out.write(part)
            left -= len(part)
        out.write(b".")


def tensor_pickle(count, elements):
    """The data.pkl of a state dict, as torch.save writes it."""
    out = bytearray(b"\x80\x02}q\x00(")
    for i in range(count):
        name = b"layers.%d.weight" % i
        key = b"%d" % i
        out += b"X" + struct.pack("<I", len(name)) + name
        out += b"ctorch._utils\n_rebuild_tensor_v2\n("
        out += b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX" + struct.pack("<I", len(key)) + key
        out += b"X\x03\x00\x00\x00cpuJ" + struct.pack("<i", elements) + b"tQ"
        out += b"K\x00J" + struct.pack("<i", elements) + b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR"
    return bytes(out) + b"u."


def torch_zip(path, count=2000, elements=25_000):
    storage = bytes(elements * 4)
    check = zlib.crc32(storage)
    members = [make_zip.Member("archive/data.pkl", tensor_pickle(count, elements)),
               make_zip.Member("archive/byteorder", b"little"),
               make_zip.Member("archive/version", b"3\n")]
    members += [make_zip.Member(f"archive/data/{i}", storage, crc=check) for i in range(count)]
    path.write_bytes(make_zip.write(members))


def safetensors(path, count=100_000, size=1 << 30):
    each = size // count // 4 * 4
    names = sorted(f"model.layers.{i}.mlp.down_proj.weight" for i in range(count))  # as the library does
    header = {name: {"dtype": "F32", "shape": [each // 4], "data_offsets": [i * each, (i + 1) * each]}
              for i, name in enumerate(names)}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        out.truncate(8 + len(text) + count * each)


def billion_laughs(path):
    """A list of ten of the list before, thirty levels deep."""
    path.write_bytes(b"\x80\x02]" + (b"q\x00" + b"](" + b"h\x00" * 10 + b"e") * 30 + b".")


def many_entries(path, count=1_500_000):
    """Every tensor names the same region."""
    entries = ",".join(f'"{i}":{{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}' for i in range(count))
    text = b"{" + entries.encode() + b"}"
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0")


def many_keys(path, count=1_000_000):
    out = bytearray(b"GGUF" + struct.pack("<IQQ", 3, 0, count))
    for i in range(count):
        key = b"k%d" % i
        out += struct.pack("<Q", len(key)) + key + struct.pack("<IB", 0, 1)
    path.write_bytes(bytes(out))


def nested_zip(path):
    inner = make_zip.write([make_zip.Member("zeros", make_zip.deflate(bytes(1 << 26)), method=8,
                                            size=1 << 26, crc=zlib.crc32(bytes(1 << 26)))])
    for level in range(6):
        inner = make_zip.write([make_zip.Member(f"{level}.zip", inner)])
    path.write_bytes(inner)


# name: (file name, maker, what is promised)
FILES = {
    "pickle": ("dense.pkl", dense_pickle, {"mb_per_s": 150, "peak_mb": 64}),
    "zip": ("model.pt", torch_zip, {"wall_ms": 50}),
    "safetensors": ("model.safetensors", safetensors, {"wall_ms": 50}),
    "billion-laughs": ("laughs.pkl", billion_laughs, {"wall_ms": 1000}),
    "entries": ("entries.safetensors", many_entries, {"wall_ms": 1000}),
    "keys": ("keys.gguf", many_keys, {"wall_ms": 1000}),
    "nested": ("nested.zip", nested_zip, {"wall_ms": 1000}),
}


def main():
    """Run as a program of its own, so that who measures stays small: a process that is started counts
    the memory of the one that starts it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=FILES)
    parser.add_argument("path", type=Path)
    options = parser.parse_args()
    FILES[options.name][1](options.path)


if __name__ == "__main__":
    main()
