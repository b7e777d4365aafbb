"""What all measurements of a run share: folder, certificate, keys, programs, cores."""

import json
import os
import secrets
import subprocess
import sys
import zlib
from pathlib import Path

from . import process

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TENANTS = 10
KEYS = 1000


def base62(number, size):
    text = ""
    for _ in range(size):
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


def invented_key():
    """A key in the format of Gatehouse (docs/formats/api-key.md) that nobody has issued."""
    body = "gh_live_" + base62(secrets.randbits(59), 10) + "_" + base62(secrets.randbits(256), 43)
    return body + "_" + base62(zlib.crc32(body.encode()), 6)


class Arena:
    def __init__(self, folder, build, gateway):
        cores = sorted(os.sched_getaffinity(0))
        self.peer_core, self.load_core = cores[0], cores[min(1, len(cores) - 1)]
        self.folder = Path(folder)
        self.load = Path(build) / "bench/load/bench_load"
        self.h2_streams = Path(__file__).parents[1] / "load/h2_streams.py"
        self.mock = Path(build) / "bench/load/bench_mock"
        self.gateway = Path(gateway)
        for program in (self.load, self.mock):
            if not program.exists():
                raise SystemExit(f"bench: {program} is not built")
        self.certificate = self.folder / "server.crt"
        self.key = self.folder / "server.key"
        self.pem = self.folder / "server.pem"
        self.key_file = self.folder / "keys"
        self.wrong_key_file = self.folder / "wrong-keys"
        self._make_certificate()
        self.wrong_key_file.write_text(invented_key() + "\n")
        self.use_keys([invented_key() for _ in range(KEYS)])

    def _make_certificate(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=bench.test", "-addext",
             "subjectAltName=DNS:bench.test", "-keyout", self.key, "-out", self.certificate],
            check=True, capture_output=True)
        self.key.chmod(0o600)
        self.pem.write_text(self.certificate.read_text() + self.key.read_text())

    def use_keys(self, keys):
        self.keys = keys
        self.key_file.write_text("".join(key + "\n" for key in keys))

    def issue_keys(self, policy, count):
        """Real keys, from the command an operator would use."""
        keys = []
        for i in range(count):
            if sys.stderr.isatty():
                print(f"\rcreating keys {i + 1}/{count}", end="", file=sys.stderr)
            made = subprocess.run(
                [self.gateway, "keys", "create", "-c", policy, "--tenant", f"tenant-{i % TENANTS}",
                 "--name", f"key-{i}", "--format", "json"],
                check=True, capture_output=True, text=True)
            keys.append(json.loads(made.stdout)["key"])
        if sys.stderr.isatty():
            print(file=sys.stderr)
        self.use_keys(keys)

    def fill(self, template, target, **values):
        """Writes bench/peers/TEMPLATE to TARGET with every @NAME@ replaced."""
        text = (Path(__file__).parents[1] / "peers" / template).read_text()
        common = {"DIR": self.folder, "CERTIFICATE": self.certificate, "KEY": self.key,
                  "PEM": self.pem}
        for name, value in {**common, **values}.items():
            text = text.replace(f"@{name}@", str(value))
        filled = self.folder / target
        filled.write_text(text)
        filled.chmod(0o600)
        return filled

    def start_mock(self, arguments):
        child = process.start([self.mock, *arguments], self.load_core)
        return child, process.first_words(child, "listening ")
