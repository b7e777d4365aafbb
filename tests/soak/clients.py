"""The clients of the soak, one function for each kind. A visitor makes one turn after another and
writes down the id of every answer and whatever it did not expect."""

import base64
import collections
import json
import random
import socket
import ssl
import struct
import time

import wire
from gate import chat
from h2client import Client

# What a good request may be answered while upstreams are killed.
ANSWERED = {200, 502, 503, 504}
SEVERED = (ConnectionError, ssl.SSLError, EOFError)

FAULTS = [
    "late,ms=50", "late,ms=2500", "hang", "status,code=500", "status,code=400", "cut_after,n=1",
    "cut_after,n=2,how=rst", "short_body", "one_oh", "invalid_head,kind=garbage",
    "invalid_head,kind=two_lengths", "huge_head", "interim", "wrong_content_type",
    "chunk_garbage,kind=size", "chunk_garbage,kind=no_crlf", "trailers",
    "extra_bytes,kind=response", "extra_bytes,kind=garbage", "split,bytes=5",
    "slow_drip,bytes=40,ms=2", "huge_event", "huge_body,bytes=1000000", "invalid_json,kind=truncated", "invalid_json,kind=utf8",
    "invalid_sse,kind=html", "error_event", "no_done", "keepalive_comments",
    "lying_usage,kind=huge", "lying_usage,kind=falling", "no_usage", "tool_call", "stop"]

# (path, body or bytes, extra fields, status)
INVALID = [
    ("/v1/chat/completions", chat(unknown_field=1), "", 400),
    ("/v1/chat/completions", chat(n=100), "", 400),
    ("/v1/chat/completions", chat(max_tokens=4096), "", 400),
    ("/v1/chat/completions", chat(chat_template="x"), "", 400),
    ("/v1/chat/completions", chat("word " * 20_000), "", 400),
    ("/v1/chat/completions", chat(model="none"), "", 404),
    ("/v1/chat/completions", b'{"model":"m","model":"m"}', "", 400),
    ("/v1/chat/completions", b"[" * 100, "", 400),
    ("/v1/chat/completions", b"{}" * 700_000, "", 413),
    ("/v1/chat/completions", None, "", 405),
    ("/v1/nothing", chat(), "", 404),
    ("/tokenize", chat(), "", 404),
    ("/v1//models", None, "", 400),
    ("/v1/models", None, "Bad Field: 1\r\n", 400),
    ("/v1/models", None, "Host: second\r\n", 400),
    ("/v1/models", None, f"X-Filler: {'x' * 100_000}\r\n", 431),
]


class Visitor:
    def __init__(self, stage, seed):
        self.stage, self.gate, self.chance = stage, stage.gate, random.Random(seed)
        self.turns = collections.Counter()    # by kind
        self.answers = collections.Counter()  # by (kind, status)
        self.ids, self.wrong = [], []

    def complain(self, what):
        self.wrong.append(f"{time.strftime('%H:%M:%S')} {self.kind}: {what}")

    def note(self, answer, expected=ANSWERED):
        self.answers[self.kind, answer.status] += 1
        if "x-request-id" in answer.fields:
            self.ids.append(answer.fields["x-request-id"])
        elif not answer.body.startswith(b"refused: "):  # what is no HTTP has no id
            self.complain(f"{answer.status} without an id")
        if answer.status not in expected:
            self.complain(f"{answer.status} {answer.body[:200]!r} {answer.fields}")
        return answer

    def body(self, content="hi", **more):
        return dict(chat(content), model=self.chance.choice(["m", "m", "other"]), **more)

    def request(self, body, path="/v1/chat/completions"):
        return self.gate.request(path, body, self.stage.keys.choose(self.chance))

    def until(self, end):
        """Turns until that moment."""
        names, weights = list(KINDS), [weight for _, weight in KINDS.values()]
        while time.monotonic() < end:
            self.kind = self.chance.choices(names, weights)[0]
            self.turns[self.kind] += 1
            try:
                KINDS[self.kind][0](self)
            except SEVERED as error:
                self.complain(f"severed: {error!r}")
            except TimeoutError:
                self.complain(f"nothing came for {wire.PATIENCE:.0f} s")


