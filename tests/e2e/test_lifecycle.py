"""Signals, reloads, drains, certificates and the log file, while requests run."""

import json
import os
import re
import shutil
import signal
import ssl
import threading
import time

import pytest

import recorder as answers
import wire
from gate import Gate, Simulator, run
from tls import Authority
from upstream import Upstream


def test_a_bad_policy_changes_nothing(tmp_path, recorder):
    """It is refused whole, said on stderr and counted; the old one keeps serving."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        good = gate.policy.read_text()
        for bad in (good.replace("max_tokens: 1024", "max_tokens: many"), good + "surprise: 1\n",
                    good.replace("127.0.0.1:0", "127.0.0.1:1", 1),
                    good.replace("tls/server.crt", "tls/none.crt"), "", "\0"):
            gate.policy.write_text(bad)
            gate.reload("refused")
            recorder.take()
            assert gate.chat(max_tokens=1024).status == 200 and len(recorder.take()) == 1
        assert gate.metric("gatehouse_policy_reloads_total", result="done") == 0
        assert gate.stderr().count("the old one stays") == 6
        assert "did you mean" in gate.stderr() or "surprise" in gate.stderr()
        gate.write_policy(request="max_tokens: 1000, default_max_tokens: 10")
        gate.reload()
        assert wire.wait_for(lambda: gate.chat(max_tokens=1024).status == 400)
        assert gate.chat(max_tokens=1000).status == 200


def test_a_refused_reload_says_which_settings(tmp_path, recorder):
    """One line each on stderr, with the place in the file, as `policy check` prints it; also for
    what only a restart can change."""
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    text = gate.policy.read_text()
    only = "changes only with a restart"
    rows = [
        ([("max_tokens: 1024", "max_tokens: many")], ["`max_tokens`: `many` is"]),
        ([("max_tokens: 1024", "max_tokens: many"), ("drain: 5s", "drains: 5s")],
         ["`max_tokens`: `many` is", "unknown setting `drains`"]),
        ([("127.0.0.1:0", "127.0.0.1:1")], [f"`listen[0].address` {only}; it is 127.0.0.1:0 now"]),
        ([("directory: state", "directory: other"), ("drain: 5s", "drain: 5s\nworkers: 3")],
         [f"`state.directory` {only}", f"`workers` {only}; it is one per core now"]),
        ([("admin: { address: 127.0.0.1:0", "admin: { address: 127.0.0.1:1")],
         [f"`admin.address` {only}; it is 127.0.0.1:0 now"]),
    ]
    with gate:
        for edits, wanted in rows:
            changed = text
            for find, put in edits:
                assert find in changed
                changed = changed.replace(find, put, 1)
            gate.policy.write_text(changed)
            before = len(gate.stderr().splitlines())
            gate.process.send_signal(signal.SIGHUP)

            def said():
                lines = [json.loads(line) for line in gate.stderr().splitlines()[before:]]
                lines = [line["message"] for line in lines if line["level"] == "error"]
                return lines if len(lines) > len(wanted) else None
            head, *lines = wire.wait_for(said)
            assert "the old one stays" in head and len(lines) == len(wanted)
            place = re.escape(str(gate.policy)) + r":\d+:\d+: "
            assert all(re.match(place, line) for line in lines), lines
            assert all(any(what in line for line in lines) for what in wanted), lines


def test_reloads_under_load_fail_nobody(tmp_path):
    """Keep-alive and new connections, streamed or not, while the policy, the keys and the
    upstream's definition change."""
    # covers: engine-7-reload
    with Simulator("--model", "served") as sim, Gate(
            tmp_path, upstream=f"http://localhost:{sim.port}",
            upstream_more="    health: 1s") as gate:
        stop, failures, served = threading.Event(), [], [0]

        def load(i):
            connection = gate.connect()
            while not stop.is_set():
                if i % 2:
                    connection.close()
                    connection = gate.connect()
                connection.sendall(gate.request("/v1/chat/completions", {
                    "model": "m", "stream": i > 1, "max_tokens": 5,
                    "messages": [{"role": "user", "content": "x"}]}))
                answer = wire.Reader(connection).answer()
                if answer.status != 200 or (i > 1 and not answer.body.endswith(b"[DONE]\n\n")):
                    failures.append((answer.status, answer.body))
                served[0] += 1
            connection.close()

        threads = [threading.Thread(target=load, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for i in range(20):
            gate.write_policy(upstream_more=f"    health: 1s\n    in_flight: {100 + i}",
                              context=8000 + i)
            gate.reload()
            if i % 5 == 0:
                gate.create_key("beta", f"k{i}")
        stop.set()
        for thread in threads:
            thread.join()
        assert failures == [] and served[0] > 50
        assert sim.worked_on() == served[0]
        assert gate.metric("gatehouse_policy_reloads_total", result="done") == 20
        assert gate.metric("gatehouse_bugs_total") == 0


def test_a_stream_ends_on_the_policy_it_began_with(tmp_path):
    """Even when the new one knows neither its model nor its upstream."""
    # covers: engine-7-reload
    go_on = threading.Event()

    def serve(peer):
        peer.request()
        whole = answers.stream("/v1/chat/completions")
        peer.send(whole[:400])
        go_on.wait(20)
        peer.send(whole[400:])

    with Upstream(serve) as upstream, Upstream(serve) as other, Gate(
            tmp_path, upstream=upstream.url) as gate:
        connection, reader = gate.begin_chat(stream=True)
        with connection:
            assert reader.head().status == 200
            gate.policy.write_text(gate.policy.read_text().replace(upstream.url, other.url)
                                   .replace("name: m\n", "name: new\n").replace("[m]", "[new]"))
            gate.reload()
            assert wire.wait_for(lambda: gate.chat().status == 404)
            go_on.set()
            body, ended = reader.rest()
        assert ended and wire.events(body)[-1] == "[DONE]"
        assert json.loads(wire.events(body)[0])["model"] == "m"
        assert gate.logged(ending="complete") and other.requests == []


def test_a_drain_finishes_what_runs(tmp_path):
    """SIGTERM: streams end well, new connections are refused, kept ones are told, exit 0."""
    # covers: engine-7-drain
    go_on = threading.Event()

    def serve(peer):
        while peer.request():
            whole = answers.stream("/v1/chat/completions")
            peer.send(whole[:400])
            go_on.wait(20)
            peer.send(whole[400:])

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, drain="20s") as gate:
        idle = gate.connect()
        assert gate.call("/v1/models", connection=idle).status == 200
        connection, reader = gate.begin_chat(stream=True)
        with connection:
            assert reader.head().status == 200
            gate.terminate()
            assert wire.wait_for(lambda: gate.get("/readyz")[0] == 503)
            assert gate.get("/readyz")[1] == "draining\n" and gate.get("/healthz")[0] == 200
            with pytest.raises((ConnectionError, ssl.SSLError)):
                gate.connect()
            assert wire.Reader(idle).is_closed()
            idle.close()
            assert gate.process.poll() is None
            go_on.set()
            body, ended = reader.rest()
        assert ended and wire.events(body)[-1] == "[DONE]"
        assert gate.stopped() == 0
        assert [line["ending"] for line in gate.request_log()] == ["complete"] * 2
        assert len(upstream.requests) == 1


def test_a_drain_has_an_end(tmp_path):
    """At its deadline what still runs is broken off, so that clients can tell; exit 0."""
    # covers: engine-3.5-deadline-drain
    def serve(peer):
        _, body = peer.request()
        if b'"stream":true' in body:
            peer.send(answers.stream("/v1/chat/completions")[:400])
        peer.wait_until_left()

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url, drain="1s") as gate:
        streamed, reader = gate.begin_chat(stream=True)
        whole, whole_reader = gate.begin_chat()
        with streamed, whole:
            assert reader.head().status == 200
            assert wire.wait_for(lambda: len(upstream.requests) == 2)
            began = time.monotonic()
            gate.terminate()
            body, ended = reader.rest()
            assert not ended and b"[DONE]" not in body
            assert json.loads(wire.events(body)[-1])["error"]["code"] == "draining"
            answer = whole_reader.answer()
            assert (answer.status, answer.error["code"]) == (503, "draining")
        assert gate.stopped() == 0 and 0.9 < time.monotonic() - began < 6
        assert [line["ending"] for line in gate.request_log()] == ["shutdown"] * 2


