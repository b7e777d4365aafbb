"""Which upstream: health, choice, failure."""

import contextlib
import json
import socket
import time

import pytest

import recorder as answers
import wire
from gate import Gate
from upstream import Upstream

CHAT = json.dumps(answers.CHAT)


def answering(peer):
    while peer.request():
        peer.send_json(CHAT)


DEAD = "127.0.0.2"  # where nobody else's connection is given the port meanwhile


def dead_url():
    """Of an upstream that is not there, at DEAD."""
    with socket.create_server((DEAD, 0)) as listener:
        return f"http://{DEAD}:{listener.getsockname()[1]}"


def no_upstream(answer):
    return (answer.status, answer.error["code"], "retry-after" in answer.fields) == (
        503, "no_upstream", True)


@pytest.mark.parametrize("health", ["1s", "off"])
def test_down_at_the_start_then_up(tmp_path, health):
    """The gateway starts, says that it is not ready, and is as soon as the upstream is. Nobody has
    to try it for that, and no pause that ends makes it ready."""
    url = dead_url()
    with Gate(tmp_path, upstream=url,
              upstream_more=f"    health: {health}") as gate:
        assert wire.wait_for(lambda: gate.get("/readyz")[0] == 503)
        time.sleep(1.5)  # longer than it is left alone at first
        assert gate.get("/readyz")[0] == 503
        assert no_upstream(gate.chat())
        assert gate.logged(code="no_upstream")
        with Upstream(answering, port=int(url.rsplit(":", 1)[1]), host=DEAD) as upstream:
            assert wire.wait_for(lambda: gate.get("/readyz")[0] == 200)
            assert gate.chat().status == 200
            assert len(upstream.requests) == 1
            assert health != "off" or upstream.checks == []
            gate.write_policy(upstream=dead_url())
            gate.reload()
            assert wire.wait_for(lambda: gate.get("/readyz")[0] == 503)


def states(gate):
    """What the log says of upstreams, in order."""
    messages = [json.loads(line)["message"] for line in gate.stderr().splitlines()]
    return [message for message in messages if message.startswith("upstream ")]


def test_a_death_is_said_at_once(tmp_path):
    """By the first request that meets it, long before the next health check, and once; so is the
    return."""
    def one_answer(peer):
        if peer.request():
            peer.send_json(CHAT)

    upstream = Upstream(one_answer)
    with Gate(tmp_path, upstream=upstream.url, upstream_more="    health: 10m") as gate:
        with upstream:
            assert gate.chat().status == 200 and states(gate) == []
        assert wire.wait_for(lambda: no_upstream(gate.chat()) and states(gate))
        down = [f"upstream up ({upstream.url}) is not well: Connection refused"]
        assert [gate.chat().status for _ in range(20)] == [503] * 20
        assert states(gate) == down
        with Upstream(one_answer, port=upstream.port):
            assert wire.wait_for(lambda: gate.chat().status == 200)
            assert gate.chat().status == 200
            assert wire.wait_for(
                lambda: states(gate) == down + [f"upstream up ({upstream.url}) is well"])


def test_a_url_that_fails_at_once_costs_no_request(tmp_path):
    """A connect to a Unix socket that nobody serves fails within the call; the other URL is tried
    all the same."""
    with Upstream(answering, path=tmp_path / "up.sock") as upstream:
        dead = f"unix:{tmp_path / 'down.sock'}"
        with Gate(tmp_path / "gate", upstream=[dead, upstream.url]) as gate:
            assert [gate.chat().status for _ in range(6)] == [200] * 6
            assert len(upstream.requests) == 6
            assert wire.wait_for(lambda: any(dead in said for said in states(gate)))
    with Gate(tmp_path / "none", upstream=[dead, f"unix:{tmp_path / 'gone.sock'}"]) as gate:
        assert no_upstream(gate.chat())
        assert gate.logged(code="no_upstream")
        assert wire.wait_for(lambda: any("No such file" in said for said in states(gate)))


STATUS = b"HTTP/1.1 %d x\r\ncontent-length: 0\r\n\r\n"


