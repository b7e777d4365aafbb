"""Where an HTTP/2 connection ends: GOAWAY comes after the last frame of all its streams. The client
is python-h2, on which httpx and with it the OpenAI SDKs are built: it reads nothing after a GOAWAY,
and raises when something comes."""

import json
import threading
import time

import recorder as answers
import wire
from gate import Gate
from h2client import Client
from upstream import Upstream

NO_ERROR, INTERNAL_ERROR = 0, 2


class Slow:
    """Begins each stream, and ends it when it is told to."""

    def __init__(self):
        self.go_on = threading.Event()

    def __call__(self, peer):
        while request := peer.request():
            if b'"stream":true' not in request[1]:
                peer.send_json(json.dumps(answers.CHAT))
                continue
            whole = answers.stream("/v1/chat/completions")
            peer.send(whole[:400])
            self.go_on.wait(wire.PATIENCE)
            peer.send(whole[400:])


def begin_stream(client):
    number = client.chat(stream=True)
    client.until(lambda: client.streams[number].body)
    return number


def is_whole(stream):
    return stream.ended and wire.events(bytes(stream.body))[-1] == "[DONE]"


def test_a_bad_request_is_answered_and_then_the_connection_ends(gate):
    """Its client learns what is wrong."""
    with Client(gate) as client:
        answer = client.answer(client.request("/v1/models/org//name"))
        assert (answer.status, answer.glitch) == (400, "bad_target")
        client.until(lambda: client.closed)
        assert client.goodbye == (NO_ERROR, 1)


def test_a_bad_request_breaks_no_other(tmp_path):
    """Streams that run end well, and so does one that begins meanwhile; then the connection ends."""
    slow = Slow()
    with Upstream(slow) as upstream, Gate(tmp_path, upstream=upstream.url) as gate, \
            Client(gate) as client:
        running = [begin_stream(client) for _ in range(3)]
        answer = client.answer(client.request("/v1//models"))
        assert (answer.status, answer.glitch) == (400, "bad_target")
        running.append(begin_stream(client))
        assert client.goodbye is None
        slow.go_on.set()
        for number in running:
            assert is_whole(client.answer(number))
        client.until(lambda: client.closed)
        assert client.goodbye[0] == NO_ERROR
        assert gate.metric("gatehouse_glitches_total") == 1
        with Client(gate) as other:
            assert other.answer(other.chat()).status == 200


def test_a_drain_finishes_what_runs(tmp_path):
    """SIGTERM: what begins meanwhile gets its 503, whole; GOAWAY follows the last stream, and comes at
    once where none runs."""
    # covers: engine-7-drain
    slow = Slow()
    with Upstream(slow) as upstream, Gate(tmp_path, upstream=upstream.url, drain="20s") as gate, \
            Client(gate) as client, Client(gate) as idle, Client(gate) as fresh:
        assert idle.answer(idle.chat()).status == 200
        running = [begin_stream(client) for _ in range(3)]
        gate.terminate()
        for other, last in ((idle, 1), (fresh, 0)):
            other.until(lambda: other.closed)
            assert other.goodbye == (NO_ERROR, last)
        for _ in range(3):
            answer = client.answer(client.chat())
            assert (answer.status, answer.error["code"]) == (503, "draining")
            assert answer.ended and answer.fields["retry-after"] == "1"
        assert client.goodbye is None
        slow.go_on.set()
        for number in running:
            assert is_whole(client.answer(number))
        client.until(lambda: client.closed)
        assert client.goodbye == (NO_ERROR, 11)
        assert gate.stopped() == 0
        assert len(upstream.requests) == 4
        endings = [line["ending"] for line in gate.request_log()]
        assert sorted(endings) == ["complete"] * 4 + ["refused"] * 3


def test_a_stream_that_is_left_ends_the_drain(tmp_path):
    """The client resets the last one."""
    slow = Slow()
    with Upstream(slow) as upstream, Gate(tmp_path, upstream=upstream.url, drain="20s") as gate, \
            Client(gate) as client:
        number = begin_stream(client)
        gate.terminate()
        assert wire.wait_for(lambda: gate.get("/readyz")[0] == 503)
        assert client.answer(client.chat()).status == 503 and client.goodbye is None
        client.h2.reset_stream(number, 8)
        client.flush()
        client.until(lambda: client.closed)
        assert client.goodbye == (NO_ERROR, 3)
        assert gate.stopped() == 0
        slow.go_on.set()


def test_a_drain_has_an_end(tmp_path):
    """At its deadline a stream gets the error event, its reset, and then the connection's end."""
    # covers: engine-3.5-deadline-drain
    slow = Slow()
    with Upstream(slow) as upstream, Gate(tmp_path, upstream=upstream.url, drain="1s") as gate, \
            Client(gate) as client:
        number = begin_stream(client)
        began = time.monotonic()
        gate.terminate()
        stream = client.answer(number)
        assert stream.reset == INTERNAL_ERROR and not stream.ended
        assert json.loads(wire.events(bytes(stream.body))[-1])["error"]["code"] == "draining"
        client.until(lambda: client.closed)
        assert client.goodbye == (NO_ERROR, number)
        assert gate.stopped() == 0 and 0.9 < time.monotonic() - began < 6
        assert [line["ending"] for line in gate.request_log()] == ["shutdown"]
        slow.go_on.set()
