"""`gatehouse sign`, looked at with openssl and hashlib."""

import contextlib
import hashlib
import json
import os
import pty

import pytest

from signed_model import BINARY, CURVES, Key, gatehouse, make_model, openssl, pae, read_bundle, verify


@pytest.mark.parametrize("curve", CURVES)
def test_openssl_verifies_what_was_signed(curve, model, tmp_path):
    key = Key(tmp_path, curve=curve)
    done = gatehouse("sign", model, "--key", key.private)
    assert done.returncode == 0, done.stderr
    _, payload, _, signature = read_bundle(model / "model.sig")
    key.verify(pae(payload), signature, tmp_path)
    assert verify(model, key).code == 0


@pytest.mark.parametrize("curve", CURVES)
def test_a_key_that_writes_its_curve_in_numbers(curve, model, tmp_path):
    """Is the same key under the same name, whichever way either half is written."""
    key = Key(tmp_path, curve=curve)
    in_numbers, public = tmp_path / "numbers.pem", tmp_path / "numbers.pub"
    openssl("ec", "-in", key.private, "-param_enc", "explicit", "-out", in_numbers)
    openssl("ec", "-in", key.private, "-param_enc", "explicit", "-pubout", "-out", public)
    assert in_numbers.stat().st_size > 2 * key.private.stat().st_size
    assert gatehouse("sign", model, "--key", in_numbers).returncode == 0
    read, *_ = read_bundle(model / "model.sig")
    assert read["verificationMaterial"]["publicKey"]["hint"] == key.hint
    assert verify(model, key).code == 0
    assert gatehouse("verify", model, "--key", public).returncode == 0


@pytest.mark.parametrize("option", ["--expires", "--name", "--role"])
def test_an_empty_value(option, model, key):
    done = gatehouse("sign", model, "--key", key.private, option, "")
    assert done.returncode == 64 and done.stderr.startswith(f"gatehouse: {option}: must not be empty\n")
    assert not (model / "model.sig").exists()


def test_the_bundle_has_the_form_of_1_1(model, key):
    assert gatehouse("sign", model, "--key", key.private).returncode == 0
    read, _, statement, _ = read_bundle(model / "model.sig")
    assert list(read) == ["mediaType", "verificationMaterial", "dsseEnvelope"]
    assert read["verificationMaterial"] == {"publicKey": {"hint": key.hint}, "tlogEntries": []}
    assert read["dsseEnvelope"]["signatures"][0]["keyid"] == ""
    assert statement["predicateType"] == "https://model_signing/signature/v1.0"
    assert statement["predicate"]["serialization"] == {
        "method": "files", "hash_type": "sha256", "allow_symlinks": False,
        "ignore_paths": [".git", ".gitattributes", ".github", ".gitignore", "model.sig"],
    }


def test_digests_order_and_root_digest(tmp_path, key):
    # By parts: "a/z" comes before "a.txt", although "." sorts before "/".
    files = {"a.txt": b"1", "a/z": b"2", "a/b/c": b"3", "é": b"4", "empty": b""}
    model = make_model(tmp_path / "m", files)
    done = gatehouse("sign", model, "--key", key.private, "--format", "json")
    _, _, statement, _ = read_bundle(model / "model.sig")
    resources = statement["predicate"]["resources"]
    assert [r["name"] for r in resources] == ["a/b/c", "a/z", "a.txt", "empty", "é"]
    for resource in resources:
        assert resource["digest"] == hashlib.sha256(files[resource["name"]]).hexdigest()
        assert resource["algorithm"] == "sha256"
    root = hashlib.sha256(b"".join(bytes.fromhex(r["digest"]) for r in resources)).hexdigest()
    assert statement["subject"] == [{"name": "m", "digest": {"sha256": root}}]
    assert json.loads(done.stdout)["root_digest"] == root