def read_stream(visitor, reader, expected=ANSWERED):
    """To its end, which is [DONE], or an error that says so; whether the connection goes on."""
    answer = visitor.note(reader.head(), expected)
    if "content-length" in answer.fields:
        reader.exactly(int(answer.fields["content-length"]))
        return "connection" not in answer.fields
    body, ended = reader.rest()
    last = wire.events(body)[-1:]
    if last != ["[DONE]"] and '"error"' not in "".join(last):
        visitor.complain(f"a stream ended with {last}")
    return ended


def whole(visitor):
    """Several on one connection; some say a word that only their own answer may contain."""
    chance = visitor.chance
    with visitor.stage.connect() as connection:
        reader = wire.Reader(connection)
        for _ in range(chance.randrange(1, 8)):
            path = chance.choice(["/v1/chat/completions"] * 3 +
                                 ["/v1/completions", "/v1/embeddings", "/v1/models"])
            word = f"word-{chance.getrandbits(64):016x}"
            body = visitor.body(max_tokens=chance.randrange(1, 40))
            if path == "/v1/models":
                body = None
            elif path == "/v1/embeddings":
                body = {"model": body["model"], "input": ["a", "b"]}
            elif path == "/v1/completions":
                body = {"model": body["model"], "prompt": "x" * chance.choice([1, 500, 10_000])}
            elif chance.random() < 0.4:
                body["messages"] = [{"role": "system", "content": word},
                                    {"role": "user", "content": "sim:fault=echo"}]
            else:
                word = None
            connection.sendall(visitor.request(body, path))
            answer = visitor.note(reader.answer())
            if answer.status == 200 and path == "/v1/chat/completions" and word:
                echoed = answer.json()["choices"][0]["message"]["content"]
                if word.encode() not in base64.b64decode(echoed):
                    visitor.complain("the answer to another request")


def stream(visitor):
    with visitor.stage.connect() as connection:
        reader = wire.Reader(connection)
        for _ in range(visitor.chance.randrange(1, 4)):
            connection.sendall(visitor.request(visitor.body(
                stream=True, max_tokens=visitor.chance.randrange(1, 200),
                n=visitor.chance.choice([1, 1, 3]))))
            if not read_stream(visitor, reader):
                return


