#!/usr/bin/env python3
"""Hundreds of small regular expressions, and how long Python's `re` takes to find that pumped texts do not match: what
takes long must be a finding of `gatehouse scan`, as a tokenizer's pattern (TOK-107) and as an adapter's (LRA-009), and
of the tokenizers' findings few may be of expressions that are quick.

    GATEHOUSE_BINARY=… diff_regex.py [--count N] [--seed N]
"""

import argparse
import itertools
import json
import pathlib
import random
import re
import signal
import sys
import tempfile

import gatehouse
from make_tokenizer import tokenizer
from scanning import safetensors

SEED = 20261126
LETTERS = "abc"
WORDS = ["".join(word) for length in (1, 2, 3) for word in itertools.product(LETTERS, repeat=length)]
LENGTH = 80
SECONDS = 0.1  # of one core; a hundred thousand steps are quicker
# A matcher of Oniguruma's does not know tricks that Python's has for single characters.
FEW = 0.3


def some_pattern(rng, depth):
    kind = rng.random()
    if depth == 0 or kind < 0.25:
        return rng.choice(("a", "b", "c", "a", "b", "[ab]", "[bc]", "[a-c]", ".", "A"))
    if kind < 0.5:
        return "".join(some_pattern(rng, depth - 1) for _ in range(rng.choice((2, 2, 3))))
    if kind < 0.68:
        # Of single characters only, Python makes a class.
        return "(?:" + "|".join([some_pattern(rng, depth - 1) for _ in range(rng.choice((1, 2)))] + ["ab" + some_pattern(rng, 0)]) + ")"
    inner = some_pattern(rng, depth - 1)
    if len(inner) > 1 and not re.fullmatch(r"\[[^]]*\]", inner):
        inner = f"(?:{inner})"
    return inner + rng.choice(("*", "+", "?", "*", "+", "{1,2}", "{2}", "{2,}", "*?", "+?"))


def patterns(count, rng):
    found = []
    while len(found) < count:
        pattern = some_pattern(rng, 4)
        if len(pattern) < 50 and re.search(r"[*+,]", pattern) and pattern not in found:
            found.append(f"(?i:{pattern})" if rng.random() < 0.3 else pattern)
    return found


class Late(Exception):
    pass


def late(*_):
    raise Late


def is_slow(pattern):
    """Whether there is a text that takes long. Nothing matches its end, and that is seen at the end only."""
    matches = re.compile(f"(?:{pattern})\n\n!").fullmatch
    for before, word in itertools.product(("", "a", "b", "ab"), WORDS):
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            matches(before + word * (LENGTH // len(word)) + "\n")
        except Late:
            return before, word
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return None


def findings(found):
    """The numbers of the patterns that are findings: of tokenizers, of adapters."""
    weights = safetensors()
    with tempfile.TemporaryDirectory() as root:
        for number, pattern in enumerate(found):
            folder = pathlib.Path(root) / f"t{number}"
            folder.mkdir()
            split = {"type": "Split", "pattern": {"Regex": pattern + "!"}, "behavior": "Isolated", "invert": False}
            (folder / "tokenizer.json").write_bytes(tokenizer(pre_tokenizer=split))
            folder = pathlib.Path(root) / f"a{number}"
            folder.mkdir()
            (folder / "adapter_config.json").write_text(json.dumps(
                {"peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["q_proj"], "alpha_pattern": {pattern: 16}}))
            (folder / "adapter_model.safetensors").write_bytes(weights)
        report = gatehouse.scan(root)
    said = {(finding["id"], finding["file"].split("/")[0]) for finding in report["findings"]}
    return [{int(name[1:]) for rule, name in said if rule == wanted} for wanted in ("TOK-107", "LRA-009")]


def compare(count, seed):
    signal.signal(signal.SIGVTALRM, late)
    found = patterns(count, random.Random(seed))
    of_tokenizers, of_adapters = findings(found)
    missed, quick, slow = [], 0, 0
    for number, pattern in enumerate(found):
        text = is_slow(pattern)
        slow += text is not None
        if text and number not in of_tokenizers & of_adapters:
            missed.append((pattern, text, number in of_tokenizers, number in of_adapters))
        quick += number in of_tokenizers and not text
    return missed, quick, (f"{count} expressions, {slow} slow, {len(of_tokenizers)} and {len(of_adapters)} findings, "
                           f"{len(missed)} missed, {quick} quick ones among the tokenizers' findings")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    missed, quick, summary = compare(options.count, options.seed)
    for one in missed:
        print("missed:", *one)
    print(summary)
    return 1 if missed or quick > FEW * options.count else 0


if __name__ == "__main__":
    sys.exit(main())