def test_shards(tmp_path, key):
    size = 1 << 20
    content = os.urandom(2 * size + 7)
    model = make_model(tmp_path / "m", {"w": content, "exact": content[:size], "small": b"x"})
    done = gatehouse("sign", model, "--key", key.private, "--method", "shards", "--shard-size", size)
    assert done.returncode == 0, done.stderr
    _, _, statement, _ = read_bundle(model / "model.sig")
    expected = [("exact", 0, size), ("small", 0, 1), ("w", 0, size), ("w", size, 2 * size),
                ("w", 2 * size, 2 * size + 7)]
    found = statement["predicate"]["resources"]
    assert [r["name"] for r in found] == [f"{n}:{b}:{e}" for n, b, e in expected]
    for resource, (name, begin, end) in zip(found, expected):
        assert resource["algorithm"] == f"sha256-sharded-{size}"
        whole = (model / name).read_bytes()
        assert resource["digest"] == hashlib.sha256(whole[begin:end]).hexdigest()
    assert verify(model, key).code == 0
    with (model / "w").open("r+b") as file:
        file.seek(size + 5)
        file.write(bytes([content[size + 5] ^ 1]))
    assert verify(model, key).ids == ["SIG-040"]
    (model / "w").write_bytes(content + b"!")
    assert verify(model, key).ids == ["SIG-040"]
    (model / "w").write_bytes(content[: 2 * size])
    assert verify(model, key).ids == ["SIG-040"]


def test_blake2b(model, key):
    assert gatehouse("sign", model, "--key", key.private, "--hash", "blake2b").returncode == 0
    _, _, statement, _ = read_bundle(model / "model.sig")
    for resource in statement["predicate"]["resources"]:
        content = (model / resource["name"]).read_bytes()
        assert resource["digest"] == hashlib.blake2b(content).hexdigest()
    assert verify(model, key).code == 0


def test_one_file(tmp_path, key):
    file = tmp_path / "adapter.safetensors"
    file.write_bytes(b"A and B")
    assert gatehouse("sign", file, "--key", key.private, "--role", "adapter").returncode == 0
    _, _, statement, _ = read_bundle(tmp_path / "adapter.safetensors.sig")
    assert statement["subject"][0]["name"] == "adapter.safetensors"
    assert [r["name"] for r in statement["predicate"]["resources"]] == ["."]
    assert verify(file, key, "--role", "adapter").code == 0
    file.write_bytes(b"a and B")
    assert verify(file, key).ids == ["SIG-040"]


def test_a_folder_is_not_verified_by_the_signature_of_a_file(tmp_path, key):
    file = tmp_path / "f"
    file.write_bytes(b"x")
    gatehouse("sign", file, "--key", key.private)
    model = make_model(tmp_path / "m", {"f": b"x"})
    found = verify(model, key, "--signature", tmp_path / "f.sig")
    assert (found.code, found.ids) == (1, ["SIG-041", "SIG-042"])


def test_terms(model, key):
    base = "ab" * 32
    done = gatehouse("sign", model, "--key", key.private, "--role", "adapter", "--expires", "90d",
                     "--base-digest", base, "--name", "helper-v2")
    assert done.returncode == 0, done.stderr
    _, _, statement, _ = read_bundle(model / "model.sig")
    terms = statement["predicate"]["gatehouse"]
    assert list(terms) == ["version", "role", "not_before", "expires", "base_digest"]
    assert terms["expires"] - terms["not_before"] == 90 * 86400
    options = ["--role", "adapter", "--name", "helper-v2", "--base-digest", base]
    assert verify(model, key, *options).code == 0
    assert verify(model, key, "--role", "model").ids == ["SIG-032"]
    assert verify(model, key, "--name", "helper-v1").ids == ["SIG-033"]
    assert verify(model, key, "--base-digest", "cd" * 32).ids == ["SIG-034"]


def test_a_coming_signature(model, key):
    assert gatehouse("sign", model, "--key", key.private, "--not-before", "1d").returncode == 0
    assert verify(model, key).ids == ["SIG-031"]


def test_an_encrypted_key(model, key, tmp_path):
    locked = tmp_path / "locked.pem"
    openssl("pkey", "-in", key.private, "-aes256", "-passout", "pass:correct", "-out", locked)
    locked.chmod(0o600)
    word = tmp_path / "word"
    word.write_text("correct\n")
    word.chmod(0o600)
    done = gatehouse("sign", model, "--key", locked, "--passphrase-file", word)
    assert done.returncode == 0, done.stderr
    assert verify(model, key).code == 0

    word.write_text("wrong\n")
    done = gatehouse("sign", model, "--replace", "--key", locked, "--passphrase-file", word)
    assert done.returncode == 2 and "passphrase does not open" in done.stderr
    # Without a terminal nobody is asked, and standard input is not read.
    done = gatehouse("sign", model, "--replace", "--key", locked, start_new_session=True)
    assert done.returncode == 2 and "--passphrase-file" in done.stderr


