#!/usr/bin/env python3
"""What a request costs, counted instead of timed, so that any machine gives the same answer.

Instructions (valgrind --tool=callgrind) of a worker for a fixed replay, one connection, plain
loopback, compared with expected.tsv: fails when one is more than 10 % above. System calls (strace
-c) of all threads per keep-alive request over TLS on 16 connections: fails above 5. Each figure is
the difference of a long and a short run, divided by the difference of what they did, so start and
end do not count.

    cost_test.py --build build/release [--record]

Exit 0 passed, 1 failed, 77 skipped because a tool is missing.
"""

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
sys.dont_write_bytecode = True

from harness import arena, measure, peers, process  # noqa: E402

EXPECTED = ROOT / "tests/cost/expected.tsv"
ALLOWED = 1.10
MOST_SYSTEM_CALLS = 5.0
# Only what runs below a worker's thread is counted: the other threads work by the clock.
WORKER = "*gh::gateway::Worker::start*::_M_run*"
SHORT, LONG = 50, 250


@dataclass(frozen=True)
class Replay:
    name: str
    status: str
    wrong_key: bool = False
    stream: bool = False

    def mock(self, count):
        # An event every 10 ms: slow enough that even here each is read by itself.
        return ("--pace", "timed", "--period-us", 10000, "--events", count) if self.stream else ()

    def load(self, count):
        requests = ("--requests", 1, "--stream") if self.stream else ("--requests", count)
        return ("--connections", 1, "--warm", 1, *requests)


REPLAYS = (
    Replay("request of 1 KB", "200"),
    Replay("streamed event", "200", stream=True),
    Replay("refusal 401", "401", wrong_key=True),
)


class Wrapped(peers.Gatehouse):
    """Gatehouse started by another program."""

    def __init__(self, wrapper, plain):
        self.wrapper = wrapper
        self.plain = plain

    def start(self, place, upstream, tight):
        policy = self.policy(place, upstream, tight)
        if self.plain:
            text = re.sub(r"(?m)^    tls: .*\n", "", policy.read_text())
            policy.write_text(text)
        child = process.start([*self.wrapper, place.gateway, "serve", "-c", policy],
                              place.peer_core, stderr=place.folder / "gatehouse.log")
        scheme = "http" if self.plain else "https"
        address = process.first_words(child, f"listening public {scheme}://")
        process.first_words(child, "ready")
        return peers.Running(child, address)


def replay(place, wrapper, plain, mock, load, keys, status):
    """One run of the gateway under `wrapper`, from start to end."""
    with measure.stage(place, Wrapped(wrapper, plain), mock) as running:
        arguments = (*load, *(("--plain",) if plain else ()))
        with measure.warm_load(place, running.address, arguments, keys) as go:
            result = go()
        # The gateway itself, not its wrapper, whose sums are known when it has ended.
        os.kill(process.family(running.pid)[-1], signal.SIGTERM)
        running.child.wait(60)
    if set(result["status"]) != {status} or result["cut"] or result["unended"]:
        raise SystemExit(f"FAILED: the replay did not go as it should: {result}")


def instructions(place, work, count):
    out = place.folder / "callgrind.out"
    wrapper = ["valgrind", "--tool=callgrind", f"--toggle-collect={WORKER}", "--quiet",
               f"--callgrind-out-file={out}"]
    keys = place.wrong_key_file if work.wrong_key else None
    replay(place, wrapper, True, work.mock(count), work.load(count), keys, work.status)
    total = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)
    if not total or int(total.group(1)) == 0:
        raise SystemExit(f"FAILED: callgrind saw no worker; is it still called {WORKER}?")
    return int(total.group(1))


def system_calls(place, count):
    table = place.folder / "strace"
    load = ("--connections", 16, "--warm", 1, "--requests", count)
    replay(place, ["strace", "-f", "-c", "-o", table], False, (), load, None, "200")
    return int(re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+)", table.read_text(), re.M).group(1))


def check(name, found, most):
    """Prints a line; whether it passed."""
    good = found <= most
    print(f"{'passed' if good else 'FAILED'}: {name}: {found:,.1f}, at most {most:,.1f}")
    return good


def read_expected():
    rows = (line.split("\t") for line in EXPECTED.read_text().splitlines()
            if line and not line.startswith("#"))
    return {name: int(count) for name, count in rows}


def record(found):
    comments = [line for line in EXPECTED.read_text().splitlines() if line.startswith("#")]
    rows = [f"{name}\t{round(count)}" for name, count in found.items()]
    EXPECTED.write_text("\n".join([*comments, *rows]) + "\n")
    print(f"recorded in {EXPECTED.relative_to(ROOT)}")


def run(place, options):
    peers.Gatehouse().prepare(place, keys=20)
    found = {}
    for work in REPLAYS:
        found[work.name] = ((instructions(place, work, LONG) - instructions(place, work, SHORT)) /
                            (LONG - SHORT))
    if options.record:
        record(found)
    expected = read_expected()
    good = [check(f"instructions per {name}", count, expected[name] * ALLOWED)
            for name, count in found.items()]
    few, many = 100, 1100
    calls = (system_calls(place, many) - system_calls(place, few)) / (many - few)
    good.append(check("system calls per keep-alive request", calls, MOST_SYSTEM_CALLS))
    return 0 if all(good) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--record", action="store_true", help="write what is found as expected")
    options = parser.parse_args()
    for tool in ("valgrind", "strace", "openssl"):
        if not shutil.which(tool):
            print(f"SKIPPED: {tool} is not installed")
            return 77
    with tempfile.TemporaryDirectory(prefix="gatehouse-cost-") as folder:
        place = arena.Arena(folder, options.build, options.build / "src/cli/gatehouse")
        return run(place, options)


if __name__ == "__main__":
    sys.exit(main())
