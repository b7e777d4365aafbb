"""That every rule of `verify` is brought about by a test here, which fails without it."""

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
    text = "".join(path.read_text() for path in HERE.glob("test_*.py") if path.name not in SOMETIMES)
    expected = set(re.findall(r'"(SIG-[0-9]{3})"', text))
    assert expected == rules
    assert "skipif" not in text, "a rule may stand in a test that is skipped"