def refused(*arguments):
    done = gatehouse("sign", *arguments)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_what_is_not_signed(model, key, tmp_path):
    sign = [model, "--key", key.private]
    (model / "link").symlink_to("config.json")
    assert "symbolic link" in refused(*sign)[1]
    (model / "link").unlink()
    for name, word in [("a\\b", "backslash"), ("a\nb", "control"), ("CONFIG.json", "case"),
                       (os.fsdecode(b"\xff"), "UTF-8")]:
        (model / name).write_bytes(b"")
        code, message = refused(*sign)
        assert code == 2 and word in message, message
        (model / name).unlink()
    os.mkfifo(model / "pipe")
    assert "neither a file nor a folder" in refused(*sign)[1]
    (model / "pipe").unlink()
    (model / "a:b").write_bytes(b"x")
    assert "colon" in refused(*sign, "--method", "shards")[1]
    (tmp_path / "nothing").mkdir()
    assert "nothing to sign" in refused(tmp_path / "nothing", "--key", key.private)[1]
    assert refused(tmp_path / "absent", "--key", key.private)[0] == 2
    assert not (model / "model.sig").exists()


def test_a_signature_is_replaced_only_when_told(model, key):
    assert gatehouse("sign", model, "--key", key.private).returncode == 0
    before = (model / "model.sig").read_bytes()
    assert "--replace" in refused(model, "--key", key.private)[1]
    assert (model / "model.sig").read_bytes() == before
    assert gatehouse("sign", model, "--key", key.private, "--replace").returncode == 0
    assert (model / "model.sig").read_bytes() != before
    assert verify(model, key).code == 0
    assert sorted(p.name for p in model.iterdir()) == [
        "config.json", "model.safetensors", "model.sig", "tokenizer"]


def test_a_file_that_comes_while_it_signs(model, key, tmp_path):
    """Is not replaced, as one that was there before."""
    locked = tmp_path / "locked.pem"
    openssl("pkey", "-in", key.private, "-aes256", "-passout", "pass:correct", "-out", locked)
    locked.chmod(0o600)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(BINARY, [BINARY, "sign", str(model), "--key", str(locked)])
    shown = b""
    try:
        while b"Passphrase" not in shown:  # the place was looked at
            shown += os.read(terminal, 4096)
        (model / "model.sig").write_text("precious")
        os.write(terminal, b"correct\n")
        with contextlib.suppress(OSError):  # which is the end of it
            while True:
                shown += os.read(terminal, 4096)
    finally:
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 2
    assert b"model.sig` is there already; --replace writes over it" in shown
    assert (model / "model.sig").read_text() == "precious"
    assert sorted(p.name for p in model.iterdir()) == [
        "config.json", "model.safetensors", "model.sig", "tokenizer"]


def test_a_place_that_cannot_be_written(model, key, tmp_path):
    """Is said before anything of the model is read."""
    (model / "link").symlink_to("config.json")
    for place in (tmp_path / "absent" / "x.sig", model / "config.json" / "x.sig"):
        code, said = refused(model, "--key", key.private, "--signature", place)
        assert code == 2 and f"cannot write `{place}`" in said
    assert "symbolic link" in refused(model, "--key", key.private)[1]
    assert sorted(p.name for p in model.iterdir()) == [
        "config.json", "link", "model.safetensors", "tokenizer"]


@pytest.mark.parametrize("text", ["{}", "", '{"model_type": "llama"}', "no JSON"])
def test_only_a_signature_is_replaced(model, key, text):
    (model / "config.json").write_text(text)
    code, said = refused(model, "--key", key.private, "--replace", "--signature", model / "config.json")
    assert code == 2 and "is no signature" in said
    assert (model / "config.json").read_text() == text


def test_keys_that_are_none(model, key, tmp_path):
    public = tmp_path / "public.pem"
    public.write_bytes(key.public.read_bytes())
    public.chmod(0o600)
    assert "no private key" in refused(model, "--key", public)[1]
    rsa = tmp_path / "rsa.pem"
    openssl("genpkey", "-algorithm", "RSA", "-out", rsa)
    rsa.chmod(0o600)
    assert "P-256, P-384 or P-521" in refused(model, "--key", rsa)[1]
    other = tmp_path / "k1.pem"
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-out", other)
    other.chmod(0o600)
    assert "P-256, P-384 or P-521" in refused(model, "--key", other)[1]
    key.private.chmod(0o644)
    assert refused(model, "--key", key.private)[0] == 2
    key.private.chmod(0o600)
    done = gatehouse("sign", model, "--key", "pkcs11:object=x?pin-value=1234")
    assert done.returncode == 2 and "pin-value" in done.stderr and "1234" not in done.stderr


