#!/usr/bin/env python3
"""Signatures by releases of model_signing, for golden/own-<release>-<method>, with keys and certificates of one's own.

    make_golden.py RELEASE=PYTHON…    PYTHON of a virtual environment with
                                      `model-signing==RELEASE "sigstore<4" pyOpenSSL`

The private keys are not kept. The roots and keys that the tests trust are written anew too, so name every release.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from authority import Authority

GOLDEN = pathlib.Path(__file__).parent / "golden"
# Sigstore, which asks the network as soon as the command starts, is switched off. Release 0.3.1 misspells the name
# of a field and signs with no certificate at all: it is told the right one.
PROGRAM = """
import types
from model_signing._cli import main
from model_signing._signing import sign_certificate, sign_sigstore
sign_sigstore.Signer.__init__ = lambda self, *_, **__: None
parts = vars(sign_certificate.common_pb)
right = lambda raw_bytes=None, raw_byutes=None: parts["X509Certificate"](raw_bytes=raw_bytes or raw_byutes)
sign_certificate.common_pb = types.SimpleNamespace(**{**parts, "X509Certificate": right})
main()
"""
FILES = {"signme-1": b"signme-1", "signme-2": b"signme-2"}


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = Authority(folder, "golden-root", days=36500)
        middle = Authority(folder, "golden-middle", above=root, days=36500)
        leaf = middle.issue("golden-signer", days=36500, curve="P-384")
        shutil.copy(root.certificate, GOLDEN / "own-root.pem")
        shutil.copy(leaf.public, GOLDEN / "own-signer.pub")
        methods = {
            "key": ["--private_key", leaf.private],
            "certificate": ["--private_key", leaf.private, "--signing_certificate", leaf.certificate,
                            "--certificate_chain", middle.certificate],
        }
        for release, python in (argument.split("=") for argument in sys.argv[1:]):
            for method, options in methods.items():
                model = pathlib.Path(folder) / "model"
                shutil.rmtree(model, ignore_errors=True)
                model.mkdir()
                for name, content in FILES.items():
                    (model / name).write_bytes(content)
                kept = GOLDEN / f"own-v{release}-{method}"
                kept.mkdir(exist_ok=True)
                subprocess.run([python, "-c", PROGRAM, "sign", method, *options, "--signature", kept / "model.sig", model], check=True)
                assert (kept / "model.sig").exists(), kept


if __name__ == "__main__":
    main()
