"""Raw bytes over TLS, and just enough HTTP to read what comes back."""

import json
import re
import socket
import ssl
import time

PATIENCE = 20.0  # an upper bound for a busy machine, never waited out when things work


class Answer:
    def __init__(self, status, fields, body, raw):
        self.status, self.fields, self.body = status, fields, body
        self.raw = raw  # the head as it came

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json()["error"]

    @property
    def glitch(self):
        return glitch_of(self.fields["content-type"], self.body)


def glitch_of(content_type, body):
    """What is no HTTP is refused in one line of text, which names what is wrong."""
    assert content_type == "text/plain", body
    return re.fullmatch(rb"The request is not correct HTTP: ([a-z0-9_]+)\.\n", body)[1].decode()


def connect(port, certificate, alpn="http/1.1", host="127.0.0.1", first=b"", own=None,
            session=None, context=None):
    """A TLS connection. `first` is sent before the handshake; `own` is the client's (certificate,
    key); a `session` is resumed in the `context` that it comes from."""
    context = context or client_context(certificate, alpn, own)
    plain = socket.create_connection((host, port), timeout=PATIENCE)
    plain.sendall(first)
    return context.wrap_socket(plain, server_hostname="localhost", session=session)


def client_context(certificate, alpn="http/1.1", own=None):
    context = ssl.create_default_context(cafile=str(certificate))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols([alpn])
    if own:
        context.load_cert_chain(*own)
    return context


def events(body):
    """The data of each event of a stream, comments left out; the shape of the bytes is checked."""
    text = body.decode()
    assert text == "" or text.endswith("\n\n"), text[-80:]
    blocks = [block for block in text.split("\n\n")[:-1] if not block.startswith(":")]
    assert all(block.startswith("data: ") and "\n" not in block for block in blocks), blocks
    return [block[6:] for block in blocks]


def read_until_closed(connection, patience=PATIENCE):
    """Everything until the peer closes; raises TimeoutError when it does not."""
    data = b""
    connection.settimeout(patience)
    while True:
        try:
            got = connection.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            return data
        if not got:
            return data
        data += got


class Reader:
    """Answers from one connection, in order."""

    def __init__(self, connection):
        self.connection = connection
        self.pending = b""

    def _more(self):
        self.connection.settimeout(PATIENCE)
        got = self.connection.recv(65536)
        if not got:
            raise EOFError(self.pending)
        self.pending += got

    def _line(self):
        while b"\r\n" not in self.pending:
            self._more()
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line

    def exactly(self, size):
        while len(self.pending) < size:
            self._more()
        taken, self.pending = self.pending[:size], self.pending[size:]
        return taken

    def head(self):
        """Status and fields of the next answer, informational ones left out; no body yet."""
        line = self._line()
        version, status = line.split(b" ")[:2]
        assert version == b"HTTP/1.1", line
        fields, raw = {}, [line]
        while True:
            field = self._line()
            if not field:
                break
            raw.append(field)
            name, _, value = field.partition(b": ")
            fields[name.decode().lower()] = value.decode()
        if int(status) == 100:
            return self.head()
        return Answer(int(status), fields, b"", b"\n".join(raw))

    def chunk(self):
        """The next chunk of a body; b"" is the last one. EOFError when it is cut."""
        size = int(self._line(), 16)
        data = self.exactly(size)
        assert self.exactly(2) == b"\r\n"
        return data

    def answer(self, to_head=False):
        """The next one, whole; `to_head`: to a HEAD, so that it ends with its fields."""
        answer = self.head()
        if to_head:
            return answer
        if answer.fields.get("transfer-encoding") == "chunked":
            answer.body = b"".join(iter(self.chunk, b""))
        else:
            answer.body = self.exactly(int(answer.fields.get("content-length", 0)))
        return answer

    def rest(self):
        """What is left of a chunked body, and whether it ended with its last chunk."""
        chunks = []
        while True:
            try:
                chunks.append(self.chunk())
            except (EOFError, ConnectionResetError, ssl.SSLError):
                return b"".join(chunks), False
            if not chunks[-1]:
                return b"".join(chunks), True

    def is_closed(self, patience=PATIENCE):
        try:
            self.connection.settimeout(patience)
            got = self.connection.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            return True
        except TimeoutError:
            return False
        return not got


def still_open(connection):
    """Whether nothing, not even an end, is waiting on the connection (session tickets aside)."""
    connection.settimeout(0)
    try:
        connection.recv(1)
    except (ssl.SSLWantReadError, BlockingIOError):
        return True
    except (ConnectionResetError, ssl.SSLError):
        return False
    return False


def wait_for(condition, patience=PATIENCE):
    """Polls until the condition holds; the last value, for the assertion."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.002)
