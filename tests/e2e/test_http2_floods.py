"""Floods over HTTP/2: what costs its sender little ends its own connection, is counted by reason,
and costs others nothing: they are served meanwhile, memory is bounded, and then there is no work.
"""

import concurrent.futures
import json
import statistics
import time

import pytest

import h2wire
import recorder as answers
import wire
from gate import SANITIZED, Gate, chat
from h2wire import END_HEADERS, frame, window
from test_flow import resident
from upstream import Upstream

ROUNDS = 3  # connections that attack, one after the other
MOST = 20_000  # of what is sent over and over on one connection, if it is let
AT_ONCE = 50  # of them with one write
MEMORY = (200 if SANITIZED else 8) << 20
WIDEST = 0x7fffffff
LARGE = json.dumps(dict(answers.CHAT, choices=[dict(answers.CHAT["choices"][0], message={
    "role": "assistant", "content": "x" * (256 << 10)})]))
STREAMS = 50  # that wait for a large answer
SOON = 0.25  # seconds: half of a neighbour's answers come within them,
SLOWER = 50  # or within so many times what they take in quiet, on a machine that is slow


def serve(peer):
    """Answers at length when that is what the prompt says."""
    while request := peer.request():
        peer.send_json(LARGE if b'"large"' in request[1] else json.dumps(answers.CHAT))


@pytest.fixture(scope="module")
def upstream():
    with Upstream(serve) as made:
        yield made


@pytest.fixture(scope="module")
def gate(upstream, tmp_path_factory):
    """With one worker, so that all share it."""
    listen = "    timeouts: { write: 1s, keep_alive: 2s }"
    with Gate(tmp_path_factory.mktemp("gate"), upstream=upstream.url, listen=listen,
              more="workers: 1") as g:
        yield g


class Sender:
    """Makes the frames of one connection."""

    def __init__(self, key):
        fields = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"),
                  (":path", "/v1/chat/completions"), ("authorization", f"Bearer {key}"),
                  ("content-type", "application/json")]
        self.fields = [(name.encode(), value.encode()) for name, value in fields]
        self.stream = -1

    def head(self, end_headers=True):
        self.stream += 2
        return frame(h2wire.HEADERS, END_HEADERS if end_headers else 0, self.stream,
                     h2wire.literals(self.fields))

    def request(self, content="hi"):
        body = json.dumps(chat(content)).encode()
        return self.head() + h2wire.data(self.stream, body, end=True)


# What is sent first, what is sent again and again, and what that is counted as.
FLOODS = {
    "rapid-reset": (lambda s: b"", lambda s: s.head() + h2wire.reset(s.stream), "h2_reset_flood"),
    "rapid-reset-of-whole-requests": (
        lambda s: b"", lambda s: s.request() + h2wire.reset(s.stream), "h2_reset_flood"),
    "made-you-reset": (
        lambda s: b"", lambda s: s.head() + window(s.stream, WIDEST), "h2_reset_flood"),
    "malformed": (lambda s: s.fields.append((b"connection", b"close")) or b"", lambda s: s.head(),
                  "h2_reset_flood"),
    "continuation": (lambda s: s.head(end_headers=False),
                     lambda s: frame(h2wire.CONTINUATION, 0, 1), "h2_flood"),
    "continuation-of-fields": (
        lambda s: s.head(end_headers=False),
        lambda s: frame(h2wire.CONTINUATION, 0, 1, h2wire.literals([(b"x", b"y" * 4000)])),
        "h2_flood"),
    "settings": (lambda s: b"", lambda s: frame(h2wire.SETTINGS), "h2_flood"),
    "settings-of-the-table": (
        lambda s: b"", lambda s: frame(h2wire.SETTINGS, 0, 0, h2wire.setting(1, 4096)), "h2_flood"),
    "ping": (lambda s: b"", lambda s: frame(h2wire.PING, 0, 0, b"12345678"), "h2_flood"),
    "empty-data": (lambda s: s.head(), lambda s: h2wire.data(1, b""), "h2_flood"),
    "tiny-data": (lambda s: s.head(), lambda s: h2wire.data(1, b" "), "h2_flood"),
    "padding-alone": (
        lambda s: s.head(), lambda s: frame(h2wire.DATA, h2wire.PADDED, 1, b"\x0a" + b"\0" * 10),
        "h2_flood"),
    "window-update": (lambda s: b"", lambda s: window(0, 1), "h2_flood"),
    "window-update-of-a-stream": (lambda s: s.head(), lambda s: window(1, 1), "h2_flood"),
    "window-of-single-bytes": (  # for a large answer
        lambda s: frame(h2wire.SETTINGS, 0, 0, h2wire.setting(4, 0)) + s.request("large"),
        lambda s: window(1, 1), "h2_flood"),
    "priority": (
        lambda s: b"", lambda s: frame(h2wire.PRIORITY, 0, 3, b"\0\0\0\0\x10"), "h2_flood"),
    "unknown-type": (lambda s: b"", lambda s: frame(99), "h2_flood"),
    "unknown-type-of-a-stream": (
        lambda s: s.head(), lambda s: frame(16, 0, 1, b"\0\0\0\1u=1"), "h2_flood"),
    "hpack-bomb": (  # a large entry of the table, and a byte for each time that it is used
        lambda s: b"", lambda s: frame(
            h2wire.HEADERS, END_HEADERS, 1, b"\x40\x01x" + h2wire.number(4000, 7) + b"a" * 4000 +
            b"\xbe" * 12_000), "h2_flood"),
}


