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


# What is wrong, and what the one line says; nothing of what the engine prints stands beside it.
@pytest.mark.parametrize("uri, changes, said", [
    (URI.replace("signer", "other"), {}, "has no private key as the URI says"),
    (URI.replace("models", "other"), {}, "no token is as the URI says"),
    ("pkcs11:unheard=of", {}, "the URI is not understood"),
    (URI, {"PKCS11_MODULE_PATH": "/nowhere.so"}, "PKCS11_MODULE_PATH has to name it"),
    (URI + ";pin-value=4321", {}, "leave out `pin-value`"),
], ids=["key", "token", "uri", "module", "pin-value"])
def test_why_there_is_no_key(token, tmp_path, uri, changes, said):
    environment, pin, _ = token
    model = make_model(tmp_path / "model")
    done = gatehouse("sign", model, "--key", uri, "--passphrase-file", pin,
                     env={**environment, **changes})
    assert done.returncode == 2 and said in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("gatehouse: ")
    assert not (model / "model.sig").exists()


def test_a_wrong_pin_and_none(token, tmp_path):
    environment, pin, _ = token
    model = make_model(tmp_path / "model")
    pin.write_text("9\n")
    wrong = gatehouse("sign", model, "--key", URI, "--passphrase-file", pin, env=environment)
    assert wrong.returncode == 2 and "does not take this PIN" in wrong.stderr
    none = gatehouse("sign", model, "--key", URI, env=environment, start_new_session=True)
    assert none.returncode == 2 and "--passphrase-file" in none.stderr
    assert wrong.stderr.count("\n") == none.stderr.count("\n") == 1
    assert not (model / "model.sig").exists()


def test_a_pin_that_the_uri_has_a_file_for(token, tmp_path):
    """The engine takes the end of the line for a part of the PIN; ours does not."""
    environment, pin, public = token
    model = make_model(tmp_path / "model")
    uri = f"{URI}?pin-source=file:{pin}"
    refused = gatehouse("sign", model, "--key", uri, env=environment)
    assert refused.returncode == 2 and "no newline either" in refused.stderr
    pin.write_text("4321")
    done = gatehouse("sign", model, "--key", uri, env=environment)
    assert done.returncode == 0, done.stderr
    assert Verdict(gatehouse("verify", model, "--key", public, "--format", "json")).code == 0


def test_verify_takes_no_uri(model):
    done = gatehouse("verify", model, "--key", "pkcs11:token=models;object=signer;type=public")
    assert done.returncode == 2 and "public half" in done.stderr
