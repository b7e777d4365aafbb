"""What the system does to a scan: a child is killed, a file may not grow."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

import gatehouse
from scanning import ids, long_pickle, verdicts


def child_of(process):
    """The first child that it starts."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if children := Path(f"/proc/{process}/task/{process}/children").read_text().split():
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError("it started no child")


# A parent that ignores SIGCHLD, as daemons do, hands that on to what it starts.
@pytest.mark.parametrize("of_children", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_killed_examiner_is_inconclusive_and_the_rest_is_examined(tmp_path, of_children):
    long_pickle(tmp_path / "long.pkl", 512)
    (tmp_path / "z.json").write_text("{}")
    scan = subprocess.Popen([gatehouse.BINARY, "scan", tmp_path, "--jobs", "1", "--format", "json"],
                            stdout=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGCHLD, of_children))
    os.kill(child_of(scan.pid), signal.SIGKILL)
    report = json.loads(scan.communicate(timeout=60)[0])
    assert verdicts(report) == {"long.pkl": "inconclusive", "z.json": "clean"}
    assert ids(report) == {"SYS-013"} and scan.returncode == 2


def limited(size, *arguments):
    return subprocess.run(["prlimit", f"--fsize={size}", gatehouse.BINARY, *arguments], capture_output=True, text=True,
                          timeout=60)


def test_a_report_that_may_not_grow_is_an_error(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/config.json").write_text("{}")
    report = tmp_path / "report.json"
    done = limited(100, "scan", tmp_path / "model", "--format", "json", "--output", report)
    assert done.returncode == 2 and str(report) in done.stderr, done.stderr


def test_a_signature_that_may_not_grow_leaves_nothing(tmp_path):
    model, key = tmp_path / "model", tmp_path / "key.pem"
    model.mkdir()
    (model / "config.json").write_text("{}")
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key], check=True)
    done = limited(200, "sign", model, "--key", key)
    assert done.returncode == 2 and "model.sig" in done.stderr, done.stderr
    assert [path.name for path in model.iterdir()] == ["config.json"]
