"""Connections: who is let in, how long they may take, and what a refusal does to them."""

import collections
import contextlib
import json
import re
import shutil
import socket
import subprocess
import time

import pytest

import wire
from gate import Gate, chat
from upstream import Upstream


def up(recorder):
    return f"http://127.0.0.1:{recorder.port}"


REFUSED = {
    # path, body, fields, method: status, code; each with a valid key
    "404": ("/v1/audio/speech", chat(), "", "POST", 404, "not_found"),
    "404-tokenize": ("/tokenize", chat(), "", "POST", 404, "not_found"),
    "404-metrics": ("/metrics", None, "", "GET", 404, "not_found"),
    "404-slash": ("/v1/models/", None, "", "GET", 404, "not_found"),
    "404-case": ("/V1/models", None, "", "GET", 404, "not_found"),
    "405-get": ("/v1/chat/completions", None, "", "GET", 405, "method_not_allowed"),
    "405-post": ("/v1/models", chat(), "", "POST", 405, "method_not_allowed"),
    "405-options": ("/v1/chat/completions", None, "", "OPTIONS", 405, "method_not_allowed"),
    "405-delete": ("/v1/models/m", None, "", "DELETE", 405, "method_not_allowed"),
    "415-encoding": ("/v1/chat/completions", chat(), "Content-Encoding: gzip\r\n", "POST", 415,
                     "unsupported_media_type"),
    "400-empty": ("/v1/chat/completions", b"", "", "POST", 400, "invalid_json"),
    "400-json": ("/v1/chat/completions", b"{", "", "POST", 400, "invalid_json"),
    "400-twice": ("/v1/chat/completions", b'{"model":"m","model":"m"}', "", "POST", 400,
                  "duplicate_key"),
    "400-case": ("/v1/chat/completions", chat(**{"Max_Tokens": 1}), "", "POST", 400,
                 "unknown_field"),
    "400-base": ("/v1/chat/completions", chat(api_base="http://x"), "", "POST", 400,
                 "unknown_field"),
    "413": ("/v1/chat/completions", chat("x" * 40000), "", "POST", 413, "body_too_large"),
}


@pytest.fixture(scope="module")
def small(recorder, tmp_path_factory):
    """Bodies of at most 32 KiB."""
    request = "max_body: 32KiB, max_tokens: 1024, default_max_tokens: 512"
    with Gate(tmp_path_factory.mktemp("small"), upstream=up(recorder), request=request) as gate:
        yield gate


@pytest.mark.parametrize("path,body,fields,method,status,code", REFUSED.values(), ids=REFUSED)
def test_refusals_keep_the_connection(small, recorder, path, body, fields, method, status, code):
    """A documented status and code, nothing upstream, and a connection that serves the next."""
    # covers: gateways-3-7 gateways-3-8 gateways-3-11 gateways-3-21 engine-7-decompression
    # covers: algorithms-7-body-cap algorithms-7-content-encoding algorithms-7-duplicate-keys
    # covers: algorithms-7-bypass-routes
    recorder.take()
    with small.connect() as connection:
        answer = small.call(path, body, fields=fields, method=method, connection=connection)
        assert (answer.status, answer.error["code"]) == (status, code)
        assert "connection" not in answer.fields
        assert recorder.take() == []
        assert small.chat(connection=connection).status == 200
    assert len(recorder.take()) == 1


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x",
                                          "application/json; charset=utf-16", "application/jsonx",
                                          "application/json, text/plain",
                                          'application/json; charset="utf-16"',
                                          'application/json; charset="utf-8',
                                          "application/json;;", None])
def test_other_content_types(small, recorder, content_type):
    """JSON in UTF-8 and nothing else, said exactly once."""
    # covers: algorithms-7-multipart
    recorder.take()
    line = f"Content-Type: {content_type}\r\n" if content_type else ""
    request = small.request("/v1/chat/completions", chat()).replace(
        b"Content-Type: application/json\r\n", line.encode())
    with small.connect() as connection:
        connection.sendall(request)
        answer = wire.Reader(connection).answer()
    assert (answer.status, answer.error["code"]) == (415, "unsupported_media_type")
    assert recorder.take() == []


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json;charset=UTF-8",
                                          'application/json; charset="utf-8"', "application/json;"])
def test_forms_of_the_content_type(small, recorder, content_type):
    """RFC 9110 §8.3.1: case, white space and quotes mean nothing."""
    recorder.take()
    with small.connect() as connection:
        connection.sendall(small.request("/v1/chat/completions", chat()).replace(
            b"application/json", content_type.encode()))
        assert wire.Reader(connection).answer().status == 200
    assert len(recorder.take()) == 1


