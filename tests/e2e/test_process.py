"""What a process shows of its memory: to others of the same user, and when it dies."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile

import pytest

import gate as gates
import wire
from gate import Gate, run

NOBODY = 65534


@pytest.fixture
def place(monkeypatch):
    """A folder that everybody may enter, with a program that everybody may run."""
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        folder.chmod(0o755)
        monkeypatch.setattr(gates, "BINARY", shutil.copy(gates.BINARY, folder / "gatehouse"))
        yield folder


def stranger(wrap):
    """A program that keeps no secrets."""
    process = subprocess.Popen([*wrap, "sh", "-c", "echo ready; exec sleep 600"],
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def may_open(wrap, process, name):
    """Whether /proc lets somebody open it, which it does to whom it would let use ptrace; nobody who
    may do so in any case (root)."""
    tried = subprocess.run([*wrap, "head", "-c", "1", f"/proc/{process.pid}/{name}"],
                           capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    denied = "Permission denied" in tried.stderr
    assert denied or tried.returncode == 0 or "Input/output error" in tried.stderr  # opened
    return not denied


def test_nobody_of_the_same_user_reads_it(place):
    """Neither its memory nor its environment, where an upstream's key may be."""
    wrap = []
    if os.getuid() == 0:
        wrap = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    gate = Gate(place / "gate", upstream="http://127.0.0.1:9", wrap=wrap)
    if wrap:
        for path in [gate.folder, *gate.folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
    with gate, stranger(wrap) as other:
        try:
            assert may_open(wrap, other, "environ")
            for name in ("environ", "mem", "maps", "auxv"):
                assert not may_open(wrap, gate.process, name), name
        finally:
            other.kill()


def leaves_a_core(process):
    os.kill(process.pid, signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status)


def test_no_core_is_left(place):
    """Whatever the limits say: keys and prompts would be in it."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    most = "unlimited" if most == resource.RLIM_INFINITY else most
    wrap = ["prlimit", f"--core={most}", "env", "-C", place]
    if not leaves_a_core(stranger(wrap)):
        pytest.skip("this system leaves no core files")
    with Gate(place / "gate", upstream="http://127.0.0.1:9", wrap=wrap) as gate:
        assert not leaves_a_core(gate.process)
        for words, done in commands_with_secrets(gate, place):
            assert not leaves_a_core(stuck([*wrap, gates.BINARY, *words], done)), words


def commands_with_secrets(gate, place):
    """With what shows that all is done but the printing."""
    key, model = place / "key.pem", place / "model"
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-out", key], check=True)
    key.chmod(0o600)
    model.mkdir()
    (model / "config.json").write_text("{}")
    yield (("sign", model, "--key", key), lambda: (model / "model.sig").exists())
    yield (("keys", "create", "-c", gate.policy, "--tenant", "alpha", "--name", "core"),
           lambda: run("keys", "show", "-c", gate.policy, "alpha/core").returncode == 0)
    yield (("init", place / "new"), lambda: (place / "new" / "state" / "gatehouse.db").exists())


def stuck(command, done):
    """Started with a standard output that takes nothing."""
    _, full = os.pipe()
    os.set_blocking(full, False)
    try:
        while True:
            os.write(full, bytes(4096))
    except BlockingIOError:
        os.set_blocking(full, True)
    process = subprocess.Popen(list(map(str, command)), stdout=full)
    assert wire.wait_for(done)
    return process
