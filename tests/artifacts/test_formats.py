"""The formats that other programs read, held against what their specifications demand."""

import json
import os
import xml.etree.ElementTree as ElementTree

import pytest

import gatehouse
from scanning import safetensors


@pytest.fixture
def folder(tmp_path):
    """A file of every verdict, one with a member, one with a hostile name."""
    import zipfile
    (tmp_path / "good.safetensors").write_bytes(safetensors())
    (tmp_path / "bad & <odd>.safetensors").write_bytes(safetensors(b"x"))
    (tmp_path / "cut.pkl").write_bytes(b"\x80\x02]q\x00(K\x01")
    (tmp_path / "unknown.dat").write_bytes(bytes(range(256)))
    (tmp_path / "excluded.bin").write_bytes(b"")
    (tmp_path / "new\nline.txt").write_text("")
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("model/version", "3\n")
        archive.writestr("model/data.pkl", b"\x80\x02cposix\nsystem\nq\x00.")
    return tmp_path


def report(folder, kind):
    return gatehouse.run("scan", "--format", kind, "--exclude", "excluded.bin", folder).stdout


def test_json(folder):
    document = json.loads(report(folder, "json"))
    assert list(document) == ["version", "tool", "summary", "files", "findings"]
    assert document["version"] == 1 and document["tool"].startswith("gatehouse ")
    summary = document["summary"]
    assert summary["files"] == len(document["files"]) == 7
    assert sum(summary["severities"].values()) == len(document["findings"])
    verdicts = [file["verdict"] for file in document["files"]]
    for verdict in ("clean", "findings", "inconclusive", "unsupported", "excluded"):
        assert summary[verdict] == verdicts.count(verdict) > 0, verdict
    assert summary["bytes"] >= summary["bytes_read"] == sum(f["bytes_read"] for f in document["files"])
    known = gatehouse.rules()
    names = {file["file"] for file in document["files"]}
    for finding in document["findings"]:
        assert finding["severity"] == known[finding["id"]]["severity"]
        assert finding["file"] in names and finding["title"] and finding["message"]
        assert finding["confidence"] == known[finding["id"]]["confidence"]
        assert finding.get("references", []) == known[finding["id"]]["references"]
        assert set(finding) <= {"id", "severity", "confidence", "title", "message", "file", "line", "column", "member",
                                "offset", "length", "evidence", "fix", "references"}


def test_ndjson_says_the_same(folder):
    whole = json.loads(report(folder, "json"))
    lines = [json.loads(line) for line in report(folder, "ndjson").splitlines()]
    of = {kind: [{k: v for k, v in line.items() if k != "type"} for line in lines if line["type"] == kind]
          for kind in ("file", "finding", "summary")}
    assert of["file"] == whole["files"] and of["finding"] == whole["findings"]
    assert of["summary"] == [{"version": 1, "tool": whole["tool"], **whole["summary"]}]
    assert lines[-1]["type"] == "summary"


# Of the SARIF 2.1.0 schema (OASIS, 2020): what is demanded of the objects that are written here.
SARIF = {
    "log": {"version": "2.1.0", "runs": list},
    "run": {"tool": dict, "results": list, "invocations": list, "columnKind": "utf16CodeUnits", "properties": dict},
    "rule": {"id": str, "shortDescription": dict, "fullDescription": dict, "help": dict,
             "defaultConfiguration": dict, "properties": dict},
    "result": {"ruleId": str, "ruleIndex": int, "level": str, "message": dict, "locations": list,
               "partialFingerprints": dict},
    "optional of result": {"properties", "suppressions"},
}


def has_shape(value, shape, optional=()):
    assert set(value) - set(optional) - {"$schema"} == set(shape)
    for key, kind in shape.items():
        assert isinstance(value[key], kind) if isinstance(kind, type) else value[key] == kind, key


