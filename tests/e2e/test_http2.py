"""HTTP/2 from clients: the same answers as over HTTP/1.1, and refusals that end a stream alone."""

import json
import shutil
import subprocess

import pytest

import recorder as answers
import wire
from gate import Gate, chat
from h2client import Client
from upstream import Upstream

# Credentials that are none: fields in place of one `authorization`.
REFUSED = {
    "none": [], "twice": [("authorization", "Bearer K"), ("authorization", "Bearer K")],
    "good-then-bad": [("authorization", "Bearer K"), ("authorization", "Bearer x")],
    "comma": [("authorization", "Bearer K, Bearer K")],
    "two-spaces": [("authorization", "Bearer  K")],
    "x-api-key": [("x-api-key", "K")], "cookie": [("cookie", "a=K"), ("cookie", "b=K")],
    "beside": [("authorization", "Bearer K"), ("api-key", "K")],
}


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED)
def test_no_credential_is_one_401(gate, recorder, fields):
    """The body of HTTP/1.1's 401, before the request's body is there; the connection goes on."""
    # covers: gateways-3-14 gateways-3-15
    recorder.take()
    plain = gate.call("/v1/models", key="")
    with Client(gate) as client:
        spelled = [(name, value.replace("K", gate.key)) for name, value in fields]
        number = client.request("/v1/chat/completions", key="", end=False, method="POST",
                                fields=spelled)
        answer = client.answer(number)
        assert (answer.status, bytes(answer.body)) == (401, plain.body)
        names = set(answer.fields) - {":status", "date", "x-request-id"}
        assert names == set(plain.fields) - {"date", "x-request-id"}
        assert recorder.take() == []
        assert client.answer(client.chat()).status == 200


REFUSALS = [
    ("/v1/completions", chat(), 400, "unknown_field"), ("/nowhere", chat(), 404, "not_found"),
    ("/v1/models", chat(), 405, "method_not_allowed"),
    ("/v1/chat/completions", chat(model="x"), 404, "model_not_found"),
    ("/v1/chat/completions", None, 413, "body_too_large"),  # of 200,000 bytes
]


def test_refusals_end_a_stream_alone(recorder, tmp_path):
    """Hundreds of refusals on one connection are no flood of resets: it serves on."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}",
              request="max_body: 64KiB, max_tokens: 600") as gate, Client(gate) as client:
        recorder.take()
        for i in range(300):
            path, body, status, code = REFUSALS[i % 4]
            answer = client.answer(client.request(path, body))
            assert (answer.status, answer.error["code"]) == (status, code)
            assert answer.ended and answer.reset is None
        path, _, _, code = REFUSALS[4]
        number = client.request(path, end=False, method="POST",
                                fields=[("content-type", "application/json"),
                                        ("content-length", "200000")])
        assert client.answer(number).error["code"] == code
        assert recorder.take() == []
        assert client.answer(client.chat()).status == 200
        assert len(recorder.take()) == 1
        assert gate.metric("gatehouse_glitches_total") == 0


BAD = {
    "other-host": [("host", "other.example")], "two-hosts": [("host", "localhost"),
                                                             ("host", "localhost")],
    "connection": [("connection", "close")], "keep-alive": [("keep-alive", "1")],
    "te": [("te", "gzip")], "transfer-encoding": [("transfer-encoding", "chunked")],
    "upgrade": [("upgrade", "h2c")], "upper-case": [("X-Upper", "1")],
    "line-end": [("x-a", "1\r\nhost: x")], "name-colon": [("x:a", "1")],
    "name-space": [("x a", "1")],
    "nul": [("x-a", "\0")], "late-pseudo": [(":path", "/v1/models")],
    "unknown-pseudo": [(":x", "1")], "two-lengths": [("content-length", "1")],
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD)
def test_bad_fields_reach_nobody(gate, recorder, fields):
    """Each ends its stream or its connection with an error, and is counted; nothing of it becomes
    a request."""
    # covers: engine-7-h2-downgrade
    recorder.take()
    before = gate.metric("gatehouse_glitches_total")
    with Client(gate) as client:
        number = client.request("/v1/chat/completions", chat(), fields=fields)
        stream = client.streams[number]
        while not (client.closed or stream.ended or stream.reset is not None):
            client.read()
        assert stream.status in (None, 400), stream.body
    assert recorder.take() == []
    assert wire.wait_for(lambda: gate.metric("gatehouse_glitches_total") > before)


def test_fields_of_a_connection_go_nowhere(gate, recorder):
    """Neither what Connection names nor any other field of a client is in the upstream's head."""
    # covers: algorithms-7-connection-named algorithms-7-rewritten algorithms-7-underscore
    recorder.take()
    fields = ("Connection: keep-alive, X-Secret, Authorization\r\nX-Secret: 1\r\nKeep-Alive: 5\r\n"
              "TE: trailers\r\nTrailer: X-T\r\nUpgrade: h2c\r\nVia: 1.1 x\r\nForwarded: for=1\r\n"
              "X-Data-Parallel-Rank: 7\r\nX-Vllm-Priority: 9\r\nX_Request_Id: 1\r\n"
              "Endpoint-Load-Metrics-Format: JSON\r\nX-Amzn-SageMaker-Adapter-Identifier: a\r\n"
              "Accept-Encoding: gzip\r\nCookie: a=b\r\nReferer: x\r\nOrigin: http://x\r\n")
    assert gate.call("/v1/chat/completions", chat(), fields=fields).status == 200
    with Client(gate) as client:
        extra = [("te", "trailers"), ("x-vllm-priority", "9"), ("x-request-id", "mine")]
        assert client.answer(client.request("/v1/chat/completions", chat(),
                                            fields=extra)).status == 200
    one, two = recorder.take()
    for head, body in (one, two):
        names = [line.split(b":")[0] for line in head.split(b"\r\n")[1:]]
        assert names == [b"Host", b"User-Agent", b"X-Request-Id", b"Accept", b"Content-Type",
                         b"Content-Length"]
        assert set(json.loads(body)) == {"messages", "model", "max_tokens", "cache_salt"}
    assert one[1] == two[1]  # whatever the protocol was


