"""Rates and concurrency bind each route to the model, all of them together, and each by itself."""

import json
import time

import pytest

import recorder as answers
import wire
from gate import Gate, chat, run
from scopes import ASKED_BEFORE, SCOPES, key_for, settings
from upstream import Upstream

ROUTES = {
    "/v1/chat/completions": lambda text: chat(text),
    "/v1/completions": lambda text: {"model": "m", "prompt": text},
    "/v1/embeddings": lambda text: {"model": "m", "input": text},
}


def on_every_route(scope, limit):
    """As `settings`; and the model that has the limit is there on all routes."""
    set_up, model = settings(scope, limit)
    if "models" in set_up:
        set_up["models"] = set_up["models"].replace("[chat]", "[chat, completions, embeddings]")
    return set_up, model


def ask(gate, route, model, key, text="hi", **more):
    return gate.call(route, dict(ROUTES[route](text), model=model, **more), key=key)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_rate_binds_each_route(tmp_path, recorder, scope):
    """Four requests an hour, however they are spread over the routes, and whether streamed."""
    # covers: gateways-3-21
    set_up, model = on_every_route(scope, "requests: { rate: 1/h, burst: 4 }")
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", **set_up) as gate:
        key = key_for(gate, scope)
        recorder.take()
        got = [ask(gate, "/v1/embeddings", model, key), ask(gate, "/v1/completions", model, key),
               ask(gate, "/v1/completions", model, key, stream=True)]
        if scope not in ASKED_BEFORE:  # whose /v1/models was the first
            got.append(ask(gate, "/v1/embeddings", model, key))
        assert {answer.status for answer in got} == {200}
        for route in ROUTES:
            refused = ask(gate, route, model, key)
            assert (refused.status, refused.error["code"]) == (429, "rate_limit_exceeded"), route
            assert 3000 < int(refused.fields["retry-after"]) <= 3601
        assert len(recorder.take()) == len(got)


@pytest.mark.parametrize("scope", [s for s in SCOPES if s != "ip"])
def test_concurrency_binds_each_route(tmp_path, scope):
    """While one request runs, on whichever route, there is no place on any; afterwards on all."""
    # covers: gateways-3-21
    def serve(peer):
        while request := peer.request():
            if b'"hang"' in request[1]:
                peer.wait_until_left()
                return
            path = request[0].split(b" ")[1].decode()
            peer.send_json(json.dumps(answers.whole(path, json.loads(request[1]))))

    set_up, model = on_every_route(scope, "concurrent: 1")
    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, **set_up) as gate:
        key = key_for(gate, scope)
        for runs in ROUTES:
            upstream.requests.clear()
            with gate.connect() as connection:
                body = dict(ROUTES[runs]("hang"), model=model)
                connection.sendall(gate.request(runs, body, key))
                assert wire.wait_for(lambda: upstream.requests)
                for route in ROUTES:
                    refused = ask(gate, route, model, key)
                    assert (refused.status, refused.error["code"]) == (
                        429, "rate_limit_exceeded"), (runs, route)
                assert len(upstream.requests) == 1
            for route in ROUTES:
                assert wire.wait_for(lambda: ask(gate, route, model, key).status == 200)
            assert len(upstream.requests) == 1 + len(ROUTES)


def test_of_several_rates_the_one_that_refuses_is_named(tmp_path, recorder):
    """Everybody's is the less bursty, the tenant's the slower: both are in force, as they are
    written, and so is what a key has of its own. `policy show` and `explain` say the same."""
    tenants = """  - { name: alpha, models: [m],
      limits: { per_key: { requests: { rate: 1/h, burst: 4 } } } }"""
    everybody = "limits: { per_key: { requests: { rate: 1/s, burst: 2 } } }"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", tenants=tenants,
              more=everybody) as gate:
        statuses = []
        for _ in range(20):
            answer = gate.chat()
            statuses.append(answer.status)
            wait = int(answer.fields.get("retry-after-ms", 0))
            if wait > 60_000:
                break
            time.sleep(wait / 1000)
        assert (statuses.count(200), statuses[-1]) == (4, 429)
        rules = [line["rule"] for line in gate.logged(len(statuses)) if line["status"] == 429]
        assert rules == (["limits.per_key.requests"] * (len(rules) - 1) +
                         ["tenants.alpha.limits.per_key.requests"])
        assert len(rules) > 1
        narrow = gate.create_key("alpha", "narrow", "--limit", "requests=10/min")
        shown = run("policy", "show", "-c", gate.policy, "--key", "alpha/narrow").stdout
        rates = [line.split(maxsplit=1)[1] for line in shown.splitlines() if ".requests " in line]
        assert ["{ rate: 1/h, burst: 4 }", "{ rate: 10/min, burst: 1 }"] == [
            rate[:rate.index("}") + 1] for rate in rates]
        assert "gatehouse.yaml:" in rates[0] and "key key_" in rates[1]
        request = gate.folder / "request.json"
        request.write_text(json.dumps(
            {"key": "alpha/narrow", "endpoint": "chat", "body": chat("hi")}))
        told = run("policy", "explain", "-c", gate.policy, request, "--format", "json")
        limits = [step["rule"] for step in json.loads(told.stdout)["limits"]]
        assert "tenants.alpha.limits.per_key.requests" in limits
        assert any(rule.startswith("keys.key_") for rule in limits)
        assert "limits.per_key.requests" not in limits  # the key's own is tighter in both
        assert wire.wait_for(lambda: gate.chat(key=narrow).status == 200)
        refused = gate.chat(key=narrow)
        (line,) = gate.logged(request_id=refused.fields["x-request-id"])
        assert refused.status == 429 and line["rule"].startswith("keys.key_")