@pytest.mark.parametrize("words", [
    ["--role", "boss"], ["--base-digest", "AB" * 32], ["--expires", "yesterday"],
    ["--expires", "2020-01-01"], ["--method", "tensors"], ["--hash", "md5"],
    ["--shard-size", "10"], ["--shard-size", "2097152"], ["--expires", "1h", "--not-before", "2h"],
    ["--certificate-chain", "x.pem"], ["--name"],
])
def test_words_that_cannot_be_meant(words, model, key):
    assert refused(model, "--key", key.private, *words)[0] == 64
    assert not (model / "model.sig").exists()


def test_git_files_and_ignored_ones(model, key):
    make_model(model, {".gitattributes": b"*", ".git/HEAD": b"ref", "notes/a": b"", "notes2": b""})
    done = gatehouse("sign", model, "--key", key.private, "--ignore", "notes/", "--format", "json")
    assert json.loads(done.stdout)["not_covered"] == [".git", ".gitattributes", "notes"]
    _, _, statement, _ = read_bundle(model / "model.sig")
    names = [r["name"] for r in statement["predicate"]["resources"]]
    assert "notes2" in names and "notes/a" not in names
    # The list inside the signed file does not count.
    assert verify(model, key).files("SIG-042") == ["notes/a"]
    found = verify(model, key, "--ignore", "notes")
    assert found.code == 0 and len(found.report["notes"]) == 3
    found = verify(model, key, "--ignore", "notes", "--no-ignore-git-paths")
    assert found.files("SIG-042") == [".git/HEAD", ".gitattributes"]


def test_ignored_paths_that_are_nowhere(model, key):
    """Most likely a slip: what should be left out is signed. Said, whatever else is printed."""
    make_model(model, {".git/HEAD": b"ref", "notes/a": b"", "notes2": b""})
    words = ["--ignore", f"{model.name}/config.json", "--ignore", "./notes/", "--ignore", "notes/b",
             "--ignore", ".git/none", "--ignore", "note", "--ignore", "\x1b", "--quiet"]
    said = ("gatehouse: note: --ignore `{}` names nothing that is there; it is a path inside the model\n")
    said = "".join(said.format(path) for path in (f"{model.name}/config.json", "note", "\\x1b"))
    done = gatehouse("sign", model, "--key", key.private, *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)
    done = gatehouse("verify", model, "--key", key.public, *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)
    # What is signed is not ignored, and yet it is there; of an untrusted signature no file is looked at.
    done = gatehouse("verify", model, "--key", key.public, "--ignore", "notes", "--ignore", "notes2")
    assert done.returncode == 0 and done.stderr == ""


def test_a_file_of_two_keys(model, key, stranger, tmp_path):
    """Refused by both: only one of them would be used."""
    gatehouse("sign", model, "--key", key.private)
    both = tmp_path / "both.pem"
    both.write_bytes(key.public.read_bytes() + stranger.public.read_bytes())
    done = gatehouse("verify", model, "--key", both)
    assert done.returncode == 2 and "2 PEM blocks are in it" in done.stderr and done.stdout == ""
    both.write_bytes(key.private.read_bytes() + stranger.private.read_bytes())
    both.chmod(0o600)
    code, said = refused(model, "--key", both, "--replace")
    assert code == 2 and "2 private keys are in it" in said


def test_links_to_files_where_allowed(tmp_path, key):
    blob = tmp_path / "blob"
    blob.write_bytes(b"weights")
    model = make_model(tmp_path / "m", {"config.json": b"{}"})
    (model / "model.safetensors").symlink_to("../blob")
    (model / "dir").symlink_to(".")
    assert refused(model, "--key", key.private, "--allow-symlinks")[0] == 2
    (model / "dir").unlink()
    assert gatehouse("sign", model, "--key", key.private, "--allow-symlinks").returncode == 0
    assert verify(model, key, "--allow-symlinks").code == 0
    # What the signer allowed is not what is allowed here.
    assert verify(model, key).ids == ["SIG-043"]
    blob.write_bytes(b"Weights")
    assert verify(model, key, "--allow-symlinks").ids == ["SIG-040"]
