"""Failed attempts at a key are limited by where they come from: an IPv4 address, or the /64 network
that an IPv6 client has for itself."""

import socket
import struct

import pytest

import wire
from gate import Gate, chat

LIMIT = "    limits: { per_ip: { failed_auth: { rate: 1/h, burst: 2 } } }\n"


def proxy_v2(source):
    """A PROXY protocol version 2 head for a TCP client at that IPv6 address."""
    ends = [socket.inet_pton(socket.AF_INET6, address) for address in (source, "::1")]
    addresses = b"".join(ends) + struct.pack("!HH", 1, 2)
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x21" + struct.pack("!H", len(addresses)) + addresses


def forwarded(gate, address, key):
    return gate.call("/v1/chat/completions", chat(), key=key,
                     fields=f"X-Forwarded-For: {address}\r\n")


def proxied(gate, address, key):
    with gate.connect(first=proxy_v2(address)) as connection:
        return gate.chat(key=key, connection=connection)


@pytest.mark.parametrize("says,call", [("x-forwarded-for", forwarded), ("proxy-v2", proxied)])
def test_an_ipv6_client_is_its_network(tmp_path, recorder, says, call):
    """Two addresses of one /64 share what may fail, another /64 has its own; nobody's valid key is
    locked out by it, and what fails reaches no upstream."""
    # covers: gateways-3-13
    listen = f"{LIMIT}    proxies: {{ trusted: [127.0.0.1/32], address: {says} }}"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=listen) as gate:
        recorder.take()

        def fail(address):
            return call(gate, address, "gh_live_wrong").status

        assert [fail("2001:db8::1"), fail("2001:db8::ffff:2")] == [401, 401]
        assert fail("2001:db8:0:0:8000::3") == 429
        assert [fail("2001:db8:0:1::1") for _ in range(3)] == [401, 401, 429]
        assert [fail("2001:db8:1::1"), fail("2001:db8::1")] == [401, 429]
        refused = call(gate, "2001:db8::4", "gh_live_wrong")
        assert refused.error["code"] == "rate_limit_exceeded"
        assert 3000 < int(refused.fields["retry-after"]) <= 3600
        assert recorder.take() == []
        assert call(gate, "2001:db8::1", gate.key).status == 200
        assert len(recorder.take()) == 1
        # The record has the address itself.
        assert len(gate.logged(client="2001:db8::ffff:2", status=401)) == 1


def test_an_ipv4_client_is_its_address(tmp_path, recorder):
    """Also where it is written as IPv6."""
    listen = f"{LIMIT}    proxies: {{ trusted: [127.0.0.1/32], address: x-forwarded-for }}"
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=listen) as gate:
        recorder.take()

        def fail(address):
            return forwarded(gate, address, "gh_live_wrong").status

        assert [fail("203.0.113.1"), fail("::ffff:203.0.113.1")] == [401, 401]
        assert fail("203.0.113.1") == 429
        assert fail("203.0.113.2") == fail("::ffff:203.0.113.3") == 401
        assert recorder.take() == []


def test_a_real_ipv6_client(tmp_path, recorder):
    """Without a proxy in between, and whatever it says of itself."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")
    gate = Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", listen=LIMIT)
    gate.policy.write_text(gate.policy.read_text().replace("127.0.0.1:0\n    tls",
                                                           "'[::1]:0'\n    tls"))
    with gate:
        recorder.take()
        statuses = []
        for i in range(3):
            with wire.connect(gate.ports["public"], gate.certificate, host="::1") as connection:
                statuses.append(gate.call(
                    "/v1/chat/completions", chat(), key="x", connection=connection,
                    fields=f"X-Forwarded-For: 2001:db8:{i}::1\r\n").status)
        assert statuses == [401, 401, 429]
        assert recorder.take() == []
