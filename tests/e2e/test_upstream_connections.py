"""Over which connection to the upstream: pooling, Unix sockets, deadlines, TLS."""

import contextlib
import socket
import ssl
import time

import pytest

import wire
from gate import Gate
from test_limits import at_once
from test_upstreams import CHAT, answering, no_upstream
from tls import Authority
from upstream import Upstream


def test_connections_are_kept_for_four_seconds(tmp_path):
    """And closed by us, in both directions, before uvicorn would at five."""
    # covers: vllm-live-8-8 engine-3.5-deadline-keep-alive
    left = []

    def serve(peer):
        answering(peer)
        peer.wait_until_closed()
        left.append(time.monotonic())

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           more="workers: 1") as gate:
        assert [gate.chat().status for _ in range(5)] == [200] * 5
        assert upstream.connections == 1
        kept = []
        while len(kept) < 6:  # a machine that stands still meanwhile makes it longer, never shorter
            used = time.monotonic()
            assert gate.chat().status == 200 and upstream.connections == len(kept) + 1
            assert wire.wait_for(lambda: len(left) > len(kept))
            kept.append(left[-1] - used)
            if kept[-1] < 4.8:
                break
        assert 3.8 < min(kept) < 4.8, kept
        assert gate.chat().status == 200 and upstream.connections == len(left) + 1


def test_an_idle_connection_that_the_upstream_closed(tmp_path):
    """It is noticed before anything is written to it."""
    closed = []

    def serve(peer):
        peer.request()
        peer.send_json(CHAT)
        peer.socket.close()
        closed.append(True)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           more="workers: 1") as gate:
        for i in range(20):
            assert gate.chat().status == 200
            assert wire.wait_for(lambda: len(closed) == i + 1)
        assert len(upstream.requests) == upstream.connections == 20


def test_a_body_that_ends_with_the_connection(tmp_path):
    """It is framed anew for the client, and the connection is not used again."""
    # covers: engine-3.5-close-delimited
    def serve(peer):
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + CHAT.encode())

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        answer = gate.chat()
        assert answer.status == 200
        assert int(answer.fields["content-length"]) == len(answer.body)
        assert gate.chat().status == 200 and upstream.connections == 2


def test_a_unix_socket(tmp_path):
    """The same over a Unix socket, pooled, with a Host of ours."""
    with Upstream(answering, path=tmp_path / "up.sock") as upstream, Gate(
            tmp_path / "gate", upstream=upstream.url, more="workers: 1") as gate:
        assert [gate.chat().status for _ in range(3)] == [200] * 3
        assert upstream.connections == 1
        assert all(b"\r\nHost: localhost\r\n" in head for head, _ in upstream.requests)
    with Gate(tmp_path / "gone", upstream=f"unix:{tmp_path}/none.sock") as gate:
        assert no_upstream(gate.chat())


def test_a_unix_socket_with_a_full_backlog(tmp_path):
    """Is busy and not down: what comes when it takes connections again is served at once."""
    path = tmp_path / "up.sock"
    with socket.socket(socket.AF_UNIX) as listener, contextlib.ExitStack() as stack:
        listener.bind(str(path))
        listener.listen(0)
        waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
        waiting.connect(str(path))
        with Gate(tmp_path / "gate", upstream=f"unix:{path}") as gate:
            answer = gate.chat()
            assert (answer.status, answer.error["code"]) == (503, "overloaded")
            assert gate.get("/readyz")[0] == 200
            listener.accept()[0].close()
            connection, reader = gate.begin_chat()
            with connection, listener.accept()[0] as peer:
                while b'"hi"' not in peer.recv(65536):
                    pass
                peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                             b"content-length: %d\r\n\r\n%s" % (len(CHAT), CHAT.encode()))
                assert reader.answer().status == 200


def test_a_connect_that_hangs(tmp_path):
    """A full backlog answers no SYN: the connect deadline ends it."""
    # covers: engine-3.5-deadline-connect
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        with Gate(tmp_path, upstream=f"http://127.0.0.1:{listener.getsockname()[1]}",
                  upstream_more="    health: off\n    timeouts: { connect: 300ms }") as gate:
            began = time.monotonic()
            assert no_upstream(gate.chat())
            assert 0.25 < time.monotonic() - began < 3


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


CERTIFICATES = {
    "good": (dict(subject_alt_name="IP:127.0.0.1"), True),
    "wrong-address": (dict(subject_alt_name="IP:127.0.0.2"), False),
    "wrong-name": (dict(subject_alt_name="DNS:vllm.example"), False),
    "name-only-as-cn": (dict(), False),
    "expired": (dict(subject_alt_name="IP:127.0.0.1", end="20210101000000Z"), False),
    "early": (dict(subject_alt_name="IP:127.0.0.1", begin="20390101000000Z"), False),
    "client-only": (dict(subject_alt_name="IP:127.0.0.1", usage="clientAuth"), False),
    "other-authority": (dict(subject_alt_name="IP:127.0.0.1"), False),
    "plain": (None, False),
}


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_tls(tmp_path, authority, kind):
    """The upstream's certificate is verified against its authority and name. Otherwise it gets not
    one byte of a request, in clear least of all."""
    # covers: algorithms-7-tls-upstream-verify engine-7-tls-identity
    wanted, good = CERTIFICATES[kind]
    context = None
    if wanted is not None:
        issuer = Authority(tmp_path / "other") if kind == "other-authority" else authority
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*issuer.issue(kind, **wanted))
    with Upstream(answering, tls=context) as upstream, Gate(
            tmp_path, upstream=f"https://127.0.0.1:{upstream.port}",
            upstream_more="    health: off\n    timeouts: { connect: 1s }\n"
                          f"    ca: {authority.certificate}") as gate:
        answer = gate.chat()
        if good:
            assert answer.status == 200 and len(upstream.requests) == 1
            assert at_once(4, lambda _: gate.chat().status) == [200] * 4
        else:
            assert no_upstream(answer) and upstream.requests == []
            (line,) = gate.logged()
            assert line["detail"] and "charged_in_full" not in line


def shake_hands(peer, context):
    """TLS 1.2 by hand: what the server's last flight is, not sent yet, and the connection."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            connection.do_handshake()
            return outgoing, connection
        except ssl.SSLWantReadError:
            peer.send(outgoing.read())
            incoming.write(peer.socket.recv(65536) or b"")


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "broken"])
def test_an_answer_before_the_request(tmp_path, authority, whole):
    """In one flight with the end of the handshake, which is read before the request leaves. It is no
    answer, neither alone nor before the one of a second attempt."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*authority.issue("early", subject_alt_name="IP:127.0.0.1"))
    event = b'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"served",' \
        b'"choices":[{"index":0,"delta":{"content":"unasked"},"finish_reason":null}]}\n\n'
    early = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked" \
        b"\r\n\r\n%x\r\n%s\r\n" % (len(event), event)
    early += b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n" if whole else b"ZZ\r\n"

    def serve(peer):
        outgoing, connection = shake_hands(peer, context)
        connection.write(early)
        peer.send(outgoing.read())
        peer.wait_until_left()

    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=f"https://127.0.0.1:{upstream.port}",
            upstream_more=f"    health: off\n    ca: {authority.certificate}") as gate:
        answer = gate.chat(stream=True)
        assert (answer.status, answer.error["code"]) == (502, "upstream_invalid")
        (line,) = gate.logged()
        assert line["detail"] == "an answer before the request"
        assert upstream.connections > 1  # nothing was sent, so that it may try again
