"""Where a client is, when proxies stand in between."""

import contextlib
import socket
import struct

import pytest

import wire
from gate import Gate, chat


def proxy_v2(source, command=0x21, family=0x11):
    """A PROXY protocol version 2 head for a client at that IPv4 address."""
    addresses = socket.inet_aton(source) + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 1, 2)
    return (b"\r\n\r\n\0\r\nQUIT\n" + bytes([command, family]) +
            struct.pack("!H", len(addresses)) + addresses)


def test_the_proxy_protocol(tmp_path, recorder):
    """From a trusted proxy the head is demanded and believed, and X-Forwarded-For is not."""
    listen = "    proxies: { trusted: [127.0.0.0/8], address: proxy-v2 }"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=listen) as gate:
        recorder.take()
        with gate.connect(first=proxy_v2("203.0.113.9")) as connection:
            connection.sendall(gate.request("/v1/chat/completions", chat(),
                                            fields="X-Forwarded-For: 198.51.100.1\r\n"))
            assert wire.Reader(connection).answer().status == 200
        (line,) = gate.logged()
        assert line["client"] == "203.0.113.9"
        ((head, _),) = recorder.take()
        assert b"orwarded" not in head
        with gate.connect(first=proxy_v2("0.0.0.0", command=0x20)) as connection:  # LOCAL
            assert gate.chat(connection=connection).status == 200
        recorder.take()
        for first in (b"", b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", proxy_v2("1.2.3.4", 0x31),
                      proxy_v2("1.2.3.4")[:-12]):
            with pytest.raises(OSError):
                gate.connect(first=first)
        assert recorder.take() == []


@pytest.mark.parametrize("proxies", [
    "", "    proxies: { trusted: [10.0.0.0/8], address: proxy-v2 }",
    "    proxies: { trusted: [10.0.0.0/8], address: x-forwarded-for }"])
def test_addresses_from_strangers(tmp_path, recorder, proxies):
    """Nobody but a listed proxy says who a client is."""
    # covers: engine-7-header-trust gateways-3-13
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=proxies) as gate:
        fields = ("X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n"
                  "X-Real-IP: 203.0.113.9\r\n")
        assert gate.call("/v1/chat/completions", chat(), fields=fields).status == 200
        (line,) = gate.logged()
        assert line["client"] == "127.0.0.1"
        assert all(b"203.0.113" not in head + body for head, body in recorder.take())
        with pytest.raises(OSError):
            gate.connect(first=proxy_v2("203.0.113.9"))


def test_a_unix_socket(tmp_path, recorder):
    """Without TLS, and without an address unless the one in front is trusted to say it. Its path is
    relative to the policy's."""
    gate = Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}", listen="")
    path = gate.policy.parent / "in.sock"
    text = gate.policy.read_text()
    begin, end = text.index("  - address: 127"), text.index("admin:")
    gate.policy.write_text(text[:begin] + """  - address: unix:in.sock
    limits: { per_ip: { requests: { rate: 1/h, burst: 2 } } }
    proxies: { trusted: [unix], address: x-forwarded-for }
""" + text[end:])
    with gate:
        recorder.take()

        def ask(address):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                return gate.call("/v1/chat/completions", chat(), connection=connection,
                                 fields=f"X-Forwarded-For: {address}\r\n").status

        assert [ask("203.0.113.1") for _ in range(3)] == [200, 200, 429]
        assert ask("203.0.113.2") == 200
        assert gate.logged(client="203.0.113.2") and len(recorder.take()) == 3


def test_each_listener_counts_for_itself(tmp_path, recorder):
    """What an address does at one listener takes nothing from what it may do at another."""
    def per_ip(burst, connections):
        rate = f"{{ rate: 1/h, burst: {burst} }}"
        return (f"    limits: {{ per_ip: {{ requests: {rate}, failed_auth: {rate}, "
                f"connections: {connections} }} }}\n")

    listen = per_ip(20, 20) + f"""  - address: 127.0.0.1:0
    tls: {{ certificate: tls/server.crt, key: {{ file: tls/server.key }} }}
{per_ip(3, 2)}"""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=listen) as gate:
        def ask(listener, key=None):
            with wire.connect(gate.listeners[listener], gate.certificate) as connection:
                return gate.chat(key=key, connection=connection).status

        with contextlib.ExitStack() as stack:
            for _ in range(10):
                stack.enter_context(wire.connect(gate.listeners[0], gate.certificate))
            assert [ask(0) for _ in range(6)] == [200] * 6
            assert [ask(0, "gh_live_wrong") for _ in range(6)] == [401] * 6
            assert [ask(1), ask(1, "gh_live_wrong"), ask(1), ask(1)] == [200, 401, 200, 429]
            assert ask(0) == 200
