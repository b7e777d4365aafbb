"""That files are hashed by several threads at once: the threads are counted in /proc, not the time."""

import contextlib
import os
import subprocess
import time

import pytest

from signed_model import BINARY, Key, gatehouse

LONGEST = 120  # seconds


def busy_threads(process):
    """How many threads of it have used a processor for a while."""
    count = 0
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{process.pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{process.pid}/task/{task}/stat") as file:
                user, system = file.read().rpartition(")")[2].split()[11:13]
                count += int(user) + int(system) >= 3  # hundredths of a second
    return count


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """Files that take a while and no space."""
    folder = tmp_path_factory.mktemp("large")
    key = Key(folder)
    model = folder / "model"
    model.mkdir()
    for i in range(6):
        with (model / f"{i}.safetensors").open("wb") as file:
            file.truncate(256 << 20)
    assert gatehouse("sign", model, "--key", key.private).returncode == 0
    return model, key


@pytest.mark.parametrize("threads, least, most", ((1, 1, 1), (2, 2, 2), (3, 3, 3), (None, 2, 64)))
def test_threads_at_work(signed, threads, least, most):
    if threads is None and (os.cpu_count() or 1) < 2:
        pytest.skip("one core: there is one thread")
    model, key = signed
    options = [] if threads is None else ["--threads", str(threads)]
    seen = 0
    process = subprocess.Popen([BINARY, "verify", model, "--key", key.public, *options], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + LONGEST
    while process.poll() is None and time.monotonic() < deadline:
        seen = max(seen, busy_threads(process))
    assert process.wait(LONGEST) == 0
    # One more that hands out the work and waits.
    assert least <= seen <= most + 1
