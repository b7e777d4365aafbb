"""`gatehouse init` makes everything or leaves nothing behind."""

import re
import resource
import stat

import pytest

from gate import run


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
