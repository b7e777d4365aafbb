"""Logs that nobody reads: a pipe that is full holds up neither requests nor the end."""

import contextlib
import fcntl
import json
import os
import subprocess

import gate as gate_module
import wire
from gate import Gate
from test_upstreams import answering, dead_url, no_upstream
from upstream import Upstream


class FullPipe:
    """A named one that takes nothing until it is read."""

    def __init__(self, path):
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self.fd, fcntl.F_SETPIPE_SZ, 4096)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(self.fd, b"\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def read(self):
        """What is in it now."""
        with contextlib.suppress(BlockingIOError):
            return os.read(self.fd, 65536)
        return b""


def test_a_request_log_that_nobody_reads(tmp_path):
    """Requests are answered; after a drain the process ends all the same, and says what it could
    not write."""
    gate = Gate(tmp_path, upstream="http://127.0.0.1:1")
    with FullPipe(tmp_path / "requests.log"), Upstream(answering) as upstream:
        gate.write_policy(upstream=upstream.url)
        with gate:
            assert [gate.chat().status for _ in range(20)] == [200] * 20
            gate.terminate()
            assert gate.stopped() == 0
            assert "up to 20 lines were not written" in gate.stderr()


def test_a_request_log_without_a_reader(tmp_path):
    """A pipe whose reader is gone is not waited for: the program does not start with it, and a
    reload is refused and all goes on."""
    gate = Gate(tmp_path, upstream="http://127.0.0.1:1")
    os.mkfifo(tmp_path / "requests.log")
    refused = subprocess.run([gate_module.BINARY, "serve", "-c", gate.policy], capture_output=True,
                             text=True, timeout=wire.PATIENCE)
    assert refused.returncode not in (0, None) and "nobody reads this pipe" in refused.stderr
    reader = os.open(tmp_path / "requests.log", os.O_RDONLY | os.O_NONBLOCK)
    with Upstream(answering) as upstream:
        gate.write_policy(upstream=upstream.url)
        with gate:
            assert gate.chat().status == 200
            os.close(reader)
            gate.reload("refused")
            assert gate.says("nobody reads this pipe")
            assert gate.chat().status == 200
            gate.terminate()
            assert gate.stopped() == 0


def test_a_stderr_that_nobody_reads(tmp_path):
    """What the program has to say waits for a reader; the workers, who have it to say, do not."""
    path = tmp_path / "stderr"
    with FullPipe(path) as pipe, Gate(
            tmp_path, upstream=dead_url(),
            wrap=("sh", "-c", 'exec "$@" 2<>"$0"', path)) as gate:
        assert [no_upstream(gate.chat()) for _ in range(5)] == [True] * 5
        said = []

        def told():
            said.append(pipe.read())
            return b"is not well" in b"".join(said)
        assert wire.wait_for(told)
        (line,) = [json.loads(line) for line in b"".join(said).splitlines() if line]
        assert line["level"] == "warn"


def test_a_stderr_that_nobody_reads_at_the_end(tmp_path):
    """Nor does the end of the process wait for it."""
    path = tmp_path / "stderr"
    with FullPipe(path), Gate(tmp_path, upstream=dead_url(),
                              wrap=("sh", "-c", 'exec "$@" 2<>"$0"', path)) as gate:
        assert no_upstream(gate.chat())
        gate.terminate()
        assert gate.stopped() == 0
