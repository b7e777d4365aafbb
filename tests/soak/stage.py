"""What the soak runs on: one gateway, three simulators behind two upstreams, keys that come and
go."""

import base64
import json
import pathlib
import random
import re
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import wire  # noqa: E402
from gate import Gate, Simulator, run  # noqa: E402

SLOTS = 32  # requests at once that tenant alpha may have

# Short, so that a soak of minutes meets every deadline many times.
LISTEN = """    timeouts: { handshake: 5s, head: 5s, body: 5s, keep_alive: 20s, write: 2s }
    limits: { per_ip: { connections: 1000, failed_auth: { rate: 10000/s, burst: 10000 } } }"""
UPSTREAMS = """    health: 1s
    in_flight: %d
    timeouts: { connect: 1s, first_byte: 2s, idle: 2s, total: 15s }
  - name: second
    url: %s
    vllm: 0.32.0
    health: 1s
    timeouts: { connect: 1s, first_byte: 2s, idle: 2s, total: 15s }"""
MODELS = """  - name: other
    served_as: served
    upstream: second
    max_model_len: 8192
    endpoints: [chat, completions, embeddings]"""
TENANTS = """  - { name: alpha, models: [m, other], limits: { concurrent: %d } }
  - { name: beta, models: [m, other] }
  - { name: small, models: [m], limits: { requests: { rate: %d/s, burst: 3 } } }"""


def free_port():
    """One that the system gives to no outgoing connection, so that a server can come back to it."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Server:
    """A simulator that can be ended and started again at the same place. Remembers the id of every
    request that reached it."""

    def __init__(self, folder, name):
        self.port, self.folder, self.name = free_port(), folder, name
        self.starts, self.received = 0, []
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        record = self.folder / f"{self.name}-{self.starts}.record"
        self.sim = Simulator("--model", "served", "--max-model-len", "8192", "--token-delay-ms",
                             "1", "--enable-prompt-tokens-details", record=record, port=self.port)
        self.starts += 1

    def stop(self):
        """Kills it, as nobody would, and takes in what it had received."""
        self.sim.__exit__()
        record = self.sim.record
        for line in record.read_text().splitlines() if record.exists() else []:
            data = base64.b64decode(json.loads(line)["bytes"])
            found = re.search(rb"^POST /v1/\S+ [^\0]*?\r\nX-Request-Id: (\S+)\r\n", data)
            if found:
                self.received.append(found[1].decode())
        record.unlink(missing_ok=True)


class Keys:
    """Keys that are in force, and those that no longer are."""

    def __init__(self):
        self.lock = threading.Lock()
        self.good, self.dead = [], []

    def choose(self, chance):
        with self.lock:
            return chance.choice(self.good)[0]

    def wrong(self, chance):
        with self.lock:
            return chance.choice(["", "gh_live_wrong", *self.dead])


class Stage:
    def __init__(self, folder):
        self.folder = folder
        self.servers = [Server(folder, name) for name in "abc"]
        self.gate = Gate(folder, upstream=[server.url for server in self.servers[:2]],
                         listen=LISTEN, upstream_more=self.upstreams(200), models=MODELS,
                         tenants=self.tenants(5), drain="10s", more="workers: 2")
        self.keys, self.policy_lock = Keys(), threading.Lock()
        self.small = self.gate.create_key("small", "small")
        self.keys.good = [(self.gate.key, None), (self.gate.create_key("beta", "lasting"), None)]

    def __enter__(self):
        self.gate.__enter__()
        self.context = wire.client_context(self.gate.certificate)
        self.pid = self.gate.process.pid
        return self

    def __exit__(self, *_):
        self.gate.__exit__()
        for server in self.servers:
            server.stop()

    def upstreams(self, in_flight):
        return UPSTREAMS % (in_flight, self.servers[2].url)

    def tenants(self, rate):
        """The rate is that of the tenant who asks too often."""
        return TENANTS % (SLOTS, rate)

    def create_key(self, name):
        """(key, id), of tenant beta."""
        with self.policy_lock:
            made = run("keys", "create", "-c", self.gate.policy, "--tenant", "beta", "--name", name,
                       "--format", "json")
        assert made.returncode == 0, made.stderr
        made = json.loads(made.stdout)
        return made["key"], made["id"]

    def revoke_key(self, name):
        with self.policy_lock:
            revoked = run("keys", "revoke", "-c", self.gate.policy, name)
        assert revoked.returncode == 0, revoked.stderr

    def connect(self):
        return self.gate.connect(context=self.context)

    def descriptors(self):
        return len(list(pathlib.Path(f"/proc/{self.pid}/fd").iterdir()))

    def resident(self):
        """In bytes."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) << 10

    def logs(self):
        """Every file of the request log, oldest first."""
        turned = sorted(self.folder.glob("requests.log.*"), key=lambda p: int(p.suffix[1:]))
        return [*turned, self.folder / "requests.log"]