def ticks(process):
    """Of CPU time that a process has taken, user and system."""
    with open(f"/proc/{process.pid}/stat") as stat:
        return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))


def rests(process):
    """Whether it does nothing for a while: at most one tick is a rounding error."""
    before = ticks(process)
    time.sleep(0.3)
    return ticks(process) - before <= 1


def beside_others(gate, attack, memory=MEMORY):
    """Runs an attack beside a client that has to be served all the while, and without waiting for it:
    what the attack makes the gateway do is no more at a time than an answer can wait for."""
    before = resident(gate.process)

    def served(neighbour):
        """Seconds until the answer."""
        began = time.monotonic()
        assert gate.chat(connection=neighbour).status == 200
        return time.monotonic() - began

    with gate.connect() as neighbour, concurrent.futures.ThreadPoolExecutor(1) as pool:
        quiet = statistics.median(served(neighbour) for _ in range(10))
        running, times = pool.submit(attack), []
        while not running.done() or len(times) < 10:
            times.append(served(neighbour))
            assert resident(gate.process) - before < memory
        running.result()
    assert statistics.median(times) < max(SOON, SLOWER * quiet), (quiet, sorted(times))
    assert wire.wait_for(lambda: rests(gate.process))
    assert resident(gate.process) - before < memory
    assert gate.metric("gatehouse_upstream_in_flight") == 0
    assert gate.metric("gatehouse_bugs_total") == 0


def glitches(gate, reason):
    return gate.metric("gatehouse_glitches_total", reason=reason)


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood(gate, name):
    # covers: engine-7-h2-floods algorithms-7-h2-floods algorithms-7-hpack-bomb gateways-3-17
    # covers: engine-3.5-h2-resets engine-3.5-h2-continuation engine-3.5-h2-settings
    # covers: engine-3.5-h2-ping engine-3.5-h2-window-update engine-3.5-h2-empty-frames
    first, again, reason = FLOODS[name]
    before = glitches(gate, reason)

    def attack():
        for _ in range(ROUNDS):
            sender = Sender(gate.key)
            with h2wire.Connection(gate) as client:
                client.send(h2wire.hello() + first(sender))
                for _ in range(MOST // AT_ONCE):
                    if not client.send(b"".join(again(sender) for _ in range(AT_ONCE))):
                        break
                    if name == "made-you-reset" and not client.closed:
                        client.settle()  # each counts when the answer leaves
                assert client.until(lambda: client.closed)

    beside_others(gate, attack)
    assert glitches(gate, reason) - before == ROUNDS


def test_unknown_frames_are_dropped(gate):
    """As the protocol wants it, and up to what other frames without content may be: the connection is
    served."""
    # covers: engine-7-h2-floods
    sender = Sender(gate.key)
    with h2wire.Connection(gate) as client:
        assert client.send(h2wire.hello() + frame(99) * 400 + frame(255, 255, 7, b"x" * 9000))
        assert client.send(sender.request() + frame(16, 0, 0, b"\0\0\0\1u=1"))
        assert client.until(lambda: 1 in client.ended) and client.status(1) == 200


def test_windows_that_stay_shut(gate):
    """Large answers to a client whose windows let nothing through: each stream is cut."""
    # covers: algorithms-7-h2-zero-window engine-7-slow-readers engine-7-h2-floods
    before = glitches(gate, "slow_reader")

    def attack():
        sender = Sender(gate.key)
        with h2wire.Connection(gate) as client:
            client.send(h2wire.hello(h2wire.setting(4, 0)))
            for _ in range(STREAMS):
                client.send(sender.request("large"))
            assert client.until(lambda: len(client.resets) == STREAMS)
            assert {error for _, error in client.resets} == {"INTERNAL_ERROR"}
            assert client.bodies == {}
            assert client.until(lambda: client.closed)

    beside_others(gate, attack, MEMORY + STREAMS * len(LARGE))  # the answers are there already
    assert glitches(gate, "slow_reader") - before == STREAMS


def test_a_client_that_does_not_read(gate):
    """Large answers, wide windows, and a socket that nobody reads: the connection is cut."""
    # covers: engine-7-slow-readers engine-7-h2-floods engine-3.5-h2-pending-output
    before = glitches(gate, "slow_reader")

    def attack():
        sender = Sender(gate.key)
        with h2wire.Connection(gate) as client:
            client.send(h2wire.hello(h2wire.setting(4, WIDEST)) + window(0, WIDEST - (1 << 16)))
            for _ in range(STREAMS):
                client.send(sender.request("large"))
            assert wire.wait_for(lambda: glitches(gate, "slow_reader") > before)
            assert client.until(lambda: client.closed)

    beside_others(gate, attack)
    assert glitches(gate, "slow_reader") - before == 1
