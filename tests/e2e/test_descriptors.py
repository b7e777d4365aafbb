"""Out of descriptors: who comes is closed and counted, nobody waits for ever, and it passes."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import pytest

import wire
from gate import BINARY, SANITIZED, Gate
from test_connections import up


def cpu(process):
    """Seconds of processor time so far."""
    with open(f"/proc/{process.pid}/stat") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def recovered(gate):
    """Whether both listeners take connections again."""
    try:
        return gate.get("/healthz")[0] == 200 and gate.metric("gatehouse_connections") == 0
    except OSError:
        return False


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own checks open pipes")
def test_without_descriptors(tmp_path, recorder):
    """Running out of them sheds new connections without spinning, and passes by itself."""
    # covers: engine-7-fd-exhaustion
    with Gate(tmp_path, upstream=up(recorder), wrap=("prlimit", "--nofile=64:64")) as gate:
        with gate.connect() as old, contextlib.ExitStack() as stack:
            assert gate.chat(connection=old).status == 200  # and the upstream's is kept
            others = [stack.enter_context(
                socket.create_connection(("127.0.0.1", gate.ports["public"]))) for _ in range(100)]
            used = cpu(gate.process)
            time.sleep(0.5)
            assert cpu(gate.process) - used < 0.25
            assert wire.wait_for(lambda: sum(map(wire.still_open, others)) < 64)
            assert gate.call("/v1/models", connection=old).status == 200
        assert wire.wait_for(lambda: recovered(gate))
        recorder.take()
        assert gate.chat().status == 200 and len(recorder.take()) == 1
        assert gate.metric("gatehouse_refused_connections_total", reason="no_descriptors") > 0
        assert gate.metric("gatehouse_connections") <= 1


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own checks open pipes")
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_what_a_connection_that_is_shed_costs(tmp_path, recorder):
    """A few calls: the machine is in trouble as it is."""
    # covers: engine-7-fd-exhaustion
    with Gate(tmp_path, upstream=up(recorder), wrap=("prlimit", "--nofile=64:64"),
              more="workers: 1") as gate, contextlib.ExitStack() as stack:
        def connect(count):
            return [stack.enter_context(
                socket.create_connection(("127.0.0.1", gate.ports["public"])))
                for _ in range(count)]

        others = connect(100)
        assert wire.wait_for(lambda: shedding_is_over(others))
        said = tmp_path / "strace"
        with subprocess.Popen(["strace", "-f", "-e", "trace=accept4", "-o", said,
                               "-p", str(gate.process.pid)], stderr=subprocess.PIPE) as strace:
            strace.stderr.readline()  # it is attached
            for _ in range(5):
                (one,) = connect(1)
                assert wire.wait_for(lambda one=one: not wire.still_open(one))
            time.sleep(0.3)  # what a turn does more than that
            strace.terminate()
        assert 5 <= said.read_text().count("accept4(") <= 40


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own checks open pipes")
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_nobody_waits_for_a_descriptor(tmp_path, recorder, workers):
    """Those that get none are closed, all of them: workers do not take the reserve from each other,
    and the queue of none is left to wait."""
    # covers: engine-7-fd-exhaustion
    with Gate(tmp_path, upstream=up(recorder), wrap=("prlimit", "--nofile=128:128"),
              more=f"workers: {workers}") as gate, \
            contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(
            ("127.0.0.1", gate.ports["public"]))) for _ in range(600)]
        held = wire.wait_for(lambda: sum(map(wire.still_open, clients)) < 128)
        assert held, sum(map(wire.still_open, clients))


def test_too_few_descriptors_to_begin(tmp_path):
    """Is said before anything listens: an event loop that gets none could only abort."""
    gate = Gate(tmp_path, upstream="http://127.0.0.1:1", more="workers: 4")
    for most in (8, 16, 24, 35):
        begun = subprocess.run(["prlimit", f"--nofile={most}:{most}", BINARY, "serve", "-c",
                                gate.policy], capture_output=True, text=True, timeout=wire.PATIENCE)
        assert (begun.returncode, begun.stdout) == (2, ""), begun
        assert f"may open {most} files, and 4 workers with 1 listeners need 36" in begun.stderr


def shedding_is_over(others):
    """Some were closed and no more are: while one is being shed, a descriptor is free for a moment."""
    shed = sum(not wire.still_open(other) for other in others)
    time.sleep(0.5)
    return shed and shed == sum(not wire.still_open(other) for other in others)


@pytest.mark.skipif(SANITIZED, reason="the sanitizers' own checks open pipes")
def test_no_descriptor_for_the_upstream(tmp_path, recorder):
    """Is no fault of the upstream's: the client hears that we are overloaded, the URL stays well."""
    with Gate(tmp_path, upstream=up(recorder), wrap=("prlimit", "--nofile=64:64")) as gate:
        with gate.connect() as old, contextlib.ExitStack() as stack:
            others = [stack.enter_context(
                socket.create_connection(("127.0.0.1", gate.ports["public"]))) for _ in range(100)]
            assert wire.wait_for(lambda: shedding_is_over(others))
            answer = gate.chat(connection=old)
            assert (answer.status, answer.error["code"]) == (503, "overloaded")
            assert answer.fields["retry-after"] == "1"
        assert wire.wait_for(lambda: recovered(gate))
        assert gate.metric("gatehouse_upstream_healthy") == 1
        assert "not well" not in gate.stderr()
        assert gate.chat().status == 200
        (line,) = gate.logged(code="overloaded")
        assert (line["rule"], line["ending"]) == ("connections", "refused")
        assert "Too many open files" in line["detail"] and "charged_in_full" not in line
