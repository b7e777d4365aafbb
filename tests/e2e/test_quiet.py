"""`--quiet`: nothing of what went well; all of what did not, and the same exit code."""

import concurrent.futures
import contextlib
import json
import os
import pickle
import pty
import re
import shutil
import struct
import subprocess

import pytest

from command_help import commands, options
from gate import BINARY, Gate, run


class Bad:
    def __reduce__(self):
        return os.system, ("true",)


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    header = json.dumps({"t": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    header += b" " * (-len(header) % 8)
    (folder / "good.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    return folder


def silent(done, code=0):
    return (done.returncode, done.stdout, done.stderr) == (code, "", "")


def same(*words):
    """With and without --quiet: everything is the same."""
    loud, quiet = run(*words), run(*words, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (loud.returncode, loud.stdout, loud.stderr)
    return quiet


def test_where_it_is_offered():
    """Where the words tell of success; not where they are the answer, or what others wait for."""
    offered = {" ".join(words) for words in commands() if "--quiet" in options(*words)}
    assert offered == {"init", "healthcheck", "policy check", "keys create", "keys revoke", "sign",
                       "verify", "scan", "demo"}
    for words in (("serve",), ("keys", "list"), ("policy", "explain", "x"), ("sim",)):
        assert run(*words, "-q").returncode == 64


def test_scan(model, tmp_path):
    counts = "1 file: 1 clean, 0 findings, 0 inconclusive, 0 unsupported, 0 excluded; "
    quiet = run("scan", model, "-q")  # how much was looked at is no praise: it is always said
    assert (quiet.returncode, quiet.stderr) == (0, "") and quiet.stdout.startswith(counts) and quiet.stdout.count("\n") == 1
    quiet = run("scan", model, "-q", "--output", tmp_path / "report.txt")
    assert (quiet.returncode, quiet.stdout) == (0, "") and quiet.stderr.startswith(counts)
    assert "Every file is clean." in (tmp_path / "report.txt").read_text()
    (model / "bad.pkl").write_bytes(pickle.dumps(Bad()))
    shown = same("scan", model)
    assert shown.returncode == 1 and "PKL-" in shown.stdout and "2 files: 1 clean, 1 findings" in shown.stdout
    quiet = run("scan", model, "-q", "--exclude", "*.pkl")
    assert quiet.returncode == 0 and quiet.stdout.startswith("2 files: 1 clean, 0 findings") and quiet.stdout.count("\n") == 1
    (tmp_path / "empty.safetensors").write_bytes(struct.pack("<Q", 2) + b"{}")
    noted = same("scan", tmp_path / "empty.safetensors")  # a finding, though not one that fails
    assert noted.returncode == 0 and "clean, with notes" in noted.stdout
    with_file = run("scan", model, "-q", "--output", tmp_path / "report.txt")
    assert with_file.returncode == 1 and with_file.stderr.startswith("2 files: 1 clean, 1 findings")
    for form in ("json", "ndjson", "sarif", "junit"):
        assert same("scan", model, "--format", form).returncode == 1
    assert same("scan", tmp_path / "none").returncode == 2
    (tmp_path / "empty").mkdir()
    assert same("scan", tmp_path / "empty").returncode == 3


def on_terminal(*words):
    """(exit code, what is shown)."""
    master, slave = pty.openpty()
    child = subprocess.Popen([*map(str, words)], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):  # its end
        while chunk := os.read(master, 4096):
            shown += chunk
    os.close(master)
    return child.wait(), shown.decode()


def test_no_progress_on_a_terminal_either(model):
    code, shown = on_terminal(BINARY, "scan", "-q", model)
    assert code == 0 and shown.startswith("1 file: 1 clean") and shown.count("\n") == 1


@pytest.fixture
def key(tmp_path):
    """A private key and its public one."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    key, public = tmp_path / "key.pem", tmp_path / "key.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True,
                   capture_output=True)
    key.chmod(0o600)
    return key, public


def test_progress_of_what_takes_a_while(model, key, tmp_path):
    """On a terminal, after two seconds, and taken away before anything else is said; on no other
    standard error, and not when quiet. Each read takes its time."""
    if not shutil.which("strace"):
        pytest.skip("needs strace")
    with open(model / "large.bin", "wb") as large:
        large.truncate(8 << 20)
    slow = ["strace", "-f", "-o", "/dev/null", "-e", "trace=pread64", "-e",
            "inject=pread64:delay_enter=400000", BINARY, "sign", model, "--key", key[0], "--signature"]
    with concurrent.futures.ThreadPoolExecutor() as at_once:
        person = at_once.submit(on_terminal, *slow, tmp_path / "a.sig")
        quiet = at_once.submit(on_terminal, *slow, tmp_path / "b.sig", "--quiet")
        script = subprocess.run([*slow, tmp_path / "c.sig"], capture_output=True, text=True, timeout=60)
    code, shown = person.result()
    assert code == 0 and re.match(r"(\r\x1b\[K[0-9.]+ MB of 8.4 MB hashed)+\r\x1b\[K/.*a.sig: ", shown)
    assert quiet.result() == (0, "")
    assert script.returncode == 0 and script.stderr == "" and "hashed" not in script.stdout


def test_sign_and_verify(model, tmp_path, key):
    key, public = key
    assert silent(run("sign", model, "--key", key, "-q"))
    assert (model / "model.sig").exists()
    assert same("sign", model, "--key", key).returncode == 2  # it is there already
    assert json.loads(run("sign", model, "--key", key, "--replace", "-q", "--format", "json").stdout)
    assert silent(run("verify", model, "--key", public, "-q"))
    assert json.loads(same("verify", model, "--key", public, "--format", "json").stdout)["verified"]
    assert same("verify", model).returncode == 64
    (model / "more").touch()
    refused = same("verify", model, "--key", public)
    assert refused.returncode == 1 and "SIG-" in refused.stdout
    assert same("verify", model, "--key", tmp_path / "none").returncode == 2


def test_init_policy_and_keys(tmp_path):
    assert silent(run("init", tmp_path / "gate", "-q"))
    policy = tmp_path / "gate" / "gatehouse.yaml"
    assert same("init", tmp_path / "gate").returncode == 1
    check = ("policy", "check", "-c", policy)
    assert silent(run(*check, "-q"))
    assert json.loads(same(*check, "--format", "json").stdout)["ok"]
    create = ("keys", "create", "-c", policy, "--tenant", "demo", "--name")
    made = run(*create, "script", "-q", "--expires", "never")
    assert made.returncode == 0 and made.stderr == ""
    assert made.stdout.startswith("gh_live_") and made.stdout.count("\n") == 1
    assert same(*create, "script").returncode == 1
    assert json.loads(run(*create, "json", "-q", "--format", "json").stdout)["key"]
    assert silent(run("keys", "revoke", "demo/script", "-c", policy, "-q"))
    assert same("keys", "revoke", "demo/none", "-c", policy).returncode == 1
    text = policy.read_text()
    policy.write_text(text.replace("http://127.0.0.1:8000", "http://192.0.2.1:8000"))
    noted = run(*check, "-q")  # no mistake, and yet something to know
    assert noted.returncode == 0 and noted.stdout.startswith("note: ") and "clear text" in noted.stdout
    assert noted.stdout.count("\n") == 1
    policy.write_text(text + "wrong: 1\n")
    assert same(*check).returncode == 1
    assert same("policy", "check", "-c", tmp_path / "none").returncode == 2


@pytest.mark.parametrize("out", ["full", "unread"])
def test_a_key_that_cannot_be_printed(tmp_path, out):
    """Onto a full disk, or to a reader who has left: it is in force, and what ends it is said."""
    assert silent(run("init", tmp_path / "gate", "-q"))
    policy = tmp_path / "gate" / "gatehouse.yaml"
    if out == "full":
        place = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, place = os.pipe()
        os.close(reader)
    done = subprocess.run([BINARY, "keys", "create", "-q", "--tenant", "demo", "--name", "lost",
                           "-c", policy],
                          stdout=place, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(place)
    assert done.returncode == 2
    key = re.search(r"the key could not be printed and is lost; revoke (key_\w+)", done.stderr)[1]
    assert run("keys", "revoke", "-c", policy, key).returncode == 0


def test_healthcheck(tmp_path, recorder):
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        gate.policy.write_text(gate.policy.read_text().replace(
            "admin: { address: 127.0.0.1:0 }", f"admin: {{ address: 127.0.0.1:{gate.ports['admin']} }}"))
        assert silent(run("healthcheck", "-c", gate.policy, "-q"))
    assert same("healthcheck", "-c", gate.policy).returncode == 1


def test_demo():
    assert silent(run("demo", "--once", "--quiet"))
    assert run("demo", "--quiet").returncode == 64  # it would serve, and nobody knew where
