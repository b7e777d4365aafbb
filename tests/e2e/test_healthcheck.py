"""The `healthcheck` command: what it asks, and what it says of the answer."""

import contextlib
import socket
import threading

import wire
from gate import Gate, run
from upstream import Upstream


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


def test_one_address_does_not_shut_out_the_others(tmp_path, recorder):
    """Connections that say nothing leave room for probes from elsewhere, and end soon."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        port = gate.ports["admin"]

        def answered(source):
            with socket.create_connection(("127.0.0.1", port), timeout=wire.PATIENCE,
                                          source_address=(source, 0)) as probe:
                with contextlib.suppress(ConnectionError):
                    probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return probe.recv(100).startswith(b"HTTP/1.1 200 ")
                return False

        with contextlib.ExitStack() as stack:
            for _ in range(100):
                stack.enter_context(socket.create_connection(("127.0.0.1", port),
                                                             source_address=("127.0.0.2", 0)))
            assert wire.wait_for(lambda: not answered("127.0.0.2"))
            assert all(answered("127.0.0.1") for _ in range(40))
            assert wire.wait_for(lambda: answered("127.0.0.2"), patience=10)
