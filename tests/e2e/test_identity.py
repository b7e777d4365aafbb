"""Who asks: every way to present a credential, and how keys come and go."""

import base64
import datetime
import json
import re
import sqlite3
import time
import zlib

import pytest

import wire
from gate import Gate, chat, run
from h2client import Client

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def base62(number, width):
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits


def with_checksum(text):
    """`text` and its checksum, as in docs/formats/api-key.md: a key that only the store refuses."""
    return f"{text}_{base62(zlib.crc32(text.encode()), 6)}"


def parts(key):
    """(gh_<env>_<kid>, secret) of a key."""
    prefix, secret, _ = key.rsplit("_", 2)
    return prefix, secret


# What stands in the head in place of one Authorization field with the key K.
REFUSED = {
    "none": "",
    "empty": "Authorization: \r\n",
    "scheme-only": "Authorization: Bearer\r\n",
    "no-scheme": "Authorization: K\r\n",
    "other-scheme": "Authorization: Token K\r\n",
    "basic": "Authorization: Basic B64\r\n",
    "basic-with-key": "Authorization: Basic K\r\n",
    "two-spaces": "Authorization: Bearer  K\r\n",
    "tab": "Authorization: Bearer\tK\r\n",
    "inner-space": "Authorization: Bearer K K\r\n",
    "twice": "Authorization: Bearer K\r\nAuthorization: Bearer K\r\n",
    "good-then-bad": "Authorization: Bearer K\r\nAuthorization: Bearer x\r\n",
    "bad-then-good": "Authorization: Bearer x\r\nAuthorization: Bearer K\r\n",
    "empty-then-good": "Authorization: \r\nAuthorization: Bearer K\r\n",
    "cases-of-the-name": "Authorization: Bearer K\r\nAUTHORIZATION: Bearer K\r\n",
    "comma": "Authorization: Bearer K,Bearer K\r\n",
    "comma-space": "Authorization: Bearer x, Bearer K\r\n",
    "trailing-comma": "Authorization: Bearer K,\r\n",
    "quoted": 'Authorization: Bearer "K"\r\n',
    "equals": "Authorization: Bearer=K\r\n",
    "x-api-key": "x-api-key: K\r\n",
    "api-key": "api-key: K\r\n",
    "x-api-key-beside": "Authorization: Bearer K\r\nx-api-key: K\r\n",
    "api-key-beside": "Authorization: Bearer K\r\nApi-Key: x\r\n",
    "proxy": "Proxy-Authorization: Bearer K\r\n",
    "proxy-beside": "Authorization: Bearer K\r\nProxy-Authorization: Bearer K\r\n",
    "cookie": "Cookie: Authorization=Bearer K; api_key=K\r\n",
    "underscore-name": "Authorization_: Bearer K\r\n",
    "forwarded-identity": "X-User: alpha\r\nX-Tenant: alpha\r\nX-Auth-Request-User: alpha\r\n",
    "unknown-id": "Authorization: Bearer UNKNOWN\r\n",
    "other-secret": "Authorization: Bearer OTHER\r\n",
    "bad-checksum": "Authorization: Bearer K0\r\n",
    "cut": "Authorization: Bearer CUT\r\n",
    "upper-case": "Authorization: Bearer UPPER\r\n",
    "other-prefix": "Authorization: Bearer PREFIX\r\n",
    "hash-of-secret": "Authorization: Bearer gh_live_0000000000_" + "a" * 64 + "_000000\r\n",
    "jwt": "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.\r\n",
    "long": "Authorization: Bearer " + "x" * 6000 + "\r\n",
    "sql": "Authorization: Bearer ' OR '1'='1\r\n",
}


