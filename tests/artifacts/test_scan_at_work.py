"""What a scan does while it works: seen from outside, in /proc, on its pipe and on its terminal. No test here waits for
its end: the folder holds far more than is needed, as hard links to one long pickle."""

import contextlib
import itertools
import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

import gatehouse
from scanning import long_pickle, safetensors

LONGEST = 120  # seconds, on a machine with much else to do


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory):
    """One good file first, then hours of work."""
    folder = tmp_path_factory.mktemp("long")
    (folder / "a.safetensors").write_bytes(safetensors())
    (folder / "b.safetensors").write_bytes(safetensors(b"x"))
    first = folder / "c000.pkl"
    long_pickle(first, 64)
    for i in range(1, 2000):
        os.link(first, folder / f"c{i:04}.pkl")
    return folder


@contextlib.contextmanager
def scanning_on(*arguments, **options):
    process = subprocess.Popen([gatehouse.BINARY, "scan", *map(os.fspath, arguments)], stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def children(process):
    """The process ids of what it has started and that runs."""
    out = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
                if int(parent) == process.pid and state != "Z":
                    out.add(int(entry))
    return out


def fields(path):
    with open(path) as file:
        return dict(re.split(r":\s+", line.rstrip(), maxsplit=1) for line in file if re.search(r":\s+\S", line))


def limits(process):
    """{name: (soft, hard)} of /proc/PID/limits."""
    with open(f"/proc/{process}/limits") as file:
        rows = [re.split(r"\s{2,}", line.rstrip()) for line in file][1:]
    return {row[0]: tuple(row[1:3]) for row in rows}


def a_child_at_work(process):
    """What /proc says of one that has its filter: status, limits and, to root, how many descriptors."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        for child in children(process):
            with contextlib.suppress(OSError, ValueError):  # it ends when its file is done
                status = fields(f"/proc/{child}/status")
                if status.get("Seccomp") == "2":
                    opened = len(os.listdir(f"/proc/{child}/fd")) if os.geteuid() == 0 else None
                    return status, limits(child), opened
    pytest.fail("no child with a filter was seen")


def test_a_child_has_no_privileges_and_a_filter(long_folder):
    with scanning_on(long_folder, stdout=subprocess.DEVNULL) as process:
        status, held, descriptors = a_child_at_work(process)
    assert status["NoNewPrivs"] == "1"
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[name], 16) == 0, name
    if os.geteuid() == 0:
        assert "0" not in status["Uid"].split() + status["Gid"].split()
        assert descriptors <= 2, "its answer and its file"
    for name in ("Max core file size", "Max open files", "Max processes", "Max file size"):
        assert held[name] == ("0", "0"), name
    assert "unlimited" not in held["Max cpu time"]
    if "asan" not in gatehouse.BINARY and "tsan" not in gatehouse.BINARY:
        assert "unlimited" not in held["Max address space"]


@pytest.mark.parametrize("jobs", (1, 2, 3))
def test_as_many_children_as_jobs(long_folder, jobs):
    """Whatever the number of cores: the children are counted, not the time."""
    most = 0
    with scanning_on("--jobs", str(jobs), long_folder, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + LONGEST
        until = None
        while time.monotonic() < (until or deadline):
            most = max(most, len(children(process)))
            if most >= jobs and until is None:
                until = time.monotonic() + 1  # and no more than that
        assert process.poll() is None
    assert most == jobs


def read_lines(descriptor, process, enough):
    """Lines as they come, until `enough` says so of them and a child is seen at work behind that. It reads on
    meanwhile: who has examined all and waits for its pipe has no child any more."""
    seen = b""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        if select.select([descriptor], [], [], 0.01)[0]:
            chunk = os.read(descriptor, 4096)
            assert chunk, "it has ended before"
            seen += chunk
        lines = seen.split(b"\n")[:-1]
        if enough(lines) and children(process):
            return lines
    pytest.fail(f"nothing in {LONGEST} s: {seen[:500]}")


def test_results_come_while_the_scan_works(long_folder):
    with scanning_on("--format", "ndjson", long_folder, stdout=subprocess.PIPE) as process:
        first = read_lines(process.stdout.fileno(), process, lambda lines: any(b"a.safetensors" in line for line in lines))
        files = {one["file"]: one["verdict"] for one in map(json.loads, first) if "verdict" in one}
        assert files["a.safetensors"] == "clean"
        more = read_lines(process.stdout.fileno(), process, lambda lines: any(b"c000" in line for line in lines))
        assert not any(b'"summary"' in line for line in first + more)


def test_findings_come_as_text_while_the_scan_works(long_folder):
    with scanning_on(long_folder, stdout=subprocess.PIPE) as process:
        lines = read_lines(process.stdout.fileno(), process, lambda lines: any(b"b.safetensors" in line for line in lines))
        assert not any(b"files:" in line for line in lines)


def test_a_result_comes_before_the_next_file_is_done(long_folder, tmp_path):
    for name in ("a.safetensors", "b.safetensors", "c000.pkl"):
        os.link(long_folder / name, tmp_path / name)
    for i in range(20):
        os.link(long_folder / "c000.pkl", tmp_path / f"d{i}.pkl")
    with scanning_on("--format", "ndjson", "--jobs", "1", tmp_path, stdout=subprocess.PIPE) as process:
        lines = read_lines(process.stdout.fileno(), process, lambda lines: any(b"a.safetensors" in line for line in lines))
    assert not any(b"c000" in line for line in lines)


def test_ten_thousand_files_stream(tmp_path):
    # Not links to one file: that is examined once, and no child is seen at work on the rest.
    content = safetensors()
    for i, j in itertools.product(range(100), range(100)):
        (tmp_path / f"{i:02}").mkdir(exist_ok=True)
        (tmp_path / f"{i:02}/{j:04}.safetensors").write_bytes(content)
    with scanning_on("--format", "ndjson", tmp_path, stdout=subprocess.PIPE) as process:
        lines = read_lines(process.stdout.fileno(), process, lambda lines: any(b'"verdict"' in line for line in lines))
        assert len(lines) < 10_000
        rest = process.stdout.read().splitlines()
        assert process.wait(LONGEST) == 0
    assert len(lines) + len(rest) >= 10_000


def test_progress_moves_on_a_terminal(long_folder):
    master, slave = pty.openpty()
    with scanning_on("--format", "json", long_folder, stdout=subprocess.DEVNULL, stderr=slave) as process:
        os.close(slave)
        seen, steps = b"", []
        deadline = time.monotonic() + LONGEST
        while len(steps) < 3 and time.monotonic() < deadline:
            if select.select([master], [], [], 1)[0]:
                seen += os.read(master, 65536)
                counts = [int(count) for count in re.findall(rb"\x1b\[K(\d+) files?, ", seen)]
                steps = sorted(set(counts))
        assert process.poll() is None
    os.close(master)
    assert len(steps) >= 3 and counts == sorted(counts), seen[-500:]
