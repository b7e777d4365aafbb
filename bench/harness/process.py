"""Processes: started on one core, read through /proc, ended by their own id."""

import os
import signal
import subprocess
from pathlib import Path

PAGE = os.sysconf("SC_PAGESIZE")


def start(command, core, stdout=subprocess.PIPE, stdin=None, stderr=None):
    """A child pinned to `core`. `stderr` may be the path of a file."""
    def prepare():
        os.sched_setaffinity(0, {core})
        os.setpgid(0, 0)
    log = open(stderr, "w") if isinstance(stderr, Path) else None
    child = subprocess.Popen([str(part) for part in command], stdin=stdin, stdout=stdout,
                             stderr=log or stderr, text=True, preexec_fn=prepare)
    if log:
        log.close()
    child.log = stderr if log else None
    return child


def stop(child, patience=10):
    """SIGTERM, and SIGKILL when that is not heard."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
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


def first_words(child, prefix):
    """The rest of the first line of its stdout that begins with `prefix`."""
    for line in child.stdout:
        if line.startswith(prefix):
            return line[len(prefix):].strip()
    said = child.log.read_text()[-2000:] if child.log else ""
    raise RuntimeError(f"{child.args[0]} ended with {child.wait()} before it said {prefix!r}\n{said}")
