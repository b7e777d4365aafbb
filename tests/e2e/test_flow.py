"""Streams in time: slow readers, clients that leave, and what an idle stream costs."""

import contextlib
import fcntl
import json
import socket
import struct
import termios
import threading
import time

import h2.settings
import pytest

import recorder as answers
import wire
from gate import SANITIZED, Gate
from h2client import Client
from upstream import Upstream

EVENT = json.dumps({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                    "model": "served",
                    "choices": [{"index": 0, "delta": {"content": "x" * 16000}, "logprobs": None,
                                 "finish_reason": None}]})
SMALL = EVENT.replace("x" * 16000, "x")
HEAD = (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        b"transfer-encoding: chunked\r\n\r\n")


MEMORY = (200 if SANITIZED else 20) << 20  # what one stream may take, at the very most


def resident(process):
    """Bytes of memory that a process has in use."""
    with open(f"/proc/{process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4096


class Flood:
    """Serves one stream as fast as it is taken, and knows how much was and when it was left."""

    def __init__(self, size, pause=0.0):
        self.size, self.pause, self.sent, self.left_at = size, pause, 0, None

    def __call__(self, peer):
        if peer.request() is None:
            return
        peer.send(HEAD)
        chunk = answers.chunk(EVENT)
        try:
            while self.sent < self.size:
                peer.send(chunk)
                self.sent += len(chunk)
            peer.send(answers.chunk("[DONE]") + b"0\r\n\r\n")
        except OSError:
            pass
        self.left_at = time.monotonic()

    def stands_still(self):
        """Waits until nothing more is taken."""
        def same():
            before = self.sent
            time.sleep(0.2)
            return self.sent == before and before > 0
        assert wire.wait_for(same)


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_a_slow_reader_holds_the_upstream(tmp_path, version):
    """A stream of 200 MB that nobody reads: the upstream is paused, memory is bounded, and what was
    held back comes when the client reads."""
    # covers: engine-7-slow-readers engine-3.5-h2-flow-control
    flood = Flood(200 << 20)
    with Upstream(flood) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        before = resident(gate.process)
        if version == "1.1":
            connection, reader = gate.begin_chat(stream=True)
            assert reader.head().status == 200
        else:
            client = Client(gate, window=False)
            connection, number = client.socket, client.chat(stream=True)
            client.until(lambda: client.streams[number].status == 200)
        with connection:
            flood.stands_still()
            assert flood.sent < 20 << 20  # sockets on both sides, and no more
            assert resident(gate.process) - before < MEMORY
            held = flood.sent
            if version == "1.1":
                for _ in range(2000):
                    assert reader.chunk()
            else:
                stream = client.streams[number]
                client.window = True
                client.h2.increment_flow_control_window(1 << 20)
                client.h2.increment_flow_control_window(1 << 20, number)
                client.flush()
                client.until(lambda: len(stream.body) > 14 << 20)
            assert flood.sent > held
            assert resident(gate.process) - before < MEMORY
        assert wire.wait_for(lambda: flood.left_at)
        assert flood.sent < 200 << 20
        assert gate.logged(ending="client_left")


def test_holding_back_is_not_idleness(tmp_path):
    """While the client is not reading, the upstream is not being waited for."""
    flood = Flood(24 << 20)
    more = "    health: off\n    timeouts: { idle: 300ms }"
    with Upstream(flood) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           upstream_more=more) as gate:
        connection, reader = gate.begin_chat(stream=True)
        with connection:
            assert reader.head().status == 200
            flood.stands_still()
            time.sleep(0.6)  # twice the time that may pass between events
            body, ended = reader.rest()
        assert ended and wire.events(body)[-1] == "[DONE]"
        assert gate.logged(ending="complete")
        assert len(upstream.requests) == 1


def unread(connection):
    """Bytes that were sent on this IPv4 connection and that the other end, a process of this machine,
    has not read."""
    ports = [f"{end[1]:04X}" for end in (connection.getpeername(), connection.getsockname())]
    sending = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0]
    with open("/proc/net/tcp") as table:
        for line in list(table)[1:]:
            _, local, remote, _, queues, *_ = line.split()
            if [local[-4:], remote[-4:]] == ports:
                return sending + int(queues.split(":")[1], 16)
    raise AssertionError("there is no such connection")


def test_a_stream_that_ends_while_it_is_held_back(tmp_path):
    """[DONE] comes with what the client is too slow for: the upstream's last chunk is read all the
    same, and its connection used again."""
    go_on = threading.Event()

    def serve(peer):
        peer.request()
        peer.send(HEAD)
        for _ in range(3):
            peer.send(answers.chunk(EVENT))
        go_on.wait(20)
        # One read of the gateway's: it is held back within, and then done.
        peer.send(answers.chunk(EVENT) + answers.chunk(EVENT) + answers.chunk("[DONE]"))
        assert wire.wait_for(lambda: unread(peer.socket) == 0)
        peer.send(b"0\r\n\r\n")
        if peer.request():
            peer.send_json(json.dumps(answers.CHAT))

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           more="workers: 1") as gate:
        with Client(gate, window=False) as client:
            client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 0})
            number = client.chat(stream=True)
            client.until(lambda: client.streams[number].status == 200)
            go_on.set()
            assert gate.logged(ending="complete")
            assert gate.chat().status == 200
            assert len(upstream.requests) == 2 and upstream.connections == 1
            assert gate.metric("gatehouse_upstream_in_flight") == 0


