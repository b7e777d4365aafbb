"""Prompts near their cap: the model's own tokenizer decides, where it can be asked."""

import json

import pytest

import wire
from gate import Gate
from upstream import Upstream

CAP = 1000


def prompt(tokens):
    """A text that is estimated at about so many tokens: four letters each."""
    return "word" * tokens


@pytest.fixture(scope="module")
def counting(recorder, tmp_path_factory):
    """A vLLM that has /tokenize."""
    request = f"max_prompt_tokens: {CAP}, max_tokens: 100, default_max_tokens: 50"
    with Gate(tmp_path_factory.mktemp("count"), upstream=f"http://127.0.0.1:{recorder.port}",
              request=request) as gate:
        yield gate


def paths(requests):
    return [head.split(b" ")[1].decode() for head, _ in requests]


def ask(gate, kind, tokens):
    if kind == "chat":
        return gate.chat(prompt(tokens))
    text = prompt(tokens)
    return gate.call("/v1/completions", {"model": "m", "prompt": [text] if kind == "list" else text})


ROUTES = {"chat": "/v1/chat/completions", "completions": "/v1/completions", "list": "/v1/completions"}


@pytest.mark.parametrize("kind", ROUTES)
def test_far_from_the_cap_nobody_is_asked(counting, recorder, kind):
    """Below 70 % it passes, above 130 % it is refused, on the estimate alone."""
    recorder.take()
    recorder.token_count = 10 * CAP  # would be refused
    assert ask(counting, kind, CAP * 6 // 10).status == 200
    assert paths(recorder.take()) == [ROUTES[kind]]
    recorder.token_count = 1  # would pass
    refused = ask(counting, kind, CAP * 14 // 10)
    assert (refused.status, refused.error["code"]) == (400, "request_exceeds_limit")
    assert str(CAP) in refused.error["message"]
    assert recorder.take() == []


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("estimate", [80, 100, 120])
@pytest.mark.parametrize("count,passes", [(CAP - 1, True), (CAP, True), (CAP + 1, False)])
def test_near_the_cap_the_tokenizer_decides(counting, recorder, kind, estimate, count, passes):
    """Exactly, whatever the estimate was; a refused prompt is not sent to be answered."""
    # covers: vllm-live-8-5
    recorder.take()
    recorder.token_count = count
    answer = ask(counting, kind, CAP * estimate // 100)
    requests = recorder.take()
    asked = json.loads(requests[0][1])
    assert asked["model"] == "served"
    text = asked["messages"][0]["content"] if kind == "chat" else asked["prompt"]
    assert isinstance(text, str) and prompt(10) in text
    assert not {"max_tokens", "cache_salt", "user"} & set(asked)
    assert f"X-Request-Id: {answer.fields['x-request-id']}".encode() in requests[0][0]
    if passes:
        assert answer.status == 200 and paths(requests) == ["/tokenize", ROUTES[kind]]
    else:
        assert (answer.status, answer.error["code"]) == (400, "request_exceeds_limit")
        assert str(count) in answer.error["message"] and paths(requests) == ["/tokenize"]


@pytest.mark.parametrize("count", ["many", -1, 1.5, None, 2**70, [3]])
def test_an_answer_that_is_no_count(counting, recorder, count):
    """It fails closed."""
    recorder.take()
    recorder.token_count = count
    answer = ask(counting, "chat", CAP)
    assert (answer.status, answer.error["code"]) == (502, "upstream_invalid")
    assert paths(recorder.take()) == ["/tokenize"]
    assert counting.logged(request_id=answer.fields["x-request-id"])[0]["detail"]


@pytest.mark.parametrize("answer,code", [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{", "upstream_reset"),
    (b"", "upstream_reset"),
    (b"hello\r\n\r\n", "upstream_invalid"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", "upstream_invalid")])
def test_an_answer_that_breaks_off(tmp_path, answer, code):
    """Is what it is when the model's answer does, and the log says whose it was."""
    def serve(peer):
        if peer.request():
            peer.send(answer)

    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url, upstream_more="    health: off",
            request=f"max_prompt_tokens: {CAP}, max_tokens: 100, default_max_tokens: 50") as gate:
        refused = gate.chat(prompt(CAP))
        assert (refused.status, refused.error["code"]) == (502, code)
        (line,) = gate.logged()
        assert line["upstream"] == upstream.url and line["detail"]
        assert len(upstream.requests) == 1


@pytest.mark.parametrize("kind", ROUTES)
def test_a_version_that_cannot_count(recorder, tmp_path, kind):
    """Where there is no /tokenize the estimate is all there is, and lets it pass."""
    request = f"max_prompt_tokens: {CAP}, max_tokens: 100, default_max_tokens: 50"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", vllm="0.4.3",
              request=request, tenants="  - { name: alpha, models: [m] }") as gate:
        recorder.take()
        recorder.token_count = 10 * CAP
        assert ask(gate, kind, CAP).status == 200
        assert paths(recorder.take()) == [ROUTES[kind]]
        assert ask(gate, kind, CAP * 14 // 10).status == 400
        assert recorder.take() == []


def test_a_count_takes_a_place_at_the_upstream(tmp_path):
    """It is work for the server as the answer is, and its place is kept for that."""
    with Upstream(lambda peer: peer.request() and peer.wait_until_left()) as upstream, Gate(
            tmp_path, upstream=upstream.url, upstream_more="    health: off\n    in_flight: 1",
            request=f"max_prompt_tokens: {CAP}, max_tokens: 100, default_max_tokens: 50") as gate:
        connection, _ = gate.begin_chat(prompt(CAP))
        with connection:
            assert wire.wait_for(lambda: upstream.requests)
            for tokens in (CAP, 1):
                answer = gate.chat(prompt(tokens))
                assert (answer.status, answer.error["code"]) == (503, "overloaded")
            assert {line["rule"] for line in gate.logged(2)} == {"upstreams.up.in_flight"}
        assert wire.wait_for(lambda: gate.metric("gatehouse_upstream_in_flight") == 0)
        assert len(upstream.requests) == 1


def test_the_count_is_not_worth_waiting_for_ever(tmp_path):
    """A tokenizer that hangs ends at the total deadline; a client that leaves ends it at once."""
    left = []

    def serve(peer):
        if peer.request():
            peer.wait_until_left()
            left.append(True)

    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url,
            upstream_more="    health: off\n    timeouts: { total: 1s }",
            request=f"max_prompt_tokens: {CAP}, max_tokens: 100, default_max_tokens: 50") as gate:
        answer = gate.chat(prompt(CAP))
        assert (answer.status, answer.error["code"]) == (504, "upstream_timeout")
        assert wire.wait_for(lambda: len(left) == 1)
        connection, _ = gate.begin_chat(prompt(CAP))
        assert wire.wait_for(lambda: len(upstream.requests) == 2)
        connection.close()
        assert wire.wait_for(lambda: len(left) == 2)
        assert [line["ending"] for line in gate.logged(2)] == ["timeout", "client_left"]
        assert all(b"/tokenize" in head for head, _ in upstream.requests)
