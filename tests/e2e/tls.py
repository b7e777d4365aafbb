"""Certificates for tests, made with openssl."""

import subprocess

CONFIG = """[ca]
default_ca = own
[own]
dir = {folder}
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A certificate authority in a folder; `certificate` is its PEM file."""

    def __init__(self, folder, name="Test Authority"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate, self.key = folder / "ca.crt", folder / "ca.key"
        (folder / "index").write_text("")
        (folder / "ca.cnf").write_text(CONFIG.format(folder=folder))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN={name}",
                "-days", "30")

    def issue(self, name, subject_alt_name="", begin="20200101000000Z", end="20400101000000Z",
              usage="serverAuth,clientAuth"):
        """(certificate file, key file) of a new certificate."""
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        certificate = self.folder / f"{name}.crt"
        extensions = ["-addext", f"extendedKeyUsage={usage}"]
        if subject_alt_name:
            extensions += ["-addext", f"subjectAltName={subject_alt_name}"]
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                key, "-out", request, "-subj", f"/CN={name}", *extensions)
        openssl("ca", "-batch", "-notext", "-config", self.folder / "ca.cnf", "-cert",
                self.certificate, "-keyfile", self.key, "-in", request, "-out", certificate,
                "-startdate", begin, "-enddate", end)
        key.chmod(0o600)
        return certificate, key