def test_sarif(folder):
    document = json.loads(report(folder, "sarif"))
    has_shape(document, SARIF["log"])
    (run,) = document["runs"]
    has_shape(run, SARIF["run"])
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        has_shape(rule, SARIF["rule"])
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10
    for result in run["results"]:
        has_shape(result, SARIF["result"], SARIF["optional of result"])
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert not set(uri) & set(' <>&"\n'), uri
    (invocation,) = run["invocations"]
    assert invocation["exitCode"] == 1 and invocation["executionSuccessful"] is True
    inconclusive = {r["ruleId"] for r in run["results"]} & {
        id for id, rule in gatehouse.rules().items() if rule["effect"] == "inconclusive"}
    assert {n["associatedRule"]["id"] for n in invocation["toolExecutionNotifications"]} == inconclusive
    assert inconclusive


def test_sarif_fingerprints_are_those_of_the_content(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "renamed.safetensors"
    os.rename(folder / "bad & <odd>.safetensors", elsewhere)
    before = json.loads(gatehouse.run("scan", "--format", "sarif", elsewhere).stdout)
    os.rename(elsewhere, elsewhere.with_name("again.safetensors"))
    after = json.loads(gatehouse.run("scan", "--format", "sarif", elsewhere.with_name("again.safetensors")).stdout)
    prints = [[r["partialFingerprints"] for r in d["runs"][0]["results"]] for d in (before, after)]
    assert prints[0] == prints[1] != []


def test_sarif_fingerprints_of_notes_are_those_of_the_content(tmp_path):
    header = b'{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"F64","shape":[0],"data_offsets":[1,1]}}'
    content = len(header).to_bytes(8, "little") + header + b"x"
    (tmp_path / "a.safetensors").write_bytes(content)
    os.link(tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    (run,) = json.loads(gatehouse.run("scan", "--format", "sarif", tmp_path).stdout)["runs"]
    prints = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: r["partialFingerprints"] for r in run["results"]}
    assert {r["level"] for r in run["results"]} == {"note"}
    assert prints["a.safetensors"] == prints["b.safetensors"]


def test_counts_and_bytes_are_in_every_format(folder):
    summary = json.loads(report(folder, "json"))["summary"]
    (run,) = json.loads(report(folder, "sarif"))["runs"]
    assert run["properties"] == summary
    said = {p.get("name"): int(p.get("value")) for p in ElementTree.fromstring(report(folder, "junit")).iter("property")}
    assert said == {name: summary[name] for name in ("files", "clean", "findings", "inconclusive", "unsupported",
                                                     "excluded", "bytes", "bytes_read")}


def test_sarif_fingerprints_are_of_one_result_each(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"a": {"auto_map": {"X": "x--y.Z"}}, "b": {"auto_map": {"X": "x--w.Z"}}}))
    (run,) = json.loads(gatehouse.run("scan", "--format", "sarif", tmp_path).stdout)["runs"]
    prints = [r["partialFingerprints"]["gatehouse/v1"] for r in run["results"]]
    assert len(prints) >= 2 and len(set(prints)) == len(prints)


def test_quiet_still_shows_the_counts(tmp_path):
    (tmp_path / "notes.txt").write_text("text\n")
    line = "1 file: 1 clean, 0 findings, 0 inconclusive, 0 unsupported, 0 excluded; 5 bytes found, 5 looked at\n"
    assert gatehouse.run("scan", "--quiet", tmp_path).stdout == line
    written = gatehouse.run("scan", "--quiet", "--output", tmp_path.with_suffix(".out"), tmp_path)
    assert (written.stdout, written.stderr) == ("", line)


def test_junit(folder):
    root = ElementTree.fromstring(report(folder, "junit"))
    assert root.tag == "testsuites"
    (suite,) = root
    cases = list(suite.iter("testcase"))
    assert int(suite.get("tests")) == len(cases) == 7
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(count)) == len(list(suite.iter(tag))) > 0, tag
    assert {case.get("name") for case in cases} >= {"bad & <odd>.safetensors", "new\\x0aline.txt"}


def test_text(folder):
    text = report(folder, "text")
    assert "7 files: 2 clean, 2 findings, 1 inconclusive, 1 unsupported, 1 excluded" in text
    assert " found, " in text and " looked at" in text
    assert "good.safetensors" not in text, "clean files are counted, not listed"
