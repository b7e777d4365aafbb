"""Signed models made without Gatehouse: Python's hashlib and json, and the openssl command.

Nothing here is shared with the program: what both agree on is the format.
"""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

BINARY = os.environ.get("GATEHOUSE_BINARY", "build/dev/src/cli/gatehouse")
CURVES = {"P-256": "sha256", "P-384": "sha384", "P-521": "sha512"}
PAYLOAD_TYPE = "application/vnd.in-toto+json"


def gatehouse(*arguments, **how):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL, **how)


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, input=data)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Key:
    """An EC key pair in files."""

    def __init__(self, folder, name="signer", curve="P-256"):
        self.curve = curve
        self.private = pathlib.Path(folder) / f"{name}.pem"
        self.public = pathlib.Path(folder) / f"{name}.pub"
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}",
                "-out", self.private)
        self.private.chmod(0o600)
        openssl("pkey", "-in", self.private, "-pubout", "-out", self.public)

    @property
    def hint(self):
        return hashlib.sha256(self.public.read_bytes()).hexdigest()

    def sign(self, data):
        return openssl("dgst", f"-{CURVES[self.curve]}", "-sign", self.private, data=data)

    def verify(self, data, signature, folder):
        file = pathlib.Path(folder) / "one.der"
        file.write_bytes(signature)
        openssl("dgst", f"-{CURVES[self.curve]}", "-verify", self.public, "-signature", file,
                data=data)


def pae(payload):
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def make_model(folder, files=None):
    """Files by name; a usual small model without `files`."""
    folder = pathlib.Path(folder)
    for name, content in (files or USUAL).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


USUAL = {
    "config.json": b"{}",
    "model.safetensors": b"weights " * 1000,
    "tokenizer/vocab.txt": b"a\nb\n",
}


def statement(files=None, name="model", **changes):
    """What model_signing would write for these files; `changes` go into the predicate."""
    resources = [
        {"name": path, "algorithm": "sha256", "digest": hashlib.sha256(content).hexdigest()}
        for path, content in sorted((files or USUAL).items(), key=lambda item: item[0].split("/"))
    ]
    resources = changes.pop("resources", resources)
    root = hashlib.sha256(b"".join(bytes.fromhex(r["digest"]) for r in resources)).hexdigest()
    predicate = {
        "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
        "resources": resources,
    }
    predicate.update(changes)
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": predicate,
    }


def bundle(payload, key, signed=None):
    """`payload`: a statement or bytes. `signed`: the bytes to sign, when not the right ones."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = key.sign(signed if signed is not None else pae(raw))
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": key.hint}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(raw).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
        },
    }


def put(model, content):
    """Writes a bundle (or any text) where verify looks for it."""
    text = content if isinstance(content, str) else json.dumps(content)
    (pathlib.Path(model) / "model.sig").write_text(text)


class Verdict:
    def __init__(self, done):
        self.code = done.returncode
        self.stderr = done.stderr
        self.report = json.loads(done.stdout) if done.stdout else None

    @property
    def ids(self):
        return sorted({finding["id"] for finding in self.report["findings"]})

    def files(self, rule):
        return sorted(f.get("file") for f in self.report["findings"] if f["id"] == rule)


def verify(model, key, *options):
    """`key`: a Key, or options of one's own in a list."""
    trusted = key if isinstance(key, list) else ["--key", key.public]
    return Verdict(gatehouse("verify", model, *trusted, *options, "--format", "json"))


def verify_as_nobody(model, key):
    """As somebody whom permissions bind: root reads everything. Runs on copies in a folder that all may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        binary, public, copied = (pathlib.Path(folder) / name for name in ("gatehouse", "key.pub", "model"))
        shutil.copy(BINARY, binary)
        shutil.copy(key.public, public)
        shutil.copytree(model, copied)
        os.chmod(copied, 0o755)
        return Verdict(subprocess.run([binary, "verify", copied, "--key", public, "--format", "json"], capture_output=True,
                                      text=True, timeout=120, stdin=subprocess.DEVNULL, user=65534, group=65534,
                                      extra_groups=[], cwd=folder))


def check(model, content, key, *options):
    """Puts a bundle in place; the exit code and the rules that refuse it."""
    put(model, content)
    found = verify(model, key, *options)
    return found.code, found.ids


def read_bundle(path):
    """The parts of a signature file: bundle, payload bytes, statement, signature."""
    read = json.loads(pathlib.Path(path).read_text())
    envelope = read["dsseEnvelope"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    return read, payload, json.loads(payload), base64.b64decode(envelope["signatures"][0]["sig"])


def ids_in(text):
    return sorted(set(re.findall(r"SIG-\d{3}", text)))
