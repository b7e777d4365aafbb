"""A key that stays in its token: SoftHSM, where it is installed."""

import os
import pathlib
import shutil
import subprocess

import pytest

from signed_model import Verdict, gatehouse, make_model, openssl

MODULE = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
ENGINES = list(pathlib.Path("/usr/lib").glob("*/engines-3/pkcs11.so"))
pytestmark = pytest.mark.skipif(
    not (MODULE.exists() and ENGINES and shutil.which("pkcs11-tool")),
    reason="needs the Debian packages softhsm2, opensc and libengine-pkcs11-openssl")

URI = "pkcs11:token=models;object=signer;type=private"


@pytest.fixture
def token(tmp_path):
    """The environment that has the token, the PIN's file and the public key's."""
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(settings), "PKCS11_MODULE_PATH": str(MODULE)}

    def command(*words):
        subprocess.run(words, check=True, capture_output=True, env=environment)

    tool = ["pkcs11-tool", "--module", MODULE, "--token-label", "models"]
    command("softhsm2-util", "--init-token", "--free", "--label", "models", "--so-pin", "1111",
            "--pin", "4321")
    command(*tool, "--login", "--pin", "4321", "--keypairgen", "--key-type", "EC:prime256v1",
            "--label", "signer", "--id", "01")
    command(*tool, "--read-object", "--type", "pubkey", "--id", "01", "--output-file",
            tmp_path / "pub.der")
    openssl("pkey", "-pubin", "-inform", "DER", "-in", tmp_path / "pub.der", "-out",
            tmp_path / "pub.pem")
    pin = tmp_path / "pin"
    pin.write_text("4321\n")
    pin.chmod(0o600)
    return environment, pin, tmp_path / "pub.pem"


def test_a_token_signs(token, tmp_path):
    environment, pin, public = token
    model = make_model(tmp_path / "model")
    done = gatehouse("sign", model, "--key", URI, "--passphrase-file", pin, env=environment)
    assert done.returncode == 0, done.stderr
    assert Verdict(gatehouse("verify", model, "--key", public, "--format", "json")).code == 0


def test_a_wrong_pin_and_a_key_that_is_not_there(token, tmp_path):
    environment, pin, _ = token
    model = make_model(tmp_path / "model")
    missing = gatehouse("sign", model, "--key", URI.replace("signer", "other"), "--passphrase-file",
                        pin, env=environment)
    assert missing.returncode == 2 and "private key" in missing.stderr
    pin.write_text("9\n")
    wrong = gatehouse("sign", model, "--key", URI, "--passphrase-file", pin, env=environment)
    assert wrong.returncode == 2 and "PIN" in wrong.stderr
    assert not (model / "model.sig").exists()
