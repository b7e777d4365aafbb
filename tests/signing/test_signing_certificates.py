"""Signatures by certificate, under authorities made here."""

import base64
import copy
import json

import pytest

from authority import Authority
from signed_model import bundle, gatehouse, openssl, put, read_bundle, statement, verify

SAN = "email:ann@example.com,DNS:signer.example,URI:https://ci.example/job"


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")

    class Pki:
        root = Authority(folder, "root")
        middle = Authority(folder, "middle", above=root)
        signer = middle.issue("signer", san=SAN)
        other_root = Authority(folder, "other-root")

    return Pki


def sign(model, key, *options):
    chain = [word for file in key.chain for word in ("--certificate-chain", file)]
    done = gatehouse("sign", model, "--key", key.private, "--certificate", key.certificate, *chain,
                     "--replace", *options)
    assert done.returncode == 0, done.stderr


def trust(root, *identities):
    return ["--certificate-roots", root.certificate,
            *(word for name in identities for word in ("--identity", name))]


def test_every_kind_of_name_is_an_identity(pki, model):
    sign(model, pki.signer)
    for name in ["ann@example.com", "signer.example", "https://ci.example/job", "signer"]:
        found = verify(model, trust(pki.root, name))
        assert found.code == 0 and found.report["signer"]["identity"] == name
    assert verify(model, trust(pki.root, "bob@example.com", "ann@example.com")).code == 0
    for name in ["ann@example.co", "Ann@example.com", "example", "CN=signer", "Test", "*.example"]:
        assert verify(model, trust(pki.root, name)).ids == ["SIG-015"]


def test_a_name_of_another_kind_is_no_identity(pki, model):
    """An issuer that may sign for b.example only is free in what it writes as another kind."""
    email = "alice@a.example"
    by_uri = pki.root.issue("other", san=f"URI:{email},DNS:c.example")
    by_common_name = pki.root.issue(email, san="DNS:c.example")
    for key, real in [(by_uri, "uri:"), (by_common_name, "cn:")]:
        sign(model, key)
        refusal = verify(model, trust(pki.root, email))
        assert refusal.ids == ["SIG-015"] and f"`{real}{email}`" in refusal.report["findings"][0]["message"]
        for kind in ["email:", "dns:", "uri:", "cn:"]:
            found = verify(model, trust(pki.root, kind + email))
            assert (found.code, found.ids) == ((0, []) if kind == real else (1, ["SIG-015"]))
        assert verify(model, trust(pki.root, "c.example")).code == 0
        for wrong in ["cn:c.example", "uri:c.example", "email:c.example", "dns:", "cn:"]:
            assert verify(model, trust(pki.root, wrong)).ids == ["SIG-015"]


def test_the_bundle_holds_the_chain(pki, model):
    sign(model, pki.signer)
    read, _, _, _ = read_bundle(model / "model.sig")
    material = read["verificationMaterial"]
    assert list(material) == ["x509CertificateChain", "tlogEntries"]
    ders = [base64.b64decode(c["rawBytes"]) for c in material["x509CertificateChain"]["certificates"]]
    assert ders == [openssl("x509", "-in", file, "-outform", "DER")
                    for file in [pki.signer.certificate, pki.middle.certificate]]


def test_roots_that_do_not_vouch(pki, model):
    sign(model, pki.signer)
    assert verify(model, trust(pki.other_root, "signer")).ids == ["SIG-013"]
    assert verify(model, trust(pki.other_root, "nobody")).ids == ["SIG-013", "SIG-015"]
    # An intermediate and the certificate itself may be anchors: what is given is trusted as it is.
    assert verify(model, trust(pki.middle, "signer")).code == 0
    read, *_ = read_bundle(model / "model.sig")
    read["verificationMaterial"]["x509CertificateChain"]["certificates"].pop()
    put(model, read)
    assert verify(model, trust(pki.root, "signer")).ids == ["SIG-013"]
    assert verify(model, trust(pki.middle, "signer")).code == 0


def by_chain(key, certificates, payload=None):
    made = bundle(payload or statement(), key)
    made["verificationMaterial"] = {"x509CertificateChain": {"certificates": [
        {"rawBytes": base64.b64encode(openssl("x509", "-in", c, "-outform", "DER")).decode()}
        for c in certificates]}, "tlogEntries": []}
    return made


