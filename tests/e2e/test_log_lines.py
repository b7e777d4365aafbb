"""What the request log says of requests that went another way than most."""

import json
import socket

import wire
from gate import Gate
from upstream import Upstream


def last_line(gate, count):
    lines = gate.logged(count)
    assert len(lines) == count
    return lines[-1]


def test_the_url_that_had_the_request(tmp_path):
    """Not the one before it, where nobody listened."""
    def take(peer):
        peer.request()  # and leave

    with Upstream(take) as gone, Upstream(take) as there:
        with Gate(tmp_path, upstream=[gone.url, there.url], more="workers: 1") as gate:
            gone.__exit__()
            for count in (1, 2):  # whichever comes first in turn
                assert gate.chat().error["code"] == "upstream_reset"
                line = last_line(gate, count)
                assert line["upstream"] == there.url and len(there.requests) == count


def test_bytes_of_bodies_that_were_not_whole(tmp_path, recorder):
    """As many as came, whoever ended it; of HEAD no answer's body leaves."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}",
              request="max_body: 100000") as gate:
        def begin(fields):
            connection = gate.connect()
            connection.sendall((f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                                f"Authorization: Bearer {gate.key}\r\n"
                                f"Content-Type: application/json\r\n{fields}\r\n").encode())
            return connection

        with begin("Content-Length: 90000\r\n") as connection:
            connection.sendall(b" " * 50_000)
            connection.shutdown(socket.SHUT_WR)  # leaves, and takes nothing back
            assert last_line(gate, 1)["body_bytes"] == 50_000
        with begin("Transfer-Encoding: chunked\r\n") as connection:
            connection.sendall(b"4000\r\n" + b" " * 0x4000 + b"\r\n" + b"15000\r\n ")
            assert wire.Reader(connection).answer().status == 413
        assert last_line(gate, 2)["body_bytes"] == 0x4000
        with gate.connect() as connection:
            connection.sendall(b"HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 405 ")
        assert last_line(gate, 3)["answer_bytes"] == 0


def test_clients_of_requests_that_no_route_has(tmp_path, recorder):
    """A scanner behind a balancer is known by its own address."""
    listen = "    proxies: { trusted: [127.0.0.0/8], address: x-forwarded-for }"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=listen) as gate:
        for path, method, status in (("/nothing", "GET", 404), ("/v1/models", "PUT", 405)):
            fields = f"X-Forwarded-For: 203.0.113.{status % 256}\r\n"
            assert gate.call(path, method=method, fields=fields).status == status
        assert [line["client"] for line in gate.logged(2)] == ["203.0.113.148", "203.0.113.149"]


def test_words_of_a_schema_that_an_upstream_repeats(tmp_path):
    """Names and values of a tool's parameters are a client's text as a prompt is."""
    def serve(peer):
        while (request := peer.request()) is not None:
            parameters = json.loads(request[1])["tools"][0]["function"]["parameters"]
            peer.send_json(json.dumps({"error": {
                "message": "bad grammar " + json.dumps(parameters), "type": "BadRequestError",
                "param": None, "code": 400}}), "400 Bad Request")

    parameters = {"type": "object", "properties": {
        "Jane Doe, leukaemia": {"enum": [{"type": "first phrase", "model": "second phrase"}]}}}
    tools = [{"type": "function", "function": {"name": "f", "parameters": parameters}}]
    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        assert gate.chat("x", tools=tools).status == 400
        said = last_line(gate, 1)["detail"]
        assert said.startswith("bad grammar {") and '"properties"' in said
        assert not any(word in said for word in ("Jane", "leukaemia", "phrase"))
