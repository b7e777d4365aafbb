#!/usr/bin/env python3
"""Twice the hostile input is at most about twice the work, counted in instructions (valgrind
--tool=callgrind), so that the answer is the same on any machine, busy or not.

What is read: an object of so many keys; brackets that only open, and nests as deep as is accepted;
escapes; a head of so many fields, and a field so long, that come a byte at a time; chunks of one
byte; an event of a stream whose end never comes; comments without end; and schemas with so many
references to one of as many parts, by name and by place. Sizes are below the caps
of each, where a reader that looks at everything again with each piece would show.

usage: complexity.py COMPLEXITY; 77: valgrind is missing
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# covers: engine-7-complexity
SIZES = {"keys": 4000, "depth": 50_000, "nested": 400, "escapes": 20_000, "fields": 30,
         "field": 4000, "chunks": 4000, "event": 400_000, "comments": 10_000,
         "references": 2000, "places": 2000}
MOST = 2.2  # what comes once, such as a table that grows, may be on either side of the doubling


def instructions(program, name, size, folder):
    out = pathlib.Path(folder) / f"{name}.{size}"
    subprocess.run(["valgrind", "--tool=callgrind", "--quiet", "--toggle-collect=gh_read_*",
                    f"--callgrind-out-file={out}", program, name, str(size)], check=True)
    total = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)
    assert total and int(total[1]) > size / 100, "callgrind saw no work"
    return int(total[1])


def main():
    if not shutil.which("valgrind"):
        print("SKIPPED: valgrind is not installed")
        return 77
    good = True
    with tempfile.TemporaryDirectory(prefix="gatehouse-complexity-") as folder:
        for name, size in SIZES.items():
            once, twice = (instructions(sys.argv[1], name, n, folder) for n in (size, 2 * size))
            fine = twice <= MOST * once
            good &= fine
            print(f"{'passed' if fine else 'FAILED'}: {name}: {size} cost {once:,}, twice that "
                  f"{twice / once:.2f} times as much")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
