"""Requests that come too slowly, are too large or break off in the middle: who says so, and where."""

import json

import pytest

import wire
from gate import Gate
from h2client import Client

PATH = "/v1/chat/completions"
FIELDS = "Content-Type: application/json\r\n"
CHUNKED = FIELDS + "Transfer-Encoding: chunked\r\n"
LARGE = {
    "line": (f"X: {'a' * 8200}\r\n", "line_too_large"),
    "head": (f"X: {'a' * 8000}\r\n" * 5, "head_too_large"),
    "fields": ("X: a\r\n" * 70, "too_many_fields"),
}


def up(recorder):
    return f"http://127.0.0.1:{recorder.port}"


def begin(gate, fields, path=PATH):
    """Sends the head of a POST; a connection and its reader."""
    connection = gate.connect()
    connection.sendall(gate.request(path, method="POST", fields=fields))
    return connection, wire.Reader(connection)


def holds(answer, status, code):
    assert (answer.status, answer.error["code"]) == (status, code)
    assert answer.error["type"] == "invalid_request_error" and answer.error["param"] is None
    return answer.fields["x-request-id"]


@pytest.mark.parametrize("fields,glitch", LARGE.values(), ids=LARGE)
def test_a_large_head_is_answered_and_logged(gate, recorder, fields, glitch):
    """HTTP/1.1 closes, as where it ends is not known; HTTP/2 goes on."""
    # covers: engine-3.5-limits algorithms-7-head-limits
    recorder.take()
    before = gate.metric("gatehouse_glitches_total", reason=glitch)
    connection, reader = begin(gate, fields)
    with connection:
        answer = reader.answer()
        number = holds(answer, 431, "headers_too_large")
        assert answer.fields["connection"] == "close" and reader.is_closed()
    (line,) = gate.logged(request_id=number)
    assert (line["status"], line["ending"], line["decision"]) == (431, "refused", "refused")
    assert (line["code"], line["rule"]) == ("headers_too_large", f"http.{glitch}")
    assert "route" not in line and "tenant" not in line
    with Client(gate) as client:
        spelled = [tuple(f.lower().split(": ")) for f in fields.split("\r\n") if f]
        answer = client.answer(client.request("/v1/models", fields=spelled))
        gate.logged(request_id=holds(answer, 431, "headers_too_large"))
        assert answer.ended and answer.reset is None
        assert client.answer(client.chat()).status == 200
    assert gate.metric("gatehouse_glitches_total", reason=glitch) == before + 2
    assert len(recorder.take()) == 1


@pytest.mark.parametrize("path", ["/v1//models", "/v1/models", "/nowhere"])
def test_an_answer_to_head_has_no_body(gate, path):
    """Whatever is wrong with the request: over HTTP/1.1 a client would take it for the next answer."""
    with gate.connect() as connection:
        connection.sendall(gate.request(path, method="HEAD", fields="Connection: close\r\n"))
        data = wire.read_until_closed(connection)
        assert data.startswith(b"HTTP/1.1 4") and data.endswith(b"\r\n\r\n")
        assert data.count(b"\r\n\r\n") == 1 and b"\r\ncontent-length: " in data
    with Client(gate) as client:
        answer = client.answer(client.request(path, method="HEAD"))
        assert 400 <= answer.status < 500 and answer.ended and answer.body == b""
        assert int(answer.fields["content-length"]) > 30


def test_a_slow_head_is_answered_and_logged(tmp_path, recorder):
    with Gate(tmp_path, upstream=up(recorder), listen="    timeouts: { head: 1s }") as gate:
        with gate.connect() as connection:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: loc")
            reader = wire.Reader(connection)
            number = holds(reader.answer(), 408, "timeout")
            assert reader.is_closed()
        (line,) = gate.logged(request_id=number)
        assert (line["status"], line["ending"]) == (408, "timeout")
        assert line["rule"] == "listen[0].timeouts.head" and "route" not in line
        assert gate.metric("gatehouse_requests_total", status="408", reason="timeout") == 1


@pytest.mark.parametrize("fields", [FIELDS + "Content-Length: 200\r\n", CHUNKED],
                         ids=["length", "chunks"])