@pytest.mark.parametrize("size,kept", [(1000, True), (65536, True), (70000, False)])
@pytest.mark.parametrize("chunked", [False, True])
def test_the_rest_of_a_refused_body(small, recorder, size, kept, chunked):
    """Up to 64 KiB that still come are read and dropped; with more to come the connection ends."""
    recorder.take()
    head = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\n"
    if chunked:
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size)
        head += b"Transfer-Encoding: chunked\r\n\r\n"
    else:
        body, head = b"x" * size, head + b"Content-Length: %d\r\n\r\n" % size
    with small.connect() as connection:
        connection.sendall(head)
        reader = wire.Reader(connection)
        answer = reader.answer()  # comes before the body
        assert answer.status == 404
        with contextlib.suppress(OSError):
            connection.sendall(body)
            connection.sendall(small.request("/v1/chat/completions", chat()))
        if kept:
            assert reader.answer().status == 200
        else:
            assert reader.is_closed()
    assert len(recorder.take()) == kept


def test_expect_continue(small, recorder):
    """100 comes when the body is wanted, and never before a refusal."""
    # covers: algorithms-7-expect
    recorder.take()
    request = small.request("/v1/chat/completions", chat(), fields="Expect: 100-continue\r\n")
    head, _, body = request.partition(b"\r\n\r\n")
    with small.connect() as connection:
        connection.sendall(head + b"\r\n\r\n")
        connection.settimeout(wire.PATIENCE)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert wire.Reader(connection).answer().status == 200
    assert len(recorder.take()) == 1
    with small.connect() as connection:
        connection.sendall(head.replace(small.key.encode(), b"x") + b"\r\n\r\n")
        assert wire.read_until_closed(connection).startswith(b"HTTP/1.1 401 ")
    assert recorder.take() == []


SLOW = {
    # timeouts, what is sent at once (None: no handshake), what drips, the glitch that is counted,
    # how the answer begins
    "handshake": ("handshake: 1s", None, b"", "handshake", b""),
    "head": ("head: 1s", b"GET /v1/models HTTP/1.1\r\nX-", b"x", "slow_head", b"HTTP/1.1 408 "),
    "no-head": ("head: 1s", b"", b"", None, b""),
    "body": ("body: 1s", b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
             b"Bearer KEY\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n", b" ",
             "slow_body", b"HTTP/1.1 408 "),
    "chunks": ("body: 1s", b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
               b"Authorization: Bearer KEY\r\nContent-Type: application/json\r\n"
               b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", "slow_body",
               b"HTTP/1.1 408 "),
    "keep-alive": ("keep_alive: 1s", b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n"
                   b"Authorization: Bearer KEY\r\n\r\n", b"", None, b"HTTP/1.1 200 "),
}


@pytest.mark.parametrize("timeouts,first,drip,glitch,begins", SLOW.values(), ids=SLOW)
def test_slow_clients_are_cut(tmp_path, recorder, timeouts, first, drip, glitch, begins):
    """However steadily they drip: deadlines are absolute. Nothing of it goes upstream."""
    # covers: engine-7-slow-clients engine-3.5-deadline-handshake engine-3.5-deadline-head
    # covers: engine-3.5-deadline-body engine-3.5-deadline-keep-alive algorithms-7-slow-head
    # covers: algorithms-7-slow-body
    with Gate(tmp_path, upstream=up(recorder),
              listen=f"    timeouts: {{ {timeouts} }}") as gate:
        recorder.take()
        began = time.monotonic()
        if first is None:
            connection = socket.create_connection(("127.0.0.1", gate.ports["public"]))
        else:
            connection = gate.connect()
            connection.sendall(first.replace(b"KEY", gate.key.encode()))
        data, ended = b"", False
        with connection:
            while not ended and time.monotonic() - began < 8:
                connection.settimeout(0.1)
                try:
                    got = connection.recv(4096)
                    data, ended = data + got, not got
                except TimeoutError:
                    with contextlib.suppress(OSError):
                        connection.sendall(drip)
                except OSError:
                    ended = True
        assert ended and 0.8 < time.monotonic() - began < 5
        assert data.startswith(begins)
        if glitch:
            assert gate.metric("gatehouse_glitches_total", reason=glitch) == 1
        assert wire.wait_for(lambda: gate.metric("gatehouse_connections") == 0)
        assert recorder.take() == []


