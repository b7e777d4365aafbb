"""Signatures that releases of model_signing made (golden/README.md)."""

import pathlib
import shutil

import pytest

from signed_model import verify

GOLDEN = pathlib.Path(__file__).parent / "golden"
BY_KEY = ["--key", GOLDEN / "signer.pub"]
BY_CERTIFICATE = ["--certificate-roots", GOLDEN / "intermediate-ca.pem",
                  "--identity", "intermediate-ca"]
LINE, BARE = b"signme-1\n", b"signme-1"


def model(tmp_path, release, first):
    folder = tmp_path / release
    folder.mkdir()
    (folder / "signme-1").write_bytes(first)
    (folder / "signme-2").write_bytes(b"signme-2")
    shutil.copy(GOLDEN / release / "model.sig", folder)
    return folder


OWN_KEY = ["--key", GOLDEN / "own-signer.pub"]
OWN_CERTIFICATE = ["--certificate-roots", GOLDEN / "own-root.pem", "--identity", "golden-signer"]

CASES = [
    ("v1.0.1-elliptic-key", LINE, BY_KEY, []),
    ("v1.1.0-elliptic-key", LINE, BY_KEY, []),
    ("v1.1.0-certificate", BARE, BY_CERTIFICATE, []),
    ("v0.2.0-certificate", BARE, BY_CERTIFICATE, ["--accept-v0.2"]),
    ("own-v0.3.1-key", BARE, OWN_KEY, []),
    ("own-v0.3.1-certificate", BARE, OWN_CERTIFICATE, []),
    ("own-v1.0.0-key", BARE, OWN_KEY, []),
    ("own-v1.0.0-certificate", BARE, OWN_CERTIFICATE, []),
]


@pytest.mark.parametrize("release, first, trust, options", CASES)
def test_a_folder(release, first, trust, options, tmp_path):
    folder = model(tmp_path, release, first)
    assert verify(folder, trust, *options).code == 0
    (folder / "signme-1").write_bytes(first + b"!")
    assert verify(folder, trust, *options).ids == ["SIG-040"]


def test_a_file(tmp_path):
    file = tmp_path / "signme-1"
    file.write_bytes(LINE)
    shutil.copy(GOLDEN / "v0.3.1-elliptic-key/model.sig", tmp_path / "signme-1.sig")
    found = verify(file, BY_KEY)
    assert found.code == 0 and found.report["model"]["name"] == "signme-1"


def test_the_form_of_0_2_is_refused_unless_accepted(tmp_path):
    folder = model(tmp_path, "v0.2.0-certificate", BARE)
    assert verify(folder, BY_CERTIFICATE).ids == ["SIG-016"]


def test_a_key_does_not_stand_for_a_certificate(tmp_path):
    # The same key pair made both kinds; each is verified in its own way only.
    assert verify(model(tmp_path, "v1.1.0-certificate", BARE), BY_KEY).ids == ["SIG-012"]
    assert verify(model(tmp_path, "v1.1.0-elliptic-key", LINE), BY_CERTIFICATE).ids == ["SIG-012"]


@pytest.mark.parametrize("release", ("own-v0.3.1-certificate", "own-v1.0.0-certificate"))
def test_a_certificate_counts_for_its_root_and_its_name_only(release, tmp_path):
    folder = model(tmp_path, release, BARE)
    assert verify(folder, ["--certificate-roots", GOLDEN / "intermediate-ca.pem", "--identity", "golden-signer"]).ids == ["SIG-013"]
    assert verify(folder, ["--certificate-roots", GOLDEN / "own-root.pem", "--identity", "somebody"]).ids == ["SIG-015"]


@pytest.mark.parametrize("release", ("own-v0.3.1-key", "own-v1.0.0-key"))
def test_a_key_counts_for_itself_only(release, tmp_path):
    assert verify(model(tmp_path, release, BARE), BY_KEY).ids == ["SIG-010"]
