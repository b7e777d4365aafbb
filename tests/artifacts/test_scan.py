"""`gatehouse scan` as people and scripts use it: arguments, folders, links, limits."""

import hashlib
import json
import os
import pathlib
import pty
import resource
import socket
import struct
import subprocess
import time

import pytest

import gatehouse



def safetensors(tail=b""):
    """A small good file; with a tail, one with a finding."""
    header = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + b"\0" * 8 + tail


def verdicts(report):
    return {file["file"]: file["verdict"] for file in report["files"]}


def ids(report, file=None):
    return {f["id"] for f in report["findings"] if file is None or f.get("file") == file}


@pytest.fixture
def model(tmp_path):
    """A folder with a good and a bad file."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "good.safetensors").write_bytes(safetensors())
    (folder / "bad.safetensors").write_bytes(safetensors(b"x"))
    return folder


# Arguments and exit codes.


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


@pytest.mark.parametrize("arguments", [
    [], ["--format", "xml", "."], ["--fail-on", "severe", "."], ["--timeout", "0s", "."],
    ["--timeout", "soon", "."], ["--max-bytes", "many", "."], ["--jobs", "-1", "."],
    ["--profile", "all", "."], ["--suppress", "/none/here", "."], ["--unknown", "."]])
def test_wrong_arguments(arguments):
    done = gatehouse.run("scan", *arguments)
    assert done.returncode == 64 and done.stdout == "" and done.stderr


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


def test_output_that_cannot_be_written(model):
    assert gatehouse.run("scan", "--output", "/none/here", model).returncode == 2
    assert gatehouse.run("scan", "--output", "/dev/full", model).returncode == 2


def on_terminal(*arguments, env=None):
    """What a person sees: (exit code, bytes on the terminal)."""
    master, slave = pty.openpty()
    child = subprocess.Popen([gatehouse.BINARY, *map(os.fspath, arguments)], stdin=subprocess.DEVNULL,
                             stdout=slave, stderr=slave, env=env)
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the last one has closed it
            break
        if not chunk:
            break
        seen += chunk
    os.close(master)
    return child.wait(), seen


def test_colour_only_on_a_terminal(model):
    plain = dict(os.environ)
    plain.pop("NO_COLOR", None)
    assert "\x1b" not in gatehouse.run("scan", model).stdout
    assert b"\x1b[31m" in on_terminal("scan", model, env=plain)[1]
    assert b"\x1b" not in on_terminal("scan", model, env={**plain, "NO_COLOR": "1"})[1]


# Links, pipes, names.


def test_links(tmp_path, model):
    (tmp_path / "secret").write_text("x")
    os.symlink("../secret", model / "outside")
    os.symlink("/etc/passwd", model / "absolute")
    os.symlink("nowhere", model / "dangling")
    os.symlink("loop", model / "loop")
    os.symlink("good.safetensors", model / "inside")
    os.symlink("..", model / "parent")
    report = gatehouse.scan(model)
    for name in ("outside", "absolute", "dangling", "loop", "parent"):
        assert verdicts(report)[name] == "findings" and ids(report, name) == {"FIL-005"}, name
    assert verdicts(report)["inside"] == "clean" and ids(report, "inside") == {"FIL-006"}
    assert len(report["files"]) == 8, "nothing was followed"


def test_a_link_that_is_named_is_followed(tmp_path, model):
    os.symlink(model, tmp_path / "link")
    assert set(verdicts(gatehouse.scan(tmp_path / "link"))) == {"bad.safetensors", "good.safetensors"}


def test_hard_links_are_files(model):
    os.link(model / "good.safetensors", model / "second.safetensors")
    assert verdicts(gatehouse.scan(model))["second.safetensors"] == "clean"


def test_pipes_and_sockets_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.bin")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket.bin"))
    report = gatehouse.scan(tmp_path, timeout=10)
    listener.close()
    assert verdicts(report) == {"pipe.bin": "findings", "socket.bin": "findings"}
    assert ids(report) == {"FIL-007"}


def test_a_pipe_or_device_that_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/null", "/dev/zero"):
        assert ids(gatehouse.scan(path, timeout=10)) == {"FIL-007"}


NAMES = [b"new\nline.txt", b"esc\x1b[2Jape.txt", b"\xff\xfe.txt", b"rtl\xe2\x80\xaetxt.exe", b"tab\t.txt"]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_hostile_names(tmp_path, name):
    (pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("")
    report = gatehouse.scan(tmp_path)
    assert ids(report) == {"FIL-008"}
    shown = report["files"][0]["file"]
    assert shown.isprintable() and "\\" in shown
    for kind in ("text", "ndjson", "sarif", "junit"):
        text = gatehouse.run("scan", "--format", kind, tmp_path).stdout
        assert "\x1b" not in text and "\u202e" not in text and "\udcff" not in text


@pytest.mark.parametrize("name", ["-rf", "--help", "a b", "ä", "😀", "x" * 255, "..a", "a\\b"])
def test_names_that_are_only_unusual(tmp_path, name):
    (tmp_path / name).write_text("")
    report = gatehouse.scan(tmp_path)
    assert list(verdicts(report).values()) == ["clean"] and ids(report) == set()


# Hugging Face caches.


@pytest.fixture
def cache(tmp_path):
    repo = tmp_path / "models--org--name"
    for folder in ("blobs", "refs", "snapshots/one", "snapshots/two"):
        (repo / folder).mkdir(parents=True)
    (repo / "refs" / "main").write_text("one")
    (repo / "blobs" / "aaa").write_bytes(safetensors())
    (repo / "blobs" / "bbb").write_bytes(safetensors(b"x"))
    (repo / "blobs" / "orphan").write_bytes(safetensors())
    os.symlink("../../blobs/aaa", repo / "snapshots/one/model.safetensors")
    os.symlink("../../blobs/aaa", repo / "snapshots/two/model.safetensors")
    os.symlink("../../blobs/bbb", repo / "snapshots/two/other.safetensors")
    return repo


def test_a_cache_is_read_through_its_links_and_counted_once(cache):
    report = gatehouse.scan(cache.parent)
    assert verdicts(report) == {
        "models--org--name/blobs/orphan": "clean",
        "models--org--name/refs/main": "clean",
        "models--org--name/snapshots/one/model.safetensors": "clean",
        "models--org--name/snapshots/two/other.safetensors": "findings",
    }
    assert report["summary"]["bytes"] == 2 * len(safetensors()) + len(safetensors(b"x")) + 3


def test_a_snapshot_alone_is_read_through_its_links(cache):
    report = gatehouse.scan(cache / "snapshots" / "two")
    assert verdicts(report) == {"model.safetensors": "clean", "other.safetensors": "findings"}


def test_a_link_out_of_the_cache_is_a_finding(cache, tmp_path):
    (tmp_path / "evil").write_bytes(safetensors())
    os.symlink("../../../evil", cache / "snapshots/one/evil.safetensors")
    os.symlink("/etc/hostname", cache / "snapshots/one/absolute")
    for path, prefix in ((cache, "snapshots/one/"), (cache / "snapshots/one", "")):
        report = gatehouse.scan(path)
        for name in ("evil.safetensors", "absolute"):
            assert ids(report, prefix + name) == {"FIL-005"}


# Folders and limits.


def test_ten_thousand_files(tmp_path):
    for i in range(100):
        (tmp_path / f"{i:02}").mkdir()
        for j in range(100):
            (tmp_path / f"{i:02}" / f"{j:02}.safetensors").write_bytes(safetensors())
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = gatehouse.run("scan", "--format", "ndjson", tmp_path)
    assert done.returncode == 0
    assert done.stderr == "", "progress is for terminals"
    lines = done.stdout.splitlines()
    assert len(lines) == 10_001 and lines == lines[:1] + sorted(lines[1:-1]) + lines[-1:]
    if "asan" not in gatehouse.BINARY:
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 200 << 10  # KiB


def test_folders_that_are_too_deep(tmp_path):
    folder = tmp_path
    for _ in range(70):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "x.safetensors").write_bytes(safetensors())
    report = gatehouse.scan(tmp_path)
    assert ids(report) == {"SYS-008"} and report["summary"]["exit"] == 2


def long_pickle(path, mebibytes):
    """NONE and POP, again and again."""
    with open(path, "wb") as file:
        file.write(b"\x80\x02")
        for _ in range(mebibytes):
            file.write(b"N0" * (1 << 19))
        file.write(b"N.")


def test_a_file_that_takes_too_long_is_inconclusive(tmp_path):
    long_pickle(tmp_path / "long.pkl", 512)
    begin = time.monotonic()
    report = gatehouse.scan(tmp_path, "--timeout", "1s")
    assert ids(report) == {"SYS-002"} and verdicts(report) == {"long.pkl": "inconclusive"}
    assert time.monotonic() - begin < 20


def test_progress_on_a_terminal_when_it_takes_a_while(tmp_path, model):
    assert b"files," not in on_terminal("scan", model)[1].split(b"found")[0].replace(b"2 files:", b"")
    long_pickle(tmp_path / "long.pkl", 512)
    begin = time.monotonic()
    seen = on_terminal("scan", tmp_path, "--timeout", "4s")[1]
    if time.monotonic() - begin < 3:
        pytest.skip("this machine reads 512 MiB of pickle in less than 3 s")
    assert b"\r\x1b[K" in seen and b" files, " in seen


def test_a_file_that_needs_too_much_memory_is_inconclusive(tmp_path):
    if "asan" in gatehouse.BINARY or "tsan" in gatehouse.BINARY:
        pytest.skip("sanitizers map more than any limit")
    header = b'{"__metadata__":{' + b",".join(b'"%07d":"%050d"' % (i, i) for i in range(1_000_000)) + b"}}"
    (tmp_path / "big.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    limit = 120 << 20
    done = subprocess.run(["prlimit", f"--as={limit}", gatehouse.BINARY, "scan", tmp_path],
                          stdout=subprocess.PIPE, text=True, timeout=60)
    assert "SYS-003" in done.stdout and done.returncode == 2, done.stdout


# Suppressions.


def suppression(path, id, digest, expires):
    path.write_text(f"version: 1\nsuppressions:\n  - id: {id}\n    sha256: {digest}\n"
                    f"    reason: looked at it\n    expires: {expires}\n")
    return path


def test_an_accepted_finding_is_shown_and_passes(model, tmp_path):
    digest = gatehouse.scan(model)["files"][0]["sha256"]
    accept = suppression(tmp_path / "accept.yaml", "STF-017", digest, "2999-12-31")
    report = gatehouse.scan(model, "--suppress", accept)
    assert report["summary"]["exit"] == 0 and report["summary"]["suppressed"] == 1
    (finding,) = [f for f in report["findings"] if f["id"] == "STF-017"]
    assert finding["suppressed"] == {"reason": "looked at it", "expires": "2999-12-31"}
    assert "looked at it" in gatehouse.run("scan", "--suppress", accept, model).stdout


def test_what_is_not_known_or_decided_can_be_accepted_too(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    for id, verdict, content in (("FIL-002", "unsupported", bytes(range(200, 256))),
                                 ("FIL-009", "inconclusive", b"version https://git-lfs.github.com/spec/v1\n")):
        (folder / "x.dat").write_bytes(content)
        for arguments in ((), ("--fail-on", "critical")):
            (file,) = gatehouse.scan(folder, *arguments)["files"]
            assert file["verdict"] == verdict and file["sha256"] == hashlib.sha256(content).hexdigest()
        accept = suppression(tmp_path / "accept.yaml", id, file["sha256"], "2999-12-31")
        assert gatehouse.scan(folder, "--suppress", accept)["summary"]["exit"] == 0


def test_an_expired_one_does_not_pass_and_is_said(model, tmp_path):
    digest = gatehouse.scan(model)["files"][0]["sha256"]
    accept = suppression(tmp_path / "accept.yaml", "STF-017", digest, "2020-01-31")
    report = gatehouse.scan(model, "--suppress", accept)
    assert report["summary"]["exit"] == 1 and "SUP-001" in ids(report)


def test_one_that_matches_nothing_is_said(model, tmp_path):
    accept = suppression(tmp_path / "accept.yaml", "STF-017", "0" * 64, "2999-12-31")
    report = gatehouse.scan(model, "--suppress", accept)
    assert report["summary"]["exit"] == 1 and "SUP-002" in ids(report)


def test_a_changed_file_is_not_accepted(model, tmp_path):
    digest = gatehouse.scan(model)["files"][0]["sha256"]
    accept = suppression(tmp_path / "accept.yaml", "STF-017", digest, "2999-12-31")
    (model / "bad.safetensors").write_bytes(safetensors(b"y"))
    assert gatehouse.scan(model, "--suppress", accept)["summary"]["exit"] == 1


def test_a_broken_suppression_file_is_a_usage_error(model, tmp_path):
    (tmp_path / "accept.yaml").write_text("version: 1\nsuppressions:\n  - id: '*'\n")
    done = gatehouse.run("scan", "--suppress", tmp_path / "accept.yaml", model)
    assert done.returncode == 64 and "accept.yaml:3:" in done.stderr


# Rules.


def test_explain():
    for id in ("STF-008", "STF-8", "stf-8"):
        done = gatehouse.run("explain", id)
        assert done.returncode == 0 and done.stdout.startswith("STF-008")
    done = gatehouse.run("explain", "STG-008")
    assert done.returncode == 1 and "did you mean" in done.stderr
    assert gatehouse.run("explain").returncode == 64


def test_every_rule_is_well_formed():
    for id, rule in gatehouse.rules().items():
        prefix, number = id.split("-")
        assert prefix.isupper() and len(number) == 3 and number.isdigit(), id
        assert rule["severity"] in ("critical", "high", "medium", "low", "info"), id
        assert rule["effect"] in ("finding", "inconclusive", "unsupported"), id
        assert rule["title"] and not rule["title"].endswith("."), id
        assert rule["why"].endswith(".") and rule["fix"].endswith("."), id
    for id in list(gatehouse.rules())[::20]:
        assert gatehouse.run("explain", id).stdout.startswith(id)


def test_rules_list():
    listed = gatehouse.run("rules", "list").stdout.splitlines()
    assert len(listed) == len(gatehouse.rules())
    assert listed == sorted(listed)


# Files that are made to keep a scanner busy.


def bombs():
    import gzip
    import io
    import zipfile

    def zipped(name, content):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return packed.getvalue()

    nest = b"(lp0\n" + b"".join(b"(lp%d\n" % (i + 1) + b"g%d\na" % i * 10 for i in range(50))
    yield "memo.pkl", b"\x80\x02" + b"]q\x00" + b"".join(
        b"]q" + bytes([i + 1]) + b"(" + b"h" + bytes([i]) + b"h" + bytes([i]) + b"e" for i in range(200)) + b"."
    yield "lists.pkl", nest + b"."
    yield "dup.pkl", b"\x80\x02](" + b"2" * 200_000 + b"e."
    yield "marks.pkl", b"\x80\x02" + b"(" * 500_000 + b"."
    yield "tuples.pkl", b"\x80\x02)" + b"\x85" * 500_000 + b"."
    yield "zeroes.gz", gzip.compress(bytes(64 << 20))
    yield "zeroes.zip", zipped("x.bin", bytes(64 << 20))
    nested = b"x"
    for _ in range(100):
        nested = zipped("a.zip", nested)
    yield "nested.zip", nested
    yield "header.safetensors", struct.pack("<Q", 90_000_000) + b"{" + b" " * 2_000_000
    yield "long.safetensors", struct.pack("<Q", 2**63) + b"{"
    entries = b",".join(b'"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % i for i in range(20_000))
    yield "entries.safetensors", struct.pack("<Q", len(entries) + 2) + b"{" + entries + b"}"
    yield "deep.json", b"[" * 1_000_000
    yield "wide.json", b"[" + b"0," * 500_000 + b"0]"
    yield "counts.gguf", b"GGUF" + struct.pack("<Iqq", 3, 2**62, 2**62)
    yield "keys.gguf", b"GGUF" + struct.pack("<Iqq", 3, 0, 100_000) + b"".join(
        struct.pack("<Q", 6) + b"%06d" % i + struct.pack("<IB", 0, 1) for i in range(100_000))
    yield "loop.jinja", b"{% for a in messages %}" * 2000
    yield "brackets.jinja", b"{{ " + b"(" * 100_000


@pytest.mark.parametrize("name,content", bombs(), ids=lambda value: value if isinstance(value, str) else "")
def test_bombs_end_at_once(tmp_path, name, content):
    """In a second of processor time where the machine is as any; the bound leaves room for sanitizers."""
    (tmp_path / name).write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = gatehouse.scan(tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 8
    assert report["files"] and not ids(report) & {"SYS-002", "SYS-003", "SYS-004", "SYS-005", "SYS-006"}


# Adapters.


def adapter(folder, layers=2, scale=1.0):
    """A LoRA adapter of rank 2 on q_proj and v_proj of width 8."""
    folder.mkdir(parents=True)
    header, data = {}, b""
    for layer in range(layers):
        for module in ("q_proj", "v_proj"):
            for half, shape in (("A", [2, 8]), ("B", [8, 2])):
                # Numbers that differ everywhere, and are the same in every run.
                values = [scale * ((7 * i * i + 3 * i + layer + ord(module[0])) % 23 - 11) / 100 for i in range(16)]
                name = f"base_model.model.model.layers.{layer}.self_attn.{module}.lora_{half}.weight"
                header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 64]}
                data += struct.pack("<16f", *values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "adapter_model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "v_proj"], "bias": "none",
        "task_type": "CAUSAL_LM", "base_model_name_or_path": "org/base"}))
    return folder


@pytest.fixture
def base(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 16,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": 10}))
    return tmp_path / "base"


def test_an_adapter_fits_its_base_or_not(tmp_path, base):
    assert gatehouse.scan(adapter(tmp_path / "good"), "--base", base)["summary"]["exit"] == 0
    deep = adapter(tmp_path / "deep", layers=3)
    assert gatehouse.scan(deep)["summary"]["exit"] == 0
    for given in (base, base / "config.json"):
        report = gatehouse.scan(deep, "--base", given)
        assert "LRA-024" in ids(report) and verdicts(report)["."] == "findings"


def test_ranks_beyond_what_vllm_is_started_with(tmp_path):
    folder = adapter(tmp_path / "a")
    assert gatehouse.scan(folder, "--max-lora-rank", "2")["summary"]["exit"] == 0
    assert ids(gatehouse.scan(folder, "--max-lora-rank", "1")) >= {"LRA-011"}
    assert ids(gatehouse.scan(folder, "--max-lora-scaling", "1")) >= {"LRA-012"}


def test_numbers_are_shown_when_asked_for(tmp_path):
    folder = adapter(tmp_path / "a")
    assert not any("measured" in file for file in gatehouse.scan(folder)["files"])
    (measured,) = [file["measured"] for file in gatehouse.scan(folder, "--stats")["files"] if "measured" in file]
    assert len(measured) == 4 and measured[0]["spectral_norm"] > 0
    assert "spectral norm" in gatehouse.run("scan", "--stats", folder).stdout


def test_a_bank_to_compare_with(tmp_path):
    for i in range(12):
        adapter(tmp_path / "bank" / str(i), scale=1 + i / 10)
    usual = adapter(tmp_path / "usual", scale=1.5)
    strange = adapter(tmp_path / "strange", scale=30.0)
    assert "LRA-044" not in ids(gatehouse.scan(usual, "--bank", tmp_path / "bank"))
    report = gatehouse.scan(strange, "--bank", tmp_path / "bank")
    assert "LRA-044" in ids(report) and report["summary"]["exit"] == 0, "a reason to look, nothing more"


def test_a_base_is_said_to_be_wrong_in_words(tmp_path, base):
    folder = adapter(tmp_path / "a")
    (base / "config.json").write_text("")
    (base / "model.safetensors").write_bytes(b"abc")
    report = gatehouse.scan(folder, "--base", base)
    messages = [f["message"] for f in report["findings"] if f["id"] == "LRA-033"]
    assert len(messages) == 2 and report["summary"]["exit"] == 2
    assert messages[0].startswith("model.safetensors of the base cannot be used: ")
    assert messages[1] == "the base's config.json is empty"


def test_a_base_that_cannot_be_opened_is_inconclusive(tmp_path, base):
    folder = adapter(tmp_path / "a")
    os.symlink("nowhere", base / "model.safetensors")
    os.mkfifo(base / "more.safetensors")

    def faults():
        report = gatehouse.scan(folder, "--base", base, timeout=10)
        assert verdicts(report)["."] == "inconclusive" and report["summary"]["exit"] == 2
        return [f["id"] for f in report["findings"]].count("LRA-033")

    assert faults() == 2
    (base / "config.json").unlink()
    os.symlink("nowhere", base / "config.json")
    assert faults() == 3


def test_a_base_or_bank_without_adapters_is_a_note(tmp_path, base):
    adapter(tmp_path / "bank" / "a")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "good.safetensors").write_bytes(safetensors())
    for option, path in (("--base", base), ("--bank", tmp_path / "bank")):
        report = gatehouse.scan(tmp_path / "model", option, path)
        assert ids(report) == {"LRA-034"} and report["summary"]["exit"] == 0
        assert f"{option} was given" in gatehouse.run("scan", tmp_path / "model", option, path).stdout
        assert "LRA-034" not in ids(gatehouse.scan(tmp_path / "bank", option, path))


def test_tensors_of_an_adapter_named_alone_need_no_configuration(tmp_path):
    folder = adapter(tmp_path / "a")
    assert gatehouse.scan(folder / "adapter_model.safetensors")["summary"]["exit"] == 0
    for name in ("adapter_model.bin", "adapter_model.pt", "adapter_model.safetensors"):
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / name).write_bytes(b"\x80\x02N.")
        assert "LRA-014" in ids(gatehouse.scan(tmp_path / "b"), ".")
        (tmp_path / "b" / name).unlink()


def test_a_base_or_bank_that_is_not_there(tmp_path):
    folder = adapter(tmp_path / "a")
    (tmp_path / "empty").mkdir()
    for option in ("--base", "--bank"):
        for path in (tmp_path / "none", folder.parent / "a" / "adapter_config.json" / "x", tmp_path / "empty"):
            done = gatehouse.run("scan", folder, option, path)
            assert done.returncode == 2 and option in done.stderr and done.stdout == ""
