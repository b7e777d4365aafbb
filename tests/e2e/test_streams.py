"""Streams: what of them reaches the client, byte by byte, and how they end."""

import json

import pytest

import wire
from gate import Gate, Simulator
from h2client import Client


@pytest.fixture(scope="module")
def sim():
    with Simulator("--model", "served") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def streams(sim, tmp_path_factory):
    """A gateway in front of the simulator."""
    with Gate(tmp_path_factory.mktemp("streams"), upstream=f"http://127.0.0.1:{sim.port}") as gate:
        yield gate


def stream(gate, content="hi", **more):
    """(head, body, whether it ended well) of a streamed chat."""
    connection, reader = gate.begin_chat(content, stream=True, **more)
    with connection:
        head = reader.head()
        if head.fields.get("transfer-encoding") != "chunked":
            return head, reader.exactly(int(head.fields["content-length"])), True
        return head, *reader.rest()


def last_log(gate, head):
    (line,) = gate.logged(request_id=head.fields["x-request-id"])
    return line


def test_the_shape_of_a_stream(streams, sim):
    """Events of one data line, rewritten; usage counted though nobody asked; [DONE] at the end."""
    head, body, ended = stream(streams, max_tokens=5)
    assert head.status == 200 and ended
    assert head.fields["content-type"] == "text/event-stream; charset=utf-8"
    assert head.fields["cache-control"] == "no-store"
    assert set(head.fields) <= {"content-type", "x-request-id", "cache-control", "date",
                                "transfer-encoding", "x-ratelimit-limit-requests",
                                "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"}
    *chunks, done = wire.events(body)
    assert done == "[DONE]"
    chunks = [json.loads(chunk) for chunk in chunks]
    assert all(chunk["model"] == "m" and chunk["object"] == "chat.completion.chunk"
               for chunk in chunks)
    assert all("usage" not in chunk and len(chunk["choices"]) == 1 for chunk in chunks)
    assert not any("system_fingerprint" in chunk for chunk in chunks)
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"
    line = last_log(streams, head)
    assert (line["completion_tokens"], line["stream"], line["ending"]) == (5, True, "complete")
    assert sim.state()["in_flight"] == 0


def test_the_upstream_is_asked_for_usage(gate, recorder):
    """Always and continuously, whatever the client wants of it."""
    for more in ({}, {"stream_options": {"include_usage": False}},
                 {"stream_options": {"include_usage": True}}):
        recorder.take()
        head, body, ended = stream(gate, **more)
        ((_, sent),) = recorder.take()
        assert json.loads(sent)["stream_options"] == {"include_usage": True,
                                                      "continuous_usage_stats": True}
        asked = more.get("stream_options", {}).get("include_usage", False)
        assert ended and (b'"usage"' in body) == asked


@pytest.mark.parametrize("continuous", [False, True])
def test_usage_when_asked(streams, continuous):
    """The usage chunk, and usage on every chunk, each only when asked for."""
    options = {"include_usage": True}
    if continuous:
        options["continuous_usage_stats"] = True
    _, body, ended = stream(streams, max_tokens=4, stream_options=options)
    *chunks, done = wire.events(body)
    chunks = [json.loads(chunk) for chunk in chunks]
    assert ended and done == "[DONE]"
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] == 4
    assert "prompt_tokens_details" not in chunks[-1]["usage"]
    assert all(bool(chunk.get("usage")) == continuous for chunk in chunks[:-1])


def test_several_choices(streams):
    """n of them, each whole, all of them counted."""
    head, body, _ = stream(streams, max_tokens=3, n=3)
    chunks = [json.loads(event) for event in wire.events(body)[:-1]]
    ends = [c["choices"][0]["index"] for c in chunks if c["choices"][0]["finish_reason"]]
    assert sorted(ends) == [0, 1, 2]
    assert last_log(streams, head)["completion_tokens"] == 9


def test_comments_pass(streams):
    """A comment is passed on as ours, and no error."""
    # covers: vllm-live-8-11
    head, body, ended = stream(streams, "sim:fault=keepalive_comments,n=3", max_tokens=2)
    assert head.status == 200 and ended
    assert body.startswith(b": keep-alive\n\n: keep-alive\n\n: keep-alive\n\ndata: {")
    assert wire.events(body)[-1] == "[DONE]"


