"""What `gatehouse scan` finds below a path: links, pipes, odd names, caches, many files."""

import hashlib
import json
import os
import pathlib
import resource
import socket

import pytest

import gatehouse
import make_safetensors
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


# Hugging Face caches.


@pytest.fixture
def cache(tmp_path):
    repo = tmp_path / "models--org--name"
    for folder in ("blobs", "refs", "snapshots/one", "snapshots/two"):
        (repo / folder).mkdir(parents=True)
    (repo / "refs" / "main").write_text("one")
    (repo / "blobs" / "aaa").write_bytes(safetensors())
    (repo / "blobs" / "bbb").write_bytes(safetensors(b"x"))
    (repo / "blobs" / "orphan").write_bytes(safetensors())
    os.symlink("../../blobs/aaa", repo / "snapshots/one/model.safetensors")
    os.symlink("../../blobs/aaa", repo / "snapshots/two/model.safetensors")
    os.symlink("../../blobs/bbb", repo / "snapshots/two/other.safetensors")
    return repo


def test_a_cache_is_read_through_its_links_and_counted_once(cache):
    report = gatehouse.scan(cache.parent)
    assert verdicts(report) == {
        "models--org--name/blobs/orphan": "clean",
        "models--org--name/refs/main": "clean",
        "models--org--name/snapshots/one/model.safetensors": "clean",
        "models--org--name/snapshots/two/other.safetensors": "findings",
    }
    assert report["summary"]["bytes"] == 2 * len(safetensors()) + len(safetensors(b"x")) + 3


def test_a_blob_is_examined_under_each_of_its_names(cache):
    (cache / "blobs" / "text").write_text("evil()\n")
    (cache / "blobs" / "none").write_text("")
    for name, blob in (("a.txt", "text"), ("b.py", "text"), ("README.md", "none"), ("z.bin", "none")):
        os.symlink(f"../../blobs/{blob}", cache / "snapshots/one" / name)
        os.symlink(f"../../blobs/{blob}", cache / "snapshots/two" / name)
    report = gatehouse.scan(cache)
    assert {name: ids(report, "snapshots/one/" + name) for name in ("a.txt", "b.py", "README.md", "z.bin")} == {
        "a.txt": set(), "b.py": {"COD-102"}, "README.md": set(), "z.bin": {"FIL-010"}}
    assert not any("snapshots/two" in name for name in verdicts(report) if "safetensors" not in name)


def test_a_sharded_model_in_a_cache(cache):
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    (cache / "blobs" / "index").write_text(json.dumps({"metadata": {}, "weight_map": {"a": shards[0], "b": shards[1]}}))
    os.symlink("../../blobs/index", cache / "snapshots/one/model.safetensors.index.json")
    for name, tensor in zip(shards, "ab"):
        (cache / "blobs" / tensor).write_bytes(make_safetensors.write({tensor: ("F16", (2,))}))
        os.symlink(f"../../blobs/{tensor}", cache / "snapshots/one" / name)
    report = gatehouse.scan(cache)
    assert not ids(report, "blobs") and not ids(report, "snapshots/one")
    (cache / "snapshots/one" / shards[1]).unlink()
    assert ids(gatehouse.scan(cache), "snapshots/one") == {"CFG-207"}


def test_a_snapshot_alone_is_read_through_its_links(cache):
    report = gatehouse.scan(cache / "snapshots" / "two")
    assert verdicts(report) == {"model.safetensors": "clean", "other.safetensors": "findings"}


def test_a_tokenizer_in_a_cache_is_compared_in_each_snapshot(cache):
    for blob, content in (("v1", '{"a": 0}'), ("t1", '{"b": 0}'), ("t2", '{"b": 1}')):
        (cache / "blobs" / blob).write_text(content)
    for snapshot, tokens in (("one", "t1"), ("two", "t2")):
        os.symlink("../../blobs/v1", cache / "snapshots" / snapshot / "vocab.json")
        os.symlink(f"../../blobs/{tokens}", cache / "snapshots" / snapshot / "added_tokens.json")
    report = gatehouse.scan(cache)
    assert ids(report, "snapshots/one") == {"TOK-204"} and not ids(report, "snapshots/two")


