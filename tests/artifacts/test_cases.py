"""Every case of every cases_*.py against the real program, and every rule against the cases."""

import collections
import importlib
import pathlib
import unicodedata

import pytest

import corpus
import gatehouse
import severity

HERE = pathlib.Path(__file__).parent
for module in sorted(HERE.glob("cases_*.py")):
    importlib.import_module(module.stem)

# The worst first.
ORDER = ("findings", "inconclusive", "unsupported", "clean", "excluded")

# Categories of what a terminal obeys or does not show: controls, formats, separators of lines.
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}

# Rules that no file of its own brings about, and the tests that do.
ELSEWHERE = {
    "FIL-005": "test_scan_folders.py: links",
    "FIL-006": "test_scan_folders.py: links",
    "FIL-013": "test_scan_folders.py: links",
    "FIL-007": "test_scan_folders.py: pipes and sockets",
    "FIL-008": "test_scan_folders.py: hostile names",
    "PKL-401": "tests/unit/pickle/examine_test.cc",
    "LRA-037": "test_scan_adapters.py: links in an adapter",
    "LRA-035": "test_scan_adapters.py: a bank that is broken in part",
    "SUP-001": "test_scan_accepted.py",
    "SUP-002": "test_scan_accepted.py",
    "SYS-001": "test_scan.py: what cannot be read",
    "SYS-002": "test_scan_limits.py",
    "SYS-003": "test_scan_limits.py",
    "SYS-004": "tests/unit/artifacts/job_test.cc",
    "SYS-005": "tests/unit/artifacts/job_test.cc",
    "SYS-006": "tests/unit/artifacts/job_test.cc",
    "SYS-007": "tests/unit/artifacts/scan_test.cc",
    "SYS-008": "test_scan_folders.py",
    "SYS-009": "tests/unit/artifacts/scan_test.cc",
    "SYS-010": "tests/unit/artifacts/job_test.cc",
    "SYS-011": "test_scan_limits.py",
    "SYS-012": "test_scan.py",
    "SYS-013": "test_scan_faults.py",
}

Seen = collections.namedtuple("Seen", "verdict rules")
FOUND = {}  # {folder_of(case): its findings}


def folder_of(case):
    return case.id.replace("/", "__")


def write(case, folder):
    made = case.make()
    files = {case.name: made} if isinstance(made, bytes) else made
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def worst(verdicts):
    return min(verdicts, key=ORDER.index)


def scan_together(cases, arguments, root):
    """One run over all of them: {id: Seen}."""
    for case in cases:
        write(case, root / folder_of(case))
    report = gatehouse.scan(root, *arguments)
    verdicts, rules = collections.defaultdict(list), collections.defaultdict(set)
    for file in report["files"]:
        verdicts[file["file"].split("/")[0]].append(file["verdict"])
    for finding in report["findings"]:
        name = finding.get("file", "").split("/")[0]
        rules[name].add(finding["id"])
        FOUND.setdefault(name, []).append(finding)
    return {
        case.id: Seen(worst(verdicts[folder_of(case)] or ["excluded"]), rules[folder_of(case)])
        for case in cases
    }


def scan_alone(case, root):
    """For arguments that name a file of the case: "{case}" is its folder."""
    folder = root / folder_of(case)
    write(case, folder)
    arguments = [argument.replace("{case}", str(folder)) for argument in case.arguments]
    report = gatehouse.scan(folder, *arguments)
    FOUND[folder_of(case)] = report["findings"]
    return Seen(worst([file["verdict"] for file in report["files"]]),
                {finding["id"] for finding in report["findings"]})


@pytest.fixture(scope="session")
def seen(tmp_path_factory):
    groups = collections.defaultdict(list)
    results = {}
    for case in corpus.CASES:
        if any("{case}" in argument for argument in case.arguments):
            results[case.id] = scan_alone(case, tmp_path_factory.mktemp("case"))
        else:
            groups[case.arguments].append(case)
    for arguments, cases in groups.items():
        results.update(scan_together(cases, arguments, tmp_path_factory.mktemp("cases")))
    return results


def parameters():
    for case in corpus.CASES:
        marks = [pytest.mark.xfail(strict=True, reason=case.gap)] if case.gap else []
        yield pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", parameters())
def test_case(case, seen):
    assert seen[case.id] == Seen(case.verdict, set(case.rules)), case.covers


def test_every_rule_is_expected_by_a_case():
    expected = set().union(*(case.rules for case in corpus.CASES))
    scanned = {id for id in gatehouse.rules() if not id.startswith("SIG-")}
    assert expected - scanned == set(), "no such rules"
    assert set(ELSEWHERE) - scanned == set(), "no such rules"
    assert scanned - expected - set(ELSEWHERE) == set(), "rules that no case expects"
    for rule, where in ELSEWHERE.items():
        file = where.partition(":")[0]
        assert rule in ((HERE.parents[1] if "/" in file else HERE) / file).read_text(), f"{file} does not name {rule}"


def test_every_finding_has_the_severity_of_its_rule(seen):
    assert len(FOUND) > len(seen) / 2
    for folder, findings in FOUND.items():
        for finding in findings:
            assert finding["severity"] == severity.RULES[finding["id"]][0], folder


def test_every_message_says_something_and_is_fit_for_a_terminal(seen):
    for folder, findings in FOUND.items():
        for finding in findings:
            assert finding["message"].strip(), (folder, finding["id"])
            for field in ("file", "message", "evidence", "member", "title", "fix"):
                text = finding.get(field) or ""
                wild = [letter for letter in text if unicodedata.category(letter) in UNSEEN]
                assert not wild, (folder, finding["id"], field, text)
