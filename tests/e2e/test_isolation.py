"""Who shares vLLM's prefix cache: a tenant with itself, and nobody with another."""

import json

import pytest

import wire
from gate import Gate, Simulator

PROMPT = "All of this has been said before, and by somebody else. " * 40


@pytest.fixture(scope="module")
def sim(tmp_path_factory):
    record = tmp_path_factory.mktemp("sim") / "record"
    with Simulator("--model", "served", "--enable-prompt-tokens-details",
                   record=record) as simulator:
        yield simulator


def hits(sim, call):
    """How many blocks of the cache a call hit."""
    before = sim.state()["cache"]["hits"]
    assert call().status == 200
    return sim.state()["cache"]["hits"] - before


@pytest.mark.parametrize("cache,same_key,same_tenant,other_tenant", [
    ("tenant", True, True, False), ("user", True, False, False), ("request", False, False, False),
    ("shared", True, True, True)])
def test_who_hits_whose_blocks(tmp_path, sim, cache, same_key, same_tenant, other_tenant):
    """By the policy's word, seen at the cache itself; the client is shown none of it and cannot
    choose a salt."""
    # covers: guide.shared-cache gateways-3-26 vllm-live-8-4
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{sim.port}", cache=cache) as gate:
        second = gate.create_key("alpha", "second")
        beta = gate.create_key("beta", "b")
        assert wire.wait_for(lambda: gate.call("/v1/models", key=beta).status == 200)
        first = len(sim.received())

        def chat(key, **more):
            return lambda: gate.chat(PROMPT, key=key, max_tokens=2, **more)

        # Each policy has secrets of its own, so the cache is new to all of them but for `shared`.
        assert hits(sim, chat(gate.key)) == 0
        assert bool(hits(sim, chat(gate.key))) == same_key
        assert bool(hits(sim, chat(second))) == same_tenant
        assert bool(hits(sim, chat(beta))) == other_tenant
        salts = [json.loads(data.partition(b"\r\n\r\n")[2])["cache_salt"]
                 for _, data in sim.received()[first:]]
        assert all(len(salt) == 43 for salt in salts)
        chosen = gate.chat(PROMPT, max_tokens=2, cache_salt=salts[-1])
        body = json.loads(sim.received()[-1][1].partition(b"\r\n\r\n")[2])
        assert chosen.status == 200
        assert body["cache_salt"] == salts[0] or cache == "request"
        assert b"cached" not in chosen.body and b"prompt_tokens_details" not in chosen.body
