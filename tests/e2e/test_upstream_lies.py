"""Upstreams whose answers are well-formed and say what cannot be."""

import json

import pytest

import recorder as answers
from gate import Gate
from upstream import Upstream

CHAT, TEXT, EMBEDDINGS = "/v1/chat/completions", "/v1/completions", "/v1/embeddings"
CACHED = {"prompt_tokens_details": {"cached_tokens": 4}}


@pytest.fixture(scope="module")
def liar():
    """Answers with what its `say` returns for a path and what was asked: one answer, or the list of
    a stream's events."""

    def serve(peer):
        while (got := peer.request()) is not None:
            head, body = got
            told = upstream.say(head.split(b" ")[1].decode(), json.loads(body))
            if isinstance(told, dict):
                peer.send_json(json.dumps(told))
                continue
            start, _, _ = answers.stream(CHAT).partition(b"\r\n\r\n")
            events = [json.dumps(event) for event in told] + ["[DONE]"]
            peer.send(start + b"\r\n\r\n" + b"".join(map(answers.chunk, events)) + b"0\r\n\r\n")

    with Upstream(serve) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gate(liar, tmp_path_factory):
    with Gate(tmp_path_factory.mktemp("lies"), upstream=liar.url,
              request="max_prompt_tokens: 6000, max_tokens: 1024, default_max_tokens: 512, "
                      "logprobs: 5") as running:
        yield running


def counts(prompt, completion, total=None, **more):
    return {"prompt_tokens": prompt, "completion_tokens": completion,
            "total_tokens": prompt + completion if total is None else total, **more}


def event(delta, **more):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "served",
            "choices": [] if delta is None else
            [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}], **more}


def events(answer):
    """What came of a stream."""
    lines = [line[6:] for line in answer.body.split(b"\n") if line.startswith(b"data: ")]
    assert lines[-1] == b"[DONE]", lines
    return [json.loads(line) for line in lines[:-1]]


