"""Every case of every cases_*.py against the real program, and every rule against the cases."""

import ast
import collections
import importlib
import pathlib
import re
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

# Categories of what a terminal obeys or does not show: controls, formats, separators of lines; and what else is shown as
# nothing, the fillers and selectors of variants.
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
FILLERS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")

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
        text = ((HERE.parents[1] if "/" in file else HERE) / file).read_text()
        asserted = asserted_in_cpp(text) if file.endswith(".cc") else asserted_in_python(text)
        assert rule in asserted, f"{file} does not assert {rule}"


def asserted_in_python(text):
    """Texts that some assertion holds to be there: not what it says is absent."""
    found = set()

    def look(node):
        absent = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) or (
            isinstance(node, ast.Compare) and any(isinstance(op, (ast.NotIn, ast.NotEq)) for op in node.ops))
        if absent:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        for child in ast.iter_child_nodes(node):
            look(child)

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert):
            look(node.test)
    return found


def asserted_in_cpp(text):
    """Texts in the code of tests that assert anything, tables of their cases included."""
    code = re.sub(r"Not\(HasSubstr\(.*?\)\)", "", re.sub(r"//.*", "", text))
    return {found for body in re.split(r"\nTEST", code)[1:] if re.search(r"\b(EXPECT|ASSERT)_", body)
            for found in re.findall(r'"([A-Z]+-\d+)"', body)}


def test_what_is_asserted_is_no_comment():
    assert asserted_in_python("# SYS-001\nx = 'SYS-002'\nassert 'SYS-003' not in x and not 'SYS-004' in x and x == 'SYS-005'") == {
        "SYS-005"}
    assert asserted_in_cpp('f("A-1");\nTEST(A, B) {\n  // "A-2"\n  EXPECT_EQ("A-3", x);\n  EXPECT_THAT(x, Not(HasSubstr("A-4")));'
                           '\n}\nTEST(A, C) { f("A-5"); }') == {"A-3"}


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
                assert not wild and not FILLERS.search(text), (folder, finding["id"], field, text)
