"""Processes: started on one core, read through /proc, ended by their own id."""

import os
import signal
import subprocess
from pathlib import Path

PAGE = os.sysconf("SC_PAGESIZE")


def start(command, core, cwd=None, stdout=subprocess.PIPE, stdin=None, stderr=None):
    """A child pinned to `core`; it ends with us even when we are killed."""
    def prepare():
        os.sched_setaffinity(0, {core})
        os.setpgid(0, 0)
    return subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=stdin, stdout=stdout,
                            stderr=stderr, text=True, preexec_fn=prepare)


def stop(process, patience=10):
    """SIGTERM, and SIGKILL when that is not heard."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


def family(pid):
    """`pid` and all its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_ns(pid):
    """Time on a processor of every thread of the family, from the scheduler's own clock."""
    total = 0
    for member in family(pid):
        for task in Path(f"/proc/{member}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


def resident_bytes(pid):
    """Resident memory of the family; pages that members share count once for each."""
    return sum(int(Path(f"/proc/{member}/statm").read_text().split()[1]) * PAGE
               for member in family(pid))


def first_words(process, prefix):
    """The rest of the first line of stdout that begins with `prefix`."""
    for line in process.stdout:
        if line.startswith(prefix):
            return line[len(prefix):].strip()
    raise RuntimeError(f"{process.args[0]} ended with {process.wait()} before it said {prefix!r}")
