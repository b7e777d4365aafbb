"""Files that the real libraries write, in an optional tier: name a Python that has them.

    GATEHOUSE_REAL_PYTHON=/path/to/venv/bin/python tests/e2e/run tests/artifacts/test_real.py

torch, safetensors, numpy, gguf, transformers, tokenizers, sentencepiece, peft, onnx, h5py, tables, keras, pillow,
soundfile, tensorboard, pyarrow and git are used as far as they are there; what is missing is named. Adapters of every
family need torch, transformers and peft.
"""

import json
import os
import pathlib
import subprocess

import pytest

import gatehouse

HERE = pathlib.Path(__file__).parent
PYTHON = os.environ.get("GATEHOUSE_REAL_PYTHON")
pytestmark = pytest.mark.skipif(not PYTHON, reason="GATEHOUSE_REAL_PYTHON names no Python with torch and others")


def make(maker, folder):
    done = subprocess.run([PYTHON, HERE / maker, folder], stdout=subprocess.PIPE, text=True, check=True)
    real = json.loads(done.stdout.splitlines()[-1])
    print("made by", real["versions"], "missing", real["missing"])
    assert real["made"], real["missing"]
    return real


def scanned(folder):
    """The verdict of each file, and the rules that were found in it."""
    report = gatehouse.scan(folder)
    reasons = {}
    for finding in report["findings"]:
        reasons.setdefault(finding["file"], set()).add(finding["id"])
    return {file["file"]: file["verdict"] for file in report["files"]}, reasons


def test_what_the_libraries_write(tmp_path):
    real = make("make_real.py", tmp_path)
    verdicts, reasons = scanned(tmp_path)
    wrong = {path: (wanted, verdicts.get(path), sorted(reasons.get(path, ())))
             for path, wanted in real["made"].items()
             if (verdicts.get(path) == "clean") != (wanted == "clean")}
    assert not wrong
    folders = {path: reasons.get(path) for path, verdict in verdicts.items()
               if path not in real["made"] and verdict != "clean"}
    assert not folders, "what no library contradicts"


def test_what_lies_beside_models(tmp_path):
    real = make("make_real_ordinary.py", tmp_path)
    verdicts, reasons = scanned(tmp_path)
    wrong = {path: (verdicts.get(path), sorted(reasons.get(path, ())))
             for path, rules in real["made"].items()
             if verdicts.get(path) != "clean" or reasons.get(path, set()) != set(rules.split())}
    assert not wrong


@pytest.fixture(scope="module")
def real_adapters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("families")
    return folder, make("make_real_adapters.py", folder)


@pytest.fixture(scope="module")
def families(real_adapters):
    """The folder of each family, with the number of kinds of modules that its adapters change."""
    folder, real = real_adapters
    return {folder / family: kinds for family, kinds in real["made"].items()}


SEEING = ("qwen2_vl", "qwen2_5_vl")


def adapters(folder):
    return {str(config.parent.relative_to(folder)) for config in folder.rglob("adapter_config.json")}


def test_adapters_of_every_family_fit_their_configuration(families):
    for family, kinds in families.items():
        report = gatehouse.scan(family / "fits", "--base", family / "config.json")
        assert kinds and len(report["files"]) > 2 * len(adapters(family / "fits")) > 0, family.name
        found = {finding["id"] for finding in report["findings"]}
        towers = {"LRA-017"} if family.name in SEEING else set()
        assert found == towers and report["summary"]["exit"] == 0, (family.name, report["findings"])


def test_one_size_that_is_off_is_found_in_every_family(families):
    for family, kinds in families.items():
        report = gatehouse.scan(family / "wrong", "--base", family / "config.json")
        made = adapters(family / "wrong")
        assert len(made) >= 3 * kinds, family.name
        for wrong in made:
            found = {f["id"] for f in report["findings"] if f["file"] == wrong or f["file"].startswith(wrong + "/")}
            size = "LRA-022" if wrong.endswith(".rank") else "LRA-023"
            allowed = {"LRA-022", "LRA-023"} | ({"LRA-017"} if family.name in SEEING else set())
            assert size in found and found <= allowed, (family.name, wrong, found)


def found_in(folder, *arguments):
    """By the folder of each adapter: rules and messages."""
    found = {name: set() for name in adapters(folder)}
    for finding in gatehouse.scan(folder, *arguments)["findings"]:
        found[finding["file"]].add((finding["id"], finding["message"]))
    return found


PICKLED = ("LRA-047", "adapter_model.bin is one")


def test_what_is_found_in_safetensors_is_found_in_a_pickle(families):
    for family in families:
        base = ("--base", family / "config.json")
        for kind in ("fits", "wrong"):
            as_safetensors = found_in(family / kind / "all", *base)
            as_pickles = found_in(family / "pickled" / kind / "all", *base)
            assert as_safetensors and as_pickles == {
                name: found | {PICKLED} for name, found in as_safetensors.items()}, (family.name, kind)


PRESENCE = {"LRA-038", "LRA-039"}


def against(adapter, base):
    return {finding["id"] for finding in gatehouse.scan(adapter, "--base", base)["findings"]}


def test_adapters_of_every_family_are_of_their_base(real_adapters):
    """All modules are found in the base's tensors; with a file missing, none is said to be absent."""
    folder, real = real_adapters
    for family in [*real["made"], *real["others"]]:
        base = folder / family / "base"
        found = against(folder / family / "fits", base)
        assert not found & PRESENCE and "LRA-023" not in found, (family, found)
        files = sorted(base.glob("*.safetensors"))
        assert len(files) > 2, family
        files[len(files) // 2].rename(folder / "aside")
        assert not against(folder / family / "fits", base) & PRESENCE, family
        (folder / "aside").rename(files[len(files) // 2])


def test_adapters_of_another_family_are_not(real_adapters):
    folder, real = real_adapters
    for family, base, rules in (("gpt2", "llama", {"LRA-038"}), ("llama", "gpt2", {"LRA-038"}),
                                ("falcon_7b", "bloom", {"LRA-023"}), ("phi3", "llama", {"LRA-039"}),
                                ("qwen2_5_vl", "qwen2", {"LRA-038"}), ("qwen2_moe", "qwen2", {"LRA-038"})):
        found = against(folder / family / "fits" / "all", folder / base / "base")
        assert rules <= found, (family, base, found)
