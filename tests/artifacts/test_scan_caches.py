"""What `gatehouse scan` finds in a Hugging Face cache, and in what somebody laid out like one."""

import hashlib
import json
import os

import pytest

import gatehouse
import make_safetensors
from scanning import ids, safetensors, verdicts

EVIL = b"{{ cycler.__init__.__globals__.os.popen('id').read() }}\n"
RULES = {"TPL-101", "TPL-105", "TPL-109"}


def blob(name):
    """As huggingface_hub names what it fetches: by a digest."""
    return hashlib.sha1(name.encode()).hexdigest()


@pytest.fixture
def cache(tmp_path):
    repo = tmp_path / "models--org--name"
    for folder in ("blobs", "refs", "snapshots/one", "snapshots/two"):
        (repo / folder).mkdir(parents=True)
    (repo / "refs" / "main").write_text("one")
    (repo / "blobs" / blob("aaa")).write_bytes(safetensors())
    (repo / "blobs" / blob("bbb")).write_bytes(safetensors(b"x"))
    (repo / "blobs" / blob("orphan")).write_bytes(safetensors())
    os.symlink("../../blobs/" + blob("aaa"), repo / "snapshots/one/model.safetensors")
    os.symlink("../../blobs/" + blob("aaa"), repo / "snapshots/two/model.safetensors")
    os.symlink("../../blobs/" + blob("bbb"), repo / "snapshots/two/other.safetensors")
    return repo


def test_a_cache_is_read_through_its_links_and_counted_once(cache):
    report = gatehouse.scan(cache.parent)
    assert verdicts(report) == {
        "models--org--name/blobs/" + blob("orphan"): "clean",
        "models--org--name/refs/main": "clean",
        "models--org--name/snapshots/one/model.safetensors": "clean",
        "models--org--name/snapshots/two/other.safetensors": "findings",
    }
    assert report["summary"]["bytes"] == 2 * len(safetensors()) + len(safetensors(b"x")) + 3


def test_a_blob_is_examined_under_each_of_its_names(cache):
    (cache / "blobs" / blob("text")).write_text("evil()\n")
    (cache / "blobs" / blob("none")).write_text("")
    for name, content in (("a.txt", "text"), ("b.py", "text"), ("README.md", "none"), ("z.bin", "none")):
        os.symlink("../../blobs/" + blob(content), cache / "snapshots/one" / name)
        os.symlink("../../blobs/" + blob(content), cache / "snapshots/two" / name)
    report = gatehouse.scan(cache)
    assert {name: ids(report, "snapshots/one/" + name) for name in ("a.txt", "b.py", "README.md", "z.bin")} == {
        "a.txt": set(), "b.py": {"COD-102"}, "README.md": set(), "z.bin": {"FIL-010"}}
    assert not any("snapshots/two" in name for name in verdicts(report) if "safetensors" not in name)


def test_a_sharded_model_in_a_cache(cache):
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    (cache / "blobs" / blob("index")).write_text(json.dumps({"metadata": {}, "weight_map": {"a": shards[0], "b": shards[1]}}))
    os.symlink("../../blobs/" + blob("index"), cache / "snapshots/one/model.safetensors.index.json")
    for name, tensor in zip(shards, "ab"):
        (cache / "blobs" / blob(tensor)).write_bytes(make_safetensors.write({tensor: ("F16", (2,))}))
        os.symlink("../../blobs/" + blob(tensor), cache / "snapshots/one" / name)
    report = gatehouse.scan(cache)
    assert not ids(report, "blobs") and not ids(report, "snapshots/one")
    (cache / "snapshots/one" / shards[1]).unlink()
    assert ids(gatehouse.scan(cache), "snapshots/one") == {"CFG-207"}


def test_a_snapshot_alone_is_read_through_its_links(cache):
    report = gatehouse.scan(cache / "snapshots" / "two")
    assert verdicts(report) == {"model.safetensors": "clean", "other.safetensors": "findings"}


