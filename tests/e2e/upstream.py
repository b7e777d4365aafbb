"""An upstream that a test writes by itself, connection by connection."""

import socket
import threading
import time


class Peer:
    """One connection from the gateway."""

    def __init__(self, upstream, connection):
        self.upstream, self.socket, self.pending = upstream, connection, b""

    def request(self):
        """The next (head, body), or None when the gateway has closed. Health checks are answered
        on the way and not kept."""
        while b"\r\n\r\n" not in self.pending:
            got = self.socket.recv(65536)
            if not got:
                return None
            self.pending += got
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self.pending) < length:
            got = self.socket.recv(65536)
            if not got:
                return None
            self.pending += got
        body, self.pending = self.pending[:length], self.pending[length:]
        if head.startswith(b"GET /health "):
            with self.upstream.lock:
                self.upstream.checks.append(head)
            self.send(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            return self.request()
        with self.upstream.lock:
            self.upstream.requests.append((head, body))
        return head, body

    def send(self, data):
        self.socket.sendall(data)

    def send_json(self, text, status="200 OK"):
        text = text if isinstance(text, bytes) else text.encode()
        self.send(b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                  % (status.encode(), len(text), text))

    def wait_until_left(self):
        """Until the gateway closes the connection; what it sent until then."""
        data = b""
        try:
            while got := self.socket.recv(65536):
                data += got
        except OSError:
            pass
        return data

    def wait_until_closed(self):
        """Until the gateway has left for both directions: an end that is read comes with a half-close
        too, but what is written is refused only when nobody is there."""
        self.wait_until_left()
        try:
            while True:
                self.send(b"x")  # the first is answered with a reset
                time.sleep(0.001)
        except OSError as refused:
            assert isinstance(refused, ConnectionError), refused  # not: nobody read it for too long


class Upstream:
    """Runs `serve(peer)` in a thread for each connection on which something comes, and closes it
    afterwards. On a loopback port, or at `path`; `tls` is a server context."""

    def __init__(self, serve, path=None, tls=None, port=0, host="127.0.0.1"):
        self.serve, self.tls = serve, tls
        self.lock = threading.Lock()
        self.requests = []
        self.checks = []  # heads of GET /health
        self.connections = 0
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(path))
            self.listener.listen(64)
            self.url = f"unix:{path}"
        else:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self.listener = socket.create_server((host, port), family=family, backlog=64)
            self.port = self.listener.getsockname()[1]
            name = f"[{host}]" if ":" in host else host
            self.url = f"{'https' if tls else 'http'}://{name}:{self.port}"
        self.listener.settimeout(0.05)  # so that closing it ends the thread
        self.open = True
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.open = False
        self.thread.join()
        self.listener.close()

    def _accept(self):
        while self.open:
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(30)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        try:
            # Where nothing asks for health, the gateway connects to see that somebody is here.
            if not connection.recv(1, socket.MSG_PEEK):
                return connection.close()
            with self.lock:
                self.connections += 1
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                self.serve(Peer(self, connection))
        except OSError:
            connection.close()
