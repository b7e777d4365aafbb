import pytest

from gate import Gate
from recorder import Recorder


@pytest.fixture(scope="module")
def recorder():
    upstream = Recorder()
    yield upstream
    upstream.close()


@pytest.fixture(scope="module")
def gate(recorder, tmp_path_factory):
    """A gateway in front of the recorder, with generous limits and one key of tenant alpha."""
    with Gate(tmp_path_factory.mktemp("gate"), upstream=f"http://127.0.0.1:{recorder.port}") as g:
        yield g
