"""Whole answers are memory too: they count like request bodies, until the client has taken them."""

import contextlib
import json

import pytest

import wire
from gate import Gate
from h2client import Client
from upstream import Upstream

SIZE = 2 << 20
ANSWER = json.dumps({"object": "list", "model": "served", "usage": {
    "prompt_tokens": 1, "total_tokens": 1},
    "data": [{"object": "embedding", "index": 0, "embedding": "A" * SIZE}]}).encode()
EMBED = {"model": "m", "input": "hi", "encoding_format": "base64"}
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"




class Embedder:
    """Answers with its length, or in chunks; `long` at length, and knows how often it was left in
    the middle of that."""

    def __init__(self, chunked):
        self.chunked, self.left = chunked, 0
        # In chunks, so much more than fits that the kernel does not hold the rest.
        self.long = (60 if chunked else 48) << 20

    def __call__(self, peer):
        while got := peer.request():
            long = b"long" in got[1]
            answer = ANSWER.ljust(self.long) if long else ANSWER
            try:
                if self.chunked:
                    peer.send(HEAD + b"transfer-encoding: chunked\r\n\r\n")
                    for at in range(0, len(answer), 100_000):
                        piece = answer[at:at + 100_000]
                        peer.send(b"%x\r\n%s\r\n" % (len(piece), piece))
                    peer.send(b"0\r\n\r\n")
                else:
                    peer.send_json(answer)
            except OSError:
                self.left += long
                return


def held(gate):
    return gate.metric("gatehouse_request_body_bytes")


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_answers_that_are_not_read_have_a_budget(tmp_path, chunked):
    """A tenant's, then the worker's. Above it a request is 503, in our words and with the rule; the
    upstream is left. What is read makes room again."""
    # covers: gateways-3-20-self-test
    serve = Embedder(chunked)
    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url,
            more="workers: 1\nmemory: { bodies_per_worker: 53MiB, bodies_per_tenant: 50MiB }") as gate:
        beta = gate.create_key("beta", "b")
        assert wire.wait_for(lambda: gate.call("/v1/models", key=beta).status == 200)
        with contextlib.ExitStack() as stack:
            unread = []

            def leave_unread(key):
                client = stack.enter_context(Client(gate, window=False))
                unread.append((client, client.request("/v1/embeddings", EMBED, key=key)))
                assert wire.wait_for(lambda: held(gate) >= len(unread) * SIZE)

            def refused(key, rule):
                before = serve.left
                answer = gate.call("/v1/embeddings", dict(EMBED, input="long"), key=key)
                assert (answer.status, answer.error["code"]) == (503, "overloaded")
                assert int(answer.fields["retry-after"]) == 1
                (line,) = gate.logged(request_id=answer.fields["x-request-id"])
                assert (line["rule"], line["decision"], line["ending"]) == (
                    rule, "admitted", "refused")
                assert wire.wait_for(lambda: serve.left > before)

            for _ in range(2):
                leave_unread(gate.key)
            refused(gate.key, "memory.bodies_per_tenant")
            assert wire.wait_for(lambda: held(gate) < 3 * SIZE)
            for _ in range(2):
                leave_unread(beta)
            refused(beta, "memory.bodies_per_worker")
            assert 4 * SIZE <= held(gate) < 4 * SIZE + (64 << 10)
            for client, stream in unread:
                client.window = True
                client.h2.increment_flow_control_window(SIZE)
                client.h2.increment_flow_control_window(SIZE, stream)
                client.flush()
                assert len(json.loads(client.answer(stream).body)["data"][0]["embedding"]) == SIZE
            assert wire.wait_for(lambda: held(gate) == 0)
            assert gate.call("/v1/embeddings", EMBED).status == 200
        assert gate.metric("gatehouse_bugs_total") == 0


def test_a_client_that_leaves_its_answer_makes_room(tmp_path):
    """At once, whatever it has not taken."""
    with Upstream(Embedder(False)) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        with Client(gate, window=False) as client:
            client.request("/v1/embeddings", EMBED)
            assert wire.wait_for(lambda: held(gate) >= SIZE)
        assert wire.wait_for(lambda: held(gate) == 0)
        assert gate.logged(ending="client_left")