ABSENT = ["adapter_config.json", "config.json", "model.safetensors.index.json", "pytorch_model.bin", "model.gguf", "x.safetensors"]


def test_marks_of_absent_files_promise_nothing(cache):
    """huggingface_hub notes with empty files what a repository does not have; transformers asks all for an adapter."""
    marks = cache / ".no_exist" / "one"
    marks.mkdir(parents=True)
    for name in ABSENT:
        (marks / name).write_bytes(b"")
    report = gatehouse.scan(cache.parent)
    for name in ABSENT:
        assert verdicts(report)[f"models--org--name/.no_exist/one/{name}"] == "clean", name
    (marks / "config.json").write_text('{"auto_map": {"AutoModel": "m.C"}}')
    assert "CFG-101" in ids(gatehouse.scan(cache), ".no_exist/one/config.json"), "what is not empty is no mark"


def test_marks_of_absent_files_are_all_that_a_cache_has(tmp_path):
    """The first that was asked for was a file that the repository lacks: neither blobs nor snapshots are made."""
    entry = tmp_path / "models--org--name"
    marks = entry / ".no_exist" / "one"
    marks.mkdir(parents=True)
    for name in ABSENT:
        (marks / name).write_bytes(b"")
    assert "FIL-010" in ids(gatehouse.scan(entry)), "without refs/ it is no cache"
    (entry / "refs").mkdir()
    (entry / "refs" / "main").write_text("one")
    for path in (entry, tmp_path):
        report = gatehouse.scan(path)
        assert set(verdicts(report).values()) == {"clean"} and not ids(report)
    (marks / "config.json").write_text('{"auto_map": {"AutoModel": "m.C"}}')
    assert "CFG-101" in ids(gatehouse.scan(entry)), "what is not empty is no mark"


def test_empty_files_elsewhere_are_no_marks(tmp_path):
    (tmp_path / ".no_exist" / "one").mkdir(parents=True)
    (tmp_path / ".no_exist" / "one" / "pytorch_model.bin").write_bytes(b"")
    assert ids(gatehouse.scan(tmp_path)) == {"FIL-010"}


def test_a_link_out_of_the_cache_is_a_finding(cache, tmp_path):
    (tmp_path / "evil").write_bytes(safetensors())
    os.symlink("../../../evil", cache / "snapshots/one/evil.safetensors")
    os.symlink("/etc/hostname", cache / "snapshots/one/absolute")
    for path, prefix in ((cache, "snapshots/one/"), (cache / "snapshots/one", "")):
        report = gatehouse.scan(path)
        for name in ("evil.safetensors", "absolute"):
            assert ids(report, prefix + name) == {"FIL-005"}


def test_a_reference_that_has_other_names_in_the_cache(cache):
    """Each file is examined once for each name: as a reference once more."""
    (cache / "blobs" / "path").write_text("../blobs")
    (cache / "refs" / "main").unlink()
    (cache / "refs" / "pr").mkdir()
    os.symlink("../blobs/path", cache / "refs" / "main")
    (cache / ".no_exist" / "one").mkdir(parents=True)
    os.symlink("../../blobs/path", cache / ".no_exist" / "one" / "main")
    os.symlink("../../blobs/path", cache / "snapshots" / "one" / "main")
    for path, prefix in ((cache.parent, "models--org--name/"), (cache, "")):
        report = gatehouse.scan(path)
        assert {finding["file"] for finding in report["findings"] if finding["id"] == "FIL-016"} == {prefix + "refs/main"}


def test_a_link_to_another_repository_of_the_same_hub(cache):
    other = cache.parent / "models--org--other"
    for folder in ("blobs", "snapshots/one"):
        (other / folder).mkdir(parents=True)
    (cache / "blobs" / "text").write_bytes(EVIL)
    os.symlink("../../../models--org--name/blobs/text", other / "snapshots/one/chat_template.jinja")
    name = "snapshots/one/chat_template.jinja"
    assert "TPL-101" in ids(gatehouse.scan(cache.parent), f"models--org--other/{name}")
    assert ids(gatehouse.scan(other), name) == {"FIL-005"}


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