# With `max_tokens: 8` and a model of 8192 tokens.
LIES = {
    "prompt": counts(8193, 1), "prompt far off": counts(2**31, 1), "completion": counts(3, 9),
    "completion far off": counts(3, 2**53), "total": counts(3, 1, 5), "no total": counts(3, 1, 0),
    "total far off": counts(3, 1, 2**53), "no tokens for text": counts(3, 0),
    "cached": counts(3, 1, **CACHED),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_usage_of_a_whole_answer(gate, liar, lie):
    """The text is delivered, the counts are told to nobody, and the whole hold is charged."""
    liar.say = lambda path, asked: dict(answers.whole(path, asked), usage=lie)
    answer = gate.chat(max_tokens=8)
    assert answer.status == 200 and "usage" not in answer.json()
    assert answer.json()["choices"][0]["message"]["content"]
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    assert line["charged_in_full"]


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("where", ["on the way", "at the end"])
def test_usage_of_a_stream(gate, liar, lie, where):
    truth = counts(3, 1)
    middle, last = (lie, truth) if where == "on the way" else (truth, lie)
    liar.say = lambda path, asked: [event({"content": "a"}, usage=truth),
                                    event({"content": "b"}, usage=middle), event(None, usage=last)]
    answer = gate.chat(max_tokens=8, stream=True, stream_options={
        "include_usage": True, "continuous_usage_stats": True})
    seen = events(answer)
    assert [one["choices"][0]["delta"]["content"] for one in seen if one["choices"]] == ["a", "b"]
    assert seen[0]["usage"] == truth and all(one.get("usage", truth) == truth for one in seen)
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    assert line["charged_in_full"]


@pytest.mark.parametrize("told", [[], [event(None, usage=counts(3, 0))]], ids=["nothing", "usage"])
def test_a_stream_of_no_choices(gate, liar, told):
    """It is no answer, as a whole one without choices is none."""
    liar.say = lambda path, asked: told if asked.get("stream") else dict(
        answers.whole(path, asked), choices=[])
    for stream in (True, False):
        answer = gate.chat(stream=stream)
        assert answer.status == 502 and answer.json()["error"]["code"] == "upstream_invalid", stream


def test_the_truth_is_told(gate, liar):
    """Counts up to the request's own bounds are passed on as they came."""
    liar.say = lambda path, asked: dict(answers.whole(path, asked), usage=counts(8192, 8))
    answer = gate.chat(max_tokens=8)
    assert answer.json()["usage"] == counts(8192, 8)
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    assert "charged_in_full" not in line


def alternatives(count):
    return [{"token": chr(97 + i), "logprob": -0.5, "bytes": [97 + i]} for i in range(count)]


def test_no_more_alternatives_than_asked(gate, liar):
    """An upstream that adds some tells no client more than it asked for."""
    token = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": alternatives(20)}

    def chat(path, asked):
        answer = answers.whole(path, asked)
        answer["choices"][0]["logprobs"] = {"content": [token, token]}
        return answer

    liar.say = chat
    answer = gate.chat(max_tokens=8, logprobs=True, top_logprobs=2)
    seen = answer.json()["choices"][0]["logprobs"]["content"]
    assert seen == [dict(token, top_logprobs=alternatives(2))] * 2
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    assert line["dropped_fields"] == 36

    def text(path, asked):
        answer = answers.whole(path, asked)
        answer["choices"][0]["logprobs"] = {
            "text_offset": [0], "token_logprobs": [-0.5], "tokens": ["a"],
            "top_logprobs": [{chr(97 + i): -0.5 for i in range(20)}]}
        return answer

    liar.say = text
    answer = gate.call(TEXT, {"model": "m", "prompt": "hi", "max_tokens": 8, "logprobs": 1})
    assert answer.json()["choices"][0]["logprobs"]["top_logprobs"] == [{"a": -0.5, "b": -0.5}]


CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CHOICES = {
    "a tool call": {"tool_calls": [None]}, "its type": {"tool_calls": [dict(CALL, type="x")]},
    "its id": {"tool_calls": [dict(CALL, id=None)]}, "no text": {"content": {"a": 1}},
}


@pytest.mark.parametrize("message", CHOICES.values(), ids=CHOICES)
def test_what_is_no_message(gate, liar, message):
    def say(path, asked):
        answer = answers.whole(path, asked)
        answer["choices"] = [dict(answer["choices"][0], message={"role": "assistant", **message})]
        return answer

    liar.say = say
    answer = gate.chat(max_tokens=8)
    assert (answer.status, answer.error["code"]) == (502, "upstream_invalid")


@pytest.mark.parametrize("call", [None, {"index": None}, {"index": -1}, {"index": 2**63},
                                  {"index": 0, "type": "x"}], ids=str)
def test_what_is_no_delta(gate, liar, call):
    """What came before it has been delivered; then the stream ends with an error event."""
    liar.say = lambda path, asked: [event({"content": "a"}), event({"tool_calls": [call]})]
    connection, reader = gate.begin_chat(max_tokens=8, stream=True)
    with connection:
        assert reader.head().status == 200
        body, _ = reader.rest()
    first, second, rest = body.split(b"\n\n", 2)
    assert b'"content":"a"' in first and b'"code":"upstream_invalid"' in second
    assert rest == b"" and b"tool_calls" not in body


@pytest.mark.parametrize("created", [None, -1, 2**63, "5"])
def test_when_it_was_made(gate, liar, created):
    liar.say = lambda path, asked: dict(answers.whole(path, asked), created=created)
    assert gate.chat(max_tokens=8).status == 502


@pytest.mark.parametrize("asked,vector,status", [
    ("float", [0.5], 200), ("float", "AAAAPw==", 502), ("float", [], 502),
    ("base64", "AAAAPw==", 200), ("base64", [0.5], 200), ("base64", "", 502),
    ("base64", "!!not base64 /etc/passwd", 502), ("base64", "AAAAPw=", 502)])
def test_embeddings(gate, liar, asked, vector, status):
    """Text only where it was asked for, and only base64; numbers always."""
    def say(path, request):
        answer = answers.whole(path, request)
        answer["data"] = [dict(answer["data"][0], embedding=vector)]
        return answer

    liar.say = say
    answer = gate.call(EMBEDDINGS, {"model": "m", "input": "hi", "encoding_format": asked})
    assert answer.status == status
    assert status != 200 or answer.json()["data"][0]["embedding"] == vector