def test_a_slow_body_is_a_timeout(tmp_path, recorder, fields):
    """And not a client that left: over HTTP/2 the others on the connection do not notice."""
    # covers: algorithms-7-slow-body engine-3.5-deadline-body
    with Gate(tmp_path, upstream=up(recorder), listen="    timeouts: { body: 1s }") as gate:
        recorder.take()
        connection, reader = begin(gate, fields)
        with connection:
            connection.sendall(b"2\r\n{ \r\n" if "chunked" in fields else b"{ ")
            numbers = [holds(reader.answer(), 408, "timeout")]
            assert reader.is_closed()
        with Client(gate) as client:
            slow = client.request(PATH, method="POST", end=False,
                                  fields=[("content-type", "application/json")])
            client.h2.send_data(slow, b"{ ")
            client.flush()
            answer = client.answer(slow)
            numbers.append(holds(answer, 408, "timeout"))
            assert client.answer(client.chat()).status == 200
        for number in numbers:
            (line,) = gate.logged(request_id=number)
            assert (line["status"], line["ending"], line["code"]) == (408, "timeout", "timeout")
            assert (line["rule"], line["tenant"]) == ("listen[0].timeouts.body", "alpha")
            assert line["body_bytes"] == 2
        assert gate.metric("gatehouse_endings_total", ending="timeout") == 2
        assert gate.metric("gatehouse_endings_total", ending="client_left") == 0
        assert len(recorder.take()) == 1


BROKEN = {
    "size": (b"zz\r\n", "bad_chunk"), "extension": (b"2;a=b\r\n{}\r\n0\r\n\r\n", "bad_chunk"),
    "trailer": (b"2\r\n{}\r\n0\r\nX-Request-Id: a\r\n\r\n", "trailer"),
    "bare-lf": (b"2\n{}\r\n0\r\n\r\n", "bare_lf"),
}


@pytest.mark.parametrize("body,glitch", BROKEN.values(), ids=BROKEN)
def test_a_broken_body_is_refused_and_logged_as_such(gate, recorder, body, glitch):
    recorder.take()
    connection, reader = begin(gate, CHUNKED)
    with connection:
        connection.sendall(body)
        answer = reader.answer()
        assert (answer.status, answer.glitch) == (400, glitch)
        number = answer.fields["x-request-id"]
        assert reader.is_closed()
    (line,) = gate.logged(request_id=number)
    assert (line["status"], line["ending"], line["decision"]) == (400, "refused", "refused")
    assert (line["code"], line["rule"]) == ("invalid_request", f"http.{glitch}")
    assert line["tenant"] == "alpha" and recorder.take() == []


def test_a_length_that_lies_is_no_client_that_left(gate, recorder):
    recorder.take()
    with Client(gate) as client:
        number = client.request(PATH, method="POST", end=False, fields=[
            ("content-type", "application/json"), ("content-length", "5")])
        client.h2.send_data(number, b"{}", end_stream=True)
        client.flush()
        assert client.answer(number).reset is not None
    (line,) = gate.logged(rule="http.h2_protocol")
    assert (line["status"], line["ending"]) == (0, "refused")
    assert recorder.take() == []


def test_half_a_body_and_gone_is_a_client_that_left(gate, recorder):
    recorder.take()
    connection, _ = begin(gate, FIELDS + "Content-Length: 200\r\n")
    with connection:
        connection.sendall(b"{ ")
    (line,) = gate.logged(ending="client_left")
    assert line["status"] == 0 and "code" not in line and recorder.take() == []


def test_a_post_needs_a_length(gate, recorder):
    """Chunks are one. What has no body by its own words is asked for JSON instead."""
    # covers: algorithms-7-cl-0
    recorder.take()
    with gate.connect() as connection:
        reader = wire.Reader(connection)

        def ask(fields, body=b"", **more):
            connection.sendall(gate.request(PATH, method="POST", fields=fields, **more) + body)
            return reader.answer()
        for fields in (FIELDS, "", "Content-Type: text/plain\r\n", "Expect: 100-continue\r\n"):
            number = holds(ask(fields), 411, "length_required")
            (line,) = gate.logged(request_id=number)
            assert (line["status"], line["ending"]) == (411, "refused")
            assert line["rule"] == "content_length"
        holds(ask(FIELDS + "Content-Length: 0\r\n"), 400, "invalid_json")
        holds(ask(CHUNKED, b"0\r\n\r\n"), 400, "invalid_json")
        assert ask(FIELDS, key="gh_none").status == 401  # not before it is known who asks
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
        answer = ask(CHUNKED, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert answer.status == 200
    with Client(gate) as client:  # END_STREAM says that there is none
        number = client.request(PATH, method="POST", fields=[("content-type", "application/json")])
        holds(client.answer(number), 400, "invalid_json")
    assert len(recorder.take()) == 1
