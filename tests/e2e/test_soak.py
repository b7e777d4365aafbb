"""The soak of tests/soak, in short: that it runs, and that the books are right."""

import os
import pathlib
import subprocess
import sys

from gate import BINARY

SOAK = pathlib.Path(__file__).resolve().parents[1] / "soak" / "soak.py"


def test_twenty_seconds():
    # covers: engine-7-callbacks engine-7-reload gateways-3-23
    environment = {**os.environ, "GATEHOUSE_BINARY": str(pathlib.Path(BINARY).resolve())}
    done = subprocess.run([sys.executable, SOAK, "--seconds", "20", "--seed", "1"],
                          env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks hold" in done.stdout
