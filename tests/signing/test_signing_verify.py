"""Every attack on a signed model, and on the envelope that signs it."""

import base64
import copy
import hashlib
import json
import os
import shutil
import subprocess
import time

import pytest

from signed_model import (BINARY, USUAL, bundle, check, gatehouse, ids_in, make_model, pae, put,
                          statement, verify, verify_as_nobody)


def test_what_others_made_is_verified(model, key):
    assert check(model, bundle(statement(), key), key) == (0, [])


def test_what_is_not_there_is_named(model, key, tmp_path):
    """The model before its signature: who mistyped a path is not told of a file beside it."""
    nothere = verify(tmp_path / "nothere", key)
    assert (nothere.code, nothere.report) == (2, None)
    assert f"cannot open `{tmp_path}/nothere`: No such file" in nothere.stderr
    for signed, missing in [(model, "model/model.sig"), (model / "config.json", "config.json.sig")]:
        unsigned = verify(signed, key)
        assert (unsigned.code, unsigned.report) == (2, None)
        assert f"there is no signature `{tmp_path}/" in unsigned.stderr and f"{missing}`" in unsigned.stderr


def test_the_file_of_the_key_that_signed_is_named(model, key, stranger):
    put(model, bundle(statement(), key))
    both = ["--key", stranger.public, "--key", key.public]
    assert verify(model, both).report["signer"]["key_file"] == str(key.public)
    assert f"(P-256) of {key.public}\n" in gatehouse("verify", model, *both).stdout


# ---- files -----------------------------------------------------------------------------------------

def test_a_changed_file(model, key):
    put(model, bundle(statement(), key))
    (model / "config.json").write_bytes(b"{ }")
    found = verify(model, key)
    assert (found.code, found.ids, found.files("SIG-040")) == (1, ["SIG-040"], ["config.json"])
    assert found.report["files"] == 2 and found.report["verified"] is False


def test_two_swapped_files(model, key):
    put(model, bundle(statement(), key))
    (model / "config.json").rename(model / "x")
    (model / "tokenizer/vocab.txt").rename(model / "config.json")
    (model / "x").rename(model / "tokenizer/vocab.txt")
    assert verify(model, key).files("SIG-040") == ["config.json", "tokenizer/vocab.txt"]


def test_missing_and_extra_files(model, key):
    put(model, bundle(statement(), key))
    (model / "config.json").unlink()
    make_model(model, {"model.bin": b"pickle", "tokenizer/evil.py": b"", "new/a": b""})
    found = verify(model, key)
    assert found.ids == ["SIG-041", "SIG-042"]
    assert found.files("SIG-041") == ["config.json"]
    assert found.files("SIG-042") == ["model.bin", "new/a", "tokenizer/evil.py"]


def test_unsigned_files_may_be_ignored_and_are_counted(model, key):
    put(model, bundle(statement(), key))
    make_model(model, {"a": b"", "b": b""})
    found = verify(model, key, "--ignore-unsigned-files")
    assert found.code == 0 and "2 unsigned files" in found.report["notes"][0]
    assert verify(model, key, "--ignore", "a").files("SIG-042") == ["b"]


def test_a_signed_file_is_checked_even_when_ignored(model, key):
    files = {**USUAL, ".gitattributes": b"*"}
    make_model(model, files)
    put(model, bundle(statement(files), key))
    assert verify(model, key, "--ignore", "config.json", "--ignore", "tokenizer").code == 0
    make_model(model, {"config.json": b"", ".gitattributes": b"", "tokenizer/extra": b""})
    found = verify(model, key, "--ignore", "config.json", "--ignore", "tokenizer")
    assert found.files("SIG-040") == [".gitattributes", "config.json"]
    assert found.files("SIG-042") == ["tokenizer/extra"]


def test_every_reason_is_named(model, key):
    put(model, bundle(statement(), key))
    (model / "config.json").write_bytes(b"")
    (model / "tokenizer/vocab.txt").unlink()
    (model / "more").write_bytes(b"")
    (model / "link").symlink_to("more")
    found = verify(model, key, "--role", "model", "--name", "other")
    assert found.ids == ["SIG-032", "SIG-033", "SIG-040", "SIG-041", "SIG-042", "SIG-043"]
    done = gatehouse("verify", model, "--key", key.public, "--role", "model", "--name", "other")
    assert ids_in(done.stdout) == found.ids and "refused, 6 reasons" in done.stdout


