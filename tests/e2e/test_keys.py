"""What a key may do: tenants, narrower keys, failed attempts; and that no secret comes out."""

import os

import pytest

import wire
from gate import Gate, chat, run
from test_limits import at_once

TENANTS = """  - { name: alpha, models: [m], limits: { per_key: { requests: { rate: 1000/s } } } }
  - { name: beta, models: [m, hidden] }"""
MODELS = "  - { name: hidden, upstream: up, max_model_len: 8192, endpoints: [chat, embeddings] }"


@pytest.fixture(scope="module")
def two(recorder, tmp_path_factory):
    """Tenant alpha has the model m; beta has m and hidden."""
    with Gate(tmp_path_factory.mktemp("two"), upstream=f"http://127.0.0.1:{recorder.port}",
              tenants=TENANTS, models=MODELS) as gate:
        yield gate


def test_another_tenants_model_does_not_exist(two, recorder):
    """Hidden and unknown models are the same answer, on every route that takes a name."""
    recorder.take()
    beta = two.create_key("beta", "b")
    assert wire.wait_for(lambda: two.chat(key=beta, model="hidden").status == 200)
    recorder.take()
    hidden, unknown = two.chat(model="hidden"), two.chat(model="nothing")
    assert hidden.status == unknown.status == 404
    assert hidden.error["code"] == "model_not_found" and hidden.body == unknown.body
    hidden, unknown = two.call("/v1/models/hidden"), two.call("/v1/models/nothing")
    assert hidden.status == 404 and hidden.body == unknown.body
    # On an endpoint that the model does not have, too.
    assert two.call("/v1/completions", {"model": "hidden", "prompt": "x"},
                    key=beta).error["code"] == "model_not_found"
    assert [m["id"] for m in two.call("/v1/models").json()["data"]] == ["m"]
    assert {m["id"] for m in two.call("/v1/models", key=beta).json()["data"]} == {"m", "hidden"}
    assert recorder.take() == []


def test_a_key_narrows(two, recorder):
    """Endpoints, models and caps of a key hold, and never widen what its tenant has."""
    # covers: gateways-3-5
    narrow = two.create_key("beta", "n", "--endpoints", "embeddings", "--models", "hidden")
    small = two.create_key("beta", "s", "--limit", "max_tokens=16", "--limit", "n=1",
                           "--limit", "max_prompt_tokens=500")
    wide = two.create_key("beta", "w", "--limit", "max_tokens=5000", "--limit", "n=100")
    assert wire.wait_for(lambda: two.chat(key=wide).status == 200)
    recorder.take()
    refused = two.chat(key=narrow)
    assert (refused.status, refused.error["code"]) == (403, "endpoint_not_allowed")
    assert [m["id"] for m in two.call("/v1/models", key=narrow).json()["data"]] == ["hidden"]
    assert two.call("/v1/embeddings", {"model": "m", "input": "x"}, key=narrow).status == 404
    for more in ({"max_tokens": 17}, {"n": 2}, {"content": "word " * 2000}):
        assert two.chat(key=small, **more).status == 400, more
    for more in ({"max_tokens": 1025}, {"n": 5}):
        assert two.chat(key=wide, **more).status == 400, more
    assert recorder.take() == []
    assert two.chat(key=small, max_tokens=16).status == 200
    assert two.call("/v1/embeddings", {"model": "hidden", "input": "x"}, key=narrow).status == 200
    assert len(recorder.take()) == 2


def test_a_keys_own_default_fits_its_cap(two, recorder):
    """Without max_tokens, a key whose cap is below the tenant's default is not refused."""
    small = two.create_key("beta", "d", "--limit", "max_tokens=16")
    assert wire.wait_for(lambda: two.chat(key=small).status == 200)
    recorder.take()
    assert two.chat(key=small).status == 200
    ((_, body),) = recorder.take()
    assert b'"max_tokens":16' in body


