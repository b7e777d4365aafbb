"""Files that the scan judges wrongly today, with what it should say. Each is expected to fail; one that passes
fails here, and goes to cases_found.py. docs/scan.md names the classes for users."""

import struct
import zipfile
import zlib

import pytest

from cases_blind_containers import RUNS, Call, Name, archive, checkpoint, evil, keras, layer, legacy
from corpus import Case
from test_cases import Seen, scan_alone

GAPS = []


def told(id, content, verdict="findings", rules=(), name="model.bin", arguments=()):
    GAPS.append(Case("gap/" + id, lambda: content, name, verdict, frozenset(rules), tuple(arguments), ""))


# D. Keras
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
                    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")
LAMBDA = keras(layer(class_name="Lambda", config={}))
told("keras/behind_picture", PNG + LAMBDA, rules=["FIL-001", "ZIP-001", "COD-201", "KER-001"], name="m.keras")
told("keras/prefix", b"words\n" + LAMBDA, rules=["ZIP-001", "KER-001"], name="m.keras")
told("keras/exec_of_builtins", keras(layer(module="builtins", class_name="exec", config={})), rules=["KER-002"], name="m.keras")

# E. zip
told("torch/prefix", b"#!/bin/true\n" + checkpoint(evil(), ()), rules=[*RUNS, "ZIP-001"])
told("picture/zip_behind", PNG + checkpoint(evil(), ()), rules=["COD-201", "ZIP-001"], name="a.png")


def unicode_path():
    other = b"../../evil.txt"
    info = zipfile.ZipInfo("a.txt")
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(other), 1, zlib.crc32(b"a.txt")) + other
    return archive([(info, b"words\n")])


told("archive/zip_unicode_path", unicode_path(), rules=["ZIP-030"], name="a.zip")
told("torch/bzip2", checkpoint(method=zipfile.ZIP_BZIP2), "inconclusive", rules=["ZIP-006", "ZIP-023"])

# G. lesser
told("legacy/computed_magic", legacy(magic=Call(Name("__builtin__", "eval"), "1")), rules=[*RUNS, "PKL-320"])
told("pickle/gadget/uuid._get_command_stdout", evil("uuid", "_get_command_stdout"), rules=RUNS)


@pytest.mark.parametrize("case", GAPS, ids=lambda case: case.id)
@pytest.mark.xfail(strict=True, reason="known gap")
def test_gap(case, tmp_path):
    assert scan_alone(case, tmp_path) == Seen(case.verdict, set(case.rules))
