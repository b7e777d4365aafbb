"""The cases themselves: how many there are of which kind; and the severity of every rule."""

import collections

import corpus
import gatehouse
import severity
import test_cases  # registers the cases

# Of the whole: what was written from the rules alone, by someone who had not read the scanner.
BLIND_SHARE = 1 / 3
# Of those: what must pass.
CLEAN_SHARE = 1 / 4


def is_blind(case):
    return case.id.startswith("blind/")


def test_a_third_was_written_from_the_rules_alone():
    blind = [case for case in corpus.CASES if is_blind(case)]
    assert len(blind) >= BLIND_SHARE * len(corpus.CASES), (len(blind), len(corpus.CASES))


def test_a_quarter_of_those_is_good():
    blind = [case for case in corpus.CASES if is_blind(case)]
    good = [case for case in blind if case.verdict == "clean"]
    assert len(good) >= CLEAN_SHARE * len(blind), (len(good), len(blind))


def test_every_numbered_rule_has_a_blind_case():
    """S1 to S21, G1 to G10, Z1 to Z11."""
    covered = collections.Counter(case.id.split("/")[1] + case.id.split("/")[2].split("_")[0]
                                  for case in corpus.CASES if is_blind(case) and case.id.count("/") == 2)
    for area, last in (("s", 21), ("g", 10), ("z", 11)):
        assert [number for number in range(1, last + 1) if not covered[f"{area}{number}"]] == []


def test_severities_and_effects_are_those_written_down():
    listed = {id: (rule["severity"], rule["effect"]) for id, rule in gatehouse.rules().items()}
    assert listed == severity.RULES
