"""Findings that were accepted by digest, and where digests come from."""

import hashlib
import json
import os

import gatehouse
from scanning import adapter, ids, long_pickle, safetensors, verdicts


def suppression(path, id, digest, expires):
    path.write_text(f"version: 1\nsuppressions:\n  - id: {id}\n    sha256: {digest}\n"
                    f"    reason: looked at it\n    expires: {expires}\n")
    return path


def test_an_accepted_finding_is_shown_and_passes(model, tmp_path):
    digest = gatehouse.scan(model)["files"][0]["sha256"]
    accept = suppression(tmp_path / "accept.yaml", "STF-017", digest, "2999-12-31")
    report = gatehouse.scan(model, "--suppress", accept)
    assert report["summary"]["exit"] == 0 and report["summary"]["suppressed"] == 1
    (finding,) = [f for f in report["findings"] if f["id"] == "STF-017"]
    assert finding["suppressed"] == {"reason": "looked at it", "expires": "2999-12-31"}
    assert "looked at it" in gatehouse.run("scan", "--suppress", accept, model).stdout


def test_what_is_not_known_or_decided_can_be_accepted_too(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for id, verdict, content in (("FIL-002", "unsupported", bytes(range(200, 256))),
                                 ("FIL-009", "inconclusive", b"version https://git-lfs.github.com/spec/v1\n")):
        (folder / "x.dat").write_bytes(content)
        for arguments in ((), ("--fail-on", "critical")):
            (file,) = gatehouse.scan(folder, *arguments)["files"]
            assert file["verdict"] == verdict and file["sha256"] == hashlib.sha256(content).hexdigest()
        accept = suppression(tmp_path / "accept.yaml", id, file["sha256"], "2999-12-31")
        assert gatehouse.scan(folder, "--suppress", accept)["summary"]["exit"] == 0


def test_an_expired_one_does_not_pass_and_is_said(model, tmp_path):
    digest = gatehouse.scan(model)["files"][0]["sha256"]
    accept = suppression(tmp_path / "accept.yaml", "STF-017", digest, "2020-01-31")
    report = gatehouse.scan(model, "--suppress", accept)
    assert report["summary"]["exit"] == 1 and "SUP-001" in ids(report)


def test_one_that_matches_nothing_is_said(model, tmp_path):
    accept = suppression(tmp_path / "accept.yaml", "STF-017", "0" * 64, "2999-12-31")
    report = gatehouse.scan(model, "--suppress", accept)
    assert report["summary"]["exit"] == 1 and "SUP-002" in ids(report)


def test_a_changed_file_is_not_accepted(model, tmp_path):
    digest = gatehouse.scan(model)["files"][0]["sha256"]
    accept = suppression(tmp_path / "accept.yaml", "STF-017", digest, "2999-12-31")
    (model / "bad.safetensors").write_bytes(safetensors(b"y"))
    assert gatehouse.scan(model, "--suppress", accept)["summary"]["exit"] == 1


def test_a_broken_suppression_file_is_a_usage_error(model, tmp_path):
    (tmp_path / "accept.yaml").write_text("version: 1\nsuppressions:\n  - id: '*'\n")
    done = gatehouse.run("scan", "--suppress", tmp_path / "accept.yaml", model)
    assert done.returncode == 64 and "accept.yaml:3:" in done.stderr


def digest_of(report, name):
    (digest,) = [file["sha256"] for file in report["files"] if file["file"] == name]
    return digest


def accepted(tmp_path, folder, name, id, verdict="clean"):
    """Whether the finding passes once it is accepted by the digest that the report shows."""
    before = gatehouse.scan(folder)
    assert id in ids(before, name) and before["summary"]["exit"] in (1, 2)
    suppression(tmp_path / "accept.yaml", id, digest_of(before, name), "2199-01-01")
    after = gatehouse.scan(folder, "--suppress", tmp_path / "accept.yaml")
    return verdicts(after)[name] == verdict and after["summary"]["suppressed"] == 1


def test_what_shows_between_files_can_be_accepted(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "x.safetensors"}}')
    assert accepted(tmp_path, folder, ".", "CFG-207")
    # Another constellation is another digest.
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "y.safetensors"}}')
    report = gatehouse.scan(folder, "--suppress", tmp_path / "accept.yaml")
    assert ids(report) == {"CFG-207", "SUP-002"}


def test_a_tokenizer_whose_files_differ_can_be_accepted_as_it_is(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "vocab.json").write_text('{"a": 0, "b": 1}')
    (folder / "added_tokens.json").write_text('{"c": 1}')
    assert accepted(tmp_path, folder, ".", "TOK-204")
    # Neither of its facts changes, its words do.
    (folder / "added_tokens.json").write_text('{"d": 1}')
    report = gatehouse.scan(folder, "--suppress", tmp_path / "accept.yaml")
    assert ids(report) == {"TOK-204", "SUP-002"}


def test_what_an_adapter_lacks_can_be_accepted_as_it_is(tmp_path):
    folder = adapter(tmp_path / "a")
    (folder / "adapter_config.json").write_text(json.dumps(
        {**json.loads((folder / "adapter_config.json").read_text()), "lora_alpha": 1000}))
    assert accepted(tmp_path, folder, ".", "LRA-012")
    weights = (folder / "adapter_model.safetensors").read_bytes()
    (folder / "adapter_model.safetensors").write_bytes(weights[:-1] + b"\1")
    report = gatehouse.scan(folder, "--suppress", tmp_path / "accept.yaml")
    assert ids(report) >= {"LRA-012", "SUP-002"}


def test_a_link_is_accepted_by_where_it_leads(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    os.symlink("/nowhere/one", folder / "link")
    assert accepted(tmp_path, folder, "link", "FIL-005", "inconclusive")  # what it leads to was not examined
    (folder / "link").unlink()
    os.symlink("/nowhere/two", folder / "link")
    assert ids(gatehouse.scan(folder, "--suppress", tmp_path / "accept.yaml")) == {"FIL-005", "SUP-002"}


def test_a_file_whose_name_alone_is_odd_has_a_digest(tmp_path):
    (tmp_path / "a\tb.txt").write_text("words")
    (file,) = gatehouse.scan(tmp_path)["files"]
    assert file["sha256"] == hashlib.sha256(b"words").hexdigest()


def test_a_file_whose_examination_failed_has_a_digest(tmp_path):
    long_pickle(tmp_path / "long.pkl", 512)
    lengths = []
    while 64 not in lengths and len(lengths) < 6:  # it has the same second, too little at times
        report = gatehouse.scan(tmp_path, "--timeout", "1s")
        assert ids(report) == {"SYS-002"}
        lengths.append(len(report["files"][0].get("sha256", "")))
    assert lengths[-1] == 64, lengths