def spelled(field, key):
    prefix, secret = parts(key)
    kid = prefix[-10:]
    words = {
        "UNKNOWN": with_checksum(f"gh_live_{kid[::-1]}_{secret}"),
        "OTHER": with_checksum(f"{prefix}_{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}"),
        "CUT": key[:-1], "UPPER": key.upper(), "PREFIX": with_checksum(f"sk_live_{kid}_{secret}"),
        "B64": base64.b64encode(f":{key}".encode()).decode(),
    }
    for word, text in words.items():
        field = field.replace(word, text)
    return re.sub(r"(?<![\w-])K(?![a-z])", key, field)


def same_bytes(answer):
    """The whole answer but what is allowed to differ."""
    head = re.sub(rb"(?m)^(x-request-id|date): .*$", rb"\1", answer.raw)
    return head + b"\n\n" + answer.body


@pytest.mark.parametrize("field", REFUSED.values(), ids=REFUSED.keys())
def test_no_credential_is_one_401(gate, recorder, field):
    """Whatever is wrong with a credential, the answer has the same bytes, and comes before the
    body has."""
    # covers: guide.no-key engine-7-auth gateways-3-15 gateways-3-4 gateways-3-13 vllm-live-8-3
    recorder.take()
    plain = gate.call("/v1/chat/completions", chat(), key="")
    assert plain.status == 401 and plain.error["code"] == "invalid_api_key"
    assert not any(name.startswith("x-ratelimit") for name in plain.fields)
    with gate.connect() as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n" +
                           spelled(field, gate.key).encode() +
                           b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n")
        answer = wire.Reader(connection).answer()
    assert same_bytes(answer) == same_bytes(plain)
    assert answer.fields["x-request-id"] != plain.fields["x-request-id"]
    assert recorder.take() == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_has_no_case(gate, recorder, scheme):
    """RFC 9110 §11.1; every spelling is the same key, and none of it goes upstream."""
    recorder.take()
    answer = gate.call("/v1/chat/completions", chat(), key="",
                       fields=f"Authorization: {scheme} {gate.key}\r\n")
    assert answer.status == 200
    ((head, body),) = recorder.take()
    assert b"uthorization" not in head and gate.key.encode() not in head + body


def test_spellings_of_the_scheme_share_one_bucket(tmp_path, recorder):
    """A limit goes by the key that was verified, not by the bytes that it came in, nor by the
    protocol."""
    # covers: gateways-3-1
    tenants = ("  - { name: alpha, models: [m], limits: { per_key: "
               "{ requests: { rate: 1/h, burst: 4 } } } }")
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", tenants=tenants) as gate, \
            Client(gate) as client:
        recorder.take()
        statuses = []
        for scheme in ("Bearer", "bearer", "BEARER", "bEaReR"):
            credential = f"{scheme} {gate.key}"
            statuses.append(gate.call("/v1/chat/completions", chat(), key="",
                                      fields=f"Authorization: {credential}\r\n").status)
            statuses.append(client.answer(client.request(
                "/v1/chat/completions", chat(), key="",
                fields=[("authorization", credential)])).status)
        assert statuses == [200] * 4 + [429] * 4
        assert len(recorder.take()) == 4


