"""Client certificates below authorities of their own."""

import pytest

from gate import Gate
from tls import Authority, openssl


class Chain:
    """An authority below another one: `file` holds its certificate and those above it."""

    def __init__(self, folder, name, above, constraints):
        self.folder, self.key, self.certificate = folder, folder / "ca.key", folder / "ca.crt"
        folder.mkdir()
        issue(self, name, above, f"basicConstraints=critical,{constraints}\n"
              "keyUsage=critical,keyCertSign\n", self.key, self.certificate)
        rest = above.file.read_bytes() if isinstance(above, Chain) else b""
        self.file = folder / "chain.crt"
        self.file.write_bytes(self.certificate.read_bytes() + rest)


def issue(place, name, issuer, extensions, key, certificate):
    request, file = place.folder / f"{name}.csr", place.folder / f"{name}.ext"
    file.write_text(extensions)
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    openssl("x509", "-req", "-in", request, "-CA", issuer.certificate, "-CAkey", issuer.key,
            "-CAcreateserial", "-days", "30", "-extfile", file, "-out", certificate)


def client(chain):
    """(certificates, key) of a client below it."""
    key, certificate = chain.folder / "client.key", chain.folder / "client.crt"
    issue(chain, "client", chain, "extendedKeyUsage=clientAuth\n", key, certificate)
    certificate.write_bytes(certificate.read_bytes() + chain.file.read_bytes())
    return certificate, key


@pytest.mark.parametrize("constraints,good", [
    (["CA:true"], True), (["CA:true,pathlen:0"], True), (["CA:true", "CA:true"], True),
    (["CA:true,pathlen:1", "CA:true,pathlen:0"], True), (["CA:true,pathlen:0", "CA:true"], False),
    (["CA:true,pathlen:1", "CA:true", "CA:true"], False), (["CA:false"], False)], ids=str)
def test_a_chain_is_as_long_as_it_may_be(tmp_path, recorder, constraints, good):
    """The policy names the root alone. Who is below it may vouch for others where, and as deep as,
    the certificate above says."""
    # covers: algorithms-7-tls-verify-depth
    root = above = Authority(tmp_path / "root")
    for depth, text in enumerate(constraints):
        above = Chain(tmp_path / f"below{depth}", f"below{depth}", above, text)
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}",
              tls=f", client_ca: {root.certificate}, required: true") as gate:
        recorder.take()
        try:
            with gate.connect(own=client(above)) as connection:
                served = gate.chat(connection=connection).status == 200
        except (OSError, EOFError):
            served = False
        assert served == good and len(recorder.take()) == good
