"""What TLS could do and is not let: compress, and shake hands again."""

import os
import socket
import ssl
import subprocess
import threading

import pytest

import wire
from gate import Gate, chat
from test_tls import s_client


def greeting_with_compression(newest):
    """The first bytes of a client that can inflate as well, or in TLS 1.3, where none may say so."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = newest
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    record = bytearray(outgoing.read())
    at = 5 + 4 + 2 + 32  # record, message, version, random
    at += 1 + record[at]  # session
    at += 2 + int.from_bytes(record[at:at + 2], "big")  # suites
    assert record[at:at + 2] == b"\1\0"  # one method of compression, which is none
    record[at:at + 2] = b"\2\1\0"  # DEFLATE above all
    for begin, size in ((3, 2), (6, 3)):  # the lengths of the record and of the message
        length = int.from_bytes(record[begin:begin + size], "big") + 1
        record[begin:begin + size] = length.to_bytes(size, "big")
    return bytes(record)


def answer_to(greeting, port):
    """The first record that comes back: its type, and what is in it."""
    with socket.create_connection(("127.0.0.1", port), timeout=wire.PATIENCE) as plain:
        plain.sendall(greeting)
        reader = wire.Reader(plain)
        kind, _, _, *length = reader.exactly(5)
        return kind, reader.exactly(int.from_bytes(length, "big"))


@pytest.fixture(scope="module")
def older(recorder, tmp_path_factory):
    """A gateway that speaks TLS 1.2 too."""
    with Gate(tmp_path_factory.mktemp("older"), upstream=f"http://127.0.0.1:{recorder.port}",
              tls=", min_version: '1.2'") as gate:
        yield gate


def test_no_compression(older):
    """Of records neither (CRIME), for who asks for it in TLS 1.2; in TLS 1.3 that is no greeting."""
    kind, hello = answer_to(greeting_with_compression(ssl.TLSVersion.TLSv1_2), older.ports["public"])
    assert (kind, hello[0]) == (22, 2)  # its hello
    at = 4 + 2 + 32
    at += 1 + hello[at] + 2  # session, suite
    assert hello[at] == 0
    kind, alert = answer_to(greeting_with_compression(ssl.TLSVersion.TLSv1_3), older.ports["public"])
    assert (kind, alert) == (21, b"\2\x2f")  # fatal, illegal_parameter
    for version in ("-tls1_2", "-tls1_3"):
        shown = s_client(older, version, "-comp")
        assert "HTTP/1.1 200 OK" in shown
        assert "\nCompression: NONE\nExpansion: NONE\n" in shown


def test_no_renegotiation(older, recorder):
    """TLS 1.2 has one handshake for a connection, whoever asks for another; one that has asked is not
    served any more."""
    recorder.take()
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{older.ports['public']}", "-CAfile",
               str(older.certificate), "-tls1_2"]
    shown = b""

    def read_until(text):
        nonlocal shown
        while text not in shown and (got := os.read(client.stdout.fileno(), 4096)):
            shown += got
        return text in shown

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as client:
        impatience = threading.Timer(wire.PATIENCE, client.kill)
        impatience.start()
        assert read_until(b"Verify return code: 0 (ok)")
        assert b"Secure Renegotiation IS supported" in shown
        client.stdin.write(b"R\n")
        client.stdin.flush()
        assert read_until(b"RENEGOTIATING")
        try:
            client.stdin.write(older.request("/v1/chat/completions", chat()))
            client.stdin.flush()
        except BrokenPipeError:
            pass
        assert read_until(b"no renegotiation")
        read_until(b"HTTP/1.1 ")
        assert client.wait() != 0
        impatience.cancel()
    assert b"HTTP/1.1 " not in shown
    assert recorder.take() == []