@pytest.mark.parametrize("limits", ["per_ip: { connections: 5 }", "connections: 5"])
def test_caps_on_connections(tmp_path, recorder, limits):
    """Exactly so many are open at once, over both workers; one that ends makes room."""
    # covers: engine-3.5-accept-skew gateways-3-20-self-test
    with Gate(tmp_path, upstream=up(recorder), listen=f"    limits: {{ {limits} }}",
              more="workers: 2") as gate, contextlib.ExitStack() as stack:
        served = []
        for _ in range(30):
            with contextlib.suppress(OSError, EOFError):
                connection = gate.connect()
                assert gate.call("/v1/models", connection=connection).status == 200
                served.append(stack.enter_context(connection))
        assert len(served) == 5
        reason = "per_ip_connections" if "per_ip" in limits else "connections"
        assert gate.metric("gatehouse_refused_connections_total", reason=reason) == 25
        served.pop().close()
        assert wire.wait_for(lambda: gate.metric("gatehouse_connections") == 4)
        recorder.take()
        assert gate.chat().status == 200 and len(recorder.take()) == 1


def test_a_balancer_is_not_one_client(tmp_path, recorder):
    """Its connections hold requests of many. Those of who connects directly are counted."""
    listen = """    limits: { per_ip: { connections: 2 } }
    proxies: { trusted: [127.0.0.1], address: x-forwarded-for }"""
    with Gate(tmp_path, upstream=up(recorder), listen=listen) as gate, \
            contextlib.ExitStack() as stack:
        for _ in range(6):
            connection = stack.enter_context(gate.connect())
            assert gate.call("/v1/models", connection=connection).status == 200
        assert gate.metric("gatehouse_connections") == 6
        gate.write_policy(listen=listen.replace("[127.0.0.1]", "[127.0.0.2]"))
        gate.reload()
        for _ in range(2):
            connection = stack.enter_context(gate.connect())
            assert gate.call("/v1/models", connection=connection).status == 200
        with pytest.raises((OSError, EOFError)):
            gate.call("/v1/models")
        assert gate.metric("gatehouse_refused_connections_total", reason="per_ip_connections") == 1


