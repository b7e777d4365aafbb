"""Findings behind which something was not examined: where their severity does not count, or somebody accepted them, the
file is inconclusive, and never clean."""

import gzip
import io
import os
import tarfile
import zipfile

import pytest

import gatehouse
import severity
from scanning import ids, verdicts
from test_scan_accepted import suppression

EVIL = b"\x80\x02cposix\nsystem\nX\x04\0\0\0true\x85R"


def bomb(path):
    """A checkpoint that runs a command, and then does nothing for so long that nobody looks."""
    with zipfile.ZipFile(path / "model.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("archive/data.pkl", "w") as member:
            member.write(EVIL)
            for _ in range(320):
                member.write(b"N0" * (1 << 19))
            member.write(b"N.")


def link(path):
    (path.parent / "elsewhere.pkl").write_bytes(EVIL + b".")
    os.symlink(path.parent / "elsewhere.pkl", path / "model.pkl")


def pipe(path):
    os.mkfifo(path / "model.bin")


def hidden(path):
    """A member that is in no directory."""
    with zipfile.ZipFile(path / "model.pt", "w") as archive:
        archive.writestr("archive/hidden.pkl", EVIL + b".")
        archive.writestr("archive/data.pkl", b"\x80\x02}.")
        archive.writestr("archive/version", b"3\n")
        del archive.filelist[0]


def elsewhere(path):
    """A member whose header the directory looks for behind itself."""
    with zipfile.ZipFile(path / "model.zip", "w") as archive:
        archive.writestr("a.txt", b"words")
        archive.writestr("evil.pkl", EVIL + b".")
    content = bytearray((path / "model.zip").read_bytes())
    entry = content.rindex(b"PK\1\2")
    content[entry + 42:entry + 46] = (len(content) - 4).to_bytes(4, "little")
    (path / "model.zip").write_bytes(content)


def grown(path):
    """An array of zeroes, and something behind the first 64 MiB of it."""
    with gzip.open(path / "model.npy.gz", "wb") as file:
        for _ in range(96):
            file.write(bytes(1 << 20))
        file.write(EVIL + b".")


def oldest(path):
    """PyTorch unpickles each of the storages' descriptions; they lie behind the raw bytes of the one before."""
    with tarfile.open(path / "model.pt", "w") as archive:
        for name, content in (("sys_info", b"\x80\x02}."), ("pickle", b"\x80\x02}."), ("tensors", b"\x80\x02K\0."),
                              ("storages", b"\x80\x02K\1.\x80\x02)." + bytes(24) + EVIL + b".")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize("make,id", [
    (bomb, "ZIP-034"), (link, "FIL-005"), (pipe, "FIL-007"), (hidden, "ZIP-026"), (elsewhere, "ZIP-024"),
    (grown, "ARC-004"), (oldest, "ARC-013")])
def test_it_is_never_clean(make, id, tmp_path):
    assert severity.RULES[id] == ("high", "unexamined")
    folder = tmp_path / "model"
    folder.mkdir()
    make(folder)
    first = gatehouse.scan(folder)
    assert id in ids(first) and first["summary"]["exit"] == 1
    (name,) = verdicts(first)
    lesser = gatehouse.scan(folder, "--fail-on", "critical")
    assert "PKL-101" not in ids(lesser)  # what is behind it was indeed not seen
    assert verdicts(lesser) == {name: "inconclusive"} and lesser["summary"]["exit"] == 2
    shown = gatehouse.run("scan", "--fail-on", "critical", folder).stdout
    assert "inconclusive" in shown and "Every file is clean" not in shown


def test_accepted_it_passes_and_is_not_clean(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    bomb(folder)
    (file,) = gatehouse.scan(folder)["files"]
    accept = suppression(tmp_path / "accept.yaml", "ZIP-034", file["sha256"], "2999-12-31")
    after = gatehouse.scan(folder, "--fail-on", "critical", "--suppress", accept)
    assert after["summary"]["exit"] == 0 and set(verdicts(after).values()) == {"inconclusive"}


def test_explain_says_it():
    assert "is `inconclusive` otherwise" in gatehouse.run("explain", "ZIP-034").stdout
