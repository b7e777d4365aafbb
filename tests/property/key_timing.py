#!/usr/bin/env python3
"""What it costs to refuse an API key does not tell why it is refused.

For each class of wrong keys the check is counted in instructions (valgrind --tool=callgrind), so
that the answer is the same on any machine, busy or not: an unknown id, a known one with a secret
that is wrong in its first or in its last character, and one whose stored MAC differs in its first
or in its last byte. Averages over many keys, because texts cost a little more or less each.

- First or last byte of the MAC, with the same keys sent, must be the same: a comparison that ends at
  the first wrong byte costs 217 instructions more for the last. One that compares in blocks, as a
  compiler makes of memcmp() == 0 for 32 bytes, is not told from ours here. First or last of the
  secret are other texts, which cost a few instructions more or less to read.
- An unknown id may spare the look-up its last steps, about 40 instructions or 10 ns, and nothing of
  the MAC, which is some 10,000.

usage: key_timing.py KEY_TIMING; 77: valgrind is missing
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

KEYS = 400
ROUNDS = 3
# Two classes, and how many instructions they may be apart.
PAIRS = (
    ("first-of-secret", "last-of-secret", 20),
    ("first-of-mac", "last-of-mac", 2),
    ("unknown", "first-of-secret", 100),
    ("unknown", "last-of-mac", 100),
)
# covers: engine-7-auth
LEAST = 5000  # what one MAC costs at the least


def instructions(program, name, folder):
    """Of one check, on the average."""
    out = pathlib.Path(folder) / f"{name}.out"
    subprocess.run(["valgrind", "--tool=callgrind", "--quiet", "--toggle-collect=gh_check_one_key",
                    f"--callgrind-out-file={out}", program, name, str(KEYS)], check=True)
    total = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)
    assert total and int(total[1]) > 0, "callgrind saw no check"
    return int(total[1]) / KEYS


def main():
    if not shutil.which("valgrind"):
        print("SKIPPED: valgrind is not installed")
        return 77
    # The table of keys hashes with a random key, and collisions move an average by about 1: what is
    # really apart is so in every round.
    return 0 if any(measure(sys.argv[1]) for _ in range(ROUNDS)) else 1


def measure(program):
    """Whether every pair costs the same."""
    names = sorted({name for pair in PAIRS for name in pair[:2]} | {"right"})
    with tempfile.TemporaryDirectory(prefix="gatehouse-timing-") as folder:
        found = {name: instructions(program, name, folder) for name in names}
    for name, count in found.items():
        print(f"{count:10,.1f} instructions: {name}")
    good = min(found.values()) > LEAST
    for one, two, most in PAIRS:
        apart = abs(found[one] - found[two])
        good &= apart <= most
        print(f"{'passed' if apart <= most else 'FAILED'}: {one} and {two} are {apart:,.1f} apart, "
              f"at most {most}")
    return good


if __name__ == "__main__":
    sys.exit(main())
