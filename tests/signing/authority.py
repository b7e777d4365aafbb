"""Certificate authorities of one's own, by the openssl command."""

import pathlib

from signed_model import Key, openssl


class Authority:
    """A root, or with `above` an intermediate below it."""

    def __init__(self, folder, name="root", above=None, extensions="", days=3650, begins=None):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.key = Key(folder, name)
        self.certificate = self.folder / f"{name}.crt"
        self.above = above
        self._issue(self.key, name, above, "basicConstraints=critical,CA:TRUE\n"
                    "keyUsage=critical,keyCertSign\n" + extensions, days, begins, self.certificate)

    def issue(self, name="signer", extensions="keyUsage=critical,digitalSignature\n", san="",
              curve="P-256", days=365, begins=None, subject=None):
        """A key with `.certificate` and `.chain` (files)."""
        key = Key(self.folder, name, curve)
        key.certificate = self.folder / f"{name}.crt"
        if san:
            extensions += f"subjectAltName={san}\n"
        self._issue(key, name, self, "basicConstraints=critical,CA:FALSE\n" + extensions, days,
                    begins, key.certificate, subject)
        key.chain = [self.certificate] if self.above else []
        return key

    def _issue(self, key, name, issuer, extensions, days, begins, out, subject=None):
        request = self.folder / f"{name}.csr"
        settings = self.folder / f"{name}.ext"
        settings.write_text(extensions + "subjectKeyIdentifier=hash\n")
        openssl("req", "-new", "-key", key.private, "-subj", subject or f"/O=Test/CN={name}",
                "-out", request)
        signer = issuer or self
        if begins is not None:
            self._issue_at(request, settings, signer, days, begins, out, issuer is None)
            return
        by = (["-CA", signer.certificate, "-CAkey", signer.key.private, "-CAcreateserial"]
              if issuer else ["-signkey", key.private])
        openssl("x509", "-req", "-in", request, *by, "-days", days, "-sha256",
                "-extfile", settings, "-out", out)

    def _issue_at(self, request, settings, signer, days, begins, out, selfsigned):
        """`begins`: "20200101000000Z"; only `openssl ca` sets a first day."""
        base = self.folder / (out.stem + "-ca")
        base.mkdir()
        (base / "index").write_text("")
        (base / "serial").write_text("1000\n")
        (base / "conf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={base}/index\nserial={base}/serial\n"
            f"new_certs_dir={base}\ndefault_md=sha256\npolicy=p\ncopy_extensions=none\n"
            "unique_subject=no\n[p]\norganizationName=optional\ncommonName=optional\n")
        by = (["-selfsign", "-keyfile", signer.key.private] if selfsigned
              else ["-cert", signer.certificate, "-keyfile", signer.key.private])
        year = int(begins[:4]) + max(1, days // 365)
        openssl("ca", "-batch", "-notext", "-config", base / "conf", *by, "-in", request,
                "-startdate", begins, "-enddate", f"{year}{begins[4:]}", "-extfile", settings,
                "-out", out)
