"""The first thing that anybody runs."""

import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

import wire
from gate import BINARY, run


def rows(text):
    return re.findall(r"^(ok|FAIL) +(.*)$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def shown():
    return run("demo", "--once")


def test_every_row_holds(shown):
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert len(rows(shown.stdout)) >= 20 and all(mark == "ok" for mark, _ in rows(shown.stdout))


def columns(line):
    """What a line of the table says; numbers in what was observed are those of one run."""
    parts = re.split("  +", line.strip())
    return [*parts[:-1], re.sub(r"\d+", "N", parts[-1])] if len(parts) == 4 else parts


def test_the_readme_shows_this_table(shown):
    """As tools/readme_demo writes it: the same rows and expectations, observed in the same words."""
    readme = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text()
    told = re.search(r"^<!-- demo:begin -->\n```\n(.*)^```\n<!-- demo:end -->$", readme,
                     re.MULTILINE | re.DOTALL)[1].splitlines()
    table = shown.stdout.splitlines()[2:]  # behind the ports and an empty line
    assert [columns(line) for line in told] == [columns(line) for line in table]
    assert sum(len(columns(line)) == 4 for line in table) >= 20
    assert told[-1] == table[-1]  # how many hold, of how many


def children(parent):
    """{words of its command line: process id} of the processes that `parent` has started."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue  # it has ended
        if int(stat[1]) == parent:
            found[words[1] if len(words) > 1 else ""] = int(folder.name)
    return found


@pytest.mark.parametrize("options", [[], ["--quiet"]], ids=["table", "quiet"])
def test_a_row_that_does_not_hold(options):
    """Is shown as such, and the exit code is 1: here the simulated vLLM dies as soon as the gateway
    is started, so that everything fails that has to reach it."""
    demo = subprocess.Popen([BINARY, "demo", "--once", *options], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    try:
        assert wire.wait_for(lambda: "serve" in children(demo.pid))
        os.kill(children(demo.pid)["sim"], signal.SIGKILL)
        shown = demo.communicate(timeout=60)[0]
    finally:
        demo.kill()
        demo.wait()
    assert demo.returncode == 1, shown
    found = {re.split("  +", row)[0]: mark for mark, row in rows(shown)}
    assert found["a good API key"] == found["the same prompt again, same tenant"] == "FAIL"
    assert found["a stream"] == "FAIL"
    # What cannot be known is not said.
    assert "the simulator did not answer" in shown and "upstream got it" not in shown
    held, of = re.search(r"^(\d+) of (\d+) rows as expected$", shown, re.MULTILINE).groups()
    assert 0 < int(held) < int(of)
    if options:
        assert set(found.values()) == {"FAIL"} and len(found) == int(of) - int(held)
    else:
        assert found["a key is revoked while the gateway runs"] == "ok"
        assert len(found) == int(of)
        assert int(held) == list(found.values()).count("ok")


@pytest.mark.parametrize("begun,number", [
    ("the folder", signal.SIGINT), ("sim", signal.SIGINT), ("serve", signal.SIGINT),
    ("the table", signal.SIGINT), ("the table", signal.SIGTERM), ("the table", signal.SIGHUP),
    ("all rows", signal.SIGINT), ("all rows", signal.SIGHUP)])
def test_an_interrupt_leaves_nothing(tmp_path, begun, number):
    """Ctrl-C at any time: the folder with its keys is gone, and so are the processes."""
    table = tmp_path / "table"
    below = tmp_path / "tmp"
    below.mkdir()
    with open(table, "w") as out:
        demo = subprocess.Popen([BINARY, "demo"], stdout=out, stderr=subprocess.DEVNULL,
                                env={**os.environ, "TMPDIR": str(below)},
                                preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
    try:
        reached = {"the folder": lambda: any(below.iterdir()),
                   "the table": lambda: "ok " in table.read_text(),
                   "all rows": lambda: "Ctrl-C" in table.read_text()}
        assert wire.wait_for(reached.get(begun, lambda: begun in children(demo.pid)), patience=60)
        started = children(demo.pid).values()
        demo.send_signal(number)
        assert demo.wait(timeout=30) == (0 if begun == "all rows" else -number)
    finally:
        demo.kill()
        demo.wait()
    assert list(below.iterdir()) == []
    assert wire.wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in started))


def test_every_row_holds_on_a_slow_disk():
    """Each read of the key database takes 40 ms, so that what waits for a change waits long."""
    if not shutil.which("strace"):
        pytest.skip("needs strace")
    slow = ["strace", "-f", "-o", "/dev/null", "-e", "trace=pread64", "-e",
            "inject=pread64:delay_enter=40000", BINARY, "demo", "--once"]
    shown = subprocess.run(slow, capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stdout + shown.stderr
