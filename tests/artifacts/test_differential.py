"""The differential tests, where their oracles are installed."""

import pytest

import diff_safetensors


def test_safetensors():
    pytest.importorskip("safetensors", reason="the Python package safetensors is not installed")
    different, summary = diff_safetensors.compare(count=2000, seed=diff_safetensors.SEED)
    assert not different, summary
