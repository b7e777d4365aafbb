"""The differential tests, where their oracles are installed."""

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
