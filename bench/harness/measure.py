"""One measurement: mock, peer and load started afresh, the clocks read around the load."""

import contextlib
import json
import re
import subprocess
import time
from dataclasses import dataclass

from . import process


@dataclass
class Sample:
    value: float
    count: int          # requests or events
    cpu_us: float       # per one of them
    resident_mb: float  # at the end, or when idle
    note: str = ""      # what was not as it should be


@contextlib.contextmanager
def stage(arena, peer, mock_arguments=(), tight=False):
    """A running mock and peer; yields the peer."""
    mock, upstream = arena.start_mock(mock_arguments)
    running = None
    try:
        running = peer.start(arena, upstream, tight)
        yield running
    finally:
        if running:
            process.stop(running.child)
        process.stop(mock)


def load_command(arena, address, arguments, keys=None):
    program = arena.h2_streams if "--streams" in arguments else arena.load
    return [program, "--target", address, "--keys", keys or arena.key_file, *arguments]


@contextlib.contextmanager
def warm_load(arena, address, arguments, keys=None):
    """A load whose connections are open and warm; yields a function that lets it go and returns
    its result, after which the connections stay open until the end of the block."""
    child = process.start(load_command(arena, address, arguments, keys), arena.load_core,
                          stdin=subprocess.PIPE)
    def go():
        child.stdin.write("\n")
        child.stdin.flush()
        return json.loads("{" + process.first_words(child, "{"))
    try:
        process.first_words(child, "warm")
        yield go
    finally:
        process.stop(child)


def probe(arena, running):
    """A few requests, so that whatever is made at first use has been made."""
    with warm_load(arena, running.address, ("--connections", 1, "--requests", 10)) as go:
        go()


def complaints(workload, result):
    """What makes a sample doubtful; "" when nothing does."""
    found = []
    answers = sum(result["status"].values())
    right = result["status"].get(str(workload.status), 0)
    if workload.status and right < 0.999 * answers:
        found.append(f"status {result['status']}")
    for name in ("reconnects", "cut", "unended"):
        if result[name] > 0.001 * max(answers, 1) and workload.status:
            found.append(f"{result[name]} {name}")
    return "; ".join(found)


def run_cpu(arena, peer, workload, milliseconds):
    keys = arena.wrong_key_file if workload.wrong_key else None
    with stage(arena, peer, workload.mock, workload.tight) as running:
        arguments = (*workload.load, "--milliseconds", milliseconds)
        with warm_load(arena, running.address, arguments, keys) as go:
            before = process.cpu_ns(running.pid)
            result = go()
            spent = process.cpu_ns(running.pid) - before
            resident = process.resident_bytes(running.pid)
    count = result[workload.per]
    cost = spent / count / 1e3
    return Sample(cost, count, cost, resident / 1e6, complaints(workload, result))


def run_memory(arena, peer, workload, milliseconds):
    with stage(arena, peer, workload.mock) as running:
        idle = process.resident_bytes(running.pid)
        arguments = (*workload.load, "--milliseconds", milliseconds)
        with warm_load(arena, running.address, arguments) as go:
            before = process.cpu_ns(running.pid)
            result = go()
            spent = process.cpu_ns(running.pid) - before
            resident = process.resident_bytes(running.pid)
    connections = workload.load[workload.load.index("--connections") + 1]
    streams = connections * workload.streams
    return Sample((resident - idle) / streams / 1e3, result["events"],
                  spent / result["events"] / 1e3, resident / 1e6)


def direct_p50(arena, workload, milliseconds):
    """The same client straight at the mock, without TLS: what the peers add to."""
    mock, upstream = arena.start_mock(workload.mock)
    try:
        arguments = (*workload.load, "--milliseconds", milliseconds, "--plain")
        with warm_load(arena, upstream, arguments) as go:
            return go()["p50_us"]
    finally:
        process.stop(mock)


def run_latency(arena, peer, workload, milliseconds):
    direct = direct_p50(arena, workload, milliseconds)
    with stage(arena, peer, workload.mock) as running:
        arguments = (*workload.load, "--milliseconds", milliseconds)
        with warm_load(arena, running.address, arguments) as go:
            before = process.cpu_ns(running.pid)
            result = go()
            spent = process.cpu_ns(running.pid) - before
            resident = process.resident_bytes(running.pid)
    return Sample(result["p50_us"] - direct, result["requests"],
                  spent / result["requests"] / 1e3, resident / 1e6,
                  complaints(workload, result))


def run(arena, peer, workload, seconds):
    runner = {"cpu_us": run_cpu, "resident_kb": run_memory, "added_p50_us": run_latency}
    return runner[workload.metric](arena, peer, workload, int(seconds * workload.seconds * 1000))


def idle_mb(arena, peer):
    """Resident memory after a few requests, when all is quiet."""
    with stage(arena, peer) as running:
        probe(arena, running)
        time.sleep(0.5)
        return process.resident_bytes(running.pid) / 1e6


def system_calls(arena, peer, requests=1000):
    """System calls of the peer per request on 16 warm connections; None where strace may not
    look. Counts every thread, the idle ones too."""
    with stage(arena, peer) as running:
        arguments = ("--connections", 16, "--requests", requests)
        with warm_load(arena, running.address, arguments) as go:
            table = arena.folder / "strace"
            pids = [word for pid in process.family(running.pid) for word in ("-p", str(pid))]
            tracer = process.start(["strace", "-f", "-c", "-o", table, *pids], arena.load_core,
                                   stderr=subprocess.PIPE)
            said = tracer.stderr.readline()
            if "attached" not in said:
                process.stop(tracer)
                return None
            time.sleep(0.5)  # until all threads are
            go()
            process.stop(tracer)
    total = re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+)", table.read_text(), re.M)
    return int(total.group(1)) / requests if total else None