def test_links_in_place_of_files_and_folders(model, key, tmp_path):
    put(model, bundle(statement(), key))
    outside = make_model(tmp_path / "outside", {"vocab.txt": USUAL["tokenizer/vocab.txt"]})
    shutil.rmtree(model / "tokenizer")
    (model / "tokenizer").symlink_to(outside)
    found = verify(model, key)
    assert (found.files("SIG-041"), found.files("SIG-043")) == (["tokenizer/vocab.txt"], ["tokenizer"])
    # A link to a folder is not followed even where links to files are.
    assert verify(model, key, "--allow-symlinks").ids == ["SIG-041", "SIG-043"]
    (model / "config.json").unlink()
    (model / "config.json").symlink_to("/etc/hostname")
    assert verify(model, key).files("SIG-043") == ["config.json", "tokenizer"]



def test_another_name_of_the_signature_is_no_signature(model, key):
    """What nobody signed can stand in it: `keyid` is not looked at."""
    put(model, bundle(statement(), key))
    template = model / "chat_template.jinja"
    template.hardlink_to(model / "model.sig")
    assert verify(model, key).ids == ["SIG-042"]
    assert verify(model, key, "--allow-symlinks").ids == ["SIG-042"]
    template.unlink()
    template.symlink_to("model.sig")
    assert verify(model, key).code == 1
    assert verify(model, key, "--allow-symlinks").ids == ["SIG-042"]
    template.unlink()
    (model / "more").mkdir(exist_ok=True)
    (model / "more" / "model.sig").hardlink_to(model / "model.sig")
    assert verify(model, key).ids == ["SIG-042"]

def test_pipes_do_not_hang(model, key):
    put(model, bundle(statement(), key))
    (model / "config.json").unlink()
    os.mkfifo(model / "config.json")
    assert verify(model, key).ids == ["SIG-043"]


def test_what_cannot_be_read_is_not_decided(model, key):
    put(model, bundle(statement(), key))
    (model / "config.json").chmod(0)
    bound = verify_as_nobody if os.geteuid() == 0 else verify
    found = bound(model, key)
    assert (found.code, found.ids) == (2, ["SIG-045"])
    (model / "tokenizer/vocab.txt").write_bytes(b"!")
    found = bound(model, key)
    assert (found.code, found.ids) == (1, ["SIG-040", "SIG-045"])


def test_a_file_renamed_into_place_while_it_is_verified(model, key, tmp_path):
    """The large file is hashed for a while; the small one beside it is replaced meanwhile."""
    large = model / "model.safetensors"
    with large.open("wb") as file:
        file.truncate(1 << 30)  # a hole: no disk, and zeros to hash
    digest = hashlib.sha256()
    for _ in range(1 << 10):
        digest.update(bytes(1 << 20))
    made = statement()
    for resource in made["predicate"]["resources"]:
        if resource["name"] == "model.safetensors":
            resource["digest"] = digest.hexdigest()
    made = statement(resources=made["predicate"]["resources"])
    put(model, bundle(made, key))
    running = subprocess.Popen([BINARY, "verify", model, "--key", key.public, "--threads", "1",
                                "--format", "json"], stdout=subprocess.PIPE)
    # The large one comes first; it is open when it is in the process's table of descriptors.
    table = f"/proc/{running.pid}/fd"
    while running.poll() is None:
        try:
            if any(os.readlink(f"{table}/{fd}") == str(large) for fd in os.listdir(table)):
                break
        except OSError:
            pass
        time.sleep(0.001)
    (tmp_path / "evil").write_bytes(USUAL["config.json"])
    os.rename(tmp_path / "evil", model / "config.json")
    report = json.loads(running.communicate(timeout=120)[0])
    assert running.returncode == 1
    assert {(f["id"], f["file"]) for f in report["findings"]} == {("SIG-044", "config.json")}


# ---- who signed ------------------------------------------------------------------------------------

def test_a_stranger_s_signature(model, key, stranger):
    assert check(model, bundle(statement(), stranger), key) == (1, ["SIG-010"])
    for keys, said in [(["--key", key.public], "another key than the one that was given signed it"),
                       (["--key", key.public] * 2, "none of the keys that were given signed it")]:
        message = verify(model, keys).report["findings"][0]["message"]
        assert message == f"{said}; it names `{stranger.hint}`"
    # The stranger's key inside the bundle, as forms before 1.1 have it, changes nothing.
    forged = bundle(statement(), stranger)
    forged["verificationMaterial"]["publicKey"] = {
        "rawBytes": base64.b64encode(stranger.public.read_bytes()).decode(),
        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
    }
    assert check(model, forged, key) == (1, ["SIG-010"])


