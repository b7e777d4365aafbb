#!/usr/bin/env python3
"""Thousands of HDF5 files, slightly wrong: whatever the HDF5 library sees in one that leads out of it, or that
Keras would run, `gatehouse scan` must say, or say that it did not understand the file.

    GATEHOUSE_BINARY=… GATEHOUSE_REAL_PYTHON=… diff_hdf5.py [--count N] [--seed N]

The library is asked by `see_hdf5.py` under a Python that has h5py; says so and ends with 77 without one.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import cases_hdf5  # noqa: F401, registers its cases
import corpus
import gatehouse
import golden_hdf5
from make_hdf5 import checksum

PYTHON = os.environ.get("GATEHOUSE_REAL_PYTHON", sys.executable)
SEED = 20261126
DOUBTS = {"KER-005", "KER-006", "KER-007"}  # a configuration that is not strictly JSON is one, too


def has_oracle():
    return subprocess.run([PYTHON, "-c", "import h5py"], stderr=subprocess.DEVNULL).returncode == 0


def sound():
    """Files that the library reads, by name; each with the places of its checksums."""
    files = {case.id: case.make() for case in corpus.CASES
             if case.id.startswith("hdf5/") and case.name == "model.h5" and "KER-006" not in case.rules}
    files.update(golden_hdf5.FILES)
    return [(data, seals(data)) for data in files.values() if len(data) < 60_000]


def seals(data):
    """(begin, end) of what ends with a checksum of itself."""
    found = []
    for signature in (b"\x89HDF\r\n\x1a\n", b"OHDR", b"OCHK", b"BTHD", b"BTLF", b"FRHP", b"FHIB"):
        at = data.find(signature)
        while at >= 0:
            for end in range(at + 12, min(at + 600, len(data) + 1)):
                if checksum(data[at:end - 4]) == int.from_bytes(data[end - 4:end], "little"):
                    found.append((at, end))
                    break
            at = data.find(signature, at + 1)
    return found


def spoilt(rng, data, sealed):
    data = bytearray(data)
    used = [at for at, byte in enumerate(data) if byte]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = max(0, min(rng.choice(used) + rng.randrange(-2, 3), len(data) - 1))
        how = rng.randrange(7)
        if how == 0:
            data[at] = rng.randrange(256)
        elif how == 1:
            data[at] = rng.choice((0, 1, 2, 3, 6, 7, 8, 0x0B, 0x0C, 0x10, 0x11, 0x40, 0x7F, 0x80, 0xFF))
        elif how == 2:
            data[at] = (data[at] + rng.choice((1, -1))) % 256
        elif how == 3:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 4:  # an address that is another's
            source = rng.randrange(0, len(data) - 8, 8)
            data[at // 8 * 8:at // 8 * 8 + 8] = data[source:source + 8]
        elif how == 5:  # a piece from somewhere else
            source, size = rng.randrange(len(data)), rng.choice((2, 8, 24, 40))
            data[at:at + size] = data[source:source + size]
        else:
            size = rng.choice((2, 4, 8))
            data[at:at + size] = rng.choice((b"\0", b"\xff")) * size
    for begin, end in sealed:
        if end <= len(data) and rng.random() < 0.97:
            data[end - 4:end] = checksum(bytes(data[begin:end - 4])).to_bytes(4, "little")
    return bytes(data[:rng.randrange(len(data))] if rng.random() < 0.02 else data)


def compare(count, seed):
    """What differs, one line each, and a summary."""
    rng = random.Random(seed)
    files, different, seen = sound(), [], collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for index in range(count):
            (folder / f"{index:05}.h5").write_bytes(spoilt(rng, *rng.choice(files)))
        asked = subprocess.run([PYTHON, pathlib.Path(__file__).with_name("see_hdf5.py"), folder],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
        report = gatehouse.scan(folder, timeout=600)
        ids = {pathlib.Path(file["file"]).name: set() for file in report["files"]}
        for finding in report["findings"]:
            ids.setdefault(pathlib.Path(finding.get("file", "")).name, set()).add(finding["id"])
        doubted = 0
        for name, facts in json.loads(asked.stdout).items():
            seen.update(facts)
            doubted += bool(ids[name] & DOUBTS) and "opened" in facts
            for fact in facts:
                if fact.startswith("KER-") and fact not in ids[name] and not ids[name] & DOUBTS:
                    different.append(f"{name}: the library sees {fact}, we say {sorted(ids[name])}")
    return different, (f"{count} files, seen by the library: {dict(sorted(seen.items()))}; {doubted} that it opens are "
                       f"inconclusive here; {len(different)} differ")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=4000)
    options.add_argument("--seed", type=int, default=SEED)
    chosen = options.parse_args()
    if not has_oracle():
        print(f"skipped: h5py is not installed for {PYTHON}")
        return 77
    different, summary = compare(chosen.count, chosen.seed)
    print(*different, summary, sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