class Dead:
    """An upstream that is there and answers everything, /health too, with a status of its own."""

    def __init__(self, status, health=503):
        self.status, self.health = status, health

    def __call__(self, peer):
        while b"\r\n\r\n" in (data := self.read(peer)):
            if data.startswith(b"GET"):
                peer.upstream.checks.append(data)
                peer.send(STATUS % self.health)
            else:
                peer.upstream.requests.append(data)
                peer.send_json(CHAT) if self.status == 200 else peer.send(STATUS % self.status)

    @staticmethod
    def read(peer):
        """One request, whole: its body is JSON."""
        data = b""
        while got := peer.socket.recv(65536):
            data += got
            head, end, body = data.partition(b"\r\n\r\n")
            if end and (head.startswith(b"GET") or body.endswith(b"}")):
                break
        return data


def test_a_health_answer_without_end(tmp_path):
    """It is a check that failed, and no more of it is read than 64 KiB and what is on the way."""
    sent = []

    def serve(peer):
        peer.socket.recv(65536)
        peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        sent.append(0)
        with contextlib.suppress(OSError):
            while sent[0] < 1 << 30:
                peer.send(b"8000\r\n" + bytes(0x8000) + b"\r\n")
                sent[0] += 0x8000

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           upstream_more="    health: 10m") as gate:
        assert wire.wait_for(lambda: states(gate))
        assert states(gate) == [
            f"upstream up ({upstream.url}) is not well: the answer is too long"]
        assert sent[0] < 16 << 20  # the kernel's buffers
        assert gate.get("/readyz")[0] == 503


def test_an_error_is_no_sign_of_life(tmp_path):
    """A dead engine behind a server that still answers: neither its 500s nor a 400 for somebody's
    mistake make it well again; a good answer does."""
    dead = Dead(500)
    with Upstream(dead) as upstream, Gate(tmp_path, upstream=upstream.url,
                                          upstream_more="    health: 10m") as gate:
        unwell = [f"upstream up ({upstream.url}) is not well: /health answered 503"]
        assert wire.wait_for(lambda: states(gate) == unwell)
        for dead.status in (500, 503, 400):
            before = len(upstream.requests)
            assert wire.wait_for(lambda: gate.chat() and len(upstream.requests) > before)
            assert gate.metric("gatehouse_upstream_healthy") == 0 and gate.get("/readyz")[0] == 503
        dead.status = 200
        assert wire.wait_for(lambda: gate.chat().status == 200)
        assert gate.metric("gatehouse_upstream_healthy") == 1
        assert wire.wait_for(lambda: len(states(gate)) == 2) and states(gate)[0] == unwell[0]


@pytest.mark.parametrize("status", [500, 503])
def test_a_url_that_only_fails_attracts_no_traffic(tmp_path, status):
    """It has nothing to do, and so is the least busy one; but others are preferred to it. Where there
    is no other it is not closed: it may be the prompts."""
    with Upstream(Dead(status, health=200)) as dead, Upstream(answering) as well, Gate(
            tmp_path / "two", upstream=[dead.url, well.url]) as gate:
        statuses = [gate.chat().status for _ in range(60)]
        assert len(well.requests) == statuses.count(200) >= 50
        assert len(dead.requests) + len(well.requests) == 60
    with Upstream(Dead(status)) as dead, Gate(tmp_path / "one", upstream=dead.url) as gate:
        assert all(gate.chat().status >= 502 for _ in range(20))
        assert len(dead.requests) == 20 and gate.metric("gatehouse_upstream_healthy") == 1


def test_health_is_not_trusted_while_it_drains(tmp_path):
    """Of vLLM that was told to stop: /health stays 200, each new request is a 500."""
    # covers: vllm-live-8-9
    draining = Dead(500, health=200)
    with Upstream(draining) as leaving, Upstream(answering) as well, Gate(
            tmp_path, upstream=[leaving.url, well.url],
            upstream_more="    health: 1s") as gate:
        assert wire.wait_for(lambda: gate.chat() and len(leaving.requests) == 3)
        for _ in range(2):  # once more when its pause ends, not three times after each check
            checked = len(leaving.checks)
            assert wire.wait_for(lambda: len(leaving.checks) >= checked + 2)
            before = len(leaving.requests)
            began = time.monotonic()
            failed = [gate.chat().status == 200 for _ in range(20)].count(False)
            pauses = int(time.monotonic() - began)  # that can have begun and ended meanwhile
            assert failed == len(leaving.requests) - before <= 1 + pauses


