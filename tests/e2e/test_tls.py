"""TLS towards clients: versions, protocols, client certificates, resumption."""

import os
import re
import socket
import ssl
import subprocess

import pytest

import wire
from gate import Gate, chat
from h2client import Client
from tls import Authority

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of old versions


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("clients"))


def handshake(gate, context):
    """The connected socket; SSLError or ConnectionError when it is refused."""
    plain = socket.create_connection(("127.0.0.1", gate.ports["public"]), timeout=wire.PATIENCE)
    return context.wrap_socket(plain, server_hostname="localhost")


def served(gate, connection):
    """Whether a request on the connection is answered; with TLS 1.3 a refused certificate is seen
    at the first read."""
    try:
        return gate.chat(connection=connection).status == 200
    except (OSError, EOFError):
        return False


@pytest.mark.parametrize("least,spoken", [
    ("", {"TLSv1_3"}), (", min_version: '1.3'", {"TLSv1_3"}),
    (", min_version: '1.2'", {"TLSv1_2", "TLSv1_3"})])
def test_versions(tmp_path, recorder, least, spoken):
    """1.3 only; 1.2 where the policy says so, then with modern suites alone; nothing older."""
    # covers: engine-3.5-tls-version algorithms-7-tls-version
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}", tls=least) as gate:
        recorder.take()
        for version in ("TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"):
            context = ssl.create_default_context(cafile=str(gate.certificate))
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = context.minimum_version = ssl.TLSVersion[version]
            context.set_ciphers("ALL:@SECLEVEL=0")
            if version in spoken:
                with handshake(gate, context) as connection:
                    assert served(gate, connection)
            else:
                with pytest.raises(OSError):
                    handshake(gate, context)
        if "TLSv1_2" in spoken:
            for suite in ("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA"):
                context = ssl.create_default_context(cafile=str(gate.certificate))
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                context.set_ciphers(suite + ":@SECLEVEL=0")
                with pytest.raises(OSError):
                    handshake(gate, context)
        assert len(recorder.take()) == len(spoken)


def test_protocols(gate, recorder):
    """h2 or http/1.1 by agreement, HTTP/1.1 without one; no common protocol is no connection."""
    # covers: engine-7-tls-alpn algorithms-7-tls-alpn
    recorder.take()
    for offered, chosen in ((["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), ([], None),
                            (["spdy/3", "http/1.1"], "http/1.1")):
        context = ssl.create_default_context(cafile=str(gate.certificate))
        if offered:
            context.set_alpn_protocols(offered)
        with handshake(gate, context) as connection:
            assert connection.selected_alpn_protocol() == chosen
            if chosen != "h2":
                assert served(gate, connection)
    for offered in (["h2c"], ["http/1.0"], ["spdy/3"], ["acme-tls/1"]):
        context = ssl.create_default_context(cafile=str(gate.certificate))
        context.set_alpn_protocols(offered)
        with pytest.raises(OSError):
            handshake(gate, context)
    assert len(recorder.take()) == 3


def test_plain_text_gets_nothing(gate, recorder):
    """Neither an HTTP request without TLS nor anything else than a handshake is answered."""
    recorder.take()
    for first in (gate.request("/v1/chat/completions", {"model": "m"}), b"\0" * 100, b"\x16\3\1"):
        with socket.create_connection(("127.0.0.1", gate.ports["public"]), timeout=20) as plain:
            plain.sendall(first)
            plain.shutdown(socket.SHUT_WR)
            data = b""
            try:
                while got := plain.recv(4096):
                    data += got
            except ConnectionResetError:
                pass
            assert b"HTTP" not in data and len(data) < 20  # an alert at most
    assert recorder.take() == []


def s_client(gate, *arguments):
    """What openssl's client says about a connection with one request on it."""
    return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{gate.ports['public']}",
                           "-CAfile", gate.certificate, "-ign_eof", *arguments],
                          input=gate.request("/v1/models", fields="Connection: close\r\n"),
                          capture_output=True, timeout=20).stdout.decode(errors="replace")


def test_tickets(gate):
    """They allow no early data, and last for hours at most."""
    # covers: engine-3.5-no-early-data algorithms-7-tls-early-data algorithms-7-tls-tickets
    shown = s_client(gate)
    assert "HTTP/1.1 200 OK" in shown
    assert "Max Early Data: 0" in shown and "Early data was not sent" in shown
    (hours,) = {int(s) / 3600 for s in re.findall(r"lifetime hint: (\d+)", shown)}
    assert 0 < hours <= 12


@pytest.mark.parametrize("group,spoken", [("X25519", True), ("P-256", True), ("P-521", False),
                                          ("ffdhe2048", False), ("X448", False)])
def test_groups(gate, group, spoken):
    """X25519 and P-256, nothing weaker and nothing costlier."""
    # covers: algorithms-7-tls-groups
    assert ("HTTP/1.1 200 OK" in s_client(gate, "-groups", group)) == spoken


CLIENTS = {
    "good": (dict(), True), "none": (None, False),
    "expired": (dict(end="20210101000000Z"), False),
    "early": (dict(begin="20390101000000Z"), False),
    "server-only": (dict(usage="serverAuth"), False), "foreign": (dict(), False),
    "self-signed": (None, False),
}


