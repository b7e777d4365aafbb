"""`gatehouse scan` as people and scripts use it: arguments, exit codes, where the report goes."""

import os
import subprocess

import pytest

import gatehouse
from scanning import ids, on_terminal, safetensors, verdicts


def test_clean(tmp_path):
    (tmp_path / "good.safetensors").write_bytes(safetensors())
    report = gatehouse.scan(tmp_path)
    assert verdicts(report) == {"good.safetensors": "clean"}
    assert report["summary"]["exit"] == 0


def test_findings(model):
    report = gatehouse.scan(model)
    assert verdicts(report) == {"bad.safetensors": "findings", "good.safetensors": "clean"}
    assert report["summary"]["exit"] == 1
    assert len(report["files"][0]["sha256"]) == 64
    assert "sha256" not in report["files"][1]


def test_nothing_to_examine(tmp_path):
    assert gatehouse.scan(tmp_path)["summary"]["exit"] == 3


def test_one_of_several_paths_has_nothing(tmp_path, model):
    """A download that failed does not pass because another one did not."""
    (tmp_path / "adapter" / "of").mkdir(parents=True)
    good = model / "good.safetensors"
    report = gatehouse.scan(good, tmp_path / "adapter")
    assert ids(report) == {"SYS-012"} and report["summary"]["exit"] == 2
    assert str(tmp_path / "adapter") in report["findings"][0]["message"]
    # Twice the same has something each time, and what was left out is counted as that.
    assert gatehouse.scan(good, good)["summary"]["exit"] == 0
    (tmp_path / "adapter" / "of" / "notes.txt").write_text("words\n")
    assert gatehouse.scan(good, tmp_path / "adapter", "--exclude", "notes.txt")["summary"]["exit"] == 0
    (tmp_path / "empty").mkdir()
    assert gatehouse.scan(tmp_path / "empty", tmp_path / "empty")["summary"]["exit"] == 3


def test_all_excluded_is_nothing_examined(model):
    report = gatehouse.scan(model, "--exclude", "*.safetensors")
    assert set(verdicts(report).values()) == {"excluded"}
    assert report["summary"]["exit"] == 3


def test_unknown_files_do_not_pass(tmp_path):
    (tmp_path / "x.dat").write_bytes(bytes(range(256)))
    report = gatehouse.scan(tmp_path)
    assert verdicts(report) == {"x.dat": "unsupported"} and ids(report) == {"FIL-002"}
    assert report["summary"]["exit"] == 2


def test_unknown_files_pass_when_allowed_and_are_still_shown(tmp_path):
    (tmp_path / "x.dat").write_bytes(bytes(range(256)))
    (tmp_path / "y.tflite").write_bytes(b"\x1c\0\0\0TFL3" + bytes(64))
    report = gatehouse.scan(tmp_path, "--allow-unsupported", "*.dat")
    assert verdicts(report)["x.dat"] == "unsupported"
    assert report["summary"]["exit"] == 2, "y.tflite is not allowed"
    assert gatehouse.scan(tmp_path, "--allow-unsupported", "*.dat", "--allow-unsupported",
                          "*.tflite")["summary"]["exit"] == 0


def test_what_was_not_judged_is_not_called_clean(tmp_path):
    (tmp_path / "good.safetensors").write_bytes(safetensors())
    for i in range(2):
        (tmp_path / f"{i}.log").write_text("x")
    (tmp_path / "x.dat").write_bytes(bytes(range(256)))
    exclude, allow = ("--exclude", "*.log"), ("--allow-unsupported", "*.dat")

    def end(*arguments):
        done = gatehouse.run("scan", *arguments)
        return done.returncode, done.stdout.splitlines()[-1]

    assert end(tmp_path / "good.safetensors") == (0, "Every file is clean.")
    assert end(tmp_path, "--exclude", "*.dat") == (0, "Every file that was examined is clean; 1 was excluded.")
    assert end(tmp_path, *exclude, *allow) == (0, "Every file that was examined is clean; 2 were excluded and "
                                                  "1 was allowed without being understood.")
    assert end(tmp_path, *allow) == (0, "Every file that was examined is clean; 1 was allowed without being "
                                        "understood.")
    assert end(tmp_path, *exclude)[0] == 2


def test_allowing_unknown_files_allows_no_findings(model):
    assert gatehouse.scan(model, "--allow-unsupported", "*")["summary"]["exit"] == 1


def test_fail_on(model):
    assert gatehouse.scan(model, "--fail-on", "critical")["summary"]["exit"] == 0
    assert gatehouse.scan(model, "--fail-on", "high")["summary"]["exit"] == 1


def test_a_path_that_is_not_there(tmp_path):
    report = gatehouse.scan(tmp_path / "none")
    assert verdicts(report) == {"none": "inconclusive"} and ids(report) == {"SYS-001"}
    assert report["summary"]["exit"] == 2


def test_one_that_is_not_there_does_not_hide_findings(model, tmp_path):
    assert gatehouse.scan(tmp_path / "none", model)["summary"]["exit"] == 1


@pytest.mark.parametrize("time,said", [
    ("999999d", "is too long"), ("366d", "is too long"), ("0s", "is too short"), ("900ms", "is too short"),
    ("soon", "is not a duration")])
