"""What a stream costs while nothing comes."""

import contextlib
import pathlib
import re
import resource

import pytest

import wire
from gate import SANITIZED, Gate, Simulator

STREAMS = 1000
# Measured: 18.3 KB, a TLS session and its buffers most of it. When they are opened again, 19.6 KB
# of what was there before: what was free lies between what is not.
MOST = 25_600


@pytest.fixture
def descriptors():
    """Enough of them, also for the processes that are started here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * STREAMS
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            pytest.skip(f"at most {hard} descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident(gate):
    """In bytes."""
    status = pathlib.Path(f"/proc/{gate.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10


@pytest.mark.skipif(SANITIZED, reason="sanitizers have memory of their own for each allocation")
def test_memory_of_an_idle_stream(tmp_path, descriptors):
    """A thousand streams that have begun and say nothing, each with a TLS connection of its own;
    what they take is there for the next ones."""
    # covers: engine-3.5-idle-arenas
    with Simulator("--model", "served", "--token-delay-ms", "600000") as sim, Gate(
            tmp_path, upstream=f"http://127.0.0.1:{sim.port}", more="workers: 2",
            listen="    limits: { connections: 5000, per_ip: { connections: 5000 } }",
            upstream_more=f"    health: off\n    in_flight: {2 * STREAMS}\n"
                          "    timeouts: { idle: 10m }") as gate:

        def open_streams(stack):
            begun = [gate.begin_chat(stream=True) for _ in range(STREAMS)]
            for connection, reader in begun:
                stack.enter_context(connection)
                assert reader.head().status == 200

        with contextlib.ExitStack() as stack:
            for _ in range(20):  # what is made once
                connection, reader = gate.begin_chat(stream=True)
                stack.enter_context(connection)
                assert reader.head().status == 200
            before = resident(gate)
            open_streams(stack)
            assert gate.metric("gatehouse_requests_in_flight") == STREAMS + 20
            each = (resident(gate) - before) / STREAMS
            assert 1000 < each < MOST
        assert wire.wait_for(lambda: gate.metric("gatehouse_requests_in_flight") == 0)
        with contextlib.ExitStack() as stack:
            open_streams(stack)
            assert (resident(gate) - before) / STREAMS < MOST
