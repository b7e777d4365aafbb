"""What is written down: the request log and the metrics, under hostile input."""

import json
import re
import socket
import time

import pytest

import wire
from gate import Gate, Simulator, chat
from tls import Authority
from upstream import Upstream

HOSTILE = ["\r\n{\"forged\":true}", "\n", "\0\x01\x1b[31mred\x1b[0m", "<script>alert(1)</script>",
           '","tenant":"beta', "\\u0000\\", "\u2028\u2029\u202e", "x" * 3000, "é\u0301漢字🙂",
           "\x7f\x80"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A gateway in front of the simulator."""
    with Simulator("--model", "served") as sim, Gate(
            tmp_path_factory.mktemp("records"), upstream=f"http://127.0.0.1:{sim.port}") as gate:
        yield gate, sim


def raw_lines(gate):
    return (gate.folder / "requests.log").read_bytes().splitlines(keepends=True)


def test_one_line_for_each_request(recorded):
    """Hostile names in every place that a client can fill: as many lines as answers, each one JSON
    object on one line, with the identifier that the client saw."""
    # covers: engine-7-log-injection gateways-3-23
    gate, _ = recorded
    before = len(raw_lines(gate)) if (gate.folder / "requests.log").exists() else 0
    ids = []
    for text in HOSTILE:
        for answer in (
                gate.chat(text, model=text), gate.chat(text), gate.chat(text, user=text),
                gate.chat("x", **{text: 1}), gate.chat("x", stop=[text], max_tokens=2),
                gate.chat("x", tools=[{"type": "function", "function": {"name": text}}]),
                gate.call("/v1/chat/completions", chat(), key=re.sub(r"[^!-~]", "", text)[:50]),
                gate.call("/v1/chat/completions", json.dumps(chat(text)).encode("utf-16"))):
            ids.append(answer.fields["x-request-id"])
    assert len(set(ids)) == len(HOSTILE) * 8
    wire.wait_for(lambda: len(raw_lines(gate)) >= before + len(ids))
    time.sleep(0.1)  # two more turns of the writer: nothing may follow
    lines = raw_lines(gate)[before:]
    # A client has its answer before the line is written: two workers may write in another order.
    assert sorted(json.loads(line)["request_id"] for line in lines) == sorted(ids)
    for line in lines:
        record = json.loads(line)
        assert line.endswith(b"}\n") and line.count(b"\n") == 1
        assert not re.search(rb"[\0-\x09\x0b-\x1f\x7f]", line)
        assert record.get("tenant") in (None, "alpha") and "forged" not in record
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["ts"])
        assert record["decision"] in ("admitted", "refused") and record["total_ms"] >= 0


@pytest.mark.parametrize("shape,said", [
    ("text", "simulated failure in /srv/models/tiny"), ("html", "<html><body>Bad Gateway</body></html>"),
    ("openai", "simulated failure in /srv/models/tiny")])
def test_what_an_upstream_said(recorded, shape, said):
    gate, _ = recorded
    answer = gate.chat(f"sim:fault=status,code=400,shape={shape}")
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    assert line["detail"] == said


def test_an_upstreams_text_is_only_text(tmp_path):
    """The operator sees it escaped and cut to size."""
    def serve(peer):
        if peer.request() is not None:
            peer.send(b"HTTP/1.1 400 No\r\ncontent-type: text/plain\r\ncontent-length: 909\r\n\r\n"
                      b"\x1b[31mred\xff" + b"x" * 900)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        answer = gate.chat()
        (line,) = gate.logged(request_id=answer.fields["x-request-id"])
        assert line["detail"].startswith(r"\x1b[31mred\xffxxx") and line["detail"].endswith("xxx…")
        assert len(line["detail"]) == 501


def test_what_a_line_says(recorded):
    """Of an admitted request: who, what, where, how much, how long."""
    gate, sim = recorded
    user = gate.create_key("beta", "u", "--user", "ann@example")
    assert wire.wait_for(lambda: gate.call("/v1/models", key=user).status == 200)
    answer = gate.chat("count these", key=user, max_tokens=7, n=2)
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    usage = answer.json()["usage"]
    expected = {"tenant": "beta", "user": "ann@example", "route": "chat", "model": "m",
                "client": "127.0.0.1", "decision": "admitted", "ending": "complete", "status": 200,
                "n": 2, "max_tokens": 7, "prompt_tokens": usage["prompt_tokens"],
                "completion_tokens": 14, "upstream": f"http://127.0.0.1:{sim.port}",
                "upstream_status": 200, "answer_bytes": len(answer.body)}
    assert {key: line.get(key) for key in expected} == expected
    assert line["key_id"].startswith("key_") and user.split("_")[3] not in json.dumps(line)
    refused = gate.chat(key=user, n=100)
    (line,) = gate.logged(request_id=refused.fields["x-request-id"])
    assert (line["decision"], line["code"], line["status"]) == (
        "refused", refused.error["code"], 400)
    assert line["rule"] and "upstream" not in line


def test_metrics_do_not_grow_with_what_clients_say(recorded):
    """Labels are tenants, models, routes and reasons of ours. A thousand names that clients invent
    add no series, and no key is among them."""
    gate, _ = recorded

    def invent(i):
        with gate.connect() as connection:
            gate.chat(model=f"invented{i}", connection=connection)
            gate.chat(key=f"gh_live_invented{i}", connection=connection)
            gate.call(f"/invented{i}", connection=connection)
            gate.call(f"/v1/models/invented{i}", connection=connection)
            gate.call("/v1/chat/completions", chat(**{f"invented{i}": 1}), connection=connection)

    invent(0)
    before = gate.metrics()
    for i in range(1, 200):
        invent(i)
    after = gate.metrics()
    assert "invented" not in after and "gh_live" not in after and "\"key_" not in after
    assert len(after.splitlines()) == len(before.splitlines())
    for line in after.splitlines():
        assert line.startswith("#") or re.fullmatch(
            r'gatehouse_[a-z0-9_]+(\{([a-z_]+="[^"\\\n]*",?)*\})? [-+0-9.eInfNa]+', line), line


def test_what_metrics_count(recorded):
    """Requests by tenant, model, route, status and reason; tokens by kind."""
    gate, _ = recorded
    labels = dict(tenant="alpha", model="m", route="chat", status="200")
    count = gate.metric("gatehouse_requests_total", **labels)
    tokens = gate.metric("gatehouse_tokens_total", tenant="alpha", kind="completion")
    assert gate.chat(max_tokens=9).status == 200
    assert gate.metric("gatehouse_requests_total", **labels) == count + 1
    assert gate.metric("gatehouse_tokens_total", tenant="alpha",
                       kind="completion") == tokens + 9
    failures = gate.metric("gatehouse_auth_failures_total")
    assert gate.chat(key="").status == 401
    assert gate.metric("gatehouse_auth_failures_total") == failures + 1
    assert gate.metric("gatehouse_bugs_total") == 0
    assert gate.get("/healthz") == (200, "ok\n") and gate.get("/nothing")[0] == 404


def test_when_a_certificate_ends(tmp_path, recorder):
    """Is a metric, and follows a new certificate."""
    # covers: algorithms-7-tls-expiry
    certificate, key = Authority(tmp_path / "ca").issue(
        "new", subject_alt_name="DNS:localhost", end="20330518033320Z")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        name = "gatehouse_certificate_expires_timestamp_seconds"
        assert time.time() < gate.metric(name, listener="0") < time.time() + 1000 * 86400
        (gate.folder / "tls/server.key").write_bytes(key.read_bytes())
        gate.certificate.write_bytes(certificate.read_bytes())
        gate.reload()
        assert gate.metric(name, listener="0") == 2_000_000_000


def admin_answers(gate, connection, host):
    connection.sendall(f"GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return wire.Reader(connection).answer().status


def test_plain_admin_cannot_be_rebound(tmp_path, recorder):
    """Without TLS a name that is not this host's is 421, whatever address it leads to; with TLS
    the certificate speaks, and a scraper may use the name of a service."""
    names = {"localhost": 200, "127.0.0.1:9443": 200, "[::1]:9443": 200, "attacker.test": 421,
             "localhost.attacker.test:9443": 421, "gatehouse.monitoring.svc:9443": 421}
    gate = Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}")
    with gate:
        for host, status in names.items():
            with socket.create_connection(("127.0.0.1", gate.ports["admin"])) as connection:
                assert admin_answers(gate, connection, host) == status, host
    authority = Authority(tmp_path / "ca")
    gate.policy.write_text(gate.policy.read_text().replace(
        "admin: { address: 127.0.0.1:0 }",
        "admin: { address: 127.0.0.1:0, tls: { certificate: tls/server.crt, key: "
        f"{{ file: tls/server.key }}, client_ca: {authority.certificate}, required: true }} }}"))
    own = authority.issue("prometheus")
    with gate:
        for host in names:
            with wire.connect(gate.ports["admin"], gate.certificate, own=own) as connection:
                assert admin_answers(gate, connection, host) == 200, host


def test_strangers_do_not_fill_the_disk(tmp_path, recorder):
    """Refusals cost whoever floods nothing. So many of an address are written, the rest is counted; who
    has a key has a line each time."""
    burst, rate = 10_000, 100  # how many at once, and then in each second
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        began, count = time.monotonic(), 0

        def skipped():
            return gate.metric("gatehouse_request_log_skipped_total")

        def some_are_skipped():
            nonlocal count
            for _ in range(5):
                connection.sendall(gate.request("/nowhere", key="") * 100)
                assert [reader.answer().status for _ in range(100)] == [404] * 100
            count += 500
            return count > burst and skipped() > 500

        with gate.connect() as connection:
            reader = wire.Reader(connection)
            assert wire.wait_for(some_are_skipped, patience=3 * wire.PATIENCE)
        most = burst + rate * (time.monotonic() - began)
        number = gate.chat().fields["x-request-id"]
        assert gate.logged(request_id=number)
        assert wire.wait_for(lambda: len(gate.request_log()) + skipped() == count + 1)
        assert count - most <= skipped() <= count - burst
