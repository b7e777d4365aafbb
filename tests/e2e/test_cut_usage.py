"""What a stream costs that is cut: the tokens that were produced until then, once."""

import json

import pytest

import recorder as answers
import wire
from gate import Gate
from h2client import Client
from test_flow import HEAD
from upstream import Upstream

PRODUCED = [1, 3, 4, 9, 10, 17, 18]  # tokens so far, as vLLM says with each event
PROMPT = 11
CUTS = [1, 2, 4, len(PRODUCED)]
PATHS = {"chat": "/v1/chat/completions", "completions": "/v1/completions"}


def event(path, place):
    """One with continuous usage; the last one ends its choice."""
    usage = {"prompt_tokens": PROMPT, "completion_tokens": PRODUCED[place],
             "total_tokens": PROMPT + PRODUCED[place]}
    choice = {"index": 0, "logprobs": None,
              "finish_reason": "stop" if place == len(PRODUCED) - 1 else None}
    if path == PATHS["chat"]:
        kind, choice["delta"] = "chat.completion.chunk", {"content": "x"}
    else:
        kind, choice["text"] = "text_completion", "x"
    return answers.chunk(json.dumps({"id": "x-1", "object": kind, "created": 1, "model": "served",
                                     "choices": [choice], "usage": usage}))


class Cutting:
    """Sends as many events as it is told to, then waits or leaves."""

    def __init__(self):
        self.count, self.leaves = 0, False

    def __call__(self, peer):
        while request := peer.request():
            path = request[0].split(b" ")[1].decode()
            peer.send(HEAD + b"".join(event(path, place) for place in range(self.count)))
            if self.leaves:
                return
            peer.wait_until_left()


@pytest.fixture(scope="module")
def cutting():
    return Cutting()


@pytest.fixture(scope="module")
def gate(cutting, tmp_path_factory):
    with Upstream(cutting) as upstream, Gate(tmp_path_factory.mktemp("gate"),
                                             upstream=upstream.url) as running:
        yield running


def tokens(gate):
    return tuple(gate.metric("gatehouse_tokens_total", kind=kind)
                 for kind in ("prompt", "completion"))


def cut_over_http1(gate, path, body, count, leaves):
    with gate.connect() as connection:
        connection.sendall(gate.request(path, body))
        reader = wire.Reader(connection)
        head = reader.head()
        if leaves:
            received, ended = reader.rest()
            assert not ended or b'"error"' in received
        else:
            received = b""
            while received.count(b"\n\n") < count:
                received += reader.chunk()
    return head.fields["x-request-id"]


def cut_over_http2(gate, path, body, count, leaves):
    with Client(gate) as client:
        number = client.request(path, body)
        stream = client.streams[number]
        if leaves:
            client.answer(number)
        else:
            client.until(lambda: stream.body.count(b"\n\n") >= count)
            client.h2.reset_stream(number, 8)
            client.flush()
    return stream.fields["x-request-id"]


@pytest.mark.parametrize("count", CUTS)
@pytest.mark.parametrize("cut", [cut_over_http1, cut_over_http2], ids=["h1", "h2"])
@pytest.mark.parametrize("who", ["client", "upstream"])
@pytest.mark.parametrize("route", PATHS)
def test_what_was_produced_is_counted_once(gate, cutting, route, who, cut, count):
    """By its exact number, in one line of the log and in the metric, whoever cuts the stream and after
    whichever event: not the hold, nothing twice, nothing forgotten."""
    # covers: gateways-3-23
    cutting.count, cutting.leaves = count, who == "upstream"
    prompt, completion = tokens(gate)
    body = {"model": "m", "stream": True, "max_tokens": 40}
    body.update({"prompt": "hi"} if route == "completions" else
                {"messages": [{"role": "user", "content": "hi"}]})
    number = cut(gate, PATHS[route], body, count, cutting.leaves)
    (line,) = gate.logged(request_id=number)
    assert line["ending"] == ("client_left" if who == "client" else "upstream_error")
    assert (line["prompt_tokens"], line["completion_tokens"]) == (PROMPT, PRODUCED[count - 1])
    assert "charged_in_full" not in line
    assert wire.wait_for(lambda: tokens(gate) == (prompt + PROMPT, completion + PRODUCED[count - 1]))
    assert len(gate.logged(request_id=number)) == 1
