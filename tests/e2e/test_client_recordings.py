"""Agent frameworks work unchanged: what they sent, replayed."""

import json

import pytest

import client_recordings as recordings
import wire
from gate import Gate, Simulator

ALL = recordings.load()
OURS = {"max_completion_tokens", "stream_options"}  # written by the gateway itself


def test_there_are_recordings():
    assert len(ALL) >= 25 and recordings.REFUSED.keys() <= ALL.keys()
    assert {name.split("_")[0] for name in ALL} == {
        "agents", "aisdk", "haystack", "instructor", "langchain", "langchainjs", "litellm",
        "llamaindex", "openai", "openaijs", "pydanticai"}


@pytest.mark.parametrize("name", ALL)
def test_it_reaches_the_upstream(gate, recorder, name):
    """Every field does, as it was, but for those that are listed as harmless; or the refusal is the
    documented one."""
    recorder.take()
    recording = ALL[name]
    answer = recordings.replay(gate, recording)
    received = [(head, body) for head, body in recorder.take() if b"/v1/" in head]
    if name in recordings.REFUSED:
        assert (answer.status, answer.error["code"]) == recordings.REFUSED[name], answer.body
        assert received == []
        return
    assert answer.status == 200, answer.body
    (head, body), = received
    # What says nothing may stay away: null, and the one choice that there is anyway.
    asked = {field: value for field, value in json.loads(recording["body"]).items()
             if value is not None and (field, value) != ("n", 1)}
    hints = recording["body"].count('"cache_control"')
    if "messages" in asked:
        asked["messages"] = recordings.passed_on(asked["messages"])
    sent = json.loads(body)
    dropped = asked.keys() - sent.keys() - OURS
    assert dropped <= recordings.harmless(recording["path"]), dropped
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    assert line.get("ignored_fields", 0) == len(dropped) + hints
    for field in asked.keys() & sent.keys() - {"model", *OURS}:
        assert sent[field] == asked[field], field
    names = {field.split(b":")[0].lower() for field in head.split(b"\r\n")[1:]}
    assert not any(field.startswith(b"x-stainless") for field in names)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    with Simulator("--model", "served", "--max-model-len", "8192") as sim, Gate(
            tmp_path_factory.mktemp("simulated"), upstream=f"http://127.0.0.1:{sim.port}") as gate:
        yield gate


@pytest.mark.parametrize("name", [name for name in ALL if name not in recordings.REFUSED])
def test_it_is_answered(simulated, name):
    """What comes back has what the framework reads: choices or vectors, tool calls when one was
    demanded, a stream that ends."""
    asked = json.loads(ALL[name]["body"])
    answer = recordings.replay(simulated, ALL[name])
    assert answer.status == 200, answer.body
    if asked.get("stream"):
        events = wire.events(answer.body)
        assert events[-1] == "[DONE]"
        usage = [event for event in map(json.loads, events[:-1]) if event.get("usage")]
        assert len(usage) == bool(asked.get("stream_options", {}).get("include_usage"))
        return
    reply = answer.json()
    assert reply["model"] == "m" and reply["usage"]["prompt_tokens"] > 0
    if "input" in asked:
        assert [one["index"] for one in reply["data"]] == list(range(len(asked["input"])))
        return
    assert len(reply["choices"]) == asked.get("n", 1)
    if asked.get("tool_choice", "auto") != "auto":
        call = reply["choices"][0]["message"]["tool_calls"][0]["function"]
        assert call["name"] == asked["tools"][0]["function"]["name"]
        json.loads(call["arguments"])