def stored_values(folder):
    """Every value of every table of the key store, as bytes."""
    store = sqlite3.connect(f"file:{folder}/state/gatehouse.db?mode=ro", uri=True)
    for (table,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        for row in store.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                if isinstance(value, (str, bytes)):
                    yield value.encode() if isinstance(value, str) else value


def test_what_is_stored_is_no_credential(gate, recorder):
    """Whoever reads the key store has no key: nothing in it is one, written in any form and put in any
    place of one. Neither the key nor its secret is there."""
    # covers: gateways-3-6
    prefix, secret = parts(gate.key)
    assert with_checksum(f"{prefix}_{secret}") == gate.key  # so a right guess would be a key
    assert gate.call("/v1/models").status == 200
    values = set(stored_values(gate.folder))
    assert prefix[-10:].encode() in values and any(len(value) == 32 for value in values)
    tried = set()
    for value in values:
        text = value.decode("latin-1")
        forms = {text, value.hex(), value.hex().upper(), base64.b64encode(value).decode(),
                 base64.urlsafe_b64encode(value).decode().rstrip("="),
                 base62(int.from_bytes(value, "big"), 43),
                 base62(int.from_bytes(value, "little"), 43)}
        assert gate.key not in forms and secret not in forms
        for form in filter(re.compile(r"[!-~]+").fullmatch, forms):
            tried |= {form, f"{prefix}_{form}", with_checksum(form), with_checksum(f"{prefix}_{form}"),
                      with_checksum(f"{prefix}_{form[:43].rjust(43, '0')}")}
    with gate.connect() as connection:
        statuses = {key: gate.call("/v1/models", key=key, connection=connection).status
                    for key in tried}
    assert set(statuses.values()) == {401}, [key for key in statuses if statuses[key] != 401]
    for file in (gate.folder / "state").rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()
    assert recorder.take() == []


@pytest.mark.parametrize("field", [
    "Authorization: Bearer K\0\r\n", "Authorization: Bearer \x0bK\r\n",
    "Authorization : Bearer K\r\n", " Authorization: Bearer K\r\n",
    "Authorization: Bearer K\n", "Authorization: Bearer \xe9K\r\n"])
def test_no_field_at_all(gate, recorder, field):
    """What is not a header field is refused below the level of credentials."""
    recorder.take()
    answer = gate.call("/v1/models", key="", fields=spelled(field, gate.key))
    assert answer.status == 400 and answer.glitch
    assert recorder.take() == []


def test_a_key_in_the_path_is_a_path(gate, recorder):
    """A query is no place for a credential, and routes are matched whole."""
    recorder.take()
    assert gate.call(f"/v1/chat/completions?api_key={gate.key}", chat(), key="").status == 401
    assert gate.call(f"/v1/models?Authorization=Bearer%20{gate.key}", key="").status == 401
    assert gate.call(f"/{gate.key}/v1/models", key="").status == 404
    assert recorder.take() == []


def time_until(condition):
    began = time.monotonic()
    assert wire.wait_for(condition)
    return time.monotonic() - began


def test_keys_come_and_go_while_serving(gate, recorder):
    """A new key works, and a revoked one stops, within a second of the command's end."""
    took = []
    while len(took) < 6:  # a machine may stand still meanwhile: once within it is enough
        made = json.loads(run("keys", "create", "-c", gate.policy, "--tenant", "alpha", "--name",
                              f"x{len(took)}", "--format", "json").stdout)
        took.append([time_until(lambda: gate.chat(key=made["key"]).status == 200)])
        with gate.connect() as connection:  # an open connection is no way around it
            assert gate.chat(key=made["key"], connection=connection).status == 200
            recorder.take()
            assert run("keys", "revoke", "-c", gate.policy, made["id"]).returncode == 0
            took[-1].append(time_until(
                lambda: gate.chat(key=made["key"], connection=connection).status == 401))
            recorder.take()
            assert gate.chat(key=made["key"], connection=connection).status == 401
        assert recorder.take() == []
        if max(took[-1]) < 1:
            break
    assert all(min(times) < 1 for times in zip(*took)), took


def test_a_key_expires_by_itself(gate, recorder):
    """At its time, without any event."""
    end = int(time.time()) + 8
    expires = datetime.datetime.fromtimestamp(end, datetime.timezone.utc)
    key = gate.create_key("alpha", "short", "--expires", expires.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert wire.wait_for(lambda: gate.chat(key=key).status == 200)
    while (asked := time.time()) < end + 1:
        status = gate.chat(key=key).status
        assert status == 200 or time.time() >= end
        assert status == 401 or asked < end + 0.1
        time.sleep(0.01)
    recorder.take()
    assert same_bytes(gate.chat(key=key)) == same_bytes(gate.chat(key="gh_x"))
    assert recorder.take() == []