@pytest.fixture(scope="module")
def mutual(authority, recorder, tmp_path_factory):
    """A gateway that demands client certificates."""
    with Gate(tmp_path_factory.mktemp("mutual"), upstream=f"http://127.0.0.1:{recorder.port}",
              tls=f", client_ca: {authority.certificate}, required: true") as gate:
        yield gate


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("alpn", ["http/1.1", "h2"])
def test_client_certificates(mutual, authority, recorder, tmp_path, kind, alpn):
    """Verified in the handshake: without a good one no request is read, whatever key it has."""
    # covers: algorithms-7-tls-client-certificates algorithms-7-tls-client-purpose
    recorder.take()
    wanted, good = CLIENTS[kind]
    own = None
    if kind == "self-signed":
        other = Authority(tmp_path / "self", name="self")
        own = (other.certificate, other.key)
    elif wanted is not None:
        issuer = Authority(tmp_path / "ca") if kind == "foreign" else authority
        own = issuer.issue(f"{kind}-{alpn[:2]}", **wanted)
    try:
        with mutual.connect(alpn, own=own) as connection:
            if alpn == "h2" and good:
                connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
                assert connection.recv(9)[3] == 4  # its SETTINGS
            else:
                assert served(mutual, connection) == good
    except OSError:
        assert not good
    assert len(recorder.take()) == (good and alpn != "h2")


def test_resumption_does_not_outlive_a_policy(tmp_path, authority, recorder):
    """A session is resumed, and after a new certificate begun anew; after client certificates were
    demanded it opens nothing."""
    # covers: engine-7-tls-resumption engine-3.5-tickets
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        context = wire.client_context(gate.certificate)
        with gate.connect(context=context) as connection:
            assert served(gate, connection)
            session = connection.session
        with gate.connect(context=context, session=session) as connection:
            assert served(gate, connection) and connection.session_reused
            session = connection.session
        os.utime(gate.certificate, (1, 1))
        assert gate.says("certificates were reloaded")
        with gate.connect(context=context, session=session) as connection:
            assert served(gate, connection) and not connection.session_reused
            session = connection.session
        gate.write_policy(tls=f", client_ca: {authority.certificate}, required: true")
        gate.reload()
        recorder.take()
        with pytest.raises((OSError, AssertionError)):
            with gate.connect(context=context, session=session) as connection:
                assert served(gate, connection)
        assert recorder.take() == []


@pytest.mark.parametrize("host", ["llm.example", "llm.example:443", "127.0.0.1:8443", "[::1]:8443",
                                  "LOCALHOST", "gatehouse.internal"])
def test_a_host_that_the_handshake_did_not_name(gate, recorder, host):
    """So come requests through a proxy that encrypts anew, and through a port-forward: served, on
    HTTP/1.1 and HTTP/2."""
    recorder.take()
    body = chat()
    with gate.connect() as connection:
        head = gate.request("/v1/chat/completions", body).replace(
            b"Host: localhost", f"Host: {host}".encode())
        connection.sendall(head)
        assert wire.Reader(connection).answer().status == 200
    with Client(gate) as client:
        number = client.request("/v1/chat/completions", body, authority=host)
        assert client.answer(number).status == 200
    assert len(recorder.take()) == 2


@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
def test_the_name_of_the_handshake_decides_nothing(gate, recorder, protocol):
    """Nor does Host, or :authority, whether it is the same or another, or none was greeted with: one
    answer, one line in the log, and the same bytes upstream, without any of these names."""
    # covers: engine-3.5-host-sni algorithms-7-tls-sni
    recorder.take()
    context = wire.client_context(gate.certificate, protocol)
    context.check_hostname = False
    ids = []
    for greeted in ("localhost", "greeted.example", None):
        for named in ("localhost", "named.example", "NAMED.example:444", "beta", "127.0.0.1"):
            plain = socket.create_connection(("127.0.0.1", gate.ports["public"]),
                                             timeout=wire.PATIENCE)
            with context.wrap_socket(plain, server_hostname=greeted) as connection:
                if protocol == "h2":
                    client = Client(gate, connection=connection)
                    answer = client.answer(client.request("/v1/chat/completions", chat(),
                                                          authority=named))
                else:
                    request = gate.request("/v1/chat/completions", chat())
                    connection.sendall(request.replace(b"Host: localhost", b"Host: " +
                                                       named.encode()))
                    answer = wire.Reader(connection).answer()
            assert answer.status == 200, (greeted, named, answer.body)
            ids.append(answer.fields["x-request-id"])
    lines = [gate.logged(request_id=number)[0] for number in ids]
    who = {tuple(line[name] for name in ("route", "tenant", "key_id", "model", "decision",
                                         "ending", "upstream")) for line in lines}
    assert len(who) == 1 and next(iter(who))[:2] == ("chat", "alpha")
    received = [head + b"\r\n\r\n" + body for head, body in recorder.take()]
    assert len(received) == len(ids)
    sent = {data.replace(number.encode(), b"ID") for data, number in zip(received, ids)}
    assert len(sent) == 1  # the salt of the cache in it too
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % recorder.port in next(iter(sent))
    assert b"example" not in next(iter(sent)).lower()
