"""How long an upstream may take."""

import contextlib
import json
import time

import pytest

import recorder as answers
import wire
from gate import Gate, Simulator
from test_flow import EVENT, HEAD
from upstream import Upstream

DEADLINES = {
    # upstream timeouts, what it sends, streamed, status
    "first-byte": ("first_byte: 300ms", "nothing", True, 504),
    "first-byte-after-head": ("first_byte: 300ms", "head", True, 504),
    "idle": ("idle: 300ms", "one event", True, 200),
    "total-whole": ("total: 1s", "nothing", False, 504),
    "total-busy": ("total: 1s", "events without end", True, 200),
}


@pytest.mark.parametrize("timeouts,sends,streamed,status", DEADLINES.values(), ids=DEADLINES)
def test_deadlines_of_the_upstream(tmp_path, timeouts, sends, streamed, status):
    """Each ends the exchange at the client as a timeout, and the upstream's connection at once."""
    # covers: engine-3.5-deadline-first-byte engine-3.5-deadline-idle engine-3.5-deadline-exchange
    # covers: gateways-3-20-self-test
    left = []

    def serve(peer):
        if peer.request() is None:
            return
        with contextlib.suppress(OSError):
            if sends != "nothing":
                peer.send(HEAD)
            if sends == "one event":
                peer.send(answers.chunk(EVENT))
            while sends == "events without end":
                peer.send(answers.chunk(EVENT))
                time.sleep(0.02)
            peer.wait_until_left()
        left.append(True)

    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url,
            upstream_more=f"    health: off\n    timeouts: {{ {timeouts} }}") as gate:
        began = time.monotonic()
        connection, reader = gate.begin_chat(stream=streamed)
        with connection:
            head = reader.head()
            assert head.status == status
            if status == 200:
                body, ended = reader.rest()
                error = json.loads(wire.events(body)[-1])["error"]
                assert not ended and b"[DONE]" not in body
            else:
                error = json.loads(reader.exactly(int(head.fields["content-length"])))["error"]
        assert error["code"] == "upstream_timeout"
        assert 0.25 < time.monotonic() - began < 8
        assert wire.wait_for(lambda: left)
        (line,) = gate.logged(ending="timeout")
        assert line["rule"] == f"upstreams.up.timeouts.{timeouts.partition(':')[0]}"
        assert line["code"] == "upstream_timeout"
        assert len(upstream.requests) == 1


def test_a_slow_whole_answer_is_waited_for(tmp_path):
    """The deadlines of streams do not cut an answer that is made in one piece."""
    more = "    health: off\n    timeouts: { first_byte: 100ms, idle: 100ms }"
    with Simulator("--model", "served") as sim, Gate(
            tmp_path, upstream=f"http://127.0.0.1:{sim.port}", upstream_more=more) as gate:
        assert gate.chat("sim:fault=late,ms=400").status == 200
        assert gate.chat("sim:fault=slow_drip,bytes=200,ms=150").status == 200
        assert sim.worked_on() == 2


@pytest.mark.parametrize("line", [b"", b": still here\n"])
def test_an_event_that_never_ends_is_no_event(tmp_path, line):
    """Bytes alone do not keep a stream; whole lines do, though they be comments."""
    # covers: engine-3.5-deadline-idle
    # The lines last longer than a stream may idle, each comes soon; the letters do not end.
    letters = [letter.encode() for letter in f"data: {EVENT:<400}"]
    idle, pieces = ("3s", [line] * 80) if line else ("400ms", letters)
    sent = 0

    def serve(peer):
        nonlocal sent
        if peer.request() is None:
            return
        with contextlib.suppress(OSError):
            peer.send(HEAD + answers.chunk(EVENT))
            for piece in pieces:
                peer.send(b"%x\r\n%s\r\n" % (len(piece), piece))
                sent += 1
                time.sleep(0.05)
            if line:
                peer.send(answers.chunk("[DONE]") + b"0\r\n\r\n")
            peer.wait_until_left()

    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url,
            upstream_more=f"    health: off\n    timeouts: {{ idle: {idle} }}") as gate:
        connection, reader = gate.begin_chat(stream=True)
        with connection:
            assert reader.head().status == 200
            body, _ = reader.rest()
        assert (b"[DONE]" in body) == bool(line)
        assert (sent == len(pieces)) == bool(line)


@pytest.mark.parametrize("more", [b"", b"\n", b": still here\n\n"])
def test_after_done_the_client_waits_for_nothing(tmp_path, more):
    """[DONE] ends the client's stream; an upstream that does not end its own is closed, also while
    it goes on to send."""
    left = []

    def serve(peer):
        if peer.request() is None:
            return
        peer.send(answers.stream("/v1/chat/completions")[:-len(b"0\r\n\r\n")])
        with contextlib.suppress(OSError):
            while more:
                peer.send(b"%x\r\n%s\r\n" % (len(more), more))
                time.sleep(0.1)
        peer.wait_until_left()
        left.append(True)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        connection, reader = gate.begin_chat(stream=True)
        with connection:
            assert reader.head().status == 200
            body, ended = reader.rest()
            assert ended and wire.events(body)[-1] == "[DONE]" and not left
        assert wire.wait_for(lambda: left, patience=5)
        (line,) = gate.logged(ending="complete")
        assert line["completion_tokens"] == 1 and len(upstream.requests) == 1
