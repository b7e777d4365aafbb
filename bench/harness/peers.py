"""The peers: how each is configured, started and asked for its version."""

import os
import pwd
import socket
import subprocess
import time
from dataclasses import dataclass

from . import process
from .arena import KEYS, TENANTS


@dataclass
class Running:
    child: subprocess.Popen
    address: str

    @property
    def pid(self):
        return self.child.pid


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(child, port, patience=10):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and child.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{child.args[0]} does not listen")


class Nginx:
    """The guide's recipe: any key passes, limits per key and address."""
    name = "nginx"
    checks_keys = False

    def prepare(self, arena):
        (arena.folder / "keys.nginx").write_text(
            "".join(f'"Bearer {key}" 1;\n' for key in arena.keys))

    def version(self, _arena):
        return subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip()

    def start(self, arena, upstream, tight):
        port = free_port()
        # `tight` is what the guide says; else the same rules with room for any load.
        limits = ({"KEY_RATE": "20r/m", "KEY_BURST": 5, "IP_RATE": "60r/m", "IP_BURST": 10}
                  if tight else
                  {"KEY_RATE": "1000000r/s", "KEY_BURST": 1000000,
                   "IP_RATE": "1000000r/s", "IP_BURST": 1000000})
        config = arena.fill(
            "nginx.conf.in", f"{self.name}.conf", PORT=port, UPSTREAM=upstream,
            USER=pwd.getpwuid(os.getuid()).pw_name, **limits, **self.key_lines(arena))
        child = process.start(["nginx", "-p", arena.folder, "-c", config,
                               "-e", arena.folder / "nginx.error.log"], arena.peer_core)
        wait_for_port(child, port)
        return Running(child, f"127.0.0.1:{port}")

    def key_lines(self, _arena):
        return {"KEY_MAP": "", "KEY_CHECK": ""}


class NginxMap(Nginx):
    """The same with 1,000 keys and room for bodies in memory."""
    name = "nginx-map"
    checks_keys = True

    def key_lines(self, arena):
        return {
            "KEY_MAP": "map_hash_bucket_size 256; map_hash_max_size 8192; client_body_buffer_size "
                       "1m;\n  map $http_authorization $key_known { default 0; "
                       f"include {arena.folder}/keys.nginx; }}",
            "KEY_CHECK": "if ($key_known = 0) { return 401; }",
        }


class Haproxy:
    name = "haproxy"
    checks_keys = True

    def prepare(self, arena):
        (arena.folder / "keys.haproxy").write_text(
            "".join(f"{key} 1\n" for key in arena.keys))

    def version(self, _arena):
        done = subprocess.run(["haproxy", "-v"], capture_output=True, text=True)
        return done.stdout.splitlines()[0].split(" - ")[0]

    def start(self, arena, upstream, tight):
        port = free_port()
        config = arena.fill("haproxy.cfg.in", "haproxy.cfg", PORT=port, UPSTREAM=upstream,
                            KEY_MAP=arena.folder / "keys.haproxy",
                            REQUESTS_PER_MINUTE=20 if tight else 2000000000)
        with open(arena.folder / "haproxy.log", "w") as log:
            child = process.start(["haproxy", "-db", "-f", config], arena.peer_core, stdout=log)
        wait_for_port(child, port)
        return Running(child, f"127.0.0.1:{port}")


class Gatehouse:
    name = "gatehouse"
    checks_keys = True

    def policy(self, arena, upstream, tight):
        tenants = "\n".join(f"  - {{ name: tenant-{i}, models: [bench-model] }}"
                            for i in range(TENANTS))
        rate, burst = ("20/min", 5) if tight else ("500k/s", "500k")
        return arena.fill("gatehouse.yaml.in", "gatehouse.yaml", UPSTREAM=upstream,
                          TENANTS=tenants, KEY_RATE=rate, KEY_BURST=burst)

    def prepare(self, arena, keys=KEYS):
        arena.issue_keys(self.policy(arena, "127.0.0.1:9", False), keys)

    def version(self, arena):
        done = subprocess.run([arena.gateway, "--version"], capture_output=True, text=True)
        return done.stdout.strip()

    def start(self, arena, upstream, tight):
        policy = self.policy(arena, upstream, tight)
        child = process.start([arena.gateway, "serve", "-c", policy], arena.peer_core,
                              stderr=arena.folder / "gatehouse.log")
        address = process.first_words(child, "listening public https://")
        process.first_words(child, "ready")
        return Running(child, address)


# Gatehouse first: its keys are the ones that all use.
ALL = [Gatehouse(), Nginx(), NginxMap(), Haproxy()]
