"""A key is gone from the gateway's memory when its request has been looked at."""

import fcntl
import re
import socket
import struct
import termios

import pytest

import wire
from gate import SANITIZED, Gate, chat
from h2client import Client

pytestmark = pytest.mark.skipif(SANITIZED, reason="a sanitizer keeps freed memory on purpose")


def memory_of(process):
    """Every readable piece of a process' memory, of anything that it can write."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb") as memory:
        for line in maps:
            begin, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if not rights.startswith("rw"):
                continue
            memory.seek(int(begin, 16))
            yield memory.read(int(end, 16) - int(begin, 16))


def places(gate, text):
    try:
        return sum(piece.count(text.encode()) for piece in memory_of(gate.process.pid))
    except PermissionError:
        pytest.skip("needs the right to read the memory of another process (root)")


def secret_of(gate):
    return gate.key.rsplit("_", 2)[1]


def unread(connection):
    """Bytes that the other end of a Unix socket has not read yet."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]


def test_what_is_looked_for_can_be_found(gate):
    connection = gate.connect()
    connection.sendall(gate.request("/v1/models")[:-2])  # the head has no end yet
    assert wire.wait_for(lambda: places(gate, secret_of(gate)) > 0)
    connection.close()
    assert wire.wait_for(lambda: places(gate, secret_of(gate)) == 0)


def test_after_a_request(gate):
    connection = gate.connect()
    assert gate.call("/v1/models", connection=connection).status == 200
    assert gate.call("/v1/chat/completions", chat(), connection=connection).status == 200
    assert places(gate, secret_of(gate)) == 0
    connection.close()


def test_while_a_request_waits_for_its_body(gate):
    connection = gate.connect()
    request = gate.request("/v1/chat/completions", chat(), fields="Expect: 100-continue\r\n")
    connection.sendall(request[:request.index(b"\r\n\r\n") + 4])
    assert connection.recv(4096).startswith(b"HTTP/1.1 100 ")
    assert places(gate, secret_of(gate)) == 0
    connection.close()


def test_after_a_head_in_pieces(gate):
    connection = gate.connect()
    request = gate.request("/v1/models", fields=f"X-Long: {'x' * 5000}\r\n")
    for at in range(0, len(request), 100):
        connection.sendall(request[at:at + 100])
    assert wire.Reader(connection).answer().status == 200
    assert places(gate, secret_of(gate)) == 0
    connection.close()


def test_after_pipelined_requests(gate):
    connection = gate.connect()
    connection.sendall(gate.request("/v1/chat/completions", chat()) * 3)
    reader = wire.Reader(connection)
    assert [reader.answer().status for _ in range(3)] == [200] * 3
    assert places(gate, secret_of(gate)) == 0
    connection.close()


@pytest.mark.parametrize("spoil", ["\0", "Host: twice\r\n", "Bad Name: x\r\n"])
def test_after_a_head_that_is_refused(gate, spoil):
    assert gate.call("/v1/models", fields=spoil).status == 400
    assert places(gate, secret_of(gate)) == 0


def test_on_a_plain_connection(recorder, tmp_path):
    path = tmp_path / "plain.sock"
    with Gate(tmp_path / "gate", f"http://127.0.0.1:{recorder.port}",
              listen=f"  - {{ address: 'unix:{path}' }}") as gate:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            assert gate.call("/v1/models", connection=connection).status == 200
            assert places(gate, secret_of(gate)) == 0


def test_on_a_plain_connection_that_may_become_http2(recorder, tmp_path):
    """What came first begins HTTP/2's preface too. The head is too long for its memory to be wanted
    for anything else soon."""
    path = tmp_path / "plain.sock"
    with Gate(tmp_path / "gate", f"http://127.0.0.1:{recorder.port}",
              listen=f"  - {{ address: 'unix:{path}' }}") as gate:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            request = gate.request("/v1/models", method="POST", fields=f"X: {'x' * 5000}\r\n")
            connection.sendall(request[:1])
            assert wire.wait_for(lambda: unread(connection) == 0)
            connection.sendall(request[1:])
            assert wire.Reader(connection).answer().status == 405
            assert places(gate, secret_of(gate)) == 0


def test_after_an_http2_connection(gate):
    """The header table of the connection may hold a key as long as the client wants it to."""
    with Client(gate) as client:
        assert client.answer(client.chat()).status == 200
    assert wire.wait_for(lambda: places(gate, secret_of(gate)) == 0)
