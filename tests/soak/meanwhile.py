"""What happens to the gateway while its clients go on: reloads, keys, upstreams that die."""

import collections
import os
import random
import signal
import threading
import time

import wire


class Meanwhile:
    """Three threads until `stop`; `done` counts what they did, `wrong` is what did not work."""

    def __init__(self, stage, visitor, seed):
        self.stage, self.gate, self.visitor = stage, stage.gate, visitor
        self.visitor.kind = "operator"
        self.chance, self.done, self.wrong = random.Random(seed), collections.Counter(), []
        self.slowest = collections.Counter()  # seconds until a change of a key was in force
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.repeat, args=arguments) for arguments in (
            (self.reload, 1, 3), (self.turn_a_key_over, 1, 4), (self.disturb_a_server, 1, 4))]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def repeat(self, what, least, most):
        while not self.stop.wait(self.chance.uniform(least, most)):
            try:
                what()
            except Exception as error:
                self.wrong.append(f"{time.strftime('%H:%M:%S')} {what.__name__}: {error!r}")

    def reload(self):
        """Other limits; sometimes a new log file; sometimes a policy that is none."""
        gate, chance = self.gate, self.chance
        with self.stage.policy_lock:
            if chance.random() < 0.2:
                good = gate.policy.read_text()
                gate.policy.write_text(chance.choice([
                    good + "surprise: 1\n", good.replace("version: 1", "version: 9"), "",
                    good.replace("tls/server.crt", "tls/none.crt")]))
                gate.reload("refused")
                gate.policy.write_text(good)
                self.done["bad policies refused"] += 1
                return
            if chance.random() < 0.2:
                os.rename(gate.folder / "requests.log",
                          gate.folder / f"requests.log.{self.done['log files turned over']}")
                self.done["log files turned over"] += 1
            gate.write_policy(context=chance.randrange(7000, 9000),
                              upstream_more=self.stage.upstreams(chance.randrange(100, 300)),
                              tenants=self.stage.tenants(chance.randrange(3, 20)))
            gate.reload()
            self.done["policies loaded"] += 1

    def turn_a_key_over(self):
        """One more key, in force soon; when there are several, one less, dead as soon."""
        keys = self.stage.keys
        key, identity = self.stage.create_key(f"k{self.done['keys created']}")
        self.done["keys created"] += 1
        self.in_force("a new key", key, 200)
        with keys.lock:
            keys.good.append((key, identity))
            oldest = keys.good.pop(2) if len(keys.good) > 5 else None
        if oldest is None:
            return
        time.sleep(1)  # whoever chose it has sent its request
        self.stage.revoke_key(oldest[1])
        self.done["keys revoked"] += 1
        self.in_force("a revoked key", oldest[0], 401)
        with keys.lock:
            keys.dead = [*keys.dead[-20:], oldest[0]]

    def in_force(self, what, key, status):
        began = time.monotonic()
        assert wire.wait_for(lambda: self.visitor.note(
            self.gate.call("/v1/models", key=key), {200, 401}).status == status), (what, status)
        self.slowest[what] = max(self.slowest[what], time.monotonic() - began)

    def disturb_a_server(self):
        """One is killed and comes back after a while, or stands still for one."""
        server = self.chance.choice(self.stage.servers)
        if self.chance.random() < 0.3:
            server.sim.process.send_signal(signal.SIGSTOP)
            self.stop.wait(self.chance.uniform(0.1, 3))
            server.sim.process.send_signal(signal.SIGCONT)
            self.done["upstreams stopped for a while"] += 1
            return
        server.stop()
        self.stop.wait(self.chance.uniform(0, 1.5))
        server.start()
        self.done["upstreams killed and restarted"] += 1