def served_certificate(gate, side="public", newest=ssl.TLSVersion.TLSv1_3):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = newest
    with wire.connect(gate.ports[side], None, context=context) as connection:
        return connection.getpeercert(binary_form=True)


def test_a_refused_reload_loses_no_change_of_keys_or_certificates(tmp_path, recorder):
    """What was looked at for a policy that did not come into force is looked at again."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        good = gate.policy.read_text()
        first = served_certificate(gate)
        assert gate.call("/v1/models").status == 200
        (kid,) = [key["id"] for key in json.loads(
            run("keys", "list", "-c", gate.policy, "--format", "json").stdout)
            if key["tenant"] == "alpha"]
        # Good up to its last step, which fails: a folder is no log file.
        bad = good.replace("./requests.log", "./state")
        authority = Authority(tmp_path / "ca")
        certificate, key = authority.issue("new", subject_alt_name="DNS:localhost")
        shutil.copy(key, gate.folder / "tls" / "server.key")
        shutil.copy(certificate, gate.certificate)
        assert run("keys", "revoke", "-c", gate.policy, kid).returncode == 0
        gate.policy.write_text(bad)
        gate.reload("refused")
        assert wire.wait_for(lambda: served_certificate(gate) != first)
        gate.certificate = authority.certificate
        assert wire.wait_for(lambda: gate.call("/v1/models").status == 401)


@pytest.mark.parametrize("by_signal", [False, True])
def test_a_new_certificate(tmp_path, recorder, by_signal):
    """Taken when the files change or at SIGHUP, without dropping a connection; one that does not
    parse leaves the old one in use."""
    # covers: algorithms-7-tls-reload
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.issue("new", subject_alt_name="DNS:localhost")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        first = served_certificate(gate)
        with gate.connect() as connection:
            assert gate.chat(connection=connection).status == 200
            gate.certificate.write_text("garbage")
            if by_signal:
                gate.reload("refused")
            else:
                assert wire.wait_for(lambda: "old ones stay" in gate.stderr())
            assert served_certificate(gate) == first
            shutil.copy(key, gate.folder / "tls" / "server.key")
            shutil.copy(certificate, gate.certificate)
            if by_signal:
                gate.reload()
            assert wire.wait_for(lambda: served_certificate(gate) != first)
            recorder.take()
            assert gate.chat(connection=connection).status == 200
            assert len(recorder.take()) == 1
        gate.certificate = authority.certificate
        assert gate.chat().status == 200


def test_a_new_certificate_of_the_admin_side(tmp_path, recorder):
    """Is taken as a listener's is, and so is what a reload says of its TLS."""
    certificate, key = Authority(tmp_path / "ca").issue("new", subject_alt_name="DNS:localhost")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        own = gate.folder / "admin"
        own.mkdir()
        for name in ("server.crt", "server.key"):
            shutil.copy(gate.folder / "tls" / name, own / name)
        text = gate.policy.read_text().replace(
            "admin: { address: 127.0.0.1:0 }", "admin: { address: 127.0.0.1:0, tls: { "
            "certificate: admin/server.crt, key: { file: admin/server.key } } }")
        gate.policy.write_text(text)
        gate.process.send_signal(signal.SIGHUP)
        public = served_certificate(gate)
        assert wire.wait_for(lambda: served_with_tls(gate) == public)
        with pytest.raises(ssl.SSLError):
            served_certificate(gate, "admin", ssl.TLSVersion.TLSv1_2)
        (own / "server.crt").write_text("garbage")
        assert wire.wait_for(lambda: "old ones stay" in gate.stderr())
        assert served_certificate(gate, "admin") == public
        shutil.copy(key, own / "server.key")
        shutil.copy(certificate, own / "server.crt")
        assert wire.wait_for(lambda: served_certificate(gate, "admin") != public)
        assert served_certificate(gate) == public
        gate.policy.write_text(text.replace("server.key } }", "server.key }, min_version: 1.2 }"))
        gate.process.send_signal(signal.SIGHUP)
        assert wire.wait_for(lambda: served_with_tls(gate, ssl.TLSVersion.TLSv1_2))


