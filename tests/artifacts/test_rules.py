"""`gatehouse rules` and `gatehouse explain`."""

import gatehouse


def test_explain():
    for id in ("STF-008", "STF-8", "stf-8"):
        done = gatehouse.run("explain", id)
        assert done.returncode == 0 and done.stdout.startswith("STF-008")
    done = gatehouse.run("explain", "STG-008")
    assert done.returncode == 1 and "did you mean" in done.stderr
    assert gatehouse.run("explain").returncode == 64


def test_every_rule_is_well_formed():
    for id, rule in gatehouse.rules().items():
        prefix, number = id.split("-")
        assert prefix.isupper() and len(number) == 3 and number.isdigit(), id
        assert rule["severity"] in ("critical", "high", "medium", "low", "info"), id
        assert rule["effect"] in ("finding", "unexamined", "inconclusive", "unsupported"), id
        assert rule["title"] and not rule["title"].endswith("."), id
        assert rule["why"].endswith(".") and rule["fix"].endswith("."), id
    for id in list(gatehouse.rules())[::20]:
        assert gatehouse.run("explain", id).stdout.startswith(id)


def test_rules_list():
    listed = gatehouse.run("rules", "list").stdout.splitlines()
    assert len(listed) == len(gatehouse.rules())
    assert listed == sorted(listed)