def test_a_tokenizer_in_a_cache_is_compared_in_each_snapshot(cache):
    for name, content in (("v1", '{"a": 0}'), ("t1", '{"b": 0}'), ("t2", '{"b": 1}')):
        (cache / "blobs" / blob(name)).write_text(content)
    for snapshot, tokens in (("one", "t1"), ("two", "t2")):
        os.symlink("../../blobs/" + blob("v1"), cache / "snapshots" / snapshot / "vocab.json")
        os.symlink("../../blobs/" + blob(tokens), cache / "snapshots" / snapshot / "added_tokens.json")
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
    (cache / "blobs" / blob("path")).write_text("../blobs")
    (cache / "refs" / "main").unlink()
    (cache / "refs" / "pr").mkdir()
    os.symlink("../blobs/" + blob("path"), cache / "refs" / "main")
    (cache / ".no_exist" / "one").mkdir(parents=True)
    os.symlink("../../blobs/" + blob("path"), cache / ".no_exist" / "one" / "main")
    os.symlink("../../blobs/" + blob("path"), cache / "snapshots" / "one" / "main")
    for path, prefix in ((cache.parent, "models--org--name/"), (cache, "")):
        report = gatehouse.scan(path)
        assert {finding["file"] for finding in report["findings"] if finding["id"] == "FIL-016"} == {prefix + "refs/main"}


def test_a_link_to_another_repository_of_the_same_hub(cache):
    other = cache.parent / "models--org--other"
    for folder in ("blobs", "snapshots/one"):
        (other / folder).mkdir(parents=True)
    (cache / "blobs" / blob("text")).write_bytes(EVIL)
    os.symlink("../../../models--org--name/blobs/" + blob("text"), other / "snapshots/one/chat_template.jinja")
    name = "snapshots/one/chat_template.jinja"
    assert "TPL-101" in ids(gatehouse.scan(cache.parent), f"models--org--other/{name}")
    assert ids(gatehouse.scan(other), name) == {"FIL-005"}


