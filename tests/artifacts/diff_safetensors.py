#!/usr/bin/env python3
"""Thousands of safetensors files, slightly wrong: the safetensors library and `gatehouse scan` must
refuse the same ones.

    GATEHOUSE_BINARY=… diff_safetensors.py [--count N] [--seed N]

Where we differ on purpose (docs/formats/safetensors.md): a shape that overflows beside a zero
(STF-014) and headers beyond our limits (STF-100), which the library loads.

Needs the `safetensors` Python package (any version from 0.6); says so and ends with 77 without it.
"""

import argparse
import pathlib
import random
import sys
import tempfile

import gatehouse
from make_safetensors import BITS, entry, header, raw, size_of

REFUSALS = {f"STF-{n:03}" for n in (1, 2, 3, 4, 107, 109, 12, 13, 14, 15, 16, 17)}
ON_PURPOSE = {"STF-014", "STF-100"}
SEED = 20261125
# What is put in place of a piece of a header, or between two.
PIECES = ['"', "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "\0", "\x0b", "null", "true", "0", "-0", "-1", "1.0",
          "1e0", "00", "2", "7", "18446744073709551615", "18446744073709551616", "1e309", "\\u0061", "\\ud800",
          "\\ud83d\\ude00", "\\/", "\\x", '"x":1,', '"x":{"y":[1,2.5e-3,"z",null,false]},', '"dtype":"U8",',
          '"shape":[2],', "__metadata__", '"__metadata__":{"a":"b"},', '"__metadata__":null,', '{"F32":null}',
          "[[[[]]]]", "F16", "F4", "é", "NaN", "/**/"]


def some_header(rng):
    """A sound header, often of unusual tensors, and how much data it wants."""
    entries, at = [], 0
    for index in range(rng.randrange(5)):
        dtype = rng.choice(list(BITS))
        shape = [rng.choice((0, 1, 1, 2, 2, 3, 4, 8)) for _ in range(rng.randrange(4))]
        if BITS[dtype] < 8:
            shape.append(8)
        entries.append((rng.choice(("w", "layer.0.w", "ü", "")) + str(index), entry(dtype, shape, at)))
        at += size_of(dtype, shape)
    rng.shuffle(entries)
    metadata = rng.choice((None, {}, {"format": "pt"}, {"a": "b", "c": "d"}))
    return header(entries, metadata), at


def spoilt(rng):
    text, size = some_header(rng)
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
        at = rng.randrange(len(text) + 1)
        # Mostly where one piece of JSON ends and the next begins.
        edges = [i for i, c in enumerate(text) if c in '{}[],:"']
        if edges and rng.random() < 0.7:
            at = rng.choice(edges) + rng.randrange(2)
        length = rng.choice((0, 0, 1, 1, 2, 5))
        text = text[:at] + rng.choice(PIECES + [text[max(0, at - 30):at]]) + text[at + length:]
    content = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.05 and content:
        at = rng.randrange(len(content))
        content = content[:at] + bytes([rng.randrange(256)]) + content[at + 1:]
    if rng.random() < 0.3:
        content = rng.choice((b" ", b"\n", b"  \t")) + content
    if rng.random() < 0.3:
        content += rng.choice((b" " * 7, b" " * 7, b"\n", b"\r\n", b"\0", b"x"))
    size += rng.choice([0] * 20 + [1, -1])
    length = len(content) + rng.choice([0] * 30 + [1, -1, 2**63])
    return raw(content, b"\0" * max(0, size), max(0, length))


def scan(folder):
    """{file name: rule ids}, by one scan of the folder."""
    report = gatehouse.scan(folder, timeout=600)
    ids = {pathlib.Path(file["file"]).name: set() for file in report["files"]}
    for finding in report["findings"]:
        ids.setdefault(pathlib.Path(finding.get("file", "")).name, set()).add(finding["id"])
    return ids


def compare(count, seed):
    """What differs, one line each, and a summary."""
    import safetensors

    rng = random.Random(seed)
    accepted, different, purposely = {}, [], 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for index in range(count):
            content = spoilt(rng)
            name = f"{index:05}.safetensors"
            (folder / name).write_bytes(content)
            try:
                safetensors.deserialize(content)
                accepted[name] = True
            except safetensors.SafetensorError:
                accepted[name] = False
        ids = scan(folder)
        for name, loads in accepted.items():
            found = ids[name]
            # A file whose length is spoilt may not be taken for safetensors at all.
            refused = found & REFUSALS or any(not id.startswith("STF-") for id in found)
            if loads != bool(refused):
                continue
            if loads and found & ON_PURPOSE:
                purposely += 1
                continue
            content = (folder / name).read_bytes()[:300]
            different.append(f"{name}: the library {'loads' if loads else 'refuses'} it, "
                             f"we say {sorted(found)}: {content}")
    return different, (f"{count} files, {sum(accepted.values())} load, {purposely} differ on purpose, "
                       f"{len(different)} differ")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=4000)
    options.add_argument("--seed", type=int, default=SEED)
    chosen = options.parse_args()
    try:
        different, summary = compare(chosen.count, chosen.seed)
    except ImportError:
        print("skipped: the Python package safetensors is not installed")
        return 77
    print(*different, summary, sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
