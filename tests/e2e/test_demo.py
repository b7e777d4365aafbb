"""The first thing that anybody runs."""

import re
import shutil
import subprocess

import pytest

from gate import BINARY, run


def rows(text):
    return re.findall(r"^(ok|FAIL) +(.*)$", text, re.MULTILINE)


def test_every_row_holds():
    shown = run("demo", "--once")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert len(rows(shown.stdout)) >= 20 and all(mark == "ok" for mark, _ in rows(shown.stdout))


def test_every_row_holds_on_a_slow_disk():
    """Each read of the key database takes 40 ms, so that what waits for a change waits long."""
    if not shutil.which("strace"):
        pytest.skip("needs strace")
    slow = ["strace", "-f", "-o", "/dev/null", "-e", "trace=pread64", "-e",
            "inject=pread64:delay_enter=40000", BINARY, "demo", "--once"]
    shown = subprocess.run(slow, capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stdout + shown.stderr
