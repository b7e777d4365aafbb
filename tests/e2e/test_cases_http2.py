"""Every HTTP/2 case of tests/cases/http2 through the whole program.

Each is sent twice, with a key and without one, in requests that would be served but for what the
case is about (h2cases.py). What is held: the answers, resets, GOAWAY and glitches that the case
names, no others, and what the upstream receives of it: nothing, or the one request that the gateway
writes, byte for byte.
"""

import collections
import json
import re

import pytest

import h2cases
import h2wire
import wire
from gate import Gate, chat

CASES = list(h2cases.read())
BODY = json.dumps(chat()).encode()
CODES = {401: "invalid_api_key", 405: "method_not_allowed", 431: "headers_too_large"}
# Reach a handler, as those that are served do, which then has reasons of its own.
REFUSED = {"accepted-no-body": "invalid_json"}
WRITTEN = re.compile(
    rb"POST /v1/chat/completions HTTP/1\.1\r\nHost: 127\.0\.0\.1:(?P<port>\d+)\r\n"
    rb"User-Agent: gatehouse\r\nX-Request-Id: (?P<id>[\w-]+)\r\nAccept: application/json\r\n"
    rb"Content-Type: application/json\r\nContent-Length: (?P<length>\d+)\r\n\r\n"
    rb'\{"messages":\[\{"role":"user","content":"hi"\}\],"model":"served","max_tokens":512,'
    rb'"cache_salt":"[\w-]{43}"\}')


@pytest.fixture(scope="module")
def gate(recorder, tmp_path_factory):
    """With one worker: what it does for one connection comes before what it does for the next."""
    with Gate(tmp_path_factory.mktemp("gate"), upstream=f"http://127.0.0.1:{recorder.port}",
              more="workers: 1") as g:
        yield g


@pytest.fixture(scope="module")
def neighbour(gate):
    with gate.connect() as connection:
        yield connection


def glitches(gate):
    found = re.findall(r'gatehouse_glitches_total\{.*reason="(\w+)".*\} (\d+)', gate.metrics())
    return collections.Counter({reason: int(count) for reason, count in found})


class Expected:
    """What a case says, for a client with or without a key."""

    def __init__(self, name, lines, has_key):
        words = [line.split(" ") for line in lines]
        self.statuses = {int(w[1]): int(w[2]) for w in words if w[0] == "status"}
        self.resets = [(int(w[1]), w[2]) for w in words if w[0] == "reset"]
        self.goaways = [w[1] for w in words if w[0] == "goaway"]
        self.glitches = collections.Counter(w[1] for w in words if w[0] == "glitch")
        self.closed = True if "close" in lines else False if "open" in lines else None
        self.all = lines[-1] != "..."  # nothing else comes
        served = [line for line in lines if line.startswith("accept POST ")]
        self.chats = len(served) if has_key and 200 in self.statuses.values() else 0
        self.codes = dict(CODES)
        self.early = None if has_key else 401  # may come before what is wrong with a body
        if has_key:
            if name in REFUSED:
                self.statuses, self.chats = dict.fromkeys(self.statuses, 400), 0
                self.codes[400] = REFUSED[name]
            return
        self.statuses = {s: 401 if status == 200 else status for s, status in self.statuses.items()}
        if "bad-body trailer 400" in lines:  # the answer was given before; what follows is dropped
            self.statuses, self.closed = {}, False
            self.goaways, self.glitches = [], collections.Counter()


def test_there_are_enough_cases():
    assert len(CASES) >= 60


@pytest.mark.parametrize("has_key", [True, False], ids=["key", "no-key"])
@pytest.mark.parametrize("name,request_lines,lines", CASES, ids=[case[0] for case in CASES])
def test_case(gate, recorder, neighbour, name, request_lines, lines, has_key):
    # covers: engine-7-h2-downgrade algorithms-7-h2-floods gateways-3-16
    expected = Expected(name, lines, has_key)
    fields = [(b"content-type", b"application/json")]
    if has_key:
        fields.append((b"authorization", b"Bearer " + gate.key.encode()))
    assembler = h2cases.Assembler(fields, BODY)
    assembler.add(request_lines)
    before = glitches(gate)
    recorder.take()
    with h2wire.Connection(gate) as client:
        assert client.send(assembler.bytes)
        if expected.closed:
            client.until(lambda: client.closed)
        else:
            client.until(lambda: set(expected.statuses) <= client.ended)
            client.settle()
        check_answers(client, expected)
    check_glitches(glitches(gate) - before, expected)
    assert gate.chat(connection=neighbour).status == 200
    *received, _ = recorder.take()  # the last is the neighbour's
    check_upstream(received, [s for s, status in client.statuses().items() if status == 200
                              and json.loads(client.bodies[s])["object"] == "chat.completion"],
                   client, expected, recorder.port)


def check_answers(client, expected):
    if expected.closed is not None:
        assert client.closed == expected.closed
    got = client.statuses()
    if not expected.all:
        got = {s: got[s] for s in got if s in expected.statuses or got[s] != expected.early}
    assert got == expected.statuses
    for stream, status in got.items():
        assert client.fields[stream]["x-request-id"]
        if status in expected.codes:
            assert client.error(stream)["code"] == expected.codes[status]
        elif status != 200:
            text = client.bodies[stream]
            assert expected.glitches[wire.glitch_of(client.fields[stream]["content-type"], text)]
    if expected.all:
        assert (client.resets, client.goaways) == (expected.resets, expected.goaways)
    else:
        assert set(expected.resets) <= set(client.resets)
        assert set(expected.goaways) <= set(client.goaways)


def check_glitches(counted, expected):
    assert counted == expected.glitches if expected.all else counted >= expected.glitches


def check_upstream(received, streams, client, expected, port):
    assert len(received) == len(streams) == expected.chats
    ids = {client.fields[stream]["x-request-id"] for stream in streams}
    for head, body in received:
        written = WRITTEN.fullmatch(head + b"\r\n\r\n" + body)
        assert written, head + body
        assert int(written["port"]) == port and int(written["length"]) == len(body)
        ids.remove(written["id"].decode())
