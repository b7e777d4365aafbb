#!/usr/bin/env python3
"""Thousands of tokenizer.json files, each ordinary with one or two things changed: what `gatehouse scan` calls clean,
the tokenizers library loads and uses without an error.

    GATEHOUSE_BINARY=… diff_tokenizers.py [--count N] [--seed N]

On purpose another: an unknown character where nothing stands for it, which the library refuses text by text
(TOK-206, a note, as published files are so).

Needs the `tokenizers` Python package; says so and ends with 77 without it.
"""

import argparse
import collections
import copy
import json
import os
import pathlib
import random
import resource
import signal
import sys
import tempfile

import gatehouse
from cases_found_library import CUT, FILLED, WHOLE

SEED = 20261126
ON_PURPOSE = ("not found in the vocabulary", "Missing [UNK]", "`unk_id` is missing")
MEMORY = 6 << 30
TEXTS = ("ab a-b 123 hello", "", "  ", "\0 x \u00e9 \u6f22", "a" * 300)
VALUES = [None, True, False, 0, 1, -1, 2**31, 2**32, 2**63, 2**64, 1.5, "", "a", "<s>", "zz", [], {}, ["a"], {"a": 1},
          [["a", "b"]], "Isolated", "always", {"Regex": "("}, {"Regex": "a*"}, {"String": ""}, {"type": "Fuse"},
          {"type": "Sequence", "normalizers": []}, {"type": "Nope"}, {"type": "BPEDecoder", "suffix": "x"},
          {"type": "FixedLength", "length": 0}, {"type": "Precompiled", "precompiled_charsmap": ""}]
MODELS = [WHOLE["model"],
          {"type": "WordPiece", "unk_token": "a", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
           "vocab": {"a": 0, "##b": 1}},
          {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0, "b": 1}},
          {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": [["<unk>", 0.0], ["a", -1.0], ["b", -2.5]]}]


def places(value, path=()):
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def some_tokenizer(rng):
    whole = copy.deepcopy(WHOLE | {"model": rng.choice(MODELS), "truncation": rng.choice((None, CUT)),
                                   "padding": rng.choice((None, FILLED))})
    for _ in range(rng.choice((1, 1, 1, 2))):
        *path, last = rng.choice([path for path in places(whole) if path])
        at = whole
        for step in path:
            at = at[step]
        if rng.random() < 0.2:
            del at[last]
        elif rng.random() < 0.15 and isinstance(at, dict):
            at[rng.choice(("x", "type", "id", "vocab", "special"))] = rng.choice(VALUES)
        else:
            at[last] = copy.deepcopy(rng.choice(VALUES))
    return json.dumps(whole)


def used(text):
    """Nothing, or what the library says of it, by a child: some of it ends the process."""
    from tokenizers import Tokenizer
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(20)
        said = b""
        try:
            tokenizer = Tokenizer.from_str(text)
            for one in TEXTS:
                tokenizer.decode(tokenizer.encode(one).ids)
                tokenizer.encode(one, "b")
        except BaseException as error:  # a panic is no Exception
            said = f"{type(error).__name__}: {error}".encode(errors="replace")[:300]
        os.write(write, said)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, errors="replace") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return said or (f"ended with {status}" if status else "")


def compare(count, seed):
    """What is clean and refused, one line each; and a summary."""
    rng = random.Random(seed)
    texts = [some_tokenizer(rng) for _ in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            place = pathlib.Path(folder, str(number))
            place.mkdir()
            (place / "tokenizer.json").write_text(text)
        report = gatehouse.scan(folder, timeout=600)
    clean = sorted(int(file["file"].split("/")[0]) for file in report["files"] if file["verdict"] == "clean")
    different, reasons = [], collections.Counter()
    for number in clean:
        said = used(texts[number])
        if not said:
            continue
        known = next((words for words in ON_PURPOSE if words in said), None)
        reasons[known or said[:60]] += 1
        if known is None:
            different.append(f"{said}: {texts[number]}")
    return different, f"{count} files, {len(clean)} clean, {len(different)} complaints; {dict(reasons)}"


def main():
    try:
        import tokenizers  # noqa: F401
    except ImportError:
        print("the Python package tokenizers is not installed")
        return 77
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    different, summary = compare(options.count, options.seed)
    print(*different, summary, sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
