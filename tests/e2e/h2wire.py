"""HTTP/2 as bytes: frames made by hand, so that they may be wrong, and those that come back."""

import collections
import json
import ssl
import struct

import hpack
from h2.errors import ErrorCodes

import wire

(DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE,
 CONTINUATION) = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def number(value, bits):
    """An integer with a prefix of so many bits (RFC 7541 §5.1), the bits before it zero."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    out, value = [most], value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def literals(fields):
    """HPACK literals without indexing (RFC 7541 §6.2.2)."""
    return b"".join(b"\0" + number(len(name), 7) + name + number(len(value), 7) + value
                    for name, value in fields)


def headers(stream, fields, end=False):
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, literals(fields))


def data(stream, payload, end=False):
    return frame(DATA, END_STREAM if end else 0, stream, payload)


def reset(stream):
    return frame(RESET, 0, stream, struct.pack("!I", ErrorCodes.CANCEL))


def window(stream, size):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack("!I", size))


def setting(name, value):
    return struct.pack("!HI", name, value)


def hello(*settings):
    return PREFACE + frame(SETTINGS, 0, 0, b"".join(settings))


class Connection:
    """Sends bytes and takes in what comes of them. It answers nothing by itself."""

    def __init__(self, gate):
        self.socket = gate.connect("h2")
        assert self.socket.selected_alpn_protocol() == "h2"
        self._pending, self._decoder = b"", hpack.Decoder()
        self.fields = {}  # of each stream's answer
        self.bodies = collections.defaultdict(bytes)
        self.ended, self.pings = set(), set()
        self.resets, self.goaways = [], []  # (stream, error) and error, by their names
        self.closed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, payload):
        """Whether all of it was taken: the other end may close meanwhile."""
        try:
            self.socket.settimeout(wire.PATIENCE)
            self.socket.sendall(payload)
        except (ConnectionError, ssl.SSLError):
            return False
        return True

    def status(self, stream):
        return int(self.fields[stream][":status"]) if stream in self.fields else None

    def statuses(self):
        return {stream: self.status(stream) for stream in self.fields}

    def error(self, stream):
        return json.loads(self.bodies[stream])["error"]

    def until(self, condition):
        """Reads until the condition holds or the connection is closed; whether it holds."""
        while not condition() and not self.closed:
            self._read()
        return condition()

    def settle(self):
        """Until everything is here that comes of what was sent; answers that wait for an upstream
        apart. An acknowledgement overtakes other frames of its turn, so a second one is asked for
        when the first is here."""
        for mark in (b"settle-1", b"settle-2"):
            self.pings.discard(mark)
            if self.send(frame(PING, 0, 0, mark)):
                self.until(lambda: mark in self.pings)

    def _read(self):
        self.socket.settimeout(wire.PATIENCE)
        try:
            got = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            got = b""
        self.closed = not got
        self._pending += got
        while len(self._pending) >= 9:
            end = 9 + int.from_bytes(self._pending[:3], "big")
            if len(self._pending) < end:
                break
            kind, flags, stream = struct.unpack("!BBI", self._pending[3:9])
            self._take(kind, flags, stream, self._pending[9:end])
            self._pending = self._pending[end:]

    def _take(self, kind, flags, stream, payload):
        if kind == HEADERS:
            self.fields[stream] = dict(self._decoder.decode(payload))
        elif kind == DATA:
            self.bodies[stream] += payload
        elif kind == RESET:
            self.resets.append((stream, ErrorCodes(int.from_bytes(payload, "big")).name))
        elif kind == GOAWAY:
            self.goaways.append(ErrorCodes(int.from_bytes(payload[4:8], "big")).name)
        elif kind == PING and flags & ACK:
            self.pings.add(payload)
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended.add(stream)