def test_readiness_outlives_one_broken_answer(tmp_path):
    """One reset is no reason to take the gateway out of service."""
    def serve(peer):
        if peer.request() and len(peer.upstream.requests) > 1:
            answering(peer)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        assert gate.chat().error["code"] == "upstream_reset"
        assert gate.get("/readyz")[0] == 200
        assert len(upstream.requests) == 1


def test_a_dead_url_costs_nobody_a_request(tmp_path):
    """What could not be written is tried at the next URL, until the dead one is known."""
    with Upstream(answering) as upstream, Gate(
            tmp_path, upstream=[dead_url(), upstream.url]) as gate:
        assert [gate.chat().status for _ in range(10)] == [200] * 10
        assert len(upstream.requests) == 10


def test_the_least_busy_url_is_chosen(tmp_path):
    """Requests that hang are spread evenly over the URLs, by all workers together."""
    def hanging(peer):
        if peer.request():
            peer.wait_until_left()

    with Upstream(hanging) as a, Upstream(hanging) as b, Gate(
            tmp_path, upstream=[a.url, b.url],
            upstream_more="    health: off\n    in_flight: 8") as gate, \
            contextlib.ExitStack() as stack:
        for i in range(8):
            connection, _ = gate.begin_chat()
            stack.enter_context(connection)
            assert wire.wait_for(lambda: len(a.requests) + len(b.requests) == i + 1)
        assert (len(a.requests), len(b.requests)) == (4, 4)
        full = gate.chat()
        assert (full.status, full.error["code"]) == (503, "overloaded")
        assert "retry-after" in full.fields
        assert len(a.requests) + len(b.requests) == 8


@pytest.mark.parametrize("reads", ["all", "some"])
def test_no_second_attempt_once_a_byte_is_written(tmp_path, reads):
    """An upstream that takes the request and closes has perhaps begun to work: one request is sent,
    to one URL, over one connection."""
    # covers: gateways-3-29
    def serve(peer):
        if reads == "all":
            peer.request()
        else:
            peer.upstream.requests.append(peer.socket.recv(10))

    with Upstream(serve) as a, Upstream(serve) as b, Gate(
            tmp_path, upstream=[a.url, b.url]) as gate:
        answer = gate.chat()
        assert (answer.status, answer.error["code"]) == (502, "upstream_reset")
        assert len(a.requests) + len(b.requests) == 1
        assert a.connections + b.connections == 1
        (line,) = gate.logged()
        assert line["charged_in_full"] and line["upstream"] in (a.url, b.url)


def test_broken_answers_close_nothing(tmp_path):
    """One client's prompts must not take the only server from everybody else."""
    broken = [True]

    def serve(peer):
        while peer.request() and not broken[0]:
            peer.send_json(CHAT)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        assert [gate.chat().status for _ in range(5)] == [502] * 5
        assert len(upstream.requests) == 5
        broken[0] = False
        assert gate.chat().status == 200


def test_broken_answers_make_a_server_the_last_choice(tmp_path):
    """Where there is another one, it gets the requests."""
    with Upstream(lambda peer: peer.request()) as bad, Upstream(answering) as good:
        with Gate(tmp_path, upstream=[bad.url, good.url], more="workers: 1") as gate:
            began = time.monotonic()
            statuses = [gate.chat().status for _ in range(20)]
            pauses = int(time.monotonic() - began)  # that can have ended; the first lasts a second
        assert 3 <= len(bad.requests) <= 3 + pauses
        assert statuses.count(502) == len(bad.requests)
        assert statuses.count(200) == len(good.requests) == 20 - len(bad.requests)
