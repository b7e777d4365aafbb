"""Everything at once for a long time, then the books.

    soak.py [--minutes N | --seconds N] [--seed N] [--clients N]
"""

import argparse
import collections
import pathlib
import shutil
import sys
import tempfile
import threading
import time

import stage as stages  # first: it makes the modules of tests/e2e known

import books
import clients
import meanwhile
import wire


class Samples(threading.Thread):
    """Memory and descriptors, every half second."""

    def __init__(self, stage):
        super().__init__()
        self.stage, self.rows, self.done = stage, [], threading.Event()
        self.began = time.monotonic()

    def run(self):
        while not self.done.wait(0.5):
            self.rows.append((time.monotonic() - self.began, self.stage.resident(),
                              self.stage.descriptors(),
                              self.stage.gate.metric("gatehouse_requests_in_flight")))

    def stop(self):
        self.done.set()
        self.join()


def traffic(stage, visitors, during, seconds):
    """All of it for so long; the samples."""
    samples = Samples(stage)
    samples.start()
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=visitor.until, args=(end,)) for visitor in visitors]
    with during:
        for thread in threads:
            thread.start()
        last = seconds
        while (left := end - time.monotonic()) > 0:
            if last - left >= 60:
                last -= 60
                print(f"  {left:4.0f} s to go, {stage.resident() / 2**20:.1f} MiB resident",
                      flush=True)
            time.sleep(min(left, 1))
        for thread in threads:
            thread.join()
    samples.stop()
    return samples.rows


def print_done(visitors, during, seconds):
    turns, statuses = collections.Counter(), collections.defaultdict(collections.Counter)
    for visitor in visitors:
        turns += visitor.turns
        for (kind, status), count in visitor.answers.items():
            statuses[kind][status] += count
    print(f"\n{'client':20} {'turns':>7}  answers")
    for kind, count in turns.most_common():
        answers = "  ".join(f"{status}: {n}" for status, n in sorted(statuses[kind].items()))
        print(f"{kind:20} {count:7}  {answers}")
    total = sum(sum(each.values()) for each in statuses.values())
    print(f"{'together':20} {sum(turns.values()):7}  {total}, {total / seconds:.0f} per second\n")
    for what, count in sorted(during.done.items()):
        print(f"{what:36} {count:5}")
    for what, took in sorted(during.slowest.items()):
        print(f"{what + ' in force after at most':36} {took:5.1f} s")
    print()


def keep_evidence(stage, visitors, during, samples, text):
    (stage.folder / "metrics.txt").write_text(text)
    rows = ["\t".join(f"{value:.0f}" for value in row) + "\n" for row in samples]
    (stage.folder / "samples.tsv").write_text(
        "seconds\tresident\tdescriptors\tin_flight\n" + "".join(rows))
    wrong = [line for one in [*visitors, during] for line in one.wrong]
    (stage.folder / "complaints.txt").write_text("".join(line + "\n" for line in sorted(wrong)))
    (stage.folder / "seen.txt").write_text("".join(
        name + "\n" for visitor in visitors for name in visitor.ids))


def soak(folder, seconds, seed, count):
    checks = books.Checks()
    with stages.Stage(folder) as stage:
        visitors = [clients.Visitor(stage, seed * 1000 + i) for i in range(count + 1)]
        operator = visitors.pop()
        during = meanwhile.Meanwhile(stage, operator, seed)
        wire.wait_for(lambda: stage.gate.chat().status == 200)
        before = stage.descriptors()
        samples = traffic(stage, visitors, during, seconds)
        everybody = [*visitors, operator]
        print_done(everybody, during, seconds)
        books.settled(checks, stage, before)
        books.slots_are_free(checks, stage, operator)
        books.memory(checks, [row[:2] for row in samples], seconds)
        wire.wait_for(lambda: stage.gate.metric("gatehouse_requests_in_flight") == 0)
        text = stage.gate.metrics()
        stage.gate.terminate()
        code = stage.gate.stopped()
        checks.row("exit code after SIGTERM", 0, code, code == 0)
    lines = books.read_logs(checks, stage)
    books.log_and_metrics(checks, lines, text)
    books.every_request_once(checks, lines, [name for one in everybody for name in one.ids],
                             [name for server in stage.servers for name in server.received])
    answers = sum((one.answers for one in everybody), collections.Counter())
    books.nothing_odd(checks, stage, text, answers,
                      [line for one in [*everybody, during] for line in one.wrong])
    for holds, what, expected, observed in checks.rows:
        print(f"{'ok  ' if holds else 'FAIL'}  {what:58} {expected:24} {observed}")
    if checks.failed:
        keep_evidence(stage, everybody, during, samples, text)
    return checks


def main():
    options = argparse.ArgumentParser()
    options.add_argument("minutes", nargs="?", type=float, default=10)
    options.add_argument("--seconds", type=float)
    options.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    options.add_argument("--clients", type=int, default=14)
    options = options.parse_args()
    seconds = options.seconds or options.minutes * 60
    print(f"soak: {seconds:.0f} s, {options.clients} clients, seed {options.seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-soak-"))
    try:
        checks = soak(folder, seconds, options.seed, options.clients)
    except BaseException:
        print(f"soak: broken off; what there is: {folder}", file=sys.stderr)
        raise
    print(f"\n{len(checks.rows) - checks.failed} of {len(checks.rows)} checks hold")
    if checks.failed:
        print(f"soak: the evidence is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
