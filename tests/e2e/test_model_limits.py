"""Limits of a model, which are known later than the others: what they refuse, and what is told."""

import time

import pytest

import wire
from gate import Gate
from scopes import MODEL
from upstream import Upstream


def test_what_a_models_rate_refuses_costs_nothing_else(tmp_path, recorder):
    """Whoever hammers one model has as much of the tenant's and the key's rates left as if nothing
    had been sent, and is told to wait for the model alone."""
    tenants = """  - name: alpha
    models: [m, capped]
    limits: { requests: { rate: 30/min, burst: 10 }, per_key: { requests: { rate: 1/h, burst: 8 } } }
  - { name: beta, models: [capped], limits: { requests: { rate: 30/min, burst: 1 } } }"""
    limit = "per_key: { requests: { rate: 20/min, burst: 1 } }"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", tenants=tenants,
              models=MODEL.replace("LIMIT", limit)) as gate:
        assert gate.chat(model="capped").status == 200
        for _ in range(20):
            refused = gate.chat(model="capped")
            if refused.status == 200:  # three seconds have passed
                break
            assert int(refused.fields["retry-after-ms"]) <= 3000
        answer = gate.chat()
        assert answer.status == 200
        assert answer.fields["x-ratelimit-limit-requests"] == "1"
        left = 8 - len(gate.logged(2, status=200))
        assert answer.fields["x-ratelimit-remaining-requests"] == str(left)
        # The tenant's rate takes one more after two seconds, the model's after three.
        key = gate.create_key("beta", "beta")
        assert wire.wait_for(lambda: gate.chat(key=key, model="capped").status == 200)
        tenants = gate.chat(key=key, model="capped")
        time.sleep(int(tenants.fields["retry-after-ms"]) / 1000)
        models = gate.chat(key=key, model="capped")
        assert (tenants.status, models.status) == (429, 429)
        assert int(models.fields["retry-after-ms"]) <= 1000
        time.sleep(int(models.fields["retry-after-ms"]) / 1000)
        assert gate.chat(key=key, model="capped").status == 200
        assert [line["rule"] for line in gate.logged(2, tenant="beta", status=429)][-2:] == [
            "tenants.beta.limits.requests", "models.capped.limits.per_key.requests"]


@pytest.mark.parametrize("of", ["tenant", "model"])
def test_too_many_at_once_are_told_of_the_rate_too(tmp_path, of):
    limits = {"tenant": "concurrent: 1, ", "model": ""}[of]
    tenants = f"""  - name: alpha
    models: [m, capped]
    limits: {{ {limits}requests: {{ rate: 6/min, burst: 9 }} }}"""
    models = MODEL.replace("LIMIT", "concurrent: 1")
    with Upstream(lambda peer: peer.request() and peer.wait_until_left()) as upstream, Gate(
            tmp_path, upstream=upstream.url, tenants=tenants, models=models) as gate:
        connection, _ = gate.begin_chat(model="capped")
        with connection:
            assert wire.wait_for(lambda: len(upstream.requests) == 1)
            refused = gate.chat(model="capped")
            assert (refused.status, refused.fields["retry-after"]) == (429, "1")
            assert refused.fields["x-ratelimit-limit-requests"] == "6"
            assert refused.fields["x-ratelimit-remaining-requests"] == "8"
            assert refused.fields["x-ratelimit-reset-requests"].endswith("s")
