"""A running gateway in a folder of its own."""

import base64
import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.error
import urllib.request

import wire

BINARY = os.environ.get("GATEHOUSE_BINARY", "build/dev/src/cli/gatehouse")
SANITIZED = any(name in pathlib.Path(BINARY).read_bytes()  # which takes memory of its own
                for name in (b"__asan_init", b"__tsan_init"))

POLICY = """version: 1
listen:
  - address: 127.0.0.1:0
    tls: {{ certificate: tls/server.crt, key: {{ file: tls/server.key }}{tls} }}
{listen}
admin: {{ address: 127.0.0.1:0 }}
state: {{ directory: state }}
upstreams:
  - name: up
    {urls}
    vllm: {vllm}
{upstream_more}
models:
  - name: m
    served_as: {served}
    upstream: up
    max_model_len: {context}
    endpoints: [chat, completions, embeddings]
{models}
defaults:
  request: {{ {request} }}
  limits: {{ {limits} }}
  isolation: {{ cache: {cache} }}
tenants:
{tenants}
log: {{ requests: ./requests.log }}
drain: {drain}
{more}
"""

DEFAULTS = dict(
    listen="    limits: { per_ip: { failed_auth: { rate: 10000/s, burst: 10000 } } }",
    limits="requests: { rate: 10000/s, burst: 10000 }",
    tls="", drain="5s", cache="tenant", vllm="0.32.0", served="served",
    upstream_more="    health: off", context=8192, models="",
    request="max_prompt_tokens: 6000, max_tokens: 1024, default_max_tokens: 512, n: 4",
    tenants="  - { name: alpha, models: [m] }\n  - { name: beta, models: [m] }", more="")


def run(*arguments, **options):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, **options)


def chat(content="hi", **more):
    return {"model": "m", "messages": [{"role": "user", "content": content}], **more}


class Simulator:
    """`record`: a file for everything that it receives; `port` 0 is any."""

    def __init__(self, *arguments, record=None, port=0):
        self.record = record
        if record:
            arguments += ("--record", str(record))
        arguments = ("sim", "--listen", f"127.0.0.1:{port}", *arguments)
        self.process = subprocess.Popen([BINARY, *arguments], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def state(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sim/state") as answer:
            return json.load(answer)

    def worked_on(self):
        """How many requests its model was given."""
        state = self.state()
        return state["in_flight"] + state["finished"] + state["aborted"]

    def received(self):
        """(connection, bytes) of each request to the API, in order."""
        lines = [json.loads(line) for line in self.record.read_text().splitlines()]
        pairs = [(line["connection"], base64.b64decode(line["bytes"])) for line in lines]
        return [(connection, data) for connection, data in pairs if data.startswith(b"POST /v1/")]


class Gate:
    """`upstream` is a URL or a list of them; `wrap` a command that runs the program."""

    def __init__(self, folder, upstream, environment=None, wrap=(), **settings):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        made = run("init", self.folder / "made")
        assert made.returncode == 0, made.stderr
        os.rename(self.folder / "made" / "tls", self.folder / "tls")
        self.certificate = self.folder / "tls" / "server.crt"
        self.policy = self.folder / "gatehouse.yaml"
        self.settings = dict(DEFAULTS, upstream=upstream, **settings)
        self.environment, self.wrap = environment, wrap
        self.write_policy()
        self.key = self.create_key("alpha", "first")

    def write_policy(self, **changes):
        self.settings.update(changes)
        upstream = self.settings["upstream"]
        urls = f"url: {upstream}" if isinstance(upstream, str) else f"urls: [{', '.join(upstream)}]"
        self.policy.write_text(POLICY.format(urls=urls, **self.settings))
        self.policy.chmod(0o600)

    def create_key(self, tenant, name, *arguments):
        made = run("keys", "create", "-c", self.policy, "--tenant", tenant, "--name", name,
                   "--format", "json", *arguments)
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)["key"]

    def __enter__(self):
        self.log = open(self.folder / "stderr.log", "w")
        self.process = subprocess.Popen([*self.wrap, BINARY, "serve", "-c", self.policy],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env={**os.environ, **(self.environment or {})})
        self.ports, self.listeners = {}, []  # the last of each kind; all that clients use
        for line in self.process.stdout:
            found = re.match(r"listening (\w+) https?://.*:(\d+)$", line)
            if found:
                self.ports[found[1]] = int(found[2])
                if found[1] == "public":
                    self.listeners.append(int(found[2]))
            if line == "ready\n":
                return self
        raise AssertionError("the gateway did not start: " +
                             (self.folder / "stderr.log").read_text())

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def reload(self, result="done"):
        """Reads the policy again and waits until it is in force, or refused."""
        before = self.metric("gatehouse_policy_reloads_total", result=result)
        self.process.send_signal(signal.SIGHUP)
        assert wire.wait_for(lambda: self.metric("gatehouse_policy_reloads_total",
                                                 result=result) > before), self.stderr()

    def stopped(self):
        """Waits for the end of the process; its exit code."""
        return self.process.wait(wire.PATIENCE)

    def connect(self, alpn="http/1.1", **how):
        return wire.connect(self.ports["public"], self.certificate, alpn, **how)

    def get(self, path):
        """(status, text) of the admin listener."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['admin']}{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def request(self, path, body=None, key=None, fields="", method=None):
        """The bytes of a request; `key` "" sends none."""
        key = self.key if key is None else key
        payload = b"" if body is None else body if isinstance(body, bytes) else json.dumps(
            body).encode()
        method = method or ("GET" if body is None else "POST")
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
        if key:
            head += f"Authorization: Bearer {key}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
        return head.encode() + fields.encode("latin-1") + b"\r\n" + payload

    def call(self, path, body=None, key=None, fields="", method=None, connection=None):
        """One request, on a connection of its own unless one is given."""
        own = connection or self.connect()
        try:
            own.sendall(self.request(path, body, key, fields, method))
            return wire.Reader(own).answer()
        finally:
            if connection is None:
                own.close()

    def begin_chat(self, content="hi", key=None, **more):
        """Sends a chat on a connection of its own and reads nothing."""
        connection = self.connect()
        connection.sendall(self.request("/v1/chat/completions", chat(content, **more), key))
        return connection, wire.Reader(connection)

    def chat(self, content="hi", key=None, connection=None, **more):
        return self.call("/v1/chat/completions", chat(content, **more), key=key,
                         connection=connection)

    def metrics(self):
        return self.get("/metrics")[1]

    def metric(self, name, **labels):
        """The sum over all series of that name with these labels."""
        total = 0.0
        for line in self.metrics().splitlines():
            found = re.match(r"(\w+)(\{(.*)\})? (\S+)$", line)
            if found and found[1] == name:
                has = dict(re.findall(r'(\w+)="([^"]*)"', found[3] or ""))
                if all(has.get(k) == v for k, v in labels.items()):
                    total += float(found[4])
        return total

    def request_log(self):
        path = self.folder / "requests.log"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]  # not one half written

    def logged(self, count=1, **having):
        """Waits for so many lines of the request log that have these values; all of them."""
        def found():
            lines = [line for line in self.request_log()
                     if all(line.get(k) == v for k, v in having.items())]
            return lines if len(lines) >= count else None
        lines = wire.wait_for(found)
        assert lines, (having, self.request_log()[-5:])
        return lines

    def says(self, what):
        """Waits until stderr has it: a thread of its own writes there."""
        return wire.wait_for(lambda: what in self.stderr())

    def stderr(self):
        return (self.folder / "stderr.log").read_text()
