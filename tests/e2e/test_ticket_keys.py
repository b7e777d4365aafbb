"""How long a session can be resumed, on a clock that the test moves."""

import shutil
import subprocess
import time

import pytest

import wire
from gate import SANITIZED, Gate

# CLOCK_MONOTONIC, as many seconds ahead as the file says.
CLOCK = r"""
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  const int result = (int)syscall(SYS_clock_gettime, clock, now);
  long ahead = 0;
  FILE *file = clock == CLOCK_MONOTONIC ? fopen(getenv("AHEAD"), "r") : NULL;
  if (file != NULL) {
    if (fscanf(file, "%ld", &ahead) == 1) now->tv_sec += ahead;
    fclose(file);
  }
  return result;
}
"""
HOUR = 3600


@pytest.mark.skipif(SANITIZED, reason="sanitizers want to be loaded first")
@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_keys_of_tickets_are_renewed(tmp_path, recorder):
    """A ticket is good for twelve hours at most, whatever the client keeps: then the keys that made it
    are gone, although no certificate has changed."""
    # covers: algorithms-7-tls-tickets engine-3.5-tickets
    source, library, ahead = (tmp_path / name for name in ("clock.c", "clock.so", "ahead"))
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    ahead.write_text("0")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}", more="workers: 1",
              environment={"LD_PRELOAD": str(library), "AHEAD": str(ahead)}) as gate:
        context = wire.client_context(gate.certificate)

        def resumed(session):
            """Whether it is, and the connection's own session."""
            with gate.connect(context=context, session=session) as connection:
                assert gate.call("/v1/models", connection=connection).status == 200
                return connection.session_reused, connection.session

        def jump(hours):
            ahead.with_suffix(".new").write_text(str(int(hours * HOUR)))
            ahead.with_suffix(".new").rename(ahead)

        _, session = resumed(None)
        assert resumed(session)[0]
        jump(11)
        until = time.monotonic() + 2.5  # certificates are looked at every second
        while time.monotonic() < until:
            assert resumed(session)[0]
            time.sleep(0.1)
        jump(12.01)
        assert wire.wait_for(lambda: not resumed(session)[0])
        _, session = resumed(None)
        assert resumed(session)[0]
        assert "certificates were reloaded" not in gate.stderr()
