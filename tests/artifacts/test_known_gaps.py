"""Files that the scan judges wrongly today, with what it should say. Each is expected to fail; one that passes
fails here, and goes to cases_found.py. docs/scan.md names the classes for users."""

import gzip
import struct
import zipfile
import zlib

import pytest

import make_pickle as m
from cases_blind_containers import (DATA, RUNS, Call, Name, archive, checkpoint, dump, evil, keras, layer,
                                    legacy)
from corpus import Case
from test_cases import Seen, scan_alone

GAPS = []


def told(id, content, verdict="findings", rules=(), name="model.bin", arguments=()):
    GAPS.append(Case("gap/" + id, lambda: content, name, verdict, frozenset(rules), tuple(arguments), ""))


# B. --profile data: joblib.load runs them.
W = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81"
U1 = Call(Name("numpy", "dtype"), "u1", False, True, state=(3, "|", None, None, None, -1, -1, 0))
RUN = b"cposix\nsystem\n(X\4\0\0\0truetR0N."


def wrapped(shape, dtype, content, **more):
    fields = {"subclass": Name("numpy", "ndarray"), "shape": shape, "order": "C", "dtype": dtype, "allow_mmap": True,
              "numpy_array_alignment_bytes": None, **more}
    return W + dump(fields)[2:-1] + b"b" + content


S1 = Call(Name("numpy", "dtype"), "S100", False, True, state=(3, "|", None, None, None, 1, 1, 0))
told("joblib/size_by_state", b"\x80\2" + wrapped((1,), S1, b"\0" + RUN + bytes(99 - len(RUN))) + b".",
     "inconclusive", rules=["PKL-315"], **DATA)
told("joblib/read_replaced", b"\x80\2" + wrapped((3,), U1, bytes(3)) + b"0"
     + wrapped((len(RUN),), U1, RUN, read=Name("builtins", "slice")) + b".", rules=["PKL-210"], **DATA)

# C. --profile data: NumPy takes bytes for pointers, or reads past its buffer.
F8 = Call(Name("numpy", "dtype"), "f8", False, True, state=(3, "<", None, None, None, -1, -1, 0))


def numpy_array(dtype, data):
    return dump(Call(Name("numpy.core.multiarray", "_reconstruct"), Name("numpy", "ndarray"), (0,), b"b",
                     state=(1, (1,), dtype, False, data)), 3)


def void(fields, state_flags=16):
    return Call(Name("numpy", "dtype"), "V8", False, True, state=(3, "|", None, tuple(fields), fields, 8, 1, state_flags))


O0 = Call(Name("numpy", "dtype"), "O8", False, True, state=(3, "|", None, None, None, -1, -1, 0))
O63 = Call(Name("numpy", "dtype"), "O8", False, True, state=(3, "|", None, None, None, -1, -1, 63))
told("numpy/object_flags_off", numpy_array(O0, b"A" * 8), rules=["PKL-210"], **DATA)
told("numpy/object_field_flags_off", numpy_array(void({"a": (O63, 0)}), b"A" * 8), rules=["PKL-210"], **DATA)
told("numpy/field_outside", numpy_array(void({"a": (F8, 100000)}), bytes(8)), rules=["PKL-210"], **DATA)

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

# F. hooks
args = [m.storage(), m.number(0), m.numbers(2, 3), m.numbers(3, 1), b"\x88", m.ORDERED_DICT + m.put(9)]
told("weights/hooks_filled_later", m.pickle(m.list_of(m.call(m.name("torch._utils", "_rebuild_tensor_v2"), *args),
     m.get(9) + m.number(1) + m.name("torch", "Size") + b"s")), rules=["PKL-203"])

# G. lesser
told("legacy/computed_magic", legacy(magic=Call(Name("__builtin__", "eval"), "1")), rules=[*RUNS, "PKL-320"])
told("archive/evil_cut_gzip", gzip.compress(evil())[:-8], rules=[*RUNS, "ARC-007", "ARC-010"], name="a.gz")
told("pickle/gadget/uuid._get_command_stdout", evil("uuid", "_get_command_stdout"), rules=RUNS)


@pytest.mark.parametrize("case", GAPS, ids=lambda case: case.id)
@pytest.mark.xfail(strict=True, reason="known gap")
def test_gap(case, tmp_path):
    assert scan_alone(case, tmp_path) == Seen(case.verdict, set(case.rules))
