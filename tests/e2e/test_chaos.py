"""Everything at once: every kind of client against upstreams that misbehave, while the policy and
the keys change. What must hold afterwards is the books."""

import contextlib
import json
import random
import threading

import recorder as answers
import wire
from gate import Gate, run
from h2client import Client
from upstream import Upstream

CLIENTS = 6
TURNS = 60


class Moody:
    """Answers well, or in one of the other ways, by a seeded choice for each request."""

    def __init__(self, seed):
        self.random, self.lock = random.Random(seed), threading.Lock()

    def choose(self):
        with self.lock:
            return self.random.choice(["well"] * 15 + ["cut", "leave", "garbage", "hang", "slow"])

    def __call__(self, peer):
        while asked := peer.request():
            path = asked[0].split(b" ")[1].decode()
            body = json.loads(asked[1])
            good = answers.stream(path) if body.get("stream") else None
            whole = json.dumps(answers.whole(path, body))
            mood = self.choose()
            if mood == "leave":
                return
            if mood == "garbage":
                return peer.send(b"\x16\3\1\0 not http\r\n\r\n")
            if mood == "hang":
                return peer.wait_until_left()
            if mood == "cut":
                return peer.send((good or b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")[:300])
            if good is None:
                peer.send_json(whole)
            elif mood == "slow":
                for i in range(0, len(good), 100):
                    peer.send(good[i:i + 100])
            else:
                peer.send(good)


def http1(gate, chance, keys):
    """Requests on a connection, some left in the middle."""
    with gate.connect() as connection:
        for _ in range(3):
            streamed = chance.random() < 0.5
            request = gate.request("/v1/chat/completions", {
                "model": chance.choice(["m", "m", "m", "none"]), "stream": streamed,
                "messages": [{"role": "user", "content": "x" * chance.choice([1, 100, 50_000])}]},
                key=chance.choice(keys))
            if chance.random() < 0.2:
                connection.sendall(request[:chance.randrange(len(request))])
                return
            connection.sendall(request)
            connection.settimeout(0.3)
            if chance.random() < 0.2:
                connection.recv(100)
                return
            reader = wire.Reader(connection)
            head = reader.head()
            if head.fields.get("transfer-encoding"):
                if not reader.rest()[1]:
                    return
            else:
                reader.exactly(int(head.fields["content-length"]))


def http2(gate, chance, keys):
    """Several streams at once, some reset, then perhaps gone."""
    with Client(gate) as client:
        numbers = []
        for _ in range(5):
            body = {"model": "m", "stream": chance.random() < 0.5,
                    "messages": [{"role": "user", "content": "x"}]}
            numbers.append(client.request("/v1/chat/completions", body, key=chance.choice(keys)))
        client.read(0.3)
        for number in numbers:
            stream = client.streams[number]
            if chance.random() < 0.3 and not stream.ended and stream.reset is None:
                client.h2.reset_stream(number, 8)
                stream.reset = 8
        client.flush()
        for _ in range(chance.randrange(4)):
            client.read(0.1)


def noise(gate, chance, _):
    """What is no request."""
    with gate.connect() as connection:
        connection.sendall(chance.randbytes(chance.randrange(1, 400)))


def test_the_books_are_right_afterwards(tmp_path):
    """Nothing is open, held or missing: each request was logged once, with one of the endings, and
    counted alike; what was admitted has left the upstream; the program ends with 0."""
    # covers: gateways-3-23 engine-7-callbacks
    more = "    health: 1s\n    timeouts: { first_byte: 500ms, idle: 500ms, total: 1s }"
    with Upstream(Moody(1)) as a, Upstream(Moody(2)) as b, Gate(
            tmp_path, upstream=[a.url, b.url], upstream_more=more, more="workers: 2") as gate:
        keys = [gate.key, gate.create_key("beta", "b"), "gh_live_wrong"]
        revoked = json.loads(run("keys", "create", "-c", gate.policy, "--tenant", "beta", "--name",
                                 "r", "--format", "json").stdout)
        keys.append(revoked["key"])

        def client(seed):
            chance = random.Random(seed)
            for _ in range(TURNS):
                kind = chance.choice([http1, http1, http2, noise])
                with contextlib.suppress(OSError, EOFError):
                    kind(gate, chance, keys)

        threads = [threading.Thread(target=client, args=(seed,)) for seed in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for i in range(10):
            gate.write_policy(context=8000 + i, upstream_more=more + f"\n    in_flight: {50 + i}")
            gate.reload()
            if i == 5:
                assert run("keys", "revoke", "-c", gate.policy, revoked["id"]).returncode == 0
        for thread in threads:
            thread.join()
        for name in ("requests_in_flight", "upstream_in_flight", "connections",
                     "request_body_bytes"):
            assert wire.wait_for(lambda name=name: gate.metric(f"gatehouse_{name}") == 0), name
        assert gate.metric("gatehouse_bugs_total") == 0
        assert gate.metric("gatehouse_request_log_dropped_total") == 0
        counted = gate.metric("gatehouse_requests_total")
        endings = {e: gate.metric("gatehouse_endings_total", ending=e)
                   for e in ("complete", "refused", "upstream_error", "timeout", "client_left")}
        assert sum(endings.values()) == counted and endings["complete"] > 20, endings
        assert wire.wait_for(lambda: gate.chat().status == 200)
        counted = gate.metric("gatehouse_requests_total")
        gate.terminate()
        assert gate.stopped() == 0
        lines = gate.request_log()
        assert len({line["request_id"] for line in lines}) == len(lines) == counted
        sent = [line for line in lines if line.get("upstream_status")]
        assert len(a.requests) + len(b.requests) >= len(sent) > 20