def test_a_tenant_that_is_gone(tmp_path, recorder):
    """Keys of a tenant that a reload took away are no keys."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        beta = gate.create_key("beta", "b")
        assert wire.wait_for(lambda: gate.chat(key=beta).status == 200)
        gate.write_policy(tenants="  - { name: alpha, models: [m] }")
        gate.reload()
        recorder.take()
        assert wire.wait_for(lambda: gate.chat(key=beta).status == 401)
        gone, none = gate.chat(key=beta), gate.chat(key="x")
        assert gone.body == none.body
        recorder.take()
        assert gate.chat().status == 200
        assert len(recorder.take()) == 1
        assert gate.logged(auth_failure="no_tenant")


def test_failed_attempts_never_lock_a_key_out(tmp_path, recorder):
    """Over the rate, failing credentials get 429; a valid key of the same address always passes."""
    listen = "    limits: { per_ip: { failed_auth: { rate: 1/h, burst: 4 } } }"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=listen) as gate:
        recorder.take()
        answers = [gate.chat(key=f"gh_live_wrong{i}") for i in range(10)]
        assert [a.status for a in answers] == [401] * 4 + [429] * 6
        assert answers[4].error["code"] == "rate_limit_exceeded"
        assert 3000 < int(answers[4].fields["retry-after"]) <= 3600
        assert recorder.take() == []
        assert [gate.chat().status for _ in range(5)] == [200] * 5
        assert gate.chat(key="").status == 429
        assert len(recorder.take()) == 5


def test_no_secret_comes_out(tmp_path, recorder):
    """Canaries in every place that a client can write, and the secrets of the operator: none is in
    an answer, the logs, the metrics or the state folder."""
    # covers: gateways-3-1 gateways-3-3 gateways-3-6 gateways-3-10
    canary = "cAnArY"
    (tmp_path / "upstream.key").write_text(f"{canary}-upstream-api-key")
    (tmp_path / "upstream.key").chmod(0o600)
    more = "    health: off\n    api_key: { file: upstream.key }"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", upstream_more=more) as gate:
        recorder.take()
        fields = (f"X-{canary}: {canary}\r\nCookie: a={canary}\r\nX-Request-Id: {canary}\r\n"
                  f"User-Agent: {canary}\r\nX-Forwarded-For: {canary}\r\n")
        answers = [
            gate.call("/v1/chat/completions", chat(f"{canary}", user=canary), fields=fields),
            gate.call(f"/v1/chat/completions?key={canary}", chat(canary), fields=fields),
            gate.call(f"/{canary}", chat(canary), fields=fields),
            gate.call("/v1/models", key=canary, fields=fields),
            gate.call("/v1/models", key="", fields=f"Authorization: Basic {canary}\r\n"),
            gate.call("/v1/models", fields=f"Authorization: Bearer {canary}\r\n"),
            gate.call("/v1/models", key="", fields=f"Authorization: {canary}\0\r\n"),
            gate.call("/v1/models", fields=f"{canary}"),
            gate.call("/v1/chat/completions", b'{"model":"m",' + canary.encode()),
            gate.chat(model=canary),
            gate.chat(canary, temperature=canary),
            gate.chat(canary, stop=[canary], max_tokens=99999),
        ]
        sent = recorder.take()
        assert len(sent) == 2
        # The upstream's key goes there, and in no other place.
        assert all(f"Authorization: Bearer {canary}-upstream-api-key".encode() in head
                   for head, _ in sent)
        assert canary.encode() not in b"".join(head.replace(b"-upstream-api-key", b"")
                                               .replace(canary.encode(), b"", 1)
                                               for head, _ in sent)
        for answer in answers:
            assert canary.encode() not in answer.raw + answer.body, answer.body
        gate.logged(len(answers) - 2)  # those with a broken head are none
        shown = gate.metrics() + gate.get("/readyz")[1]
        secret = gate.key.split("_")[3]
        assert canary not in shown and secret not in shown
        gate.terminate()
        assert gate.stopped() == 0
        looked_at = 0
        for path in tmp_path.rglob("*"):
            if not path.is_file() or path.name == "upstream.key":
                continue
            looked_at += 1
            data = path.read_bytes()
            assert secret.encode() not in data and canary.encode() not in data, path
        assert looked_at >= 7  # policy, certificate and key, two logs, database, secrets


SECRETS = {
    "pepper-gone": ("pepper", None), "salt-gone": ("salt", None), "pepper-short": ("pepper", b"abc"),
    "salt-short": ("salt", b"test-token"), "pepper-empty": ("pepper", b""),
    "pepper-zeros": ("pepper", b"\0" * 32), "salt-other": ("salt", b"changeme" * 4),
    "pepper-nought": ("pepper", b"0" * 64), "salt-sample": ("salt", b"deadbeef" * 8),
    "pepper-open": ("pepper", "0644"), "salt-open": ("salt", "0660"),
}


@pytest.mark.parametrize("name,content", SECRETS.values(), ids=SECRETS)
def test_secrets_that_are_none(tmp_path, recorder, name, content):
    """A secret that is missing, short, another than before or readable by others stops the start:
    none is made up in its place."""
    # covers: gateways-3-25
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    file = tmp_path / "state" / "secrets" / name
    before = file.read_bytes()
    if content is None:
        file.unlink()
    elif isinstance(content, str):
        file.chmod(int(content, 8))
    else:
        file.write_bytes(content)
    done = run("serve", "-c", gate.policy)
    assert done.returncode == 2 and "ready" not in done.stdout
    assert str(file) in done.stderr
    if isinstance(content, bytes) and len(content) == 64:
        assert "can be guessed" in done.stderr or "can guess" in done.stderr
        assert "openssl rand -hex 32" in done.stderr
    checked = run("policy", "check", "-c", gate.policy)
    assert checked.returncode == 1 and str(file) in checked.stdout
    assert before.decode(errors="replace") not in done.stderr
    assert not file.exists() if content is None else file.exists()


@pytest.mark.parametrize("key", ["changeme", "sk-prod-replace-with-256bit-random-value",
                                 "<your-vllm-key>", "sk-xxxxxxxxxxxxxxxxxxxx", "token-abc123",
                                 "test-token", "EMPTY", "sk-1234", "hunter2", "k" * 40])
@pytest.mark.parametrize("source", ["file", "env"])
def test_upstream_keys_that_are_none(tmp_path, recorder, key, source):
    """Placeholders, samples, and what is tried out in no time stop the start, wherever they come
    from."""
    # covers: gateways-3-25
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    (tmp_path / "upstream.key").write_text(key + "\n")
    (tmp_path / "upstream.key").chmod(0o600)
    place = "{ file: upstream.key }" if source == "file" else "{ env: UPSTREAM_KEY }"
    gate.write_policy(upstream_more=f"    api_key: {place}")
    done = run("serve", "-c", gate.policy, env={**os.environ, "UPSTREAM_KEY": key})
    assert done.returncode == 2 and "ready" not in done.stdout
    assert "`api_key`: " in done.stderr and "openssl rand -hex 32" in done.stderr
    assert key not in done.stderr or key == "changeme"  # which is the table's own word


@pytest.mark.parametrize("key", ["hunter21hunter21", "hunter-2b"])
def test_upstream_keys_that_can_be_guessed(tmp_path, recorder, key):
    """Whoever starts vLLM has chosen it: that it is short or repeats itself is said, no more."""
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    (tmp_path / "upstream.key").write_text(key + "\n")
    (tmp_path / "upstream.key").chmod(0o600)
    gate.write_policy(upstream_more="    api_key: { file: upstream.key }")
    checked = run("policy", "check", "-c", gate.policy)
    said = checked.stdout + checked.stderr
    assert checked.returncode == 0 and "can be guessed" in said and key not in said
    with gate:
        assert gate.chat().status == 200
    assert f"Authorization: Bearer {key}".encode() in recorder.take()[-1][0]


def test_secrets_that_a_group_may_read(tmp_path, recorder):
    """As Kubernetes and systemd hand them over."""
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    for file in ("tls/server.key", "state/secrets/pepper", "state/secrets/salt"):
        (tmp_path / file).chmod(0o440)
    with gate:
        assert gate.chat().status == 200
        gate.create_key("beta", "second")


@pytest.mark.parametrize("command", ["serve", "keys"])
def test_a_database_cut_off_to_nothing(tmp_path, recorder, command):
    """No new state, or every key would be gone without a word."""
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    database = tmp_path / "state" / "gatehouse.db"
    database.write_bytes(b"")
    done = (run("serve", "-c", gate.policy) if command == "serve" else
            run("keys", "create", "-c", gate.policy, "--tenant", "alpha", "--name", "second"))
    assert done.returncode == 2 and "ready" not in done.stdout
    assert f"`{database}` is damaged (cut off after 0 bytes)" in done.stderr
    assert database.stat().st_size == 0


def test_a_name_goes_to_one_of_those_who_want_it_at_once(gate):
    made = at_once(6, lambda _: run("keys", "create", "-c", gate.policy, "--tenant", "alpha",
                                    "--name", "wanted"))
    assert sorted(done.returncode for done in made) == [0, 1, 1, 1, 1, 1]
    assert all("has a key named `wanted` already" in done.stderr
               for done in made if done.returncode == 1)


@pytest.mark.parametrize("option", ["--tenant", "--name", "--expires", "--models"])
def test_an_empty_value(gate, option):
    """As a script's variable that was not set: no key is made that is good for more than was meant."""
    before = run("keys", "list", "-c", gate.policy).stdout
    given = {"--tenant": "alpha", "--name": "empty", option: ""}
    done = run("keys", "create", "-c", gate.policy, *sum(given.items(), ()))
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith(f"gatehouse: {option}: must not be empty\n")
    assert run("keys", "list", "-c", gate.policy).stdout == before


