"""The differential tests, where their oracles are installed."""

import os
import pathlib
import subprocess
import sys

import pytest

import diff_hdf5
import diff_safetensors


def test_safetensors():
    pytest.importorskip("safetensors", reason="the Python package safetensors is not installed")
    different, summary = diff_safetensors.compare(count=2000, seed=diff_safetensors.SEED)
    assert not different, summary


@pytest.mark.skipif(not diff_hdf5.has_oracle(), reason=f"h5py is not installed for {diff_hdf5.PYTHON}")
def test_hdf5():
    different, summary = diff_hdf5.compare(count=1500, seed=diff_hdf5.SEED)
    assert not different, summary


HERE = pathlib.Path(__file__).parent
REAL = os.environ.get("GATEHOUSE_REAL_PYTHON")  # of test_real.py


def run(script, *arguments, python=sys.executable):
    """The script in a process of its own, which sets limits for itself; 77 means that something is missing."""
    done = subprocess.run([python, HERE / script, *map(str, arguments)], stdout=subprocess.PIPE, text=True, timeout=600)
    print(done.stdout)
    return done


@pytest.mark.parametrize("seed", (20261125, 4711, 7))
def test_pickle(seed):
    """C `_pickle` and the unpickler in Python: whatever they import or call was said."""
    done = run("diff_pickle.py", "--count", 2500, "--seed", seed, "--only", "python")
    assert done.returncode == 0 and "0 complaints" in done.stdout, done.stdout


@pytest.mark.skipif(not REAL, reason="GATEHOUSE_REAL_PYTHON names no Python with torch: torch.load was not compared")
def test_pickle_of_torch():
    done = run("diff_pickle.py", "--count", 2000, "--seed", 7, "--only", "torch", "--torch-python", REAL)
    assert done.returncode == 0 and " 0 complaints" in done.stdout, done.stdout


def test_jinja():
    for python in filter(None, (sys.executable, REAL)):
        done = run("diff_jinja.py", "--count", 1500, "--seed", 1, python=python)
        if done.returncode != 77:
            assert done.returncode == 0, done.stdout
            return
    pytest.skip("jinja2 is not installed: templates were not compared with it")


def test_regex():
    done = run("diff_regex.py", "--count", 80)
    assert done.returncode == 0, done.stdout


def test_tokenizers():
    """What is called clean, the tokenizers library loads and uses."""
    for python in filter(None, (sys.executable, REAL)):
        done = run("diff_tokenizers.py", "--count", 1500, python=python)
        if done.returncode != 77:
            assert done.returncode == 0, done.stdout
            return
    pytest.skip("tokenizers is not installed: tokenizer.json was not compared with it")
