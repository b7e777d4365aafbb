"""What is measured, and what the project has promised of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    most: float
    against: str  # a peer for a ratio, "" for an absolute value


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    unit: str
    metric: str                   # cpu_us, resident_kb or added_p50_us
    per: str = "requests"         # what the CPU time is divided by
    mock: tuple = ()
    load: tuple = ()
    streams: int = 1              # on each connection; more than one is HTTP/2
    status: int = 200             # that every answer must have, 0: there are none
    tight: bool = False           # limits as in the guide, so that nearly all is refused
    wrong_key: bool = False
    only_key_checkers: bool = False
    seconds: float = 1.0          # times --seconds
    rounds: int = 0               # in place of the usual number
    slow: bool = False            # left out by --quick
    target: Target = None         # nothing was promised


CLOSED = ("--connections", 32)
FLOOD = ("--pace", "flood", "--events", 200)
STEP = ("--pace", "timed", "--events", 200, "--period-us", 5000, "--slots", 1)
SPREAD = ("--pace", "timed", "--events", 200, "--period-us", 5000, "--slots", 64)
HOLD = ("--pace", "timed", "--events", 0, "--period-us", 1000000, "--slots", 500)
STREAMS = ("--stream", "--connections", 64, "--warm", 1)

ALL = [
    Workload("W1", "request with a body of 1 KB", "µs CPU", "cpu_us", load=CLOSED,
             target=Target(1.0, "nginx")),
    Workload("W2", "request with a body of 16 KB", "µs CPU", "cpu_us",
             load=(*CLOSED, "--body", 16384), target=Target(0.35, "nginx")),
    Workload("W3", "request with a body of 100 KB", "µs CPU", "cpu_us",
             load=(*CLOSED, "--body", 102400), target=Target(0.65, "nginx")),
    Workload("W4", "event, 32 streams as fast as they go", "µs CPU", "cpu_us", per="events",
             mock=FLOOD, load=("--stream", "--connections", 32, "--warm", 1),
             target=Target(1.25, "nginx")),
    Workload("W4p", "event, 64 streams in step every 5 ms", "µs CPU", "cpu_us", per="events",
             mock=STEP, load=STREAMS, target=Target(1.25, "nginx")),
    Workload("W4d", "event, 64 streams out of step", "µs CPU", "cpu_us", per="events",
             mock=SPREAD, load=STREAMS, target=Target(1.25, "nginx")),
    Workload("W5", "open stream, 2,000 held", "KB resident", "resident_kb", mock=HOLD,
             load=("--mode", "hold", "--connections", 2000), status=0, rounds=2,
             target=Target(23.0, "")),
    Workload("W5b", "open stream, 5,000 held", "KB resident", "resident_kb", mock=HOLD,
             load=("--mode", "hold", "--connections", 5000), status=0, rounds=2, slow=True,
             target=Target(23.0, "")),
    Workload("W5h", "open stream over HTTP/2, 2,000 held on 20 connections", "KB resident",
             "resident_kb", mock=HOLD, load=("--connections", 20, "--streams", 100), streams=100,
             status=0, rounds=2),
    Workload("W6", "new connection, full handshake", "µs CPU", "cpu_us",
             load=("--mode", "handshake", "--connections", 16), status=0,
             target=Target(1.1, "nginx")),
    Workload("W7a", "refusal of a wrong key (401)", "µs CPU", "cpu_us", load=CLOSED, status=401,
             wrong_key=True, only_key_checkers=True, target=Target(0.9, "haproxy")),
    Workload("W7b", "refusal over the rate (429)", "µs CPU", "cpu_us",
             load=(*CLOSED, "--warm", 30), status=429, tight=True, target=Target(0.8, "nginx")),
    Workload("W8", "latency added at one connection, p50", "µs", "added_p50_us",
             load=("--mode", "latency"), seconds=0.25, rounds=21, target=Target(1.05, "nginx")),
]

# Measured of gatehouse and its peers outside the workloads.
IDLE = Target(30.0, "")      # MB resident after start and a few requests
SYSCALLS = Target(5.0, "")   # per keep-alive request of 1 KB
