"""A model that was cloned: what a real git makes of a folder passes, and what somebody puts into it is found."""

import os
import shutil
import subprocess

import pytest

import gatehouse
from scanning import ids, safetensors, verdicts

CALL = b"\x80\x02cposix\nsystem\nX\4\0\0\0true\x85R."
SETTINGS = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@x"}


def git(folder, *arguments):
    # Nothing of the caller's own repository.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *arguments], cwd=folder, env={**clean, **SETTINGS}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def clone(tmp_path):
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    model = tmp_path / "model"
    model.mkdir()
    git(model, "init", "--quiet", "--initial-branch=main")
    for name, content in {"config.json": b'{"model_type": "llama"}', "README.md": b"# Words\n" * 40,
                          "model.safetensors": safetensors(), ".gitattributes": b"*.safetensors filter=lfs\n"}.items():
        (model / name).write_bytes(content)
    git(model, "add", ".")
    git(model, "commit", "--quiet", "-m", "first")
    git(model, "branch", "model.bin")
    git(model, "tag", "-a", "v1.py", "-m", "one")
    (model / "README.md").write_bytes(b"# Words\n" * 40 + b"more\n")
    git(model, "commit", "--quiet", "-a", "-m", "second")
    return model


def test_a_repository_passes(clone):
    report = gatehouse.scan(clone)
    assert set(verdicts(report).values()) == {"clean"} and ids(report) <= {"COD-109"}
    assert any("/objects/" in file for file in verdicts(report))
    alone = gatehouse.scan(clone / ".git")
    assert set(verdicts(alone).values()) == {"clean"} and ids(alone) <= {"COD-109"}


def test_a_packed_one_passes_and_says_what_was_not_looked_into(clone):
    git(clone, "gc", "--quiet")
    report = gatehouse.scan(clone)
    assert set(verdicts(report).values()) == {"clean"} and "COD-110" in ids(report) <= {"COD-109", "COD-110"}
    assert any(file.endswith(".pack") for file in verdicts(report))


def test_another_working_tree_and_a_submodule_pass(clone, tmp_path):
    git(clone, "worktree", "add", "--quiet", tmp_path / "other", "model.bin")
    git(clone, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", clone, "part")
    for path in (clone, tmp_path / "other"):
        report = gatehouse.scan(path)
        assert set(verdicts(report).values()) == {"clean"} and ids(report) <= {"COD-109"}


def test_the_index_of_every_version_passes(clone):
    for version in ("2", "3", "4"):
        git(clone, "update-index", "--index-version", version)
        git(clone, "add", "--intent-to-add", ".")
        assert ids(gatehouse.scan(clone / ".git" / "index")) == set(), version


def test_an_object_with_a_pickle_is_found(clone):
    (clone / "a").write_bytes(CALL)
    digest = git(clone, "hash-object", "-w", "a").strip()
    (clone / "a").unlink()
    report = gatehouse.scan(clone)
    assert {"PKL-101", "PKL-201"} <= ids(report, f".git/objects/{digest[:2]}/{digest[2:]}")


def test_what_git_would_run_is_found(clone):
    git(clone, "config", "core.fsmonitor", "./x")
    git(clone, "config", "alias.st", "!id")
    hook = clone / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("true\n")
    report = gatehouse.scan(clone)
    assert ids(report, ".git/config") == {"COD-108"} and ids(report, ".git/hooks/post-checkout") == {"COD-104"}
    assert len([finding for finding in report["findings"] if finding["id"] == "COD-108"]) == 2
