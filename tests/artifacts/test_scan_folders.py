"""What `gatehouse scan` finds below a path: links, pipes, odd names, many files."""

import hashlib
import json
import os
import pathlib
import resource
import socket

import pytest

import gatehouse
from scanning import ids, safetensors, verdicts


# Links, pipes, names.


def test_links(tmp_path, model):
    (tmp_path / "secret").write_text("x")
    os.symlink("../secret", model / "outside")
    os.symlink("/etc/passwd", model / "absolute")
    os.symlink("nowhere", model / "dangling")
    os.symlink("loop", model / "loop")
    os.symlink("good.safetensors", model / "inside")
    os.symlink("..", model / "parent")
    report = gatehouse.scan(model)
    for name in ("outside", "absolute", "dangling", "loop", "parent"):
        assert verdicts(report)[name] == "findings" and ids(report, name) == {"FIL-005"}, name
    assert verdicts(report)["inside"] == "clean" and ids(report, "inside") == {"FIL-006"}
    assert len(report["files"]) == 8, "nothing was followed that leads out"


EVIL = b"{{ cycler.__init__.__globals__.os.popen('id').read() }}\n"


@pytest.mark.parametrize("name, content, rules", [
    ("chat_template.jinja", EVIL, {"TPL-101", "TPL-105", "TPL-109"}),
    ("modeling_x.py", b"evil()\n", {"COD-102"}),
    ("Makefile", b"all:\n\tid\n", {"COD-107"}),
    ("pytorch_model.bin", b"some words\n", {"FIL-001"}),
    ("pytorch_model.bin", b"", {"FIL-010"}),
    ("vocab.txt", b"a\na\n", {"TOK-111"}),
    ("tokenizer.json", b'{"model": {"vocab": {"a": 0, "b": 0}}}', {"TOK-101", "TOK-302"}),
    ("additional_chat_templates/x.jinja", EVIL, {"TPL-101", "TPL-105", "TPL-109"}),
])
def test_a_link_is_judged_by_its_own_name(tmp_path, name, content, rules):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "NOTES").write_bytes(content)
    link = tmp_path / "model" / name
    link.parent.mkdir(parents=True)
    os.symlink(os.path.relpath(tmp_path / "text" / "NOTES", link.parent), link)
    report = gatehouse.scan(tmp_path)
    assert ids(report, f"model/{name}") == rules | {"FIL-006"} and verdicts(report)[f"model/{name}"] == "findings"
    assert verdicts(report)["text/NOTES"] == "clean" and report["summary"]["bytes"] == 2 * len(content)
    link.unlink()
    os.link(tmp_path / "text" / "NOTES", link)
    assert ids(gatehouse.scan(tmp_path), f"model/{name}") == rules, "as the file itself"


def test_a_link_to_a_folder_is_judged_by_its_own_name(tmp_path):
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "rag.txt").write_bytes(EVIL)
    os.symlink("t", tmp_path / "additional_chat_templates")
    os.symlink("rag.txt", tmp_path / "t" / "rag.jinja")
    report = gatehouse.scan(tmp_path)
    assert verdicts(report)["additional_chat_templates"] == "clean"
    assert ids(report, "additional_chat_templates/rag.jinja") == {"TPL-101", "TPL-105", "TPL-109", "FIL-006"}


def test_the_current_version_may_be_a_link(tmp_path):
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "a.safetensors").write_bytes(safetensors())
    (tmp_path / "v1" / "b.safetensors").write_bytes(safetensors(b"x"))
    os.symlink("v1", tmp_path / "current")
    expected = {"current": "clean", "current/a.safetensors": "clean", "current/b.safetensors": "findings",
                "v1/a.safetensors": "clean", "v1/b.safetensors": "findings"}
    for arguments in ((), ("--digest",)):
        report = gatehouse.scan(tmp_path, *arguments)
        assert verdicts(report) == expected
        digests = {file["file"]: file.get("sha256") for file in report["files"]}
        for name in "ab":
            assert digests[f"current/{name}.safetensors"] == digests[f"v1/{name}.safetensors"]
    assert all(digests.values())