def refused(model, pki, key, root=None, name=None):
    put(model, by_chain(key, [key.certificate, *key.chain]))
    return verify(model, trust(root or pki.root, name or key.certificate.stem)).ids


def test_a_root_inside_the_bundle_is_not_trusted(pki, model):
    forged = pki.other_root.issue("signer2", san=SAN)
    put(model, by_chain(forged, [forged.certificate, pki.other_root.certificate]))
    assert verify(model, trust(pki.root, "ann@example.com")).ids == ["SIG-013"]


def test_a_certificate_of_another_key(pki, model, tmp_path):
    thief = pki.other_root.issue("thief")
    put(model, by_chain(thief, [pki.signer.certificate, pki.middle.certificate]))
    assert verify(model, trust(pki.root, "signer")).ids == ["SIG-010"]
    done = gatehouse("sign", model, "--replace", "--key", thief.private, "--certificate",
                     pki.signer.certificate)
    assert done.returncode == 2 and "another key" in done.stderr


def test_usage(pki, model):
    encipher = pki.root.issue("encipher", extensions="keyUsage=critical,keyEncipherment\n")
    server = pki.root.issue("server", extensions="extendedKeyUsage=serverAuth\n")
    nothing = pki.root.issue("nothing", extensions="")
    for key in [encipher, server, nothing]:
        assert refused(model, pki, key) == ["SIG-014"]
        done = gatehouse("sign", model, "--replace", "--key", key.private, "--certificate",
                         key.certificate)
        assert done.returncode == 2 and "not for signing" in done.stderr
    code = pki.root.issue("code", extensions="extendedKeyUsage=codeSigning\n")
    assert refused(model, pki, code) == []


def test_who_is_no_authority_cannot_issue(pki, model, tmp_path):
    # The signer's certificate is good for signing models, not for signing certificates.
    class Pretender(Authority):
        def __init__(self, key):
            self.folder, self.key, self.certificate, self.above = tmp_path, key, key.certificate, pki.middle

    below = Pretender(pki.signer).issue("below")
    put(model, by_chain(below, [below.certificate, pki.signer.certificate, pki.middle.certificate]))
    assert verify(model, trust(pki.root, "below")).ids == ["SIG-013"]


def test_dates_are_looked_at_as_of_the_first_day(pki, model, tmp_path):
    old_root = Authority(tmp_path, "old-root", begins="20150101000000Z", days=365 * 30)
    ended = old_root.issue("ended", begins="20200101000000Z", days=365)
    put(model, by_chain(ended, [ended.certificate]))
    found = verify(model, trust(old_root, "ended"))
    assert found.code == 0 and "the certificate ended at 2021-01-01" in found.report["notes"][0]
    # Its issuer was not there yet when it began.
    early = old_root.issue("early", begins="20100101000000Z", days=365 * 30)
    assert refused(model, pki, early, old_root) == ["SIG-013"]


def test_fulcio_is_never_accepted(pki, model):
    leaf = pki.root.issue("fulcio", extensions="keyUsage=critical,digitalSignature\n"
                          "1.3.6.1.4.1.57264.1.1=ASN1:UTF8String:https://accounts.example\n")
    put(model, by_chain(leaf, [leaf.certificate]))
    found = verify(model, trust(pki.root, "fulcio"))
    assert (found.code, found.ids) == (2, ["SIG-002"])
    done = gatehouse("sign", model, "--replace", "--key", leaf.private, "--certificate",
                     leaf.certificate)
    assert done.returncode == 2 and "Fulcio" in done.stderr


def test_a_certificate_that_is_not_valid_yet(pki, model, tmp_path):
    root = Authority(tmp_path, "coming-root", begins="20150101000000Z", days=365 * 90)
    coming = root.issue("coming", begins="20900101000000Z", days=365)
    put(model, by_chain(coming, [coming.certificate]))
    found = verify(model, trust(root, "coming"))
    assert (found.code, found.ids) == (1, ["SIG-031"])
    assert "its certificate begins at 2090-01-01" in found.report["findings"][0]["message"]
    sign = ["sign", model, "--replace", "--key", coming.private, "--certificate", coming.certificate]
    done = gatehouse(*sign)
    assert done.returncode == 2 and "the certificate begins at 2090-01-01" in done.stderr
    assert gatehouse(*sign, "--not-before", "2090-01-02").returncode == 0
    found = verify(model, trust(root, "coming"))
    assert found.code == 1 and [f["id"] for f in found.report["findings"]] == ["SIG-031"] * 2


