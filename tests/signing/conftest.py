"""Fixtures that several tests of signing use."""

import pytest

from signed_model import Key, make_model


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def model(tmp_path):
    return make_model(tmp_path / "model")
