"""A rule has one name: `rule` in the request log is what `policy explain` prints for the same
request, and what `policy show` has a value for."""

import base64
import json
import pathlib
import re

import pytest

import wire
from gate import Gate, Simulator, run
from scopes import settings

HI = {"messages": [{"role": "user", "content": "hi"}]}
TOOL = {"type": "function", "function": {"name": "f"}}
SCHEMA = {"type": "object", "properties": {"a": {"type": "object", "properties": {
    "b": {"type": "object", "properties": {"c": {"type": "string"}}}}}}}


def image(count=1, size=1000):
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(size)).decode()
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    return {"messages": [{"role": "user", "content": [part] * count}]}


def schema(value):
    return {"response_format": {"type": "json_schema",
                                "json_schema": {"name": "s", "schema": value}}}


# rule: (key, endpoint, body without model, model). ID is the key's own.
BODIES = {
    "tenants.alpha.models": ("plain", "chat", HI, "nothing"),
    "keys.ID.models": ("narrow", "chat", HI, "far"),
    "models.far.endpoints": ("plain", "chat", HI, "far"),
    "keys.ID.endpoints": ("narrow", "embeddings", {"input": "x"}, "m"),
    "tenants.alpha.request.n": ("plain", "chat", {**HI, "n": 5}, "m"),
    "keys.ID.request.n": ("narrow", "chat", {**HI, "n": 3}, "m"),
    "tenants.alpha.request.max_tokens": ("plain", "chat", {**HI, "max_tokens": 2000}, "m"),
    "keys.ID.request.max_tokens": ("narrow", "chat", {**HI, "max_tokens": 65}, "m"),
    "models.tiny.max_model_len": ("plain", "chat", {**HI, "max_tokens": 601}, "on-tiny"),
    "tenants.alpha.request.n_times_max_tokens": (
        "plain", "chat", {**HI, "n": 4, "max_tokens": 1000}, "m"),
    "tenants.alpha.request.max_prompt_tokens": (
        "plain", "completions", {"prompt": "x " * 20000, "max_tokens": 1}, "m"),
    "keys.ID.request.max_prompt_tokens": (
        "narrow", "completions", {"prompt": "x " * 4000, "max_tokens": 1}, "m"),
    "tenants.alpha.request.max_body": (
        "plain", "completions", {"prompt": "x" * 70_000, "max_tokens": 1}, "m"),
    "tenants.alpha.request.prompts": (
        "plain", "completions", {"prompt": ["x", "y", "z"], "max_tokens": 1}, "m"),
    "tenants.alpha.request.inputs": ("plain", "embeddings", {"input": ["x"] * 3}, "m"),
    "tenants.alpha.request.messages": ("plain", "chat", {"messages": HI["messages"] * 9}, "m"),
    "tenants.alpha.request.stop": ("plain", "chat", {**HI, "stop": ["a", "b", "c"]}, "m"),
    "tenants.alpha.request.logprobs": ("plain", "chat", {**HI, "logprobs": True}, "m"),
    "tenants.alpha.request.tools": ("plain", "chat", {**HI, "tools": [TOOL]}, "m"),
    "tenants.beta.request.tool_count": ("beta", "chat", {**HI, "tools": [TOOL] * 3}, "m"),
    "tenants.beta.request.tool_bytes": (
        "beta", "chat", {**HI, "tools": [{"type": "function", "function": {
            "name": "f", "description": "x" * 3000}}]}, "m"),
    "tenants.alpha.request.schema_bytes": (
        "plain", "chat", {**HI, **schema({"type": "string", "description": "x" * 3000})}, "m"),
    "tenants.alpha.request.schema_depth": ("plain", "chat", {**HI, **schema(SCHEMA)}, "m"),
    "tenants.alpha.request.media": ("plain", "chat", image(), "m"),
    "tenants.beta.request.media_count": ("beta", "chat", image(3), "m"),
    "tenants.beta.request.media_bytes": ("beta", "chat", image(size=3000), "m"),
    "request.fields": ("plain", "chat", {**HI, "bogus": 1}, "m"),
    "authentication": ("gone", "chat", HI, "m"),
    "routes": ("plain", "responses", {"input": "x"}, "m"),
}