def served_with_tls(gate, newest=ssl.TLSVersion.TLSv1_3):
    """The admin side's certificate, None as long as it does not speak this TLS."""
    try:
        return served_certificate(gate, "admin", newest)
    except (ssl.SSLError, ConnectionError):
        return None


def test_the_log_file_turns_over(tmp_path, recorder):
    """After a rename and SIGHUP the lines go to a new file; none is lost or doubled."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        ids = [gate.chat().fields["x-request-id"] for _ in range(5)]
        gate.logged(5)
        os.rename(tmp_path / "requests.log", tmp_path / "requests.log.1")
        ids += [gate.chat().fields["x-request-id"] for _ in range(5)]
        gate.reload()
        ids += [gate.chat().fields["x-request-id"] for _ in range(5)]
        gate.terminate()
        assert gate.stopped() == 0
        old = (tmp_path / "requests.log.1").read_text().splitlines()
        new = (tmp_path / "requests.log").read_text().splitlines()
        assert [json.loads(line)["request_id"] for line in old + new] == ids
        assert len(old) >= 5 and len(new) >= 5


def test_a_log_that_cannot_grow(tmp_path, recorder):
    """A full file system (here a limit on file size) loses lines aloud and stops nothing. Once
    there is room, the log says how many are missing, and every line is whole."""
    log, limit = tmp_path / "requests.log", 1 << 20
    log.write_bytes(b"{}\n".ljust(limit - 1001) + b"\n")
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}",
              wrap=("prlimit", f"--fsize={limit}:{limit}")) as gate:
        recorder.take()
        assert [gate.chat().status for _ in range(40)] == [200] * 40
        assert len(recorder.take()) == 40
        # Of 40 lines in 1,000 bytes one or two are kept; the rest is counted, one by one.
        assert wire.wait_for(lambda: gate.metric("gatehouse_request_log_dropped_total") >= 38)
        dropped = gate.metric("gatehouse_request_log_dropped_total")
        assert dropped < 40 and "the request log cannot be written" in gate.stderr()
        os.truncate(log, 0)
        assert [gate.chat().status for _ in range(5)] == [200] * 5
        gate.terminate()
        assert gate.stopped() == 0
        lines = [json.loads(line) for line in log.read_text().splitlines() if line]
        assert lines[0]["log_gap"] == dropped and len(lines) == 6


def test_healthcheck(tmp_path, recorder):
    """0 while it serves, 1 when it does not, 2 when it cannot be asked; in words: what was asked,
    what was answered, what to do."""
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}")
    text = gate.policy.read_text()

    def check(admin):
        gate.policy.write_text(text.replace("admin: { address: 127.0.0.1:0 }", admin))
        done = run("healthcheck", "-c", gate.policy)
        assert (done.stdout + done.stderr).count("\n") == 1
        return done.returncode, done.stdout or done.stderr

    def says(admin, code, *words):
        returned, line = check(admin)
        assert returned == code and all(word in line for word in words), (returned, line)

    with gate:
        port = gate.ports["admin"]
        place = f"admin: {{ address: 127.0.0.1:{port} }}"
        asked = f"http://127.0.0.1:{port}/readyz: "
        assert check(place) == (0, asked + "200 ready\n")
        # Something that is no admin listener.
        says(f"admin: {{ address: 127.0.0.1:{gate.ports['public']} }}", 1, "/readyz: no answer: ")
        with Upstream(lambda peer: peer.request() and peer.send_json("{}", "404 Gone")) as other:
            says(f"admin: {{ address: 127.0.0.1:{other.port} }}", 1, "404 {}; ", "something else")
        says("admin: { address: 127.0.0.1:0 }", 2, "port 0", "write a number")
        says("", 2, "`admin.address`")
        gate.terminate()
        assert gate.stopped() == 0
    says(place, 1, asked + "no answer: Connection refused", "is a gateway running with")
    says(f"admin: {{ address: unix:{tmp_path}/none }}", 1,
         f"unix:{tmp_path}/none /readyz: no answer: ", "No such file")


def test_healthcheck_of_a_gateway_that_is_not_ready(tmp_path):
    """It says why: nothing to send requests to, or about to stop."""
    go_on = threading.Event()

    def serve(peer):
        peer.request()
        go_on.wait(20)

    gate = Gate(tmp_path, upstream="http://127.0.0.1:1", upstream_more="    health: 1s")
    with Upstream(serve) as upstream, gate:
        asking = gate.folder / "asking.yaml"
        asking.write_text(gate.policy.read_text().replace(
            "admin: { address: 127.0.0.1:0 }",
            f"admin: {{ address: 127.0.0.1:{gate.ports['admin']} }}"))
        asking.chmod(0o600)

        def check():
            return run("healthcheck", "-c", asking)
        down = wire.wait_for(lambda: (done := check()).returncode and done)
        assert down.returncode == 1 and ": 503 no upstream; " in down.stdout
        gate.write_policy(upstream=upstream.url, upstream_more="    health: off")
        gate.reload()
        assert check().stdout.endswith(": 200 ready\n")
        connection, _ = gate.begin_chat()
        with connection:
            assert wire.wait_for(lambda: upstream.requests)
            gate.terminate()
            stopping = wire.wait_for(lambda: (done := check()).returncode and done)
            assert stopping.returncode == 1 and ": 503 draining; " in stopping.stdout
            go_on.set()


def test_a_second_gateway_on_the_same_address_does_not_start(gate):
    """Two on one port would each let through what the limits allow."""
    other = gate.folder / "other.yaml"
    text = gate.policy.read_text().replace("address: 127.0.0.1:0",
                                           f"address: 127.0.0.1:{gate.ports['public']}", 1)
    other.write_text(text)
    other.chmod(0o600)
    started = run("serve", "-c", other)
    assert started.returncode == 2 and "in use" in started.stderr


def test_socket_files_come_and_go(tmp_path, recorder):
    """Those of a listener and of admin are gone after a clean stop; what a killed gateway left is
    replaced; a live one is an error that says who listens."""
    places = [tmp_path / "public.sock", tmp_path / "admin.sock"]
    gate = Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}",
                listen=f"  - address: unix:{places[0]}")
    gate.policy.write_text(gate.policy.read_text().replace(
        "admin: { address: 127.0.0.1:0 }", f"admin: {{ address: unix:{places[1]} }}"))
    for how in ("kill", "terminate", "kill", "terminate"):
        with gate:
            assert all(place.is_socket() for place in places)
            other = run("serve", "-c", gate.policy)
            assert other.returncode == 2 and f"(pid {gate.process.pid})" in other.stderr
            assert all(place.is_socket() for place in places)
            getattr(gate.process, how)()
            gate.stopped()
            assert [place.exists() for place in places] == [how == "kill"] * 2
    places[0].write_text("precious")
    other = run("serve", "-c", gate.policy)
    assert other.returncode == 2 and "is not a socket" in other.stderr
    assert places[0].read_text() == "precious"
