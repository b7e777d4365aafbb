"""Adapters on the command line: --base, --bank, limits, numbers."""

import json
import os
import resource

import pytest

import gatehouse
from cases_adapter import PLAIN, Q, module, numbers
from make_torch import legacy, named, saved
from scanning import adapter, ids, safetensors, verdicts


def write(folder, config, pickle):
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "adapter_model.bin").write_bytes(pickle)
    return folder


@pytest.fixture
def base(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 16,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": 10}))
    return tmp_path / "base"


def test_an_adapter_fits_its_base_or_not(tmp_path, base):
    assert gatehouse.scan(adapter(tmp_path / "good"), "--base", base)["summary"]["exit"] == 0
    deep = adapter(tmp_path / "deep", layers=3)
    assert gatehouse.scan(deep)["summary"]["exit"] == 0
    for given in (base, base / "config.json"):
        report = gatehouse.scan(deep, "--base", given)
        assert "LRA-024" in ids(report) and verdicts(report)["."] == "findings"


def test_ranks_beyond_what_vllm_is_started_with(tmp_path):
    folder = adapter(tmp_path / "a")
    assert gatehouse.scan(folder, "--max-lora-rank", "2")["summary"]["exit"] == 0
    assert ids(gatehouse.scan(folder, "--max-lora-rank", "1")) >= {"LRA-011"}
    assert ids(gatehouse.scan(folder, "--max-lora-scaling", "1")) >= {"LRA-012"}


def test_links_in_an_adapter(tmp_path):
    folder = adapter(tmp_path / "a")
    os.rename(folder / "adapter_model.safetensors", tmp_path / "w")
    os.symlink("../w", folder / "adapter_model.safetensors")
    report = gatehouse.scan(tmp_path)
    assert "LRA-037" in ids(report, "a") and verdicts(report)["a"] == "findings"
    os.unlink(folder / "adapter_model.safetensors")
    os.rename(tmp_path / "w", folder / "adapter_model.safetensors")
    os.symlink("a", tmp_path / "current")
    report = gatehouse.scan(tmp_path)
    assert report["summary"]["exit"] == 0 and "LRA-037" not in ids(report), "its folder may be reached by one"
    (tmp_path / "other").mkdir()
    os.symlink("../other", folder / "sub")
    assert "LRA-037" in ids(gatehouse.scan(tmp_path), "a")


def test_ranks_that_need_an_option(tmp_path):
    folder = adapter(tmp_path / "a")
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, "rank_pattern": {"k_proj": 33}}))
    report = gatehouse.scan(folder)
    assert report["summary"]["exit"] == 0
    assert [f["message"] for f in report["findings"] if f["id"] == "LRA-015"] == ["needs --max-lora-rank 64"]
    assert "LRA-015" not in ids(gatehouse.scan(folder, "--max-lora-rank", "64"))


def test_numbers_are_shown_when_asked_for(tmp_path):
    folder = adapter(tmp_path / "a")
    assert not any("measured" in file for file in gatehouse.scan(folder)["files"])
    (measured,) = [file["measured"] for file in gatehouse.scan(folder, "--stats")["files"] if "measured" in file]
    assert len(measured) == 4 and measured[0]["spectral_norm"] > 0
    assert "spectral norm" in gatehouse.run("scan", "--stats", folder).stdout


def test_a_bank_to_compare_with(tmp_path):
    for i in range(12):
        adapter(tmp_path / "bank" / str(i), scale=1 + i / 10)
    usual = adapter(tmp_path / "usual", scale=1.5)
    strange = adapter(tmp_path / "strange", scale=30.0)
    assert "LRA-044" not in ids(gatehouse.scan(usual, "--bank", tmp_path / "bank"))
    report = gatehouse.scan(strange, "--bank", tmp_path / "bank")
    assert "LRA-044" in ids(report) and report["summary"]["exit"] == 0, "a reason to look, nothing more"


def test_a_bank_of_pickles(tmp_path):
    config = {**PLAIN, "target_modules": ["q_proj"]}
    for i in range(8):
        write(tmp_path / "bank" / str(i), config, saved(module(Q, seed=i + 1)))
    write(tmp_path / "bank" / "legacy", config, legacy(named(module(Q))))
    usual = write(tmp_path / "usual", config, saved(module(Q, seed=9)))
    strange = write(tmp_path / "strange", config, saved({
        name: (dtype, shape, numbers(256, seed, 50.0)) for seed, (name, (dtype, shape, _)) in enumerate(module(Q).items(), 500)}))
    report = gatehouse.scan(usual, "--bank", tmp_path / "bank")
    assert "LRA-044" not in ids(report)
    said = [f["message"] for f in report["findings"] if f["id"] == "LRA-035"]
    assert said == ["legacy: adapter_model.bin: it is no zip that torch.save writes"]
    assert "LRA-044" in ids(gatehouse.scan(strange, "--bank", tmp_path / "bank"))