PATHS = {"chat": "/v1/chat/completions", "completions": "/v1/completions",
         "embeddings": "/v1/embeddings", "responses": "/v1/responses"}
TENANTS = """  - name: alpha
    models: [m, far, tiny, on-tiny]
    request:
      { n: 4, max_tokens: 1024, n_times_max_tokens: 3000, max_prompt_tokens: 6000, max_body: 60KiB,
        prompts: 2, inputs: 2, messages: 8, stop: 2, tools: deny, schema_bytes: 2KiB,
        schema_depth: 2 }
  - name: beta
    models: [m]
    request: { tool_count: 2, tool_bytes: 2KiB, media: data, media_count: 2, media_bytes: 2KiB }"""
MODELS = """  - { name: far, upstream: up, max_model_len: 8192, endpoints: [embeddings] }
  - name: tiny
    upstream: up
    max_model_len: 600
    endpoints: [chat]
    adapters: [on-tiny]"""


@pytest.fixture(scope="module")
def ruled(tmp_path_factory):
    """A gateway with tight caps, and the keys that ask."""
    with Simulator("--model", "served") as sim, Gate(
            tmp_path_factory.mktemp("rules"), upstream=f"http://127.0.0.1:{sim.port}",
            tenants=TENANTS, models=MODELS) as gate:
        gate.keys = {"plain": gate.key, "beta": gate.create_key("beta", "beta"), "narrow":
                     gate.create_key("alpha", "narrow", "--models", "m", "--endpoints",
                                     "chat,completions", "--limit", "n=2", "--limit",
                                     "max_tokens=64", "--limit", "max_prompt_tokens=1000"),
                     "gone": gate.create_key("alpha", "gone")}
        assert run("keys", "revoke", "-c", gate.policy, "alpha/gone").returncode == 0
        handles = {"plain": "alpha/first", "beta": "beta/beta", "narrow": "alpha/narrow",
                   "gone": "alpha/gone"}
        gate.ids = {}
        for name, handle in handles.items():
            shown = run("keys", "show", "-c", gate.policy, "--format", "json", handle)
            gate.ids[name] = json.loads(shown.stdout)["id"]
        for name in ("beta", "narrow"):
            assert wire.wait_for(
                lambda: gate.call("/v1/models", key=gate.keys[name]).status == 200)
        yield gate


