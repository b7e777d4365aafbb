"""Files that the scan judges wrongly today, with what it should say. Each is expected to fail; one that passes
fails here, and goes to cases_found.py. docs/scan.md names the classes for users."""

import pytest

from corpus import Case
from test_cases import Seen, scan_alone

GAPS = []


def told(id, content, verdict="findings", rules=(), name="model.bin", arguments=()):
    GAPS.append(Case("gap/" + id, lambda: content, name, verdict, frozenset(rules), tuple(arguments), ""))


# An import that is not known to do harm, in what is a text otherwise.
told("sniff/import_in_a_text", b"cshop\nCart\n# words\n", rules=["FIL-001", "PKL-102", "PKL-301"], name="a.txt")


@pytest.mark.parametrize("case", GAPS, ids=[case.id for case in GAPS])
@pytest.mark.xfail(strict=True, reason="known gap")
def test_gap(case, tmp_path):
    assert scan_alone(case, tmp_path) == Seen(case.verdict, set(case.rules))
