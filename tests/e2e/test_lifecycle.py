"""Signals, reloads, drains and the log file, while requests run."""

import json
import os
import re
import signal
import ssl
import threading
import time

import pytest

import recorder as answers
import wire
from gate import Gate, Simulator, run
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
        assert wire.wait_for(lambda: gate.stderr().count("the old one stays") == 6)
        assert "surprise" in gate.stderr()
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
        # A client has its answer before the line is written: workers may write in another order.
        written = [json.loads(line)["request_id"] for line in old + new]
        assert sorted(written) == sorted(ids) and sorted(written[:5]) == sorted(ids[:5])
        assert len(old) >= 5 and len(new) >= 5


def test_the_log_file_turns_over_with_a_policy_that_is_refused(tmp_path, recorder):
    """A rotation is not lost because somebody is in the middle of an edit."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        gate.chat()
        gate.logged(1)
        os.rename(tmp_path / "requests.log", tmp_path / "requests.log.1")
        gate.policy.write_text(gate.policy.read_text() + "surprise: 1\n")
        gate.reload("refused")
        last = gate.chat().fields["x-request-id"]
        assert gate.logged(1)[0]["request_id"] == last


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
        assert dropped < 40 and gate.says("the request log cannot be written")
        os.truncate(log, 0)
        assert [gate.chat().status for _ in range(5)] == [200] * 5
        gate.terminate()
        assert gate.stopped() == 0
        lines = [json.loads(line) for line in log.read_text().splitlines() if line]
        assert lines[0]["log_gap"] == dropped and len(lines) == 6


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