@pytest.mark.parametrize("version", ["1.1", "2", "2-window"])
@pytest.mark.parametrize("kind", ["stream", "whole"])
def test_a_client_that_does_not_read_is_cut(tmp_path, kind, version):
    """After the write deadline its connection ends, or its stream where only the window is shut, and
    the upstream's with it. The log says whose time was over, and charges what it always did."""
    # covers: engine-3.5-deadline-write algorithms-7-slow-read algorithms-7-h2-zero-window
    flood = Flood(200 << 20)
    large = json.dumps(dict(answers.CHAT, choices=[dict(answers.CHAT["choices"][0], message={
        "role": "assistant", "content": "x" * (16 << 20)})]))

    def serve(peer):
        if kind == "stream":
            flood(peer)
        elif peer.request():
            peer.send_json(large)
            flood.left_at = time.monotonic()

    listen = "    timeouts: { write: 1s }"
    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, listen=listen) as gate:
        if version == "1.1":
            connection, _ = gate.begin_chat(stream=kind == "stream")
        else:
            client = Client(gate, window=False)
            connection = client.socket
            if version == "2":
                client.h2.increment_flow_control_window(1 << 30)
                client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1 << 30})
            number = client.chat(stream=kind == "stream")
        with connection:
            assert wire.wait_for(lambda: flood.left_at, patience=10)
            (line,) = gate.logged(ending="timeout")
            if version == "2-window":
                assert client.answer(number).reset is not None
        assert (line["decision"], line["status"], line["code"]) == ("admitted", 200, "timeout")
        assert line["rule"] == "listen[0].timeouts.write"
        assert line["completion_tokens"] > 0 and "charged_in_full" not in line
        assert gate.metric("gatehouse_endings_total", ending="timeout") == 1
        assert gate.metric("gatehouse_endings_total", ending="client_left") == 0
        assert gate.metric("gatehouse_glitches_total", reason="slow_reader") == 1
        assert wire.wait_for(lambda: gate.metric("gatehouse_connections") == 0)


def test_a_whole_answer_is_not_waited_for_for_ever(tmp_path):
    """It may take as long as a body of its size, for who reads a little now and then, too."""
    large = json.dumps(dict(answers.CHAT, choices=[dict(answers.CHAT["choices"][0], message={
        "role": "assistant", "content": "x" * (72 << 10)})]))

    def serve(peer):
        while peer.request():
            peer.send_json(large)

    listen = "    timeouts: { body: 1s }"  # and 4.5 s for the size
    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, listen=listen) as gate, \
            Client(gate, window=False) as client:
        client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 0})
        assert client.answer(client.chat()).reset is not None
        (line,) = gate.logged(ending="timeout")
        assert (line["status"], line["code"]) == (200, "timeout")
        assert line["rule"] == "listen[0].timeouts.body" and "charged_in_full" not in line
        assert gate.metric("gatehouse_glitches_total", reason="slow_reader") == 0


@pytest.mark.parametrize("kind", ["stream", "whole", "stream-reset", "whole-half-close",
                                  "stream-h2", "whole-h2"])
def test_a_client_that_leaves_stops_the_upstream(tmp_path, kind):
    """Within 50 ms (the best of seven), streamed or not; over HTTP/2 by a reset of the stream
    alone. Its connection is closed, not half-closed: vLLM would not notice that."""
    # covers: vllm-live-8-8
    left = []

    def serve(peer):
        if peer.request() is None:
            return
        if kind.startswith("stream"):
            peer.send(HEAD + answers.chunk(EVENT))
        peer.wait_until_closed()
        left.append(time.monotonic())

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate, \
            contextlib.ExitStack() as stack:
        client = stack.enter_context(Client(gate)) if kind.endswith("h2") else None
        times = []
        for i in range(7):
            streamed = kind.startswith("stream")
            if client:
                number = client.chat(stream=streamed)
                if streamed:
                    client.until(lambda: client.streams[number].body)
            else:
                connection, reader = gate.begin_chat(stream=streamed)
                if streamed:
                    assert reader.head().status == 200
            assert wire.wait_for(lambda: len(upstream.requests) == i + 1)
            began = time.monotonic()
            if client:
                client.h2.reset_stream(number, 8)
                client.flush()
            elif kind.endswith("reset"):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            elif kind.endswith("half-close"):  # vLLM would not notice one either
                connection.shutdown(socket.SHUT_WR)
            else:
                connection.close()
            assert wire.wait_for(lambda: len(left) == i + 1)
            times.append(left[i] - began)
        assert min(times) < 0.05, times
        lines = gate.logged(7)
        assert [line["ending"] for line in lines] == ["client_left"] * 7
        # Without usage the whole hold is charged; a stream is charged what was produced.
        assert all(line.get("charged_in_full", False) != streamed for line in lines)
        # Its place is free once vLLM has stopped.
        assert wire.wait_for(lambda: gate.metric("gatehouse_upstream_in_flight") == 0)


@pytest.mark.skipif(SANITIZED, reason="sanitizers take memory of their own")
def test_what_an_idle_stream_costs(tmp_path):
    """23 KB and some slack: two connections, TLS, and what is known of the exchange."""
    # covers: engine-3.5-idle-memory engine-3.5-idle-exchange engine-3.5-one-context
    def serve(peer):
        if peer.request():
            peer.send(HEAD + answers.chunk(SMALL))
            peer.wait_until_left()

    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url, listen="    limits: { per_ip: { connections: 500 } }"
    ) as gate, contextlib.ExitStack() as stack:
        def open_streams(count):
            for _ in range(count):
                connection, reader = gate.begin_chat(stream=True)
                stack.enter_context(connection)
                assert reader.head().status == 200 and reader.chunk()
            return resident(gate.process)

        few = open_streams(100)
        many = open_streams(300)
        assert (many - few) / 300 < 28_000, (many - few) / 300
        assert len(upstream.requests) == 400
        assert gate.metric("gatehouse_requests_in_flight") == 400
