"""Models that a key can ask nowhere, since no endpoint is both its own and the model's."""

import pytest

import wire
from gate import Gate, run

TENANTS = "  - { name: alpha, models: [m, hidden] }"
MODELS = "  - { name: hidden, upstream: up, max_model_len: 8192, endpoints: [chat, embeddings] }"


@pytest.fixture(scope="module")
def gate(recorder, tmp_path_factory):
    """m has all endpoints, hidden has no completions."""
    with Gate(tmp_path_factory.mktemp("usable"), upstream=f"http://127.0.0.1:{recorder.port}",
              tenants=TENANTS, models=MODELS) as gate:
        gate.names = {}
        for name, narrowed in {
            "all": (), "completions": ("--endpoints", "completions"),
            "embeddings": ("--endpoints", "embeddings"),
            "one": ("--endpoints", "chat,embeddings", "--models", "hidden"),
        }.items():
            gate.names[name] = gate.create_key("alpha", name, *narrowed)
        for key in gate.names.values():
            assert wire.wait_for(lambda key=key: gate.call("/v1/models", key=key).status == 200)
        yield gate


@pytest.mark.parametrize("key,listed", [
    ("all", ["hidden", "m"]), ("completions", ["m"]), ("embeddings", ["hidden", "m"]),
    ("one", ["hidden"])])
def test_only_what_can_be_asked_is_listed(gate, key, listed):
    """The list, and each model by itself, agree."""
    # covers: gateways-3-5
    key = gate.names[key]
    assert [m["id"] for m in gate.call("/v1/models", key=key).json()["data"]] == listed
    for model in ("m", "hidden"):
        wanted = 200 if model in listed else 404
        assert gate.call(f"/v1/models/{model}", key=key).status == wanted, model


def test_it_looks_like_no_model(gate):
    """To the client the same as an unknown one; the log names the rule of the key."""
    hidden, unknown = (gate.call(f"/v1/models/{name}", key=gate.names["completions"])
                       for name in ("hidden", "nothing"))
    assert hidden.status == 404 and hidden.error["code"] == "model_not_found"
    assert hidden.body == unknown.body
    (line,) = gate.logged(request_id=hidden.fields["x-request-id"])
    assert line["rule"] == f"keys.{line['key_id']}.endpoints"
    (line,) = gate.logged(request_id=unknown.fields["x-request-id"])
    assert line["rule"] == "tenants.alpha.models"


@pytest.mark.parametrize("narrowed,message", [
    (("--models", "hidden", "--endpoints", "completions"),
     "no model of --models has `completions`; there is `chat`, `embeddings`"),
    (("--models", "hidden", "--endpoints", "completion"), "did you mean `completions`?")])
def test_no_key_is_made_that_could_ask_nothing(gate, narrowed, message):
    """Refused as a mistake of the command line; nothing is made."""
    refused = run("keys", "create", "-c", gate.policy, "--tenant", "alpha", "--name", "none",
                  *narrowed)
    assert refused.returncode == 64 and message in refused.stderr
    assert run("keys", "show", "-c", gate.policy, "alpha/none").returncode == 1


def test_what_a_new_key_cannot_use_is_said(gate):
    """A part of it that is idle is a note, and none where all can be used."""
    for name, endpoints, note in (("n1", "chat,completions", "none of this key's models has"),
                                  ("n2", "chat,embeddings", "")):
        made = run("keys", "create", "-c", gate.policy, "--tenant", "alpha", "--name", name,
                   "--models", "hidden", "--endpoints", endpoints)
        assert made.returncode == 0 and note in made.stderr and bool(note) == bool(made.stderr)
