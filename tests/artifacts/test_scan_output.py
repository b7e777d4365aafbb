"""`--output`: never one of the files that are scanned, never half a report."""

import os
import stat
import subprocess

import pytest

import gatehouse
from scanning import safetensors


@pytest.fixture
def folder(tmp_path):
    """A model that is clean, alone in a folder."""
    made = tmp_path / "folder"
    made.mkdir()
    (made / "good.safetensors").write_bytes(safetensors())
    return made


def into(place, *arguments):
    return gatehouse.run("scan", "--format", "json", "--output", place, *arguments)


def test_a_report_in_the_folder_is_not_seen(folder):
    apart = gatehouse.run("scan", "--format", "json", folder).stdout
    assert into(folder / "report.json", folder).returncode == 0
    assert (folder / "report.json").read_text() == apart
    assert sorted(path.name for path in folder.iterdir()) == ["good.safetensors", "report.json"]


def test_a_report_is_all_there_is(tmp_path):
    (tmp_path / "empty").mkdir()
    assert into(tmp_path / "empty/report.json", tmp_path / "empty").returncode == 3


@pytest.mark.parametrize("way", ["the file", "the folder", "a link", "another folder above", "the base"])
def test_a_file_that_is_scanned_is_not_written_over(folder, tmp_path, way):
    model, link = folder / "good.safetensors", tmp_path / "link"
    link.symlink_to(model)
    before = model.read_bytes()
    done = {"the file": lambda: into(model, model),
            "the folder": lambda: into(model, folder),
            "a link": lambda: into(link, folder),
            "another folder above": lambda: into(model, tmp_path / "none", folder / ".."),
            "the base": lambda: into(model, tmp_path / "none", "--base", folder)}[way]()
    assert done.returncode == 2 and "is one of the files that the report is about" in done.stderr
    assert model.read_bytes() == before and link.is_symlink()
    assert [path.name for path in folder.iterdir()] == ["good.safetensors"]


def test_an_old_report_may_be_left_out(folder):
    assert into(folder / "report.json", folder).returncode == 0
    first = (folder / "report.json").read_text()
    assert into(folder / "report.json", folder).returncode == 2
    assert (folder / "report.json").read_text() == first
    assert into(folder / "report.json", folder, "--exclude", "report.json").returncode == 0
    assert '"excluded":1' in (folder / "report.json").read_text()
    (folder / "out").mkdir()
    (folder / "out/report.json").write_text("old")
    assert into(folder / "out/report.json", folder, "--exclude", "report.json", "--exclude", "out").returncode == 0
    assert (folder / "out/report.json").read_text().startswith("{")


def test_what_is_there_is_written_over(folder, tmp_path):
    """With its mode, behind a link too."""
    place, link = tmp_path / "report.json", tmp_path / "link"
    place.write_text("old" * 100_000)
    place.chmod(0o640)
    link.symlink_to(place)
    assert into(link, folder).returncode == 0
    assert link.is_symlink() and place.read_text().endswith("}\n")
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert into(tmp_path / ("r" * 255), folder).returncode == 0


def test_a_snapshot_of_a_cache_is_not_written_over(tmp_path):
    """Its files are links to blobs, which lie beside what is scanned."""
    snapshot, blob = tmp_path / "models--a--b/snapshots/r", tmp_path / "models--a--b/blobs/00"
    for place in (snapshot, blob.parent, tmp_path / "models--a--b/refs"):
        place.mkdir(parents=True)
    blob.write_bytes(safetensors())
    (snapshot / "good.safetensors").symlink_to("../../blobs/00")
    before = blob.read_bytes()
    done = into(snapshot / "good.safetensors", snapshot)
    assert done.returncode == 2 and "is one of the files that the report is about" in done.stderr
    assert blob.read_bytes() == before


def test_a_report_that_cannot_be_written_leaves_what_was_there(folder, tmp_path):
    place = tmp_path / "report.json"
    place.write_text("old")
    before = sorted(tmp_path.iterdir())
    done = subprocess.run(["prlimit", "--fsize=100", gatehouse.BINARY, "scan", "--format", "json",
                           "--output", place, folder], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and str(place) in done.stderr
    assert place.read_text() == "old" and sorted(tmp_path.iterdir()) == before


def test_pipes_and_streams_are_written_to_as_they_are(folder, tmp_path):
    pipe, log = tmp_path / "pipe", tmp_path / "log"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        assert into(pipe, folder).returncode == 0
        assert reader.communicate(timeout=60)[0].startswith("{")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with open(log, "w") as stream:
        number = os.fstat(stream.fileno()).st_ino
        done = subprocess.run([gatehouse.BINARY, "scan", "--output", "/dev/stdout", folder], stdout=stream,
                              timeout=60)
    assert done.returncode == 0 and log.stat().st_ino == number and "1 clean" in log.read_text()