def test_the_hint_of_the_trusted_key_over_a_stranger_s_signature(model, key, stranger):
    forged = bundle(statement(), stranger)
    forged["verificationMaterial"]["publicKey"]["hint"] = key.hint
    assert check(model, forged, key) == (1, ["SIG-010"])


def test_a_good_signature_with_the_hint_of_another_key(model, key, stranger):
    mixed = bundle(statement(), key)
    mixed["verificationMaterial"]["publicKey"]["hint"] = stranger.hint
    both = ["--key", key.public, "--key", stranger.public]
    assert check(model, mixed, key) == (1, ["SIG-011"])
    assert check(model, mixed, both) == (1, ["SIG-011"])


def test_one_of_several_keys(model, key, stranger):
    both = ["--key", stranger.public, "--key", key.public]
    put(model, bundle(statement(), key))
    found = verify(model, both)
    assert found.code == 0 and found.report["signer"]["key"] == key.hint


def test_a_changed_payload(model, key):
    good = bundle(statement(), key)
    for change in [lambda p: p.replace(b"model.safetensors", b"model.safetensorz"),
                   lambda p: p + b" ", lambda p: p[:-1]]:
        changed = copy.deepcopy(good)
        raw = base64.b64decode(good["dsseEnvelope"]["payload"])
        changed["dsseEnvelope"]["payload"] = base64.b64encode(change(raw)).decode()
        assert check(model, changed, key) == (1, ["SIG-010"])


def test_nothing_of_an_untrusted_statement_is_reported(model, key, stranger):
    put(model, bundle(statement(name="trust me"), stranger))
    report = verify(model, key).report
    assert "model" not in report and "signer" not in report and "trust me" not in json.dumps(report)


def test_the_bytes_that_0_2_signed(model, key):
    raw = json.dumps(statement()).encode()
    old = f"DSSEV1 28 application/vnd.in-toto+json {len(raw)} {raw}".encode()
    assert check(model, bundle(raw, key, signed=old), key) == (1, ["SIG-016"])
    assert check(model, bundle(raw, key, signed=old), key, "--accept-v0.2") == (0, [])


def test_a_signature_over_something_else(model, key):
    raw = json.dumps(statement()).encode()
    for signed in [raw, b"DSSEv1 4 text %d %s" % (len(raw), raw), pae(raw) + b"\n"]:
        assert check(model, bundle(raw, key, signed=signed), key) == (1, ["SIG-010"])


# ---- the envelope ----------------------------------------------------------------------------------

def changed(good, change):
    made = copy.deepcopy(good)
    change(made, made["dsseEnvelope"], made["verificationMaterial"])
    return made


ENVELOPES = {
    "two signatures": ("SIG-003", lambda b, e, m: e["signatures"].append(e["signatures"][0])),
    "a bad one first": ("SIG-003", lambda b, e, m: e["signatures"].insert(0, {"sig": "AAAA"})),
    "no signature": ("SIG-003", lambda b, e, m: e["signatures"].clear()),
    "signatures are no list": ("SIG-003", lambda b, e, m: e.update(signatures={"sig": "AAAA"})),
    "another payload type": ("SIG-004", lambda b, e, m: e.update(payloadType="text/plain")),
    "no payload type": ("SIG-004", lambda b, e, m: e.pop("payloadType")),
    "another media type": ("SIG-001", lambda b, e, m: b.update(mediaType="application/json")),
    "an unknown field": ("SIG-001", lambda b, e, m: b.update(messageSignature={})),
    "an unknown field of the envelope": ("SIG-001", lambda b, e, m: e.update(more=1)),
    "an unknown material": ("SIG-001", lambda b, e, m: m.update(pgp={})),
    "no material": ("SIG-001", lambda b, e, m: m.clear()),
    "key and chain": ("SIG-001", lambda b, e, m: m.update(
        x509CertificateChain={"certificates": [{"rawBytes": "AAAA"}]})),
    "white space in base64": ("SIG-001", lambda b, e, m: e.update(payload=e["payload"] + "\n")),
    "url-safe base64": ("SIG-001", lambda b, e, m: e.update(payload="_-__")),
    "no payload": ("SIG-001", lambda b, e, m: e.update(payload="")),
    "payload is a number": ("SIG-001", lambda b, e, m: e.update(payload=5)),
    "a huge signature": ("SIG-001", lambda b, e, m: e["signatures"][0].update(sig="A" * 8192)),
    "an empty signature": ("SIG-001", lambda b, e, m: e["signatures"][0].update(sig="")),
    "a signature that is none": ("SIG-010", lambda b, e, m: e["signatures"][0].update(sig="AAAA")),
}