def explain(gate, key, endpoint, body):
    question = gate.folder / "question.json"
    question.write_text(json.dumps({"key": key, "endpoint": endpoint, "body": body}))
    done = run("policy", "explain", "-c", gate.policy, "--format", "json", question)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def known_names(gate, key=None):
    """Paths that `policy show` has, sections of them that are one rule, and the list of the rest
    in docs/operations.md."""
    done = run("policy", "show", "-c", gate.policy, "--format", "json",
               *(("--key", key) if key else ()))
    paths = {entry["path"] for entry in json.loads(done.stdout)["settings"]}
    rates = {path.removesuffix(".rate") for path in paths if path.endswith(".rate")}
    page = (pathlib.Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    table = page.split("### Rules")[1].split("To find a client's refusals")[0]
    rest = {name for line in table.splitlines() if line.startswith("| `")
            for name in re.findall(r"`([^`]+)`", line.split("|")[1])}
    assert len(rest) >= 10
    return paths | rates | rest


def is_known(names, rule):
    return rule in names or ("http.NAME" in names and re.fullmatch(r"http\.\w+", rule))


@pytest.mark.parametrize("rule", BODIES)
def test_of_a_request(ruled, rule):
    """What refuses a request is called the same in the log and by `policy explain`, and `policy
    show` tells its value."""
    # covers: gateways-3-20-self-test
    who, endpoint, body, model = BODIES[rule]
    body = {"model": model, **body}
    answer = ruled.call(PATHS[endpoint], body, key=ruled.keys[who])
    assert answer.status >= 400
    (line,) = ruled.logged(request_id=answer.fields["x-request-id"])
    expected = rule.replace("ID", ruled.ids[who])
    explained = explain(ruled, ruled.ids[who], endpoint, body)
    assert (line["rule"], explained["rule"]) == (expected, expected)
    assert explained["code"] == answer.error["code"] == line["code"]
    if who != "gone":
        assert is_known(known_names(ruled, ruled.ids[who]) | known_names(ruled), expected)


def settings_of(section):
    """Those of a section of the policy reference, but for what is not supported yet."""
    page = (pathlib.Path(__file__).parents[2] / "docs" / "policy-reference.md").read_text()
    table = page.split(f"## `{section}`\n")[1].split("\n## ")[0]
    return {line.split("`")[1] for line in table.splitlines()
            if line.startswith("| `") and "Not supported yet" not in line}


def test_no_cap_is_left_out():
    """Every cap of a tenant's requests is among those above; each place of limits below."""
    # covers: gateways-3-20-self-test
    caps = {rule.split(".request.")[1] for rule in BODIES if rule.startswith("tenants.")
            and ".request." in rule}
    assert caps == settings_of("defaults.request") - {"default_max_tokens"}  # it is no cap
    assert settings_of("models[].limits") == {"requests", "concurrent", "per_key", "per_user"}
    assert settings_of("models[].limits.per_key") == {"requests", "concurrent"}
    assert {f"{place}{part}" for place in ("limits", "tenants.alpha.limits", "models.capped.limits")
            for part in ("", ".per_key", ".per_user")} | {"keys.ID.limits"} == set(PLACES.values())


def test_of_a_name_that_is_there_twice(ruled):
    """The same for a body that is no document."""
    body = b'{"model":"m","n":1,"n":1,"messages":[]}'
    answer = ruled.call(PATHS["chat"], body)
    (line,) = ruled.logged(request_id=answer.fields["x-request-id"])
    question = ruled.folder / "question.json"
    question.write_bytes(b'{"tenant":"alpha","endpoint":"chat","body":%s}' % body)
    done = run("policy", "explain", "-c", ruled.policy, "--format", "json", question)
    assert json.loads(done.stdout)["rule"] == line["rule"] == "request.json"


# Where the limit stands (scopes.py): the path before `requests` or `concurrent`.
PLACES = {"global": "limits", "tenant": "tenants.alpha.limits",
          "key": "tenants.alpha.limits.per_key", "user": "tenants.alpha.limits.per_user",
          "model": "models.capped.limits", "model-key": "models.capped.limits.per_key",
          "model-user": "models.capped.limits.per_user", "global-key": "limits.per_key",
          "global-user": "limits.per_user", "defaults": "tenants.alpha.limits",
          "the key's own": "keys.ID.limits"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["requests", "concurrent"])
def test_of_a_limit(tmp_path, place, kind):
    """`policy explain` lists under the same name what a request would count against."""
    # covers: gateways-3-20-self-test
    own = place == "the key's own"
    rule = "requests: { rate: 1/h, burst: 1 }" if kind == "requests" else "concurrent: 1"
    set_up, model = settings("tenant", "concurrent: 99") if own else settings(place, rule)
    narrow = ("--limit", "requests=1/h" if kind == "requests" else "concurrent=1") if own else ()
    with Simulator("--model", "served") as sim, Gate(
            tmp_path, upstream=f"http://127.0.0.1:{sim.port}", **set_up) as gate:
        made = run("keys", "create", "-c", gate.policy, "--tenant", "alpha", "--name", "u",
                   "--user", "ann", "--format", "json", *narrow)
        key, number = json.loads(made.stdout)["key"], json.loads(made.stdout)["id"]
        assert wire.wait_for(lambda: gate.call("/v1/nothing", key=key).status == 404)
        assert wire.wait_for(lambda: gate.chat(key=key, model=model, n=9).status in (400, 429))
        connection, _ = gate.begin_chat("sim:fault=hang", key=key, model=model)
        with connection:
            answer = wire.wait_for(
                lambda: (a := gate.chat(key=key, model=model)).status == 429 and a)
            (line,) = gate.logged(request_id=answer.fields["x-request-id"])
        expected = f"{PLACES[place]}.{kind}".replace("ID", number)
        assert line["rule"] == expected
        explained = explain(gate, number, "chat", {"model": model})
        assert expected in [step["rule"] for step in explained["limits"]]
        assert is_known(known_names(gate, number) | known_names(gate), expected)


@pytest.mark.parametrize("name,key", [("requests", None), ("failed_auth", "gh_none")])
def test_of_an_address(tmp_path, name, key):
    """What is counted by address; of failures only those are refused."""
    # covers: gateways-3-20-self-test
    limit = f"    limits: {{ per_ip: {{ {name}: {{ rate: 1/h, burst: 2 }} }} }}"
    with Simulator("--model", "served") as sim, Gate(
            tmp_path, upstream=f"http://127.0.0.1:{sim.port}", listen=limit) as gate:
        got = [gate.chat(key=key or gate.key).status for _ in range(3)]
        assert got == [401 if key else 200] * 2 + [429]
        (line,) = gate.logged(status=429)
        assert line["rule"] == f"listen[0].limits.per_ip.{name}"
        assert is_known(known_names(gate), line["rule"])


def test_of_an_upstream_that_is_full(tmp_path):
    """So is what binds all tenants together."""
    # covers: gateways-3-20-self-test
    with Simulator("--model", "served") as sim, Gate(
            tmp_path, upstream=f"http://127.0.0.1:{sim.port}",
            upstream_more="    health: off\n    in_flight: 1") as gate:
        connection, _ = gate.begin_chat("sim:fault=hang")
        with connection:
            assert wire.wait_for(lambda: sim.state()["in_flight"] == 1)
            assert gate.chat().status == 503
        (line,) = gate.logged(code="overloaded")
        limits = explain(gate, "alpha/first", "chat", {"model": "m"})["limits"]
        assert line["rule"] == "upstreams.up.in_flight" in [step["rule"] for step in limits]


def slow_head(gate, key):
    with gate.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.recv(1)


def slow_body(gate, key):
    with gate.connect() as connection:
        connection.sendall(gate.request(PATHS["chat"], method="POST", fields=(
            "Content-Type: application/json\r\nContent-Length: 9\r\n")))
        connection.recv(1)


def bad_version(gate, key):
    with gate.connect() as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        connection.recv(1)


def post(fields, body=b""):
    def cause(gate, key):
        with gate.connect() as connection:
            connection.sendall(gate.request(PATHS["chat"], method="POST", fields=fields) + body)
            wire.Reader(connection).answer()
    return cause


JSON = "Content-Type: application/json\r\n"


def full_memory(gate, key):
    """Two bodies on their way, for which there is no room together."""
    fields = JSON + "Content-Length: 600000\r\n"
    with gate.connect() as first:
        first.sendall(gate.request(PATHS["chat"], method="POST", fields=fields))
        assert wire.wait_for(lambda: gate.metric("gatehouse_request_body_bytes") == 600_000)
        post(fields)(gate, key)


# What no question to `policy explain` describes: rule → what causes it.
OTHERS = {
    "listen[0].timeouts.head": slow_head,
    "listen[0].timeouts.body": slow_body,
    "http.bad_version": bad_version,
    "authentication": lambda gate, key: gate.chat(key="gh_none"),
    "routes": lambda gate, key: gate.call("/v1/none"),
    "content_length": post(JSON),
    "content_type": post("Content-Length: 0\r\n"),
    "content_encoding": post(JSON + "Content-Encoding: gzip\r\nContent-Length: 2\r\n", b"{}"),
    "request.json": post(JSON + "Content-Length: 0\r\n"),
    "memory.bodies_per_tenant": full_memory,
    "upstream": lambda gate, key: gate.chat("sim:fault=reset"),
    "upstreams.up.timeouts.first_byte": lambda gate, key: gate.chat("sim:fault=hang", stream=True),
    "upstreams.up.timeouts.total": lambda gate, key: gate.chat("sim:fault=hang"),
}


@pytest.mark.parametrize("rule", OTHERS)
def test_of_anything_else(others, rule):
    """A setting's path or a name that the operator finds in docs/operations.md."""
    # covers: gateways-3-20-self-test
    OTHERS[rule](others, others.key)
    assert others.logged(rule=rule)
    assert is_known(known_names(others), rule)


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    with Simulator("--model", "served") as sim, Gate(
            tmp_path_factory.mktemp("others"), upstream=f"http://127.0.0.1:{sim.port}",
            request="max_tokens: 1024",
            listen="    timeouts: { head: 1s, body: 1s }",
            more="memory: { bodies_per_tenant: 1MiB }",
            upstream_more="    health: off\n    timeouts: { first_byte: 1s, total: 2s }") as gate:
        yield gate
