"""An upstream that keeps every byte it receives and answers like a vLLM of one word."""

import json
import re
import socket
import threading

CHAT = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "served",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"},
                 "logprobs": None, "finish_reason": "stop", "stop_reason": None}],
    "usage": {"prompt_tokens": 3, "total_tokens": 4, "completion_tokens": 1},
}
COMPLETION = {
    "id": "cmpl-1", "object": "text_completion", "created": 1, "model": "served",
    "choices": [{"index": 0, "text": "ok", "logprobs": None, "finish_reason": "stop",
                 "stop_reason": None}],
    "usage": {"prompt_tokens": 3, "total_tokens": 4, "completion_tokens": 1},
}
EMBEDDING = {
    "id": "embd-1", "object": "list", "created": 1, "model": "served",
    "data": [{"index": 0, "object": "embedding", "embedding": [0.5]}],
    "usage": {"prompt_tokens": 3, "total_tokens": 3, "completion_tokens": 0},
}
ANSWERS = {"/v1/chat/completions": CHAT, "/v1/completions": COMPLETION,
           "/v1/embeddings": EMBEDDING}


def count(asked, field):
    """How many texts a list `prompt` or `input` has; a list of token ids is one."""
    value = asked.get(field)
    return len(value) if isinstance(value, list) and not isinstance(value[0], int) else 1


def whole(path, asked, request_id="1"):
    """The answer with as many choices or vectors as were asked for. Its id is made of the request's
    as vLLM makes it, so that an answer can be told from that of another request."""
    answer = dict(ANSWERS[path], id=f"answer-{request_id}")
    if path == "/v1/embeddings":
        answer["data"] = [dict(answer["data"][0], index=i) for i in range(count(asked, "input"))]
    else:
        choices = asked.get("n", 1) * count(asked, "prompt")
        answer["choices"] = [dict(answer["choices"][0], index=i) for i in range(choices)]
    return answer


def chunk(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(event), event)


def stream(path: str) -> bytes:
    if path == "/v1/completions":
        event = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "served",
                 "choices": [{"index": 0, "text": "ok", "logprobs": None,
                              "finish_reason": "stop", "stop_reason": None}]}
    else:
        event = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                 "model": "served",
                 "choices": [{"index": 0, "delta": {"role": "assistant", "content": "ok"},
                              "logprobs": None, "finish_reason": "stop"}]}
    usage = dict(event, choices=[], usage={"prompt_tokens": 3, "total_tokens": 4,
                                           "completion_tokens": 1})
    head = (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
            b"transfer-encoding: chunked\r\n\r\n")
    return (head + chunk(json.dumps(event)) + chunk(json.dumps(usage)) + chunk("[DONE]")
            + b"0\r\n\r\n")


class Recorder:
    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._requests = []
        self.token_count = 3  # what /tokenize answers
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self):
        # The thread first: it would go on with the number of the descriptor, which may be the next
        # recorder's by then.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def take(self):
        """Every (head, body) since the last call, health checks left out."""
        with self._lock:
            taken, self._requests = self._requests, []
        return taken

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        pending = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in pending:
                    got = connection.recv(65536)
                    if not got:
                        return self._leftover(pending)
                    pending += got
                head, pending = pending.split(b"\r\n\r\n", 1)
                length = 0
                for line in head.split(b"\r\n")[1:]:
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                while len(pending) < length:
                    got = connection.recv(65536)
                    if not got:
                        return self._leftover(head + b"\r\n\r\n" + pending)
                    pending += got
                body, pending = pending[:length], pending[length:]
                connection.sendall(self._answer(head, body))

    def _leftover(self, pending):
        if pending:
            with self._lock:
                self._requests.append((pending, b""))

    def _answer(self, head: bytes, body: bytes) -> bytes:
        path = head.split(b" ")[1].decode("latin-1")
        if path == "/health":
            return b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        with self._lock:
            self._requests.append((head, body))
        asked = json.loads(body)
        if path == "/tokenize":
            answer = {"count": self.token_count, "max_model_len": 4096, "tokens": []}
        elif asked.get("stream"):
            return stream(path)
        else:
            answer = whole(path, asked, re.search(rb"X-Request-Id: (\S+)", head)[1].decode())
        text = json.dumps(answer).encode()
        return (b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                % len(text)) + text
