"""`gatehouse init` makes everything or leaves nothing behind."""

import os
import re
import resource
import shlex
import stat
import subprocess

import pytest

from gate import BINARY, run


def starve(size):
    """What no file may outgrow in the child. Python ignores the signal; the child does too."""
    return dict(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
                restore_signals=False)


@pytest.mark.parametrize("there", [False, True], ids=["new-folder", "folder-is-there"])
@pytest.mark.parametrize("size", [0, 300, 1000, 2500, 6000])
def test_a_failure_leaves_nothing(tmp_path, size, there):
    folder = tmp_path / "gate"
    if there:
        folder.mkdir(mode=0o755)
        (folder / "notes.txt").write_text("mine")
    failed = run("init", folder, **starve(size))
    assert failed.returncode == 2 and re.search("too large|I/O error", failed.stderr)
    if there:
        assert [path.name for path in folder.iterdir()] == ["notes.txt"]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    else:
        assert not folder.exists()
    assert run("init", folder).returncode == 0


def test_what_is_there_is_kept(tmp_path):
    folder = tmp_path / "gate"
    assert run("init", folder).returncode == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = run("init", folder)
    assert again.returncode == 1 and "name another folder" in again.stderr
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["tls", "secrets", "state", "gatehouse.yaml"])
def test_one_name_that_is_taken(tmp_path, name):
    (tmp_path / name).mkdir()
    refused = run("init", tmp_path)
    assert refused.returncode == 1 and f"holds a `{name}`" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_nothing_is_readable_by_others(tmp_path):
    assert run("init", tmp_path / "gate").returncode == 0
    for path in (tmp_path / "gate").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_keys_of_a_new_folder(tmp_path):
    """None, which is no mistake; without the database it may be the wrong folder."""
    assert run("init", tmp_path / "gate").returncode == 0
    listed = run("keys", "list", "-c", tmp_path / "gate/gatehouse.yaml")
    assert listed.returncode == 0 and re.fullmatch("ID .*\n", listed.stdout) and not listed.stderr
    for path in (tmp_path / "gate/state").glob("gatehouse.db*"):
        path.unlink()
    gone = run("keys", "list", "-c", tmp_path / "gate/gatehouse.yaml")
    assert gone.returncode == 1 and "there is no key" in gone.stderr and not gone.stdout


def test_what_is_printed_can_be_copied(tmp_path):
    """Into a shell, whatever the folder is called."""
    folder = tmp_path / "it's $a gate; ~"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gatehouse").symlink_to(os.path.abspath(BINARY))
    environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    told = run("init", folder).stdout
    check, create, serve = re.findall("^  (gatehouse .*)$", told, re.MULTILINE)
    assert shlex.split(serve) == ["gatehouse", "serve", "-c", f"{folder}/gatehouse.yaml"]
    for command in (check, create):
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stderr
    for text in (told, done.stdout):
        curl = shlex.split(re.search(r"^  (curl (?:.*\\\n)*.*)$", text, re.MULTILINE)[1])
        assert curl[curl.index("--cacert") + 1] == f"{folder}/tls/server.crt"
        assert "Authorization: Bearer $GATEHOUSE_KEY" in curl