def test_links_that_lead_back_are_findings(tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.safetensors").write_bytes(safetensors())
    os.symlink(".", tmp_path / "a" / "additional_chat_templates")
    os.symlink("../b", tmp_path / "a" / "b")
    os.symlink("../a", tmp_path / "b" / "a")
    report = gatehouse.scan(tmp_path)
    assert {file for file in verdicts(report) if ids(report, file) == {"FIL-013"}} == {
        "a/additional_chat_templates", "a/b/a", "b/a/additional_chat_templates", "b/a/b"}


def test_a_shard_may_be_a_link(tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "x").write_bytes(safetensors())
    os.symlink("w/x", tmp_path / "model-1.safetensors")
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": {"a": "model-1.safetensors"}}))
    assert ids(gatehouse.scan(tmp_path)) == {"FIL-006"}


def test_templates_behind_links_are_compared(tmp_path):
    template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    (tmp_path / "x.txt").write_text(template + "zz")
    os.symlink("x.txt", tmp_path / "chat_template.jinja")
    assert ids(gatehouse.scan(tmp_path)) == {"FIL-006", "TPL-501"}


def test_a_link_carries_the_digest_that_its_findings_follow_from(tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    os.symlink("a", tmp_path / "b")
    report = gatehouse.scan(tmp_path, "--fail-on", "info")
    assert verdicts(report) == {"a": "clean", "b": "findings"}
    assert report["files"][1]["sha256"] == hashlib.sha256(b"text").hexdigest()


def test_a_link_that_is_named_is_followed(tmp_path, model):
    os.symlink(model, tmp_path / "link")
    assert set(verdicts(gatehouse.scan(tmp_path / "link"))) == {"bad.safetensors", "good.safetensors"}


def test_hard_links_are_files(model):
    os.link(model / "good.safetensors", model / "second.safetensors")
    assert verdicts(gatehouse.scan(model))["second.safetensors"] == "clean"


def test_pipes_and_sockets_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.bin")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket.bin"))
    report = gatehouse.scan(tmp_path, timeout=10)
    listener.close()
    assert verdicts(report) == {"pipe.bin": "findings", "socket.bin": "findings"}
    assert ids(report) == {"FIL-007"}


def test_a_pipe_or_device_that_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/null", "/dev/zero"):
        assert ids(gatehouse.scan(path, timeout=10)) == {"FIL-007"}


NAMES = [b"new\nline.txt", b"esc\x1b[2Jape.txt", b"\xff\xfe.txt", b"rtl\xe2\x80\xaetxt.exe", b"tab\t.txt",
         b"mark\xe2\x80\x8f.txt", b"no\xe2\x80\x8bwidth.txt", b"tag\xf3\xa0\x81\x81.txt",
         *[f"un{letter}seen.txt".encode() for letter in "\u034f\u115f\u17b4\u180b\u3164\ufe01\ufe0f\uffa0\ufff9\U000e0100"]]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_hostile_names(tmp_path, name):
    (pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("")
    report = gatehouse.scan(tmp_path)
    assert ids(report) == {"FIL-008"}
    shown = report["files"][0]["file"]
    assert shown.isprintable() and "\\" in shown
    for kind in ("text", "ndjson", "sarif", "junit"):
        text = gatehouse.run("scan", "--format", kind, tmp_path).stdout
        assert "\x1b" not in text and "\u202e" not in text and "\udcff" not in text


@pytest.mark.parametrize("name", ["-rf", "--help", "a b", "ä", "😀", "x" * 255, "..a", "a\\b"])
def test_names_that_are_only_unusual(tmp_path, name):
    (tmp_path / name).write_text("")
    report = gatehouse.scan(tmp_path)
    assert list(verdicts(report).values()) == ["clean"] and ids(report) == set()


# Many files, and deep ones.


def test_ten_thousand_files(tmp_path):
    for i in range(100):
        (tmp_path / f"{i:02}").mkdir()
        for j in range(100):
            (tmp_path / f"{i:02}" / f"{j:02}.safetensors").write_bytes(safetensors())
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = gatehouse.run("scan", "--format", "ndjson", tmp_path)
    assert done.returncode == 0
    assert done.stderr == "", "progress is for terminals"
    lines = done.stdout.splitlines()
    assert len(lines) == 10_001 and lines == lines[:1] + sorted(lines[1:-1]) + lines[-1:]
    if "asan" not in gatehouse.BINARY:
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 200 << 10  # KiB


def test_folders_that_are_too_deep(tmp_path):
    folder = tmp_path
    for _ in range(70):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "x.safetensors").write_bytes(safetensors())
    report = gatehouse.scan(tmp_path)
    assert ids(report) == {"SYS-008"} and report["summary"]["exit"] == 2
