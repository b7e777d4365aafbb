"""Fixtures that several tests of `gatehouse scan` use."""

import pytest

from scanning import safetensors


@pytest.fixture
def model(tmp_path):
    """A folder with a good and a bad file."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "good.safetensors").write_bytes(safetensors())
    (folder / "bad.safetensors").write_bytes(safetensors(b"x"))
    return folder