def test_what_huggingface_hub_writes_passes(cache):
    hub = cache.parent
    (hub / "version.txt").write_text("1")
    (hub / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag.\n")
    locks = hub / ".locks" / cache.name
    locks.mkdir(parents=True)
    (cache / "blobs" / blob("bbb")).write_bytes(safetensors())
    for name, content in (("README.md", b"# Words\n"), ("tokenizer_config.json", b"{}"), ("data/vocab.txt", b"a\nb\n")):
        digest = hashlib.sha256(content).hexdigest()
        (cache / "blobs" / digest).write_bytes(content)
        (locks / f"{digest}.lock").write_bytes(b"")
        path = cache / "snapshots/one" / name
        path.parent.mkdir(exist_ok=True)
        os.symlink(os.path.relpath(cache / "blobs" / digest, path.parent), path)
    (cache / "blobs" / f"{blob('more')}.incomplete").write_bytes(b"")
    (cache / "blobs" / f"{blob('more')}.0b1c2d3e.incomplete").write_bytes(b"# Wor")
    for path in (hub, cache, cache / "snapshots" / "one"):
        report = gatehouse.scan(path)
        assert set(verdicts(report).values()) == {"clean"} and not ids(report), path
    assert len([file for file in verdicts(gatehouse.scan(cache)) if file.startswith("blobs/")]) == 3, "incomplete and orphan"


@pytest.mark.parametrize("names", [("chat_template.jinja", "README.md"), ("README.md", "chat_template.jinja")])
def test_a_blob_of_two_names_is_judged_under_each(cache, names):
    (cache / "blobs" / blob("text")).write_bytes(EVIL)
    for snapshot, name in zip(("one", "two"), names):
        os.symlink("../../blobs/" + blob("text"), cache / "snapshots" / snapshot / name)
    report = gatehouse.scan(cache)
    assert {file for file in verdicts(report) if ids(report, file) == RULES} == {
        f"snapshots/{snapshot}/{name}" for snapshot, name in zip(("one", "two"), names) if name.endswith(".jinja")}


def test_a_blob_with_a_name_is_judged_by_it(cache):
    """Anybody can make folders blobs/ and snapshots/: a link in one hides nothing in the other."""
    for name, content in (("chat_template.jinja", EVIL), ("install.sh", b"ls\n"), ("text", b"words\n"), ("A" * 40, b"words\n")):
        (cache / "blobs" / name).write_bytes(content)
        os.symlink(f"../../blobs/{name}", cache / "snapshots/one" / f"{name}.md")
    os.symlink(blob("aaa"), cache / "blobs" / "evil.py")
    report = gatehouse.scan(cache)
    assert ids(report, "blobs/chat_template.jinja") == RULES and ids(report, "blobs/install.sh") == {"COD-104"}
    assert ids(report, "blobs/evil.py") == {"FIL-001", "FIL-006"}
    assert {"blobs/text", "blobs/" + "A" * 40} <= set(verdicts(report))


def test_a_blob_that_no_snapshot_names_is_examined(cache):
    (cache / "blobs" / blob("lone")).write_bytes(b"\x80\x02cposix\nsystem\nX\4\0\0\0true\x85R.")
    os.symlink("../blobs/" + blob("lone"), cache / "refs" / "notes.md")
    assert "PKL-101" in ids(gatehouse.scan(cache), "blobs/" + blob("lone"))


ADAPTER = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"], "base_model_name_or_path": "x/y", "task_type": "CAUSAL_LM"}
MODULE = "base_model.model.model.layers.0.self_attn.q_proj.lora_"


def adapter_files():
    weights = make_safetensors.write({f"{MODULE}A.weight": ("F32", (64, 16)), f"{MODULE}B.weight": ("F32", (16, 64))})
    return {"adapter_config.json": json.dumps(ADAPTER).encode(), "adapter_model.safetensors": weights, "extra.py": b""}


@pytest.mark.parametrize("place", ["blobs", "refs", "snapshots", "snapshots/one", "elsewhere"])
def test_an_adapter_in_a_cache_is_compared(cache, place):
    (cache / place).mkdir(exist_ok=True)
    for name, content in adapter_files().items():
        (cache / place / name).write_bytes(content)
    assert {"LRA-022", "LRA-030"} <= ids(gatehouse.scan(cache), place)


def test_an_adapter_of_links_is_compared_in_each_snapshot(cache):
    for name, content in adapter_files().items():
        (cache / "blobs" / blob(name)).write_bytes(content)
        for snapshot in ("one", "two"):
            os.symlink("../../blobs/" + blob(name), cache / "snapshots" / snapshot / name)
    for path, prefix in ((cache, "snapshots/one"), (cache, "snapshots/two"), (cache / "snapshots" / "two", ".")):
        rules = ids(gatehouse.scan(path), prefix)
        assert {"LRA-022", "LRA-030"} <= rules and "LRA-037" not in rules


def test_a_second_name_that_git_would_run_is_examined(cache):
    hook = cache / "snapshots" / "two" / ".git" / "hooks"
    hook.mkdir(parents=True)
    (cache / "blobs" / blob("text")).write_bytes(b"words\n")
    os.symlink("../../blobs/" + blob("text"), cache / "snapshots/one/update")
    os.symlink("../../../../blobs/" + blob("text"), hook / "update")
    report = gatehouse.scan(cache)
    assert not ids(report, "snapshots/one/update") and ids(report, "snapshots/two/.git/hooks/update") == {"COD-104"}


def test_an_odd_path_is_said_of_each(cache):
    odd = cache / "snapshots" / "two" / "\u202e"
    odd.mkdir()
    os.symlink("../../../blobs/" + blob("aaa"), odd / "model.safetensors")
    assert len(ids(gatehouse.scan(cache))) > 0 and "FIL-008" in ids(gatehouse.scan(cache))
