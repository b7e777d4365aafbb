"""Files that the real libraries write, in an optional tier: name a Python that has them.

    GATEHOUSE_REAL_PYTHON=/path/to/venv/bin/python tests/e2e/run tests/artifacts/test_real.py

torch, safetensors, numpy, gguf, transformers, tokenizers, sentencepiece, peft, onnx, h5py, tables and keras are used
as far as they are there; what is missing is named.
"""

import json
import os
import pathlib
import subprocess

import pytest

import gatehouse

PYTHON = os.environ.get("GATEHOUSE_REAL_PYTHON")
MAKER = pathlib.Path(__file__).with_name("make_real.py")


@pytest.mark.skipif(not PYTHON, reason="GATEHOUSE_REAL_PYTHON names no Python with torch and others")
def test_what_the_libraries_write(tmp_path):
    done = subprocess.run([PYTHON, MAKER, tmp_path], stdout=subprocess.PIPE, text=True, check=True)
    real = json.loads(done.stdout.splitlines()[-1])
    print("made by", real["versions"], "missing", real["missing"])
    assert real["made"], real["missing"]
    report = gatehouse.scan(tmp_path)
    verdicts = {file["file"]: file["verdict"] for file in report["files"]}
    reasons = {}
    for finding in report["findings"]:
        reasons.setdefault(finding["file"], set()).add(finding["id"])
    wrong = {path: (wanted, verdicts.get(path), sorted(reasons.get(path, ())))
             for path, wanted in real["made"].items()
             if (verdicts.get(path) == "clean") != (wanted == "clean")}
    assert not wrong
    folders = {path: reasons.get(path) for path, verdict in verdicts.items()
               if path not in real["made"] and verdict != "clean"}
    assert not folders, "what no library contradicts"