def test_a_bank_that_is_broken_in_part_is_said_to_be(tmp_path):
    for i in range(3):
        adapter(tmp_path / "bank" / str(i))
    (tmp_path / "bank" / "0" / "adapter_model.safetensors").write_bytes(b"abc")
    (tmp_path / "bank" / "empty").mkdir()
    (tmp_path / "bank" / "notes.txt").write_text("of the operator")
    folder = adapter(tmp_path / "a")
    report = gatehouse.scan(folder, "--bank", tmp_path / "bank")
    said = [f["message"] for f in report["findings"] if f["id"] == "LRA-035"]
    assert len(said) == 2 and said[0].startswith("0: ") and said[1].startswith("empty: "), said
    assert report["summary"]["exit"] == 0
    assert "LRA-035" in gatehouse.run("scan", folder, "--bank", tmp_path / "bank").stdout


def test_a_bank_without_a_sound_adapter_is_no_bank(tmp_path):
    adapter(tmp_path / "bank" / "a")
    (tmp_path / "bank" / "a" / "adapter_model.safetensors").write_bytes(b"abc")
    done = gatehouse.run("scan", adapter(tmp_path / "a"), "--bank", tmp_path / "bank")
    assert done.returncode == 2 and "no adapter in it can be used: a: " in done.stderr and done.stdout == ""


def test_a_bank_is_measured_once(tmp_path):
    """Twenty adapters and a bank of forty take no more than a few times what one adapter takes."""
    for i in range(40):
        adapter(tmp_path / "bank" / str(i), scale=1 + i / 10)
    for i in range(20):
        adapter(tmp_path / "many" / str(i))

    def seconds(path):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        gatehouse.scan(path, "--bank", tmp_path / "bank")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    one = min(seconds(tmp_path / "many" / "0") for _ in range(3))
    assert seconds(tmp_path / "many") < 8 * one, "forty files for each of twenty would be fifteen times as much"


def test_a_base_is_said_to_be_wrong_in_words(tmp_path, base):
    folder = adapter(tmp_path / "a")
    (base / "config.json").write_text("")
    (base / "model.safetensors").write_bytes(b"abc")
    report = gatehouse.scan(folder, "--base", base)
    messages = [f["message"] for f in report["findings"] if f["id"] == "LRA-033"]
    assert len(messages) == 2 and report["summary"]["exit"] == 2
    assert messages[0].startswith("model.safetensors of the base cannot be used: ")
    assert messages[1] == "the base's config.json is empty"


def test_a_base_that_cannot_be_opened_is_inconclusive(tmp_path, base):
    folder = adapter(tmp_path / "a")
    os.symlink("nowhere", base / "model.safetensors")
    os.mkfifo(base / "more.safetensors")

    def faults():
        report = gatehouse.scan(folder, "--base", base, timeout=10)
        assert verdicts(report)["."] == "inconclusive" and report["summary"]["exit"] == 2
        return [f["id"] for f in report["findings"]].count("LRA-033")

    assert faults() == 2
    (base / "config.json").unlink()
    os.symlink("nowhere", base / "config.json")
    assert faults() == 3


def test_a_base_or_bank_without_adapters_is_a_note(tmp_path, base):
    adapter(tmp_path / "bank" / "a")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "good.safetensors").write_bytes(safetensors())
    for option, path in (("--base", base), ("--bank", tmp_path / "bank")):
        report = gatehouse.scan(tmp_path / "model", option, path)
        assert ids(report) == {"LRA-034"} and report["summary"]["exit"] == 0
        assert f"{option} was given" in gatehouse.run("scan", tmp_path / "model", option, path).stdout
        assert "LRA-034" not in ids(gatehouse.scan(tmp_path / "bank", option, path))


def test_tensors_of_an_adapter_named_alone_need_no_configuration(tmp_path):
    folder = adapter(tmp_path / "a")
    assert gatehouse.scan(folder / "adapter_model.safetensors")["summary"]["exit"] == 0
    for name in ("adapter_model.bin", "adapter_model.pt", "adapter_model.safetensors"):
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / name).write_bytes(b"\x80\x02N.")
        assert "LRA-014" in ids(gatehouse.scan(tmp_path / "b"), ".")
        (tmp_path / "b" / name).unlink()


def test_a_configuration_named_alone_is_one_of_an_adapter(tmp_path):
    config = adapter(tmp_path / "a") / "adapter_config.json"
    assert gatehouse.scan(config)["summary"]["exit"] == 0
    settings = json.loads(config.read_text())
    own = {"base_model_class": "Model", "parent_library": "mine"}
    for change, rule in (({"auto_mapping": own}, "LRA-008"), ({"r": 0}, "LRA-002"), ({"r": 4}, None)):
        config.write_text(json.dumps(settings | change))
        report = gatehouse.scan(config, "--max-lora-rank", "2")
        assert ids(report) == {rule or "LRA-011"} and report["summary"]["exit"] == 1
    config.write_text("{")
    assert gatehouse.scan(config)["summary"]["exit"] != 0
    config.rename(config.with_name("config.json"))
    (tmp_path / "a/config.json").write_text(json.dumps(settings | {"r": 0}))
    assert gatehouse.scan(tmp_path / "a/config.json")["summary"]["exit"] == 0


def test_a_base_or_bank_that_is_not_there(tmp_path):
    folder = adapter(tmp_path / "a")
    (tmp_path / "empty").mkdir()
    for option in ("--base", "--bank"):
        for path in (tmp_path / "none", folder.parent / "a" / "adapter_config.json" / "x", tmp_path / "empty"):
            done = gatehouse.run("scan", folder, option, path)
            assert done.returncode == 2 and option in done.stderr and done.stdout == ""
