#!/usr/bin/env python3
"""Gatehouse and other scanners on the same files: processor time, wall clock, peak memory.

README.md has the files, the method and the targets.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import files  # noqa: E402
import peers  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 180  # seconds, for one program on one file


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure(command):
    """(wall ms, processor ms, peak MB, exit code) of one run; None when it was cut."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    cut = threading.Timer(LONGEST, child.kill)
    cut.start()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    was_cut = not cut.is_alive()
    cut.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if was_cut:
        return None
    return (wall * 1e3, (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss / 1024,
            child.returncode)


def median(samples):
    return [statistics.median(column) for column in zip(*samples, strict=True)]


def rounds_of(command, rounds):
    samples = []
    for _ in range(rounds):
        sample = measure(command)
        if sample is None:
            return None
        samples.append(sample)
        if sample[0] > 10_000:  # once is enough to see it
            break
    return median(samples)


def judge(promised, size, result):
    wall, _, peak, _ = result
    kept = []
    if "mb_per_s" in promised:
        rate = size / 1e6 / (wall / 1e3)
        kept.append((rate >= promised["mb_per_s"], f"{rate:.0f} MB/s of ≥ {promised['mb_per_s']}"))
    if "peak_mb" in promised:
        kept.append((peak < promised["peak_mb"], f"{peak:.0f} MB of < {promised['peak_mb']}"))
    if "wall_ms" in promised:
        kept.append((wall < promised["wall_ms"], f"{wall:.0f} ms of < {promised['wall_ms']}"))
    return all(good for good, _ in kept), ", ".join(text for _, text in kept)


def row(name, program, result, note=""):
    if result is None:
        figures = f"{'> ' + str(LONGEST) + ' s':>10} {'':>10} {'':>9}"
    else:
        wall, cpu, peak, code = result
        figures = f"{wall:8.0f}ms {cpu:8.0f}ms {peak:6.0f} MB"
        note = f"exit {code:.0f}  {note}"
    print(f"{name:15} {program:11} {figures}  {note}".rstrip(), flush=True)


def scan_files(folder, options):
    good = True
    for name, (file_name, _, promised) in files.FILES.items():
        if options.only and name not in options.only:
            continue
        path = folder / name / file_name
        path.parent.mkdir()
        say(f"making {name}")
        subprocess.run([sys.executable, files.__file__, name, path], check=True)
        size = path.stat().st_size
        with open(path, "rb") as content:  # warm
            while content.read(1 << 20):
                pass
        result = rounds_of([str(options.binary), "scan", str(path)], options.rounds)
        met, text = (False, "cut") if result is None else judge(promised, size, result)
        good &= met
        row(name, "gatehouse", result, ("met: " if met else "MISSED: ") + text)
        for peer in peers.PEERS:
            if not peer.installed(options.peers):
                continue
            if name not in peer.reads:
                print(f"{name:15} {peer.name:11} does not read it")
                continue
            row(name, peer.name, rounds_of(peer.command(options.peers, path), 1))
        path.unlink()
    return good


def digests_on_every_core(paths):
    """Wall-clock ms of as many `openssl dgst` at once as there are cores, each with its share of the files."""
    cores = len(os.sched_getaffinity(0))
    shares = [share for share in (paths[i::cores] for i in range(cores)) if share]
    begin = time.monotonic()
    at_work = [subprocess.Popen(["openssl", "dgst", "-sha256", *share], stdout=subprocess.DEVNULL) for share in shares]
    codes = [process.wait(LONGEST) for process in at_work]
    assert not any(codes), codes
    return (time.monotonic() - begin) * 1e3


def verify_files(folder, options):
    """A signed folder, verified; against the plain digests of the same files on every core, in the same round."""
    model = folder / "signed"
    model.mkdir()
    count, each = 8, options.verify_mb * 1_000_000 // 8
    block = os.urandom(1 << 20)
    for i in range(count):
        with open(model / f"model-{i:05}.safetensors", "wb") as out:
            for at in range(0, each, len(block)):
                out.write(block[:min(len(block), each - at)])
    key = folder / "key.pem"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                   check=True, capture_output=True)
    public = folder / "public.pem"
    subprocess.run(["openssl", "ec", "-in", key, "-pubout", "-out", public], check=True,
                   capture_output=True)
    binary = str(options.binary)
    subprocess.run([binary, "sign", str(model), "--key", str(key)], check=True, capture_output=True)
    ratios = []
    for _ in range(options.rounds):
        digest = digests_on_every_core(sorted(map(str, model.glob("*.safetensors"))))
        ours = measure([binary, "verify", str(model), "--key", str(public)])
        if ours is None or ours[3] != 0:
            print("verify          gatehouse   did not verify")
            return False
        ratios.append(digest / ours[0])
    ratio = statistics.median(ratios)
    met = ratio >= 0.9
    print(f"{'verify':15} {'gatehouse':11} {options.verify_mb} MB in {count} files at {ratio:.2f} of openssl "
          f"dgst × cores, wall clock  {'met' if met else 'MISSED'}: ≥ 0.90")
    return met


def main():
    parser = argparse.ArgumentParser(prog="./run bench artifacts", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="A,B", help=",".join([*files.FILES, "verify"]))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, metavar="DIR", help="virtual environments of the peers")
    parser.add_argument("--verify-mb", type=int, default=2000, metavar="MB")
    parser.add_argument("--binary", type=Path, default=ROOT / "build/profiled/src/cli/gatehouse")
    options = parser.parse_args()
    options.only = [name for name in options.only.split(",") if name]
    if unknown := set(options.only) - {*files.FILES, "verify"}:
        parser.error(f"no such file: {', '.join(sorted(unknown))}")
    for peer in peers.PEERS:
        if not peer.installed(options.peers):
            say(f"skipped: {peer.name} is not installed (--peers DIR)")
    with tempfile.TemporaryDirectory(prefix="gatehouse-artifacts-") as folder:
        good = scan_files(Path(folder), options)
        if not options.only or "verify" in options.only:
            good &= verify_files(Path(folder), options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