def test_a_body_that_is_not_its_length(gate, recorder):
    """More or less DATA than was declared resets the stream."""
    # covers: engine-7-framing
    for length in (10, 10_000):
        recorder.take()
        with Client(gate) as client:
            number = client.request("/v1/chat/completions", end=False, method="POST", fields=[
                ("content-type", "application/json"), ("content-length", str(length))])
            client.h2.send_data(number, json.dumps(chat()).encode(), end_stream=True)
            client.flush()
            stream = client.streams[number]
            while not (client.closed or stream.ended or stream.reset is not None):
                client.read()
            assert stream.status != 200
        assert recorder.take() == []


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize("key,kind,status", [("", "application/json", "401"), ("K", "text/plain", "415")])
def test_curl_sees_a_refusal_that_comes_before_its_body(gate, key, kind, status):
    """An answer with a reset behind it is lost by curl (error 92) whenever the two come together."""
    for _ in range(10):
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--http2", "--cacert", gate.certificate,
             "--header", f"Authorization: Bearer {gate.key if key else 'none'}",
             "--header", f"Content-Type: {kind}", "--data", json.dumps(chat("x" * 20_000)),
             "--output", "/dev/null", "--write-out", "%{http_version} %{http_code}",
             f"https://localhost:{gate.ports['public']}/v1/chat/completions"],
            capture_output=True, text=True, timeout=30)
        assert (done.stdout, done.stderr) == (f"2 {status}", "")


TOO_WIDE = b"\0\0\4\x08\0\0\0\0%c\x7f\xff\xff\xff"  # a WINDOW_UPDATE above what a window can be


@pytest.mark.parametrize("when", ["body", "waiting", "stream"])
def test_a_client_that_breaks_its_stream(tmp_path, when):
    """Before its request is whole it is refused; after that it has left, and the record says that the
    request ran."""
    def serve(peer):
        if peer.request():
            if when == "stream":
                peer.send(answers.stream("/v1/chat/completions")[:400])
            peer.wait_until_left()

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate, \
            Client(gate) as client:
        if when == "body":
            number = client.request("/v1/chat/completions", chat(), end=False)
        else:
            number = client.chat(stream=when == "stream")
            assert wire.wait_for(lambda: upstream.requests)
        if when == "stream":
            client.until(lambda: client.streams[number].body)
        client.socket.sendall(TOO_WIDE % number)
        client.until(lambda: client.streams[number].reset is not None)
        (line,) = gate.logged()
        if when == "body":
            assert (line["decision"], line["ending"], line["code"]) == (
                "refused", "refused", "invalid_request")
        else:
            assert (line["decision"], line["ending"], line.get("code")) == (
                "admitted", "client_left", None)
        assert len(upstream.requests) == (when != "body")
        assert wire.wait_for(lambda: gate.metric("gatehouse_upstream_in_flight") == 0)
