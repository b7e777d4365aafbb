"""What Gatehouse signs, model_signing verifies, and the other way round.

Optional: MODEL_SIGNING_PYTHON names an interpreter that has the package; `tests/signing/run --interop`
installs it into a temporary folder.
"""

import os
import subprocess

import pytest

from authority import Authority
from signed_model import CURVES, Key, gatehouse, make_model, verify

PYTHON = os.environ.get("MODEL_SIGNING_PYTHON")
pytestmark = pytest.mark.skipif(
    not PYTHON, reason="model_signing is not there: tests/signing/run --interop installs it")

# Through the library, because the package's own command line verifies per file only.
SCRIPT = """
import sys, model_signing
from model_signing import hashing, signing, verifying
action, mode, model, signature, *rest = sys.argv[1:]
if action == "sign":
    config = signing.Config()
    if mode == "key":
        config.use_elliptic_key_signer(private_key=rest[0])
    else:
        config.use_certificate_signer(private_key=rest[0], signing_certificate=rest[1],
                                      certificate_chain=rest[2:])
    hashed = hashing.Config().set_ignored_paths(paths=["model.sig"])
    method = __import__("os").environ.get("METHOD", "files")
    if method == "shards":
        hashed.use_shard_serialization(shard_size=1 << 20)
    elif method != "files":
        hashed.use_file_serialization(hashing_algorithm=method)
    config.set_hashing_config(hashed).sign(model, signature)
else:
    config = verifying.Config()
    if mode == "key":
        config.use_elliptic_key_verifier(public_key=rest[0])
    else:
        config.use_certificate_verifier(certificate_chain=rest)
    if __import__("os").environ.get("METHOD") == "blake2":
        hashed = hashing.Config().use_file_serialization(hashing_algorithm="blake2")
        config.set_hashing_config(hashed.set_ignored_paths(paths=["model.sig"]))
    config.verify(model, signature)
"""


def theirs(*arguments, method="files"):
    return subprocess.run([PYTHON, "-c", SCRIPT, *map(str, arguments)], capture_output=True,
                          text=True, env={**os.environ, "METHOD": method})


@pytest.fixture(scope="module", params=CURVES)
def key(request, tmp_path_factory):
    return Key(tmp_path_factory.mktemp("key"), curve=request.param)


@pytest.fixture
def model(tmp_path):
    model = make_model(tmp_path / "model")
    make_model(model, {"a.txt": b"", "a/z": b"1", "sub dir/ünï.bin": os.urandom((3 << 20) + 1),
                       ".gitattributes": b"*"})
    return model


OURS = [[], ["--method", "shards", "--shard-size", "1048576"],
        ["--role", "adapter", "--expires", "9d", "--base-digest", "0" * 64, "--name", "x"]]


@pytest.mark.parametrize("options", OURS)
def test_ours_by_key(options, key, model):
    assert gatehouse("sign", model, "--key", key.private, *options).returncode == 0
    done = theirs("verify", "key", model, model / "model.sig", key.public)
    assert done.returncode == 0, done.stderr
    (model / "a/z").write_bytes(b"2")
    done = theirs("verify", "key", model, model / "model.sig", key.public)
    assert done.returncode != 0 and "a/z" in done.stderr


def test_their_command_line_takes_ours(key, model):
    assert gatehouse("sign", model, "--key", key.private, "--role", "model").returncode == 0
    done = subprocess.run([PYTHON, "-m", "model_signing", "verify", "key", model, "--signature",
                           model / "model.sig", "--public_key", key.public],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ours_with_blake2b(key, model):
    assert gatehouse("sign", model, "--key", key.private, "--hash", "blake2b").returncode == 0
    done = theirs("verify", "key", model, model / "model.sig", key.public, method="blake2")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["files", "shards", "blake2"])
def test_theirs_by_key(method, key, model):
    done = theirs("sign", "key", model, model / "model.sig", key.private, method=method)
    assert done.returncode == 0, done.stderr
    # Their shards do not name empty files.
    ignored = ["--ignore", "a.txt"] if method == "shards" else []
    if ignored:
        assert verify(model, key).files("SIG-042") == ["a.txt"]
    found = verify(model, key, *ignored)
    assert found.code == 0, found.report
    (model / "a/z").write_bytes(b"2")
    assert verify(model, key, *ignored).ids == ["SIG-040"]


def test_theirs_with_blake3(key, model):
    assert theirs("sign", "key", model, model / "model.sig", key.private,
                  method="blake3").returncode == 0
    found = verify(model, key)
    assert (found.code, found.ids) == (2, ["SIG-024"])


def test_one_file_both_ways(key, tmp_path):
    file = tmp_path / "w.safetensors"
    file.write_bytes(b"weights")
    assert gatehouse("sign", file, "--key", key.private).returncode == 0
    signature = tmp_path / "w.safetensors.sig"
    assert theirs("verify", "key", file, signature, key.public).returncode == 0
    assert theirs("sign", "key", file, signature, key.private).returncode == 0
    assert verify(file, key).code == 0


@pytest.mark.parametrize("curve", CURVES)
def test_certificates_both_ways(curve, model, tmp_path):
    root = Authority(tmp_path, "root")
    middle = Authority(tmp_path, "middle", above=root)
    signer = middle.issue("signer", san="email:ann@example.com", curve=curve)
    trusted = ["--certificate-roots", root.certificate, "--identity", "ann@example.com"]

    done = gatehouse("sign", model, "--key", signer.private, "--certificate", signer.certificate,
                     "--certificate-chain", middle.certificate)
    assert done.returncode == 0, done.stderr
    done = theirs("verify", "certificate", model, model / "model.sig", root.certificate)
    assert done.returncode == 0, done.stderr

    done = theirs("sign", "certificate", model, model / "model.sig", signer.private,
                  signer.certificate, middle.certificate)
    assert done.returncode == 0, done.stderr
    assert verify(model, trusted).code == 0
    assert verify(model, ["--certificate-roots", root.certificate, "--identity", "b"]).code == 1