def test_times_that_are_none(time, said):
    done = gatehouse.run("scan", "--timeout", time, ".")
    assert done.returncode == 64 and f"`{time}` {said}" in done.stderr


@pytest.mark.parametrize("arguments", [
    [], ["--format", "xml", "."], ["--fail-on", "severe", "."], ["--timeout", "0s", "."],
    ["--timeout", "soon", "."], ["--max-bytes", "many", "."], ["--jobs", "-1", "."], ["--jobs", "0", "."],
    ["--max-lora-scaling", "nan", "."], ["--max-lora-scaling", "inf", "."],
    ["--max-lora-scaling", "0", "."], ["--max-lora-rank", "0", "."],
    ["--profile", "all", "."], ["--suppress", "/none/here", "."], ["--unknown", "."]])
def test_wrong_arguments(arguments):
    done = gatehouse.run("scan", *arguments)
    assert done.returncode == 64 and done.stdout == "" and done.stderr


@pytest.mark.parametrize("option", ["--base", "--exclude", "--suppress", "--output"])
def test_an_empty_value(model, option):
    """As a script's variable that was not set."""
    done = gatehouse.run("scan", option, "", model)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith(f"gatehouse: {option}: must not be empty\n")


@pytest.mark.parametrize("kind", ["text", "json", "ndjson", "sarif", "junit"])
def test_a_report_that_nobody_gets(model, kind):
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", gatehouse.BINARY, "scan", "--format", kind, model],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (
        2, "gatehouse: the report could not be written to standard output: Bad file descriptor\n")


def test_files_are_named_relative_to_the_path(model, tmp_path):
    assert set(verdicts(gatehouse.scan(model))) == {"bad.safetensors", "good.safetensors"}
    assert set(verdicts(gatehouse.scan(tmp_path))) == {"model/bad.safetensors", "model/good.safetensors"}
    assert set(verdicts(gatehouse.scan(model / "good.safetensors"))) == {"good.safetensors"}


def test_of_several_paths_each_is_named_whole(model, tmp_path):
    report = gatehouse.scan("model/", "model/good.safetensors", cwd=tmp_path)
    assert [file["file"] for file in report["files"]] == [
        "model/bad.safetensors", "model/good.safetensors", "model/good.safetensors"]


def test_nothing_is_read_from_the_working_directory(tmp_path, model):
    for name in ("gatehouse.yaml", ".gatehouse", "suppress.yaml"):
        (tmp_path / name).write_text("version: 1\n")
    assert gatehouse.scan(model, cwd=tmp_path)["files"] == gatehouse.scan(model)["files"]


def test_excluded_folders_are_one_line(model):
    (model / ".git" / "objects").mkdir(parents=True)
    (model / ".git" / "objects" / "x").write_bytes(b"\x78\x01rubbish")
    report = gatehouse.scan(model, "--exclude", ".git")
    assert verdicts(report)[".git/"] == "excluded"
    assert not any("objects" in file for file in verdicts(report))


def test_files_that_are_named_can_be_excluded_too(model):
    report = gatehouse.scan(model / "good.safetensors", model / "bad.safetensors", "--exclude", "bad*")
    assert sorted(verdicts(report).values()) == ["clean", "excluded"]


def test_digests_when_asked_for(model):
    assert all(len(file["sha256"]) == 64 for file in gatehouse.scan(model, "--digest")["files"])


def test_the_order_does_not_depend_on_jobs(tmp_path):
    for i in range(60):
        (tmp_path / f"{i:02}.safetensors").write_bytes(safetensors(b"x" * (i % 2)))
    reports = [gatehouse.run("scan", "--format", "json", "--jobs", str(jobs), tmp_path).stdout
               for jobs in (1, 2, 7)]
    assert reports[0] == reports[1] == reports[2]


def test_output_into_a_file(model, tmp_path):
    done = gatehouse.run("scan", "--format", "sarif", "--output", tmp_path / "out.sarif", model)
    assert done.returncode == 1 and done.stdout == ""
    assert (tmp_path / "out.sarif").read_text().startswith('{"$schema"')
    size = sum(path.stat().st_size for path in model.iterdir())
    assert done.stderr == ("2 files: 1 clean, 1 findings, 0 inconclusive, 0 unsupported, 0 excluded; "
                           f"{size} bytes found, {size} looked at\n")


def test_output_that_cannot_be_written(model):
    assert gatehouse.run("scan", "--output", "/none/here", model).returncode == 2
    assert gatehouse.run("scan", "--output", "/dev/full", model).returncode == 2


def test_colour_only_on_a_terminal(model):
    plain = dict(os.environ)
    plain.pop("NO_COLOR", None)
    assert "\x1b" not in gatehouse.run("scan", model).stdout
    assert b"\x1b[31m" in on_terminal("scan", model, env=plain)[1]
    assert b"\x1b" not in on_terminal("scan", model, env={**plain, "NO_COLOR": "1"})[1]


def test_no_progress_for_what_takes_no_time(model):
    """Of what takes a while: test_scan_at_work.py."""
    assert b"files," not in on_terminal("scan", model)[1].split(b"found")[0].replace(b"2 files:", b"")