@pytest.mark.parametrize("case", ENVELOPES)
def test_envelopes(case, model, key):
    rule, change = ENVELOPES[case]
    assert check(model, changed(bundle(statement(), key), change), key) == (1, [rule])


def test_sigstore_is_not_supported_and_never_accepted(model, key):
    good = bundle(statement(), key)
    log = changed(good, lambda b, e, m: m.update(tlogEntries=[{"logIndex": "1"}]))
    assert check(model, log, key) == (2, ["SIG-002"])
    leaf = changed(good, lambda b, e, m: m.update(certificate={"rawBytes": "AAAA"}))
    assert check(model, leaf, key) == (2, ["SIG-002"])
    stamp = changed(good, lambda b, e, m: m.update(
        timestampVerificationData={"rfc3161Timestamps": []}))
    assert check(model, stamp, key) == (2, ["SIG-002"])


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", "\ufeff{}", "[" * 100_000, '{"a":1}{"a":1}', '{"mediaType":1,"mediaType":2}',
])
def test_texts_that_are_no_bundle(text, model, key):
    assert check(model, text, key) == (1, ["SIG-001"])


def test_a_key_that_is_there_twice(model, key):
    text = json.dumps(bundle(statement(), key))
    twice = text.replace('"payload":', '"payload": "AAAA", "payload":', 1)
    assert check(model, twice, key) == (1, ["SIG-001"])
    raw = json.dumps(statement()).encode()
    inner = raw.replace(b'"subject":', b'"subject": [], "subject":', 1)
    assert check(model, bundle(inner, key), key) == (1, ["SIG-020"])


def test_a_signature_file_that_is_none(model, key, tmp_path):
    assert verify(model, key).code == 2
    (model / "model.sig").mkdir()
    assert verify(model, key).code == 2
    (model / "model.sig").rmdir()
    os.mkfifo(model / "model.sig")
    assert verify(model, key).code == 2
    (model / "model.sig").unlink()
    with (model / "model.sig").open("wb") as file:
        file.truncate(200 << 20)
    assert verify(model, key).code == 2
    put(model, bundle(statement(), key))
    assert verify(tmp_path / "absent", key).code == 2


# ---- the command line ------------------------------------------------------------------------------

def test_somebody_must_be_trusted(model, key):
    put(model, bundle(statement(), key))
    assert gatehouse("verify", model).returncode == 64
    assert gatehouse("verify", model, "--identity", "a").returncode == 64
    assert gatehouse("verify", model, "--certificate-roots", key.public).returncode == 64
    assert gatehouse("verify", "--key", key.public).returncode == 64
    for option in ("--name", "--role", "--identity"):
        done = gatehouse("verify", model, "--key", key.public, option, "")
        assert done.returncode == 64 and done.stderr.startswith(f"gatehouse: {option}: must not be empty\n")
    assert gatehouse("verify", model, "--key", key.public, "--role", "boss").returncode == 64


def test_keys_that_are_none(model, key, tmp_path):
    put(model, bundle(statement(), key))
    done = gatehouse("verify", model, "--key", key.private)
    assert done.returncode == 2 and "private key" in done.stderr
    assert gatehouse("verify", model, "--key", tmp_path / "absent").returncode == 2
    assert gatehouse("verify", model, "--key", model / "config.json").returncode == 2


def test_names_do_not_reach_the_terminal_raw(model, key):
    put(model, bundle(statement(name="\u001b[31mred\u202e"), key))
    (model / "\x1b[2Jgone").write_bytes(b"")
    done = gatehouse("verify", model, "--key", key.public)
    assert done.returncode == 1 and "\x1b" not in done.stdout and "\u202e" not in done.stdout