def workers_of(gate, clients, said):
    """The worker, by its thread, of each of these connections: they ask one after the other."""
    with subprocess.Popen(["strace", "-f", "-y", "-e", "trace=read", "-o", said,
                           "-p", str(gate.process.pid)], stderr=subprocess.PIPE) as strace:
        strace.stderr.readline()  # it is attached
        for client in clients:
            assert gate.call("/v1/models", connection=client).status == 200
        strace.terminate()
    # The thread and the descriptor of each read from a TCP connection, in order.
    read = re.findall(r"^(\d+) +read\((\d+)<(?:TCP|socket)", said.read_text(), re.MULTILINE)
    workers = {descriptor: thread for thread, descriptor in read}
    assert len(workers) == len(set(read)) == len(clients)  # each has one worker, and keeps it
    return list(workers.values())


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_workers_share_the_connections(tmp_path, recorder):
    """The kernel deals connections by a hash. A worker that has more than twice as many as another
    hands the next one over: one that is left with all of them gets none until the others have half
    as many each."""
    # covers: engine-3.5-accept-skew
    with Gate(tmp_path / "gate", upstream=up(recorder), more="workers: 4") as gate, \
            contextlib.ExitStack() as stack:
        def connect(count):
            return [stack.enter_context(gate.connect()) for _ in range(count)]

        clients = connect(80)
        workers = workers_of(gate, clients, tmp_path / "before")
        shares = collections.Counter(workers)
        assert len(shares) == 4 and max(shares.values()) <= 2 * min(shares.values()) + 2, shares
        ((full, most),) = shares.most_common(1)
        for client, worker in zip(clients, workers):
            if worker != full:
                client.close()
        assert wire.wait_for(lambda: gate.metric("gatehouse_connections") == most)
        # By the hash alone a quarter would be its; that none is has one chance in thousands.
        shares = collections.Counter(workers_of(gate, connect(most // 2 * 3), tmp_path / "after"))
        assert len(shares) == 3 and full not in shares, shares
        assert max(shares.values()) <= 2 * min(shares.values()) + 2, shares


def slow_connection(gate):
    """One whose kernel takes little ahead of what is read."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
    plain.settimeout(wire.PATIENCE)
    plain.connect(("127.0.0.1", gate.ports["public"]))
    context = wire.client_context(gate.certificate, "http/1.1")
    return context.wrap_socket(plain, server_hostname="localhost")


def test_a_steady_reader_gets_the_last_answer_whole(tmp_path):
    """Also when the connection ends behind it, and the kernel needs longer to send what it has taken
    than a client may not read, and than the goodbye is waited for."""
    # covers: engine-3.5-deadline-write
    answer = json.dumps({"object": "list", "model": "served", "usage": {
        "prompt_tokens": 1, "total_tokens": 1},
        "data": [{"object": "embedding", "index": 0, "embedding": "A" * 120_000}]})

    def serve(peer):
        while peer.request():
            peer.send_json(answer)

    listen = "    timeouts: { write: 1s }"
    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, listen=listen) as gate:
        with slow_connection(gate) as slow:
            slow.sendall(gate.request("/v1/embeddings", {
                "model": "m", "input": "hi", "encoding_format": "base64"},
                fields="Connection: close\r\n"))
            data = b""
            while got := slow.recv(2000):
                data += got
                time.sleep(0.05)
        assert b"A" * 120_000 in data


def test_a_slow_reader_is_not_cut_while_it_reads(tmp_path):
    """60 kB a second of an answer that the kernel's buffers would hold for minutes: the deadline for
    writing looks at what the client takes, not at what the kernel does."""
    answer = json.dumps({"object": "list", "model": "served", "usage": {
        "prompt_tokens": 1, "total_tokens": 1},
        "data": [{"object": "embedding", "index": 0, "embedding": "A" * (8 << 20)}]})

    def serve(peer):
        while peer.request():
            peer.send_json(answer)

    listen = "    timeouts: { write: 4s }"
    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, listen=listen) as gate:
        with slow_connection(gate) as slow:
            slow.sendall(gate.request("/v1/embeddings", {
                "model": "m", "input": "hi", "encoding_format": "base64"}))
            taken = 0
            while taken < 600_000:
                got = slow.recv(3000)
                assert got
                taken += len(got)
                time.sleep(0.05)
            assert gate.metric("gatehouse_glitches_total", reason="slow_reader") == 0


@pytest.mark.parametrize("scope", ["tenant", "worker"])
def test_memory_for_bodies(tmp_path, recorder, scope):
    """Bodies on their way in are held within a cap; above it 503, and room again when they go."""
    other = "bodies_per_worker: 64MiB" if scope == "tenant" else "bodies_per_tenant: 64MiB"
    with Gate(tmp_path, upstream=up(recorder), context=10**6,
              request="max_body: 512KiB, max_tokens: 600, max_prompt_tokens: 1M",
              more=f"memory: {{ bodies_per_{scope}: 1MiB, {other} }}\nworkers: 1") as gate:
        beta = gate.create_key("beta", "b")
        assert wire.wait_for(lambda: gate.call("/v1/models", key=beta).status == 200)
        recorder.take()
        head = gate.request("/v1/chat/completions", b"x" * 500_000)[:-500_000]
        with contextlib.ExitStack() as stack:
            for _ in range(2):
                stack.enter_context(gate.connect()).sendall(head)
            assert wire.wait_for(
                lambda: gate.metric("gatehouse_request_body_bytes") == 1_000_000)
            gate.reload()  # what is held stays counted
            refused = gate.chat("x" * 200_000)
            assert (refused.status, refused.error["code"]) == (503, "overloaded")
            assert "retry-after" in refused.fields
            assert gate.chat("x" * 200_000, key=beta).status == (200 if scope == "tenant" else 503)
        assert wire.wait_for(lambda: gate.metric("gatehouse_request_body_bytes") == 0)
        assert len(recorder.take()) == (scope == "tenant")
        assert gate.chat("x" * 20_000).status == 200 and len(recorder.take()) == 1


@pytest.mark.parametrize("size", ["1001", "100000", "ffffffffff"])
def test_a_chunk_that_says_it_is_too_large(tmp_path, recorder, size):
    """It is refused by its head, as a length is: nobody waits for the rest."""
    with Gate(tmp_path, upstream=up(recorder), request="max_body: 4KiB, max_tokens: 600",
              listen="    timeouts: { body: 60s }") as gate, gate.connect() as connection:
        recorder.take()
        connection.sendall(gate.request(
            "/v1/chat/completions", method="POST",
            fields="Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"))
        connection.sendall(size.encode() + b'\r\n{"a"')
        answer = wire.Reader(connection).answer()
        assert (answer.status, answer.error["code"]) == (413, "body_too_large")
        assert recorder.take() == []
