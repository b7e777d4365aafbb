"""A server with canned answers that keeps what clients send, for record.py and record_others.py."""

import datetime
import http.server
import importlib.metadata
import json
import pathlib
import platform
import threading

import openai

HERE = pathlib.Path(__file__).resolve().parent
# What a request says beside its body; its key and its length are left out.
HEADERS = ("accept", "accept-encoding", "connection", "content-type", "openai-", "user-agent",
           "x-stainless-")
USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
HEAD = {"id": "chatcmpl-1", "created": 1, "model": "m"}


def message(asked):
    """What the model says: a call of the first tool once, then words, or what the schema wants."""
    messages, tools = asked["messages"], asked.get("tools")
    if tools and messages[-1]["role"] != "tool":
        function = tools[0]["function"]
        arguments = {"city": "Oslo", "celsius": 3.5, "tags": [], "wind": None}
        known = function["parameters"].get("properties", {})
        return {"role": "assistant", "content": None, "tool_calls": [{
            "id": f"call_{len(messages)}", "type": "function", "function": {
                "name": function["name"],
                "arguments": json.dumps({k: v for k, v in arguments.items() if k in known})}}]}
    if "response_format" in asked:
        place = {"name": "Oslo", "country": "NO", "height": 23}
        words = {"days": [], "source": place} if "Forecast" in json.dumps(asked) else {
            "city": "Oslo", "celsius": 3.5, "tags": [], "wind": None}
        return {"role": "assistant", "content": json.dumps(words)}
    return {"role": "assistant", "content": "It is cold."}


def chat(asked):
    said = {**message(asked), "reasoning": None}  # as vLLM writes it from 0.12 on
    reason = "tool_calls" if said.get("tool_calls") else "stop"
    if not asked.get("stream"):
        return {**HEAD, "object": "chat.completion", "usage": USAGE, "choices": [
            {"index": 0, "message": said, "logprobs": None, "finish_reason": reason}]}
    for number, call in enumerate(said.get("tool_calls", [])):
        call["index"] = number
    head = {**HEAD, "object": "chat.completion.chunk"}
    return [{**head, "choices": [{"index": 0, "delta": said, "finish_reason": None}]},
            {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
            {**head, "choices": [], "usage": USAGE}]


def answer(path, asked):
    if path == "/v1/chat/completions":
        return chat(asked)
    if path == "/v1/completions":
        texts = asked["prompt"] if isinstance(asked["prompt"], list) else [asked["prompt"]]
        return {**HEAD, "object": "text_completion", "usage": USAGE, "choices": [
            {"index": i, "text": " cold", "logprobs": None, "finish_reason": "stop"}
            for i in range(len(texts))]}
    if path == "/v1/embeddings":
        inputs = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        vector = "AAAAPwAAAD8=" if asked.get("encoding_format") == "base64" else [0.5, 0.5]
        return {"object": "list", "model": "m", "usage": USAGE, "data": [
            {"object": "embedding", "index": i, "embedding": vector} for i in range(len(inputs))]}
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, dict(self.headers), body))
        found = answer(self.path, json.loads(body))
        kind, status = "application/json", 200
        if found is None:
            status, data = 404, b'{"error":{"message":"not here","type":"not_found_error"}}'
        elif isinstance(found, list):
            kind = "text/event-stream"
            data = "".join(f"data: {json.dumps(event)}\n\n" for event in found).encode()
            data += b"data: [DONE]\n\n"
        else:
            data = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def forget(*frameworks):
    """Removes the recordings of these."""
    for framework in frameworks:
        for old in HERE.glob(f"{framework}_*.json"):
            old.unlink()


class Recording:
    """Runs calls and keeps what each sent."""

    def __init__(self, *packages):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.taken = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.packages = {name: importlib.metadata.version(name) for name in packages}
        self.packages["python"] = platform.python_version()

    def keep(self, name, what, call):
        try:
            call()
        except openai.NotFoundError:
            pass
        taken, self.server.taken[:] = list(self.server.taken), []
        assert taken, name
        for number, (path, headers, body) in enumerate(taken, 1):
            file = HERE / f"{name}{f'-{number}' if len(taken) > 1 else ''}.json"
            kept = {key.lower(): value for key, value in sorted(headers.items())
                    if key.lower().startswith(HEADERS)}
            file.write_text(json.dumps({
                "call": what, "packages": self.packages,
                "recorded": datetime.date.today().isoformat(), "path": path, "headers": kept,
                "body": body.decode()}, indent=1, ensure_ascii=False) + "\n")
            print(f"{file.name:36} {len(body):5} bytes")