@pytest.mark.parametrize("command", ["show", "revoke"])
def test_a_whole_key_is_no_handle_and_not_repeated(gate, command):
    done = run("keys", command, "-c", gate.policy, gate.key)
    assert done.returncode == 1 and "never by the whole of it" in done.stderr
    assert gate.key not in done.stdout + done.stderr


def test_without_standard_streams(tmp_path, recorder):
    """Nothing that opens later takes their numbers, and gets what is printed."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}",
              wrap=("sh", "-c", 'exec "$@" <&- 3>&1', "sh")) as gate:
        assert os.readlink(f"/proc/{gate.process.pid}/fd/0") == "/dev/null"
        assert gate.chat().status == 200


# What may be wrong in a policy when a key has leaked: (what is written in place of what, whether
# the key is revoked all the same).
MISTAKES = {
    "a setting's name": ("drain: 5s", "drian: 5s", False),  # at the top: it may be meant for `state`
    "a setting's name below": ("max_model_len", "max_model_length", True),
    "a value": ("drain: 5s", "drain: often", True),
    "no models": ("models:\n  - name: m\n", "models:\n  - name: n\n", True),
    "a missing certificate": ("tls/server.crt", "tls/none.crt", True),
    "another version": ("version: 1", "version: 2", False),
    "the state's name": ("directory: state", "direcotry: state", False),
    "the state twice": ("state: {", "state: { directory: other }\nstate: {", False),
    "a secret": ("drain: 5s", "secrets: { pepper: { file: none, env: X } }\ndrain: 5s", False),
    "no YAML": ("drain: 5s", "drain: [5s", False),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_key_is_revoked_whatever_else_is_wrong(recorder, tmp_path, name):
    """At once in a gateway that runs with the policy before the mistake; never in another place."""
    right, wrong, revoked = MISTAKES[name]
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        assert gate.chat().status == 200
        good = gate.policy.read_text()
        assert right in good
        gate.policy.write_text(good.replace(right, wrong, 1))
        for command in (("list",), ("show", "alpha/first"),
                        ("create", "--tenant", "alpha", "--name", "x")):
            assert run("keys", *command, "-c", gate.policy).returncode == 2
        done = run("keys", "revoke", "alpha/first", "-c", gate.policy)
        assert "gatehouse.yaml:" in done.stderr
        assert done.returncode == (0 if revoked else 2)
        assert ("do not keep a key from being revoked" in done.stderr) == revoked
        if revoked:
            assert wire.wait_for(lambda: gate.chat().status == 401)
        else:
            assert gate.chat().status == 200
        assert not (tmp_path / "other").exists()