@pytest.mark.parametrize("size", [1, 7, 100])
def test_chunks_are_not_events(streams, size):
    """Events come out whole however the upstream cuts them."""
    _, body, ended = stream(streams, f"sim:fault=split,bytes={size}", max_tokens=3)
    assert ended and wire.events(body)[-1] == "[DONE]" and len(wire.events(body)) >= 4


@pytest.mark.parametrize("code,status,name,retry", [
    (400, 400, "invalid_value", False), (500, 503, "draining", True),
    (501, 502, "upstream_error", False),
    (503, 503, "overloaded", True), (422, 400, "invalid_value", False)])
def test_an_error_as_the_first_event(streams, code, status, name, retry):
    """It becomes the status that it should have been, in our words, and costs nothing."""
    # covers: vllm-live-8-10
    head, body, _ = stream(streams, f"sim:fault=error_event,after=0,code={code}")
    error = json.loads(body)["error"]
    assert (head.status, error["code"]) == (status, name)
    assert head.fields["content-type"] == "application/json"
    assert ("retry-after" in head.fields) == retry
    line = last_log(streams, head)
    assert line["ending"] == "upstream_error" and line["detail"] not in body.decode()
    assert "charged_in_full" not in line


BREAKS = {
    "error-event": ("sim:fault=error_event,after=2,code=400", "invalid_value"),
    "error-event-500": ("sim:fault=error_event,after=2,code=500", "draining"),
    "no-done": ("sim:fault=no_done", "upstream_reset"),
    "end": ("sim:fault=cut_after,n=2,how=fin", "upstream_reset"),
    "reset": ("sim:fault=cut_after,n=2,how=rst,ms=50", "upstream_reset"),
    "not-json": ("sim:fault=invalid_json", "upstream_invalid"),
    "not-events": ("sim:fault=invalid_sse", "upstream_invalid"),
    "bad-chunk": ("sim:fault=chunk_garbage", "upstream_invalid"),
    "huge-event": ("sim:fault=huge_event", "upstream_invalid"),
}


@pytest.mark.parametrize("content,code", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("version", ["1.1", "2"])
def test_a_stream_that_breaks(streams, sim, version, content, code):
    """One error event in our words, no [DONE], and an end that cannot be taken for a good one."""
    # covers: gateways-3-23 engine-7-upstream-distrust
    assert streams.chat().status == 200  # three failures in a row would close the upstream
    before = sim.worked_on()
    if version == "1.1":
        head, body, ended = stream(streams, content, max_tokens=6)
        assert head.status == 200 and not ended
    else:
        with Client(streams) as client:
            answer = client.answer(client.chat(content, max_tokens=6, stream=True))
            head, body = answer, answer.body
            assert (answer.status, answer.ended, answer.reset) == (200, False, 2)
            # The connection is as good as before.
            assert client.answer(client.chat()).status == 200
    events = wire.events(body)
    assert "[DONE]" not in events
    assert json.loads(events[-1])["error"]["code"] == code
    assert all("error" not in json.loads(event) for event in events[:-1])
    line = last_log(streams, head)
    assert (line["ending"], line["code"], line["status"]) == ("upstream_error", code, 200)
    # One request, never a second attempt.
    assert sim.worked_on() - before == (2 if version == "2" else 1)
    assert sim.state()["in_flight"] == 0


def test_a_stream_over_http2(streams):
    """The same events as over HTTP/1.1, and many streams at once on one connection."""
    with Client(streams) as client:
        numbers = [client.chat(f"say {i}", stream=True, max_tokens=4) for i in range(20)]
        for i, number in enumerate(numbers):
            answer = client.answer(number)
            assert answer.status == 200 and answer.ended
            assert answer.fields["content-type"] == "text/event-stream; charset=utf-8"
            assert wire.events(answer.body)[-1] == "[DONE]"
            _, body, _ = stream(streams, f"say {i}", max_tokens=4)
            words = [[json.loads(e)["choices"][0]["delta"].get("content")
                      for e in wire.events(b)[:-1]] for b in (body, answer.body)]
            assert words[0] == words[1] and len(words[0]) >= 4
