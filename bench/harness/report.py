"""Samples to a table that people read, and to rows that programs read."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path

from . import workloads


def figure(value):
    """Three significant digits."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(values):
    if not values:
        return "–"
    middle = figure(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({figure(min(values))}–{figure(max(values))})"


def verdict(values, most):
    """Met or missed by the median; said when the rounds did not agree."""
    if not values:
        return "not measured"
    met = statistics.median(values) <= most
    agreed = all((value <= most) == met for value in values)
    return ("met" if met else "MISSED") + ("" if agreed else ", rounds differ")


class Report:
    def __init__(self, peers, arena, settings):
        self.peers = [peer.name for peer in peers]
        self.versions = [peer.version(arena) for peer in peers]
        self.settings = settings
        self.samples = {}   # (workload, peer) → samples, by round
        self.idle = {}      # peer → MB
        self.calls = {}     # peer → system calls per request
        self.load_before = os.getloadavg()[0]

    def add(self, workload, peer, sample):
        self.samples.setdefault((workload.name, peer.name), []).append(sample)

    def values(self, workload, peer):
        return [sample.value for sample in self.samples.get((workload.name, peer), [])]

    def ratios(self, workload, against):
        """Gatehouse to a peer, round by round."""
        pairs = zip(self.values(workload, "gatehouse"), self.values(workload, against))
        return [ours / theirs for ours, theirs in pairs]

    def judged(self, workload):
        """What the target is about: ratios to a peer, or the values themselves."""
        target = workload.target
        if target and target.against:
            return self.ratios(workload, target.against)
        return self.values(workload, "gatehouse")

    def rows(self, chosen):
        """The table: header and lines, all of text."""
        header = ["", "", *self.peers, "gatehouse ÷", "target", ""]
        lines = []
        for workload in chosen:
            cells = [spread(self.values(workload, peer)) for peer in self.peers]
            target = workload.target
            judged = self.judged(workload)
            if target is None:
                lines.append([workload.name, f"{workload.title}, {workload.unit}", *cells,
                              "", "", "no target"])
                continue
            ratio = f"{spread(judged)} {target.against}" if target.against and judged else ""
            lines.append([workload.name, f"{workload.title}, {workload.unit}", *cells, ratio,
                          f"≤ {target.most:g}", verdict(judged, target.most)])
        extra = (("RSS", "resident when idle, MB", self.idle, workloads.IDLE),
                 ("calls", "system calls per request of 1 KB", self.calls, workloads.SYSCALLS))
        for name, title, found, target in extra:
            if found:
                ours = [found["gatehouse"]] if found.get("gatehouse") else []
                lines.append([name, title, *(figure(found.get(peer)) for peer in self.peers), "",
                              f"≤ {target.most:g}", verdict(ours, target.most)])
        return header, lines

    def doubts(self):
        return sorted({f"{workload}, {peer}: {sample.note}"
                       for (workload, peer), samples in self.samples.items()
                       for sample in samples if sample.note})

    def text(self, chosen):
        header, lines = self.rows(chosen)
        widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                 for line in [header, *lines]]
        return "\n".join([*table, *("doubtful: " + doubt for doubt in self.doubts())])

    def markdown(self, chosen):
        header, lines = self.rows(chosen)
        table = ["| " + " | ".join(line) + " |"
                 for line in [header, ["---"] * len(header), *lines]]
        about = [f"- {name}: {version}" for name, version in zip(self.peers, self.versions)]
        about += [f"- {fact}" for fact in self.facts()]
        doubts = [f"- doubtful: {doubt}" for doubt in self.doubts()]
        return "\n".join([f"# Benchmark of {datetime.date.today()}", "", *about, "",
                          "Median (min–max) over the rounds; ratios are medians of the ratios of "
                          "each round. Method: `bench/README.md`.", "", *table,
                          *([""] + doubts if doubts else []), ""])

    def facts(self):
        openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout
        return [f"processor: {processor()}, {os.cpu_count()} logical; Linux "
                f"{platform.release().split('-')[0]}; {' '.join(openssl.split()[:2])}",
                f"{self.settings}; load average {self.load_before:.1f} before, "
                f"{os.getloadavg()[0]:.1f} after"]

    def tsv(self):
        lines = ["workload\tpeer\tround\tvalue\tcount\tcpu_us\tresident_mb\tnote"]
        for (workload, peer), samples in self.samples.items():
            lines += [f"{workload}\t{peer}\t{i + 1}\t{s.value:.3f}\t{s.count}\t{s.cpu_us:.3f}\t"
                      f"{s.resident_mb:.2f}\t{s.note}" for i, s in enumerate(samples)]
        for name, found in (("idle_mb", self.idle), ("system_calls", self.calls)):
            lines += [f"{name}\t{peer}\t1\t{value:.3f}\t\t\t\t"
                      for peer, value in found.items() if value is not None]
        return "\n".join(lines) + "\n"

    def write(self, chosen, folder):
        slug = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
        stem = Path(folder) / f"{datetime.date.today()}-{slug}"
        stem.parent.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".md").write_text(self.markdown(chosen))
        stem.with_suffix(".tsv").write_text(self.tsv())
        return stem.with_suffix(".md")


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return re.sub(r"\((R|TM)\)", "", line.split(":", 1)[1]).strip()
    return platform.machine()