def reset(connection):
    """Closes with a TCP reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def abort(visitor):
    """Leaves in the middle of a stream, one way or another."""
    with visitor.stage.connect() as connection:
        reader = wire.Reader(connection)
        connection.sendall(visitor.request(visitor.body(stream=True, max_tokens=1000)))
        answer, said = visitor.note(reader.head()), b""
        try:
            for _ in range(visitor.chance.randrange(20) if answer.status == 200 else 0):
                if not (more := reader.chunk()):
                    break
                said += more
        except SEVERED:  # the upstream was killed first
            if b'"error"' not in said:
                raise
        if visitor.chance.random() < 0.5:
            reset(connection)


def slow(visitor):
    """Reads a large answer in small pieces, or stops reading until the gateway has had enough."""
    chance = visitor.chance
    with visitor.stage.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(visitor.request(visitor.body(stream=True, max_tokens=1000, n=4)))
        reader = wire.Reader(connection)
        visitor.note(reader.head())
        patience = time.monotonic() + chance.uniform(0.2, 4)
        while time.monotonic() < patience:
            time.sleep(chance.choice([0.002, 0.02, 1]))
            try:
                if not connection.recv(chance.choice([100, 4000, 16000])):
                    return
            except SEVERED:
                return  # cut for its slowness


def invalid(visitor):
    path, body, fields, status = visitor.chance.choice(INVALID)
    with visitor.stage.connect() as connection:
        connection.sendall(visitor.gate.request(path, body, visitor.stage.keys.choose(
            visitor.chance), fields))
        visitor.note(wire.Reader(connection).answer(), {status})


def wrong_key(visitor):
    with visitor.stage.connect() as connection:
        reader = wire.Reader(connection)
        for _ in range(visitor.chance.randrange(1, 5)):
            connection.sendall(visitor.gate.request("/v1/chat/completions", chat(),
                                                    visitor.stage.keys.wrong(visitor.chance)))
            visitor.note(reader.answer(), {401})


def over_the_rate(visitor):
    with visitor.stage.connect() as connection:
        reader = wire.Reader(connection)
        for _ in range(6):
            connection.sendall(visitor.gate.request("/v1/chat/completions", chat(max_tokens=1),
                                                    visitor.stage.small))
            visitor.note(reader.answer(), ANSWERED | {429})


def fault(visitor):
    """Whatever the upstream does, the client gets an answer, or a stream that says how it ended."""
    with visitor.stage.connect() as connection:
        streamed = visitor.chance.random() < 0.5
        connection.sendall(visitor.request(visitor.body(
            f"sim:fault={visitor.chance.choice(FAULTS)}", stream=streamed, max_tokens=20)))
        read_stream(visitor, wire.Reader(connection), ANSWERED | {400})


def http2(visitor):
    """Streams of every kind at once, some reset, some connections left with all of them open."""
    chance = visitor.chance
    with Client(visitor.gate, window=chance.random() < 0.9) as client:
        for _ in range(chance.randrange(1, 10)):
            body = visitor.body(chance.choice(["hi", "hi", f"sim:fault={chance.choice(FAULTS)}"]),
                                stream=chance.random() < 0.5, max_tokens=chance.randrange(1, 100))
            key = visitor.stage.keys.choose(chance)
            if chance.random() < 0.2:
                body, key = dict(body, surprise=1), visitor.stage.keys.wrong(chance)
            client.request("/v1/chat/completions", body, key)
        leave = time.monotonic() + chance.choice([0.05, 0.3, 30])
        while not client.closed and time.monotonic() < leave and not all(
                s.ended or s.reset is not None for s in client.streams.values()):
            for number, one in client.streams.items():
                if chance.random() < 0.02 and not one.ended and one.reset is None:
                    client.h2.reset_stream(number, 8)
                    one.reset = 8
                    client.flush()
            try:
                client.read(0.5)
            except TimeoutError:
                continue
        for one in client.streams.values():
            if one.status is not None:
                visitor.note(one, ANSWERED | {400, 401})


def first_bytes(alpn):
    """What a client says first."""
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.set_alpn_protocols([alpn])
    try:
        context.wrap_bio(inward, outward, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        return outward.read()


def cut(visitor):
    """Gone at a moment when nobody goes: within the handshake, a head or a body, at once after the
    request, or half closed."""
    chance = visitor.chance
    how = chance.choice(["handshake", "noise", "request", "request", "at once", "half"])
    if how in ("handshake", "noise"):
        with socket.create_connection(("127.0.0.1", visitor.gate.ports["public"])) as plain:
            said = first_bytes("h2") if how == "handshake" else chance.randbytes(200)
            plain.sendall(said[:chance.randrange(len(said) + 1)])
            if chance.random() < 0.5:
                reset(plain)
        return
    with visitor.stage.connect() as connection:
        request = visitor.request(visitor.body("x" * chance.choice([1, 5000]), max_tokens=50,
                                               stream=chance.random() < 0.5))
        if how == "request":
            request = request[:chance.randrange(1, len(request))]
        connection.sendall(request)
        if how == "half":
            connection.settimeout(1)
            connection.shutdown(socket.SHUT_WR)
        elif chance.random() < 0.3:
            reset(connection)


# How often each kind has its turn.
KINDS = {
    "whole answers": (whole, 6), "streams": (stream, 6), "aborted streams": (abort, 4),
    "slow readers": (slow, 1), "invalid requests": (invalid, 3), "wrong keys": (wrong_key, 2),
    "over the rate": (over_the_rate, 1), "upstream faults": (fault, 4), "HTTP/2": (http2, 4),
    "cut connections": (cut, 5)}

# The status that shows that a kind did what it is for.
MEANT = {"whole answers": 200, "streams": 200, "aborted streams": 200, "slow readers": 200,
         "invalid requests": 400, "wrong keys": 401, "over the rate": 429, "upstream faults": 502,
         "HTTP/2": 200}
