"""Every request case of tests/cases/request through the whole program: the refusal as the client
sees it and nothing upstream, or the exact body that the upstream receives."""

import re

import pytest

import cases
from gate import Gate

CASES = list(cases.request_cases())
# RequestCaps as the unit tests have them: the defaults of src/policy/snapshot.h.
CAPS = dict(max_body="1MiB", max_prompt_tokens=6000, max_tokens=1024, default_max_tokens=512, n=1,
            n_times_max_tokens=4096, prompts=1, inputs=64, messages=256, stop=4, logprobs="deny",
            tools="allow", tool_count=64, tool_bytes="64KiB", schema_bytes="32KiB",
            schema_depth=16, media="deny", media_count=4, media_bytes="4MiB")
SALT = re.compile(rb'"cache_salt":"[A-Za-z0-9_-]{43}"')


def caps_of(settings):
    caps = dict(CAPS)
    for word in settings.get("caps", "").split():
        name, value = word.split("=")
        caps[name] = value
    if str(caps["tools"]) == "0":
        caps["tools"] = "deny"
    # The policy refuses caps that can decide nothing; they change no case.
    if caps["tools"] == "deny":
        del caps["tool_count"], caps["tool_bytes"]
    if caps["media"] == "deny":
        del caps["media_count"], caps["media_bytes"]
    elif "media_bytes=" not in settings.get("caps", ""):
        caps["media_bytes"] = caps["max_body"]
    product = int(caps["n"]) * int(caps["max_tokens"])
    caps["n_times_max_tokens"] = min(int(caps["n_times_max_tokens"]), product)
    context = int(settings.get("context", "8192"))
    caps["max_prompt_tokens"] = min(int(caps["max_prompt_tokens"]), context)
    # And what no request without `max_tokens` could pass.
    if int(caps["default_max_tokens"]) > int(caps["max_tokens"]):
        caps["default_max_tokens"] = caps["max_tokens"]
    return caps


def group(settings):
    return (settings["version"], settings.get("caps", ""), settings.get("context", "8192"))


@pytest.fixture(scope="module")
def gates(recorder, tmp_path_factory):
    """One gateway for each combination of version, caps and context; None where no policy can
    say that, with the reason."""
    running = {}

    def get(settings):
        key = group(settings)
        if key not in running:
            request = ", ".join(f"{k}: {v}" for k, v in caps_of(settings).items())
            try:
                running[key] = Gate(tmp_path_factory.mktemp("gate"),
                                    upstream=f"http://127.0.0.1:{recorder.port}",
                                    vllm=settings["version"], context=key[2], request=request,
                                    tenants="  - { name: alpha, models: [m] }").__enter__()
            except AssertionError as error:
                running[key] = str(error)
        return running[key]

    yield get
    for gate in running.values():
        if not isinstance(gate, str):
            gate.__exit__()


# The cases whose caps the validator takes from no policy, and why; all others are run.
UNSAYABLE = {"cap_context", "context_input_ids", "context_input_ids_above", "context_token_ids",
             "context_token_ids_fit", "context_token_ids_second", "context_token_ids_truncated",
             "default_behind_a_long_prompt", "default_behind_the_prompt",
             "default_behind_token_ids", "default_behind_token_ids_cut", "default_within_context",
             "media_too_large", "tools_too_large"}
REASONS = ("leaves no room for a prompt in any model of tenant",
           "is below the least that is accepted")


def test_there_are_enough_cases():
    assert len(CASES) >= 150


@pytest.mark.parametrize("name,settings,client,named", CASES, ids=[c[0] for c in CASES])
def test_case(gates, recorder, name, settings, client, named):
    gate = gates(settings)
    assert isinstance(gate, str) == (name in UNSAYABLE), gate
    if isinstance(gate, str):
        assert any(reason in gate for reason in REASONS), gate
        pytest.skip("no policy can say these caps: " + gate.strip().splitlines()[-1][-120:])
    recorder.take()
    path = {"chat": "/v1/chat/completions", "completions": "/v1/completions",
            "embeddings": "/v1/embeddings"}[settings["endpoint"]]
    answer = gate.call(path, client)
    received = [r for r in recorder.take() if not r[0].startswith(b"POST /tokenize ")]
    if "refused" in named:
        expected = dict(line.split(": ", 1) for line in named["refused"] if ": " in line)
        param = next((line[6:].strip() for line in named["refused"]
                      if line.startswith("param:")), "")
        assert answer.error["code"] == expected["code"], answer.body
        assert (answer.error["param"] or "") == param, answer.body
        assert expected.get("says", "") in answer.error["message"]
        assert received == []
        return
    assert answer.status == 200, answer.body
    if answer.fields["content-type"] == "application/json":
        assert answer.json()["id"] == "answer-" + answer.fields["x-request-id"]
    assert len(received) == 1, answer.body
    head, body = received[0]
    expected = "\n".join(named["upstream"]).strip("\n").encode()
    assert SALT.sub(b'"cache_salt":"SALT"', body) == expected.replace(
        b'"cache_salt":"SALT"', b'"cache_salt":"SALT"')
    lines = head.split(b"\r\n")
    assert lines[0] == f"POST {path} HTTP/1.1".encode()
    names = [line.split(b":")[0] for line in lines[1:]]
    assert names == [b"Host", b"User-Agent", b"X-Request-Id", b"Accept", b"Content-Type",
                     b"Content-Length"]
    assert f"Host: 127.0.0.1:{recorder.port}".encode() in lines
    assert f"X-Request-Id: {answer.fields['x-request-id']}".encode() in lines
    if answer.fields["content-type"] == "application/json":
        assert answer.json()["model"] == "m"
