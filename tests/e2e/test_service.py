"""What is seen of a gateway from outside: systemd's readiness, answers whose head is its own and
that are not compressed, and a demo that stays for who wants to try."""

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request

import pytest

import recorder as answers
import wire
from gate import BINARY, Gate, chat
from h2client import Client
from upstream import Upstream


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_when_it_serves(tmp_path, abstract):
    """Once, and not before clients can connect (sd_notify(3)): the unit is of `Type=notify`."""
    name = f"\0gatehouse-{os.getpid()}" if abstract else str(tmp_path / "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name)
        manager.settimeout(10)
        with Gate(tmp_path / "gate", upstream="http://127.0.0.1:9",
                  environment={"NOTIFY_SOCKET": name.replace("\0", "@")}) as gate:
            assert b"READY=1" in manager.recv(4096).split(b"\n")
            assert gate.get("/healthz")[0] == 200
            gate.terminate()
            assert gate.stopped() == 0


def test_the_head_of_an_answer_is_ours(tmp_path):
    """Whatever the upstream writes into its own."""
    body = json.dumps(answers.CHAT).encode()
    theirs = (b"HTTP/1.1 200 OK\r\nserver: uvicorn\r\nset-cookie: a=b\r\nx-request-id: theirs\r\n"
              b"access-control-allow-origin: *\r\nx-evil: 1\r\ncontent-type: application/json\r\n"
              b"content-length: %d\r\n\r\n%s" % (len(body), body))

    def serve(peer):
        while peer.request():
            peer.send(theirs)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        answer = gate.chat()
        assert answer.status == 200
        assert answer.fields["x-request-id"] != "theirs"
        assert set(answer.fields) == {
            "content-length", "content-type", "date", "x-request-id", "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"}


@pytest.mark.parametrize("asked", ["gzip", "gzip, deflate, br, zstd", "*", "identity;q=0, *;q=1"])
def test_nothing_is_compressed(gate, recorder, asked):
    """Whoever asks for it, on HTTP/1.1 and HTTP/2: next to a secret, sizes of compressed text tell
    what it is (BREACH). The upstream is not asked for it either."""
    recorder.take()
    streamed = chat(stream=True)
    exchanges = [("/v1/chat/completions", chat(), 200), ("/v1/chat/completions", streamed, 200),
                 ("/v1/completions", {"model": "m", "prompt": "hi"}, 200), ("/v1/models", None, 200),
                 ("/v1/chat/completions", chat(n="x"), 400), ("/none", None, 404)]
    for path, body, status in exchanges:
        one = gate.call(path, body, fields=f"Accept-Encoding: {asked}\r\n")
        with Client(gate) as client:
            two = client.answer(client.request(path, body, fields=[("accept-encoding", asked)]))
        for answer in (one, two):
            assert answer.status == status
            assert not {"content-encoding", "vary"} & set(answer.fields)
            text = bytes(answer.body).decode()
            assert wire.events(text.encode()) if body is streamed else json.loads(text)
    with urllib.request.urlopen(urllib.request.Request(
            f"http://127.0.0.1:{gate.ports['admin']}/metrics",
            headers={"Accept-Encoding": asked})) as answer:
        assert answer.headers["Content-Encoding"] is None and b"gatehouse_" in answer.read()
    received = recorder.take()
    assert len(received) == 6
    assert not any(b"accept-encoding" in head.lower() for head, _ in received)


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_demo_stays_and_its_curl_line_works():
    # In a shell's background the signal would be ignored.
    demo = subprocess.Popen([BINARY, "demo"], stdout=subprocess.PIPE, text=True,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        printed = ""
        for line in demo.stdout:
            printed += line
            if line.startswith("The policy is"):
                break
        command = printed[printed.index("  curl"):printed.index("\nThe policy is")]
        tried = subprocess.run(["sh", "-c", command.replace("curl ", "curl -s ", 1)],
                               capture_output=True, text=True, timeout=20)
        assert tried.returncode == 0, tried.stderr
        assert json.loads(tried.stdout)["object"] == "chat.completion"
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 0
    finally:
        demo.kill()
        demo.wait()
        demo.stdout.close()
