"""Runs `gatehouse` as scripts do."""

import json
import os
import subprocess

BINARY = os.environ.get("GATEHOUSE_BINARY", "build/dev/src/cli/gatehouse")


def run(*arguments, cwd=None, timeout=120, env=None):
    """A finished process; nothing is checked."""
    return subprocess.run([BINARY, *map(os.fspath, arguments)], cwd=cwd, env=env, timeout=timeout,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="surrogateescape")


def scan(*arguments, **options):
    """The report of `scan --format json`, which must be whole and end as it says."""
    done = run("scan", "--format", "json", *arguments, **options)
    assert done.stdout, f"exit {done.returncode}: {done.stderr}"
    report = json.loads(done.stdout)
    assert report["summary"]["exit"] == done.returncode, done.stderr
    return report


def rules():
    """Every rule of every command: {id: rule}."""
    done = run("rules", "list", "--format", "json")
    assert done.returncode == 0, done.stderr
    return {rule["id"]: rule for rule in json.loads(done.stdout)["rules"]}
