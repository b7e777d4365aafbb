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


def open_streams(gate, stack, count, content="hi", at_once=STREAMS):
    """Begins some more, and waits for their heads."""
    for done in range(0, count, at_once):
        begun = [gate.begin_chat(content, stream=True) for _ in range(min(at_once, count - done))]
        for connection, reader in begun:
            stack.enter_context(connection)
            assert reader.head().status == 200


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

        with contextlib.ExitStack() as stack:
            open_streams(gate, stack, 20)  # what is made once
            before = resident(gate)
            open_streams(gate, stack, STREAMS)
            assert gate.metric("gatehouse_requests_in_flight") == STREAMS + 20
            each = (resident(gate) - before) / STREAMS
            assert 1000 < each < MOST
        assert wire.wait_for(lambda: gate.metric("gatehouse_requests_in_flight") == 0)
        with contextlib.ExitStack() as stack:
            open_streams(gate, stack, STREAMS)
            assert (resident(gate) - before) / STREAMS < MOST


@pytest.mark.skipif(SANITIZED, reason="sanitizers have memory of their own for each allocation")
def test_a_prompt_is_given_back_once_it_is_upstream(tmp_path):
    """With 400 KB of it the process grows by what a stream with a word takes: neither the bytes that
    came, nor the document, nor what was sent are kept while the answer comes."""
    # covers: engine-3.5-idle-exchange
    large, count = "x" * 400_000, 60
    with Simulator("--model", "served", "--token-delay-ms", "600000", "--max-model-len",
                   "1000000", "--prefill-us", "0") as sim, contextlib.ExitStack() as stack, Gate(
            tmp_path, upstream=f"http://127.0.0.1:{sim.port}", more="workers: 1", context=1_000_000,
            request="max_body: 1MiB, max_prompt_tokens: 900000, max_tokens: 600") as gate:
        open_streams(gate, stack, 20, large, at_once=1)  # and what one on its way takes
        before = resident(gate)
        open_streams(gate, stack, count, large, at_once=1)
        assert 1000 < (resident(gate) - before) / count < MOST
        assert gate.metric("gatehouse_requests_in_flight") == 20 + count
