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


# G. lesser
told("legacy/computed_magic", legacy(magic=Call(Name("__builtin__", "eval"), "1")), rules=[*RUNS, "PKL-320"])
told("pickle/gadget/uuid._get_command_stdout", evil("uuid", "_get_command_stdout"), rules=RUNS)


@pytest.mark.parametrize("case", GAPS, ids=lambda case: case.id)
@pytest.mark.xfail(strict=True, reason="known gap")
def test_gap(case, tmp_path):
    assert scan_alone(case, tmp_path) == Seen(case.verdict, set(case.rules))
