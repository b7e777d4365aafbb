"""Requests in chunks: served like those with a length, and written anew for the upstream."""

import json

import pytest

import wire
from gate import chat

BODY = json.dumps(chat("in chunks", max_tokens=7, stop=["x"])).encode()
FIELDS = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
END = b"0\r\n\r\n"


def chunks(*parts, size="%x"):
    return b"".join((size % len(part)).encode() + b"\r\n" + part + b"\r\n" for part in parts)


def pieces(size):
    return [BODY[i:i + size] for i in range(0, len(BODY), size)]


def request(gate, body, fields=FIELDS):
    return gate.request("/v1/chat/completions", method="POST", fields=fields) + body


def rewritten(recorder):
    """The (head, body) of each request that came upstream, ids left out."""
    return [([line for line in head.split(b"\r\n") if not line.startswith(b"X-Request-Id: ")], body)
            for head, body in recorder.take()]


SPELLED = {
    "one": chunks(BODY), "bytes": chunks(*pieces(1)), "sevens": chunks(*pieces(7)),
    "halves": chunks(BODY[:40], BODY[40:]), "upper-case": chunks(*pieces(29), size="%X"),
    "leading-zeros": chunks(*pieces(29), size="%04x"),
}


@pytest.mark.parametrize("body", SPELLED.values(), ids=SPELLED)
def test_it_is_served_and_framed_anew(gate, recorder, body):
    """However it is cut, the upstream gets the bytes that it gets for one with a length: the exact
    length, none of the chunks. The connection serves what is pipelined behind it."""
    # covers: engine-3.5-accept algorithms-7-rewritten algorithms-7-spill
    recorder.take()
    assert gate.call("/v1/chat/completions", BODY).status == 200
    ((lines, sent),) = counted = rewritten(recorder)
    assert b"Content-Length: %d" % len(sent) in lines and json.loads(sent)["max_tokens"] == 7
    assert not any(line.lower().startswith(b"transfer-encoding") for line in lines)
    with gate.connect() as connection:
        reader = wire.Reader(connection)
        connection.sendall(request(gate, body + END) * 2 + gate.request("/v1/models"))
        first, second, models = reader.answer(), reader.answer(), reader.answer()
        assert (first.status, second.status, models.status) == (200, 200, 200)
        assert first.json()["choices"][0]["message"]["content"] == "ok"
        assert wire.still_open(connection)
    assert rewritten(recorder) == counted * 2


def test_an_announced_trailer_and_an_expectation(gate, recorder):
    """Neither changes what comes of it, and neither goes upstream."""
    # covers: engine-3.5-trailer algorithms-7-expect
    recorder.take()
    assert gate.call("/v1/chat/completions", BODY).status == 200
    counted = rewritten(recorder)
    with gate.connect() as connection:
        head = request(gate, b"", FIELDS + "Trailer: X-Sum\r\nExpect: 100-continue\r\n")
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(chunks(BODY) + END)
        assert wire.Reader(connection).answer().status == 200
    assert rewritten(recorder) == counted


REFUSED = {
    "extension": (chunks(BODY, size="%x;a=b") + END, "bad_chunk"),
    "extension-of-the-last": (chunks(BODY) + b"0;a\r\n\r\n", "bad_chunk"),
    "trailer": (chunks(BODY) + b"0\r\nX-Sum: 1\r\n\r\n", "trailer"),
    "trailer-of-a-length": (chunks(BODY) + b"0\r\nContent-Length: 1\r\n\r\n", "trailer"),
    "trailer-of-a-key": (chunks(BODY) + b"0\r\nAuthorization: Bearer x\r\n\r\n", "trailer"),
}


@pytest.mark.parametrize("body,glitch", REFUSED.values(), ids=REFUSED)
def test_what_is_beside_the_chunks_is_refused(gate, recorder, body, glitch):
    """Although everything else of the request would be served: the connection ends, and the upstream
    gets nothing."""
    # covers: algorithms-7-chunk-ext algorithms-7-trailers engine-3.5-chunk-ext engine-3.5-trailer
    recorder.take()
    with gate.connect() as connection:
        connection.sendall(request(gate, body) + gate.request("/v1/models"))
        reader = wire.Reader(connection)
        answer = reader.answer()
        assert (answer.status, answer.glitch) == (400, glitch)
        assert reader.is_closed() and reader.pending == b""
    assert recorder.take() == []