def test_names_with_a_nul_are_no_identity(pki, model):
    # DNS "good.example\0.evil.example": readers that stop at the NUL see another name.
    san = "otherName:1.2.3.4;UTF8:x,DNS:ok.example"
    assert refused(model, pki, pki.root.issue("san", san=san), name="x") == ["SIG-015"]
    der = "".join(f"{b:02x}" for b in b"good.example\0.evil.example")
    raw = pki.root.issue("nul", extensions="keyUsage=critical,digitalSignature\n"
                         f"subjectAltName=DER:30{len(der) // 2 + 2:02x}82{len(der) // 2:02x}{der}\n")
    assert refused(model, pki, raw, name="good.example") == ["SIG-015"]


def test_weak_and_foreign_keys(pki, model):
    import subprocess

    folder = pki.root.folder
    rsa = folder / "rsa.pem"
    subprocess.run(["openssl", "genrsa", "-out", rsa, "2048"], check=True, capture_output=True)
    crt = folder / "rsa.crt"
    openssl("req", "-x509", "-key", rsa, "-subj", "/CN=rsa", "-days", "9", "-out", crt)
    good = bundle(statement(), pki.signer)
    good["verificationMaterial"] = by_chain(pki.signer, [crt])["verificationMaterial"]
    put(model, good)
    assert verify(model, ["--certificate-roots", crt, "--identity", "rsa"]).ids == ["SIG-013"]


@pytest.mark.parametrize("change", [
    lambda c: c.clear(), lambda c: c.extend(c * 20), lambda c: c[0].update(rawBytes=5),
    lambda c: c[0].update(rawBytes="A" * 200_000), lambda c: c.insert(0, "x"),
])
def test_chains_that_are_none(change, pki, model):
    good = by_chain(pki.signer, [pki.signer.certificate, pki.middle.certificate])
    bad = copy.deepcopy(good)
    change(bad["verificationMaterial"]["x509CertificateChain"]["certificates"])
    put(model, bad)
    assert verify(model, trust(pki.root, "signer")).ids == ["SIG-001"]


@pytest.mark.parametrize("der", [b"\x30", b"\x30\x80", b"x" * 500])
def test_certificates_that_are_none(der, pki, model):
    good = by_chain(pki.signer, [pki.signer.certificate, pki.middle.certificate])
    certificates = good["verificationMaterial"]["x509CertificateChain"]["certificates"]
    for place in range(2):
        bad = copy.deepcopy(good)
        bad["verificationMaterial"]["x509CertificateChain"]["certificates"][place]["rawBytes"] = (
            base64.b64encode(der).decode())
        put(model, bad)
        assert verify(model, trust(pki.root, "signer")).ids == ["SIG-013"]
    # Bytes after a certificate are bytes that nobody signed.
    longer = base64.b64decode(certificates[0]["rawBytes"]) + b"\0"
    certificates[0]["rawBytes"] = base64.b64encode(longer).decode()
    put(model, good)
    assert verify(model, trust(pki.root, "signer")).ids == ["SIG-013"]


def test_roots_that_are_none(pki, model, tmp_path):
    sign(model, pki.signer)
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    assert verify(model, ["--certificate-roots", empty, "--identity", "a"]).code == 2
    broken = tmp_path / "broken.pem"
    broken.write_text(pki.root.certificate.read_text().replace("M", "!", 3))
    assert verify(model, ["--certificate-roots", broken, "--identity", "a"]).code == 2
    two = tmp_path / "two.pem"
    two.write_text(pki.other_root.certificate.read_text() + pki.root.certificate.read_text())
    assert verify(model, ["--certificate-roots", two, "--identity", "signer"]).code == 0
    done = gatehouse("verify", model, "--certificate-roots", two, "--identity", "signer")
    assert "signed by    signer" in done.stdout
    assert json.loads(gatehouse("verify", model, "--certificate-roots", two, "--identity", "signer",
                                "--format", "json").stdout)["signer"]["certificate_ends"]
