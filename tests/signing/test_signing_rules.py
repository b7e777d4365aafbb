"""That every rule of `verify` is brought about by a test here, which fails without it."""

import ast
import json
import pathlib
import re

from signed_model import gatehouse

HERE = pathlib.Path(__file__).parent
# What does not run everywhere: it needs a package or a device.
SOMETIMES = ("test_signing_interop.py", "test_signing_pkcs11.py", "test_signing_rules.py")


def test_every_rule_is_expected_by_a_test():
    listed = json.loads(gatehouse("rules", "list", "--format", "json").stdout)["rules"]
    rules = {rule["id"] for rule in listed if rule["id"].startswith("SIG-")}
    texts = [path.read_text() for path in HERE.glob("test_*.py") if path.name not in SOMETIMES]
    assert set().union(*map(asserted, texts)) == rules
    assert "skipif" not in "".join(texts), "a rule may stand in a test that is skipped"


def asserted(text):
    """The rules that some assertion of a test holds to be found: they stand in it, or in a table of
    cases of which it takes `rule`."""
    tree = ast.parse(text)
    tables = {target.id: node.value for node in tree.body if isinstance(node, ast.Assign)
              for target in node.targets if isinstance(target, ast.Name)}
    found = set()
    for test in tree.body:
        if not (isinstance(test, ast.FunctionDef) and test.name.startswith("test_")):
            continue
        held = [part for node in ast.walk(test) if isinstance(node, ast.Assert)
                for part in parts_that_hold(node.test)]
        if any(isinstance(part, ast.Name) and part.id == "rule" for part in held):
            cases = [part for decorator in test.decorator_list for part in ast.walk(decorator)]
            held += cases + [part for case in cases if isinstance(case, ast.Name)
                             and case.id in tables for part in ast.walk(tables[case.id])]
        found |= {part.value for part in held if isinstance(part, ast.Constant)
                  and isinstance(part.value, str) and re.fullmatch("SIG-[0-9]{3}", part.value)}
    return found


def parts_that_hold(node):
    """All of an assertion but what it says is not so."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) or isinstance(
            node, ast.Compare) and any(isinstance(op, (ast.NotIn, ast.NotEq)) for op in node.ops):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from parts_that_hold(child)


def test_what_is_asserted_is_no_comment():
    assert asserted("""
def test_a(model):  # "SIG-001"
    x = "SIG-002"
    assert "SIG-003" not in x and not "SIG-004" in x and x != "SIG-005" and x == ["SIG-006"]

def of_nobody():
    assert x == "SIG-007"

USED = {"a": ("SIG-008", 1)}
UNUSED = {"a": ("SIG-009", 1)}

@parametrize("case", USED)
def test_b(case):
    rule, number = USED[case]
    assert ids == [rule]

@parametrize("case, rule", [(1, "SIG-010")])
def test_c(case, rule):
    assert ids == [rule]

@parametrize("case, rule", [(1, "SIG-011"), UNUSED])
def test_d(case, rule):
    assert ids != [rule]
""") == {"SIG-006", "SIG-008", "SIG-010"}
