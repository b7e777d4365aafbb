"""Certificates that change while requests run, of a listener and of the admin side."""

import json
import os
import resource
import shutil
import signal
import ssl

import pytest

import wire
from gate import Gate, run
from tls import Authority


def served_certificate(gate, side="public", newest=ssl.TLSVersion.TLSv1_3):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = newest
    with wire.connect(gate.ports[side], None, context=context) as connection:
        return connection.getpeercert(binary_form=True)


def test_a_refused_reload_loses_no_change_of_keys_or_certificates(tmp_path, recorder):
    """What was looked at for a policy that did not come into force is looked at again."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        good = gate.policy.read_text()
        first = served_certificate(gate)
        assert gate.call("/v1/models").status == 200
        (kid,) = [key["id"] for key in json.loads(
            run("keys", "list", "-c", gate.policy, "--format", "json").stdout)
            if key["tenant"] == "alpha"]
        # Good up to its last step, which fails: a folder is no log file.
        bad = good.replace("./requests.log", "./state")
        authority = Authority(tmp_path / "ca")
        certificate, key = authority.issue("new", subject_alt_name="DNS:localhost")
        shutil.copy(key, gate.folder / "tls" / "server.key")
        shutil.copy(certificate, gate.certificate)
        assert run("keys", "revoke", "-c", gate.policy, kid).returncode == 0
        gate.policy.write_text(bad)
        gate.reload("refused")
        assert wire.wait_for(lambda: served_certificate(gate) != first)
        gate.certificate = authority.certificate
        assert wire.wait_for(lambda: gate.call("/v1/models").status == 401)


@pytest.mark.parametrize("by_signal", [False, True])
def test_a_new_certificate(tmp_path, recorder, by_signal):
    """Taken when the files change or at SIGHUP, without dropping a connection; one that does not
    parse leaves the old one in use."""
    # covers: algorithms-7-tls-reload
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.issue("new", subject_alt_name="DNS:localhost")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        first = served_certificate(gate)
        with gate.connect() as connection:
            assert gate.chat(connection=connection).status == 200
            gate.certificate.write_text("garbage")
            if by_signal:
                gate.reload("refused")
            else:
                assert gate.says("old one stays")
            assert served_certificate(gate) == first
            shutil.copy(key, gate.folder / "tls" / "server.key")
            shutil.copy(certificate, gate.certificate)
            if by_signal:
                gate.reload()
            assert wire.wait_for(lambda: served_certificate(gate) != first)
            recorder.take()
            assert gate.chat(connection=connection).status == 200
            assert len(recorder.take()) == 1
        gate.certificate = authority.certificate
        assert gate.chat().status == 200


def looks_told(gate):
    """How often the look at the files had something to say."""
    said = gate.stderr()
    return said.count("certificates were reloaded") + said.count("certificate was not reloaded")


def test_a_new_certificate_by_the_signal_alone(tmp_path, recorder):
    """SIGHUP takes it at once, whatever the look at the files every second would do later. That look
    writes a line of its own when it is the one that takes a new certificate: if it happens to come
    between the files and the signal, nothing is shown, and the next certificate is tried."""
    # covers: algorithms-7-tls-reload
    authority = Authority(tmp_path / "ca")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        for i in range(5):
            certificate, key = authority.issue(f"new-{i}", subject_alt_name="DNS:localhost")
            looks = looks_told(gate)
            shutil.copy(key, gate.folder / "tls" / "server.key")
            shutil.copy(certificate, gate.certificate)
            gate.reload()
            new = ssl.PEM_cert_to_DER_cert(certificate.read_text())
            taken = wire.wait_for(lambda: served_certificate(gate) == new, 0.3)
            gate.reload()  # what was logged before stands before its line
            assert wire.wait_for(lambda: gate.stderr().count("policy was reloaded") == 2 * i + 2)
            if looks_told(gate) == looks:
                assert taken
                return
        raise AssertionError("the look at the files was first five times: there is no telling")


@pytest.mark.parametrize("by_signal", [False, True])
def test_a_new_authority_of_clients(tmp_path, recorder, by_signal):
    """Taken as a certificate is: then the old one's clients are refused in the handshake, and so is a
    session of theirs, while a connection that is open goes on. A file that does not parse changes
    nothing."""
    # covers: algorithms-7-tls-client-certificates
    old, new = (Authority(tmp_path / name, name=name) for name in ("old", "new"))
    own = {authority: authority.issue("client") for authority in (old, new)}
    trusted = shutil.copy(old.certificate, tmp_path / "clients.crt")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}",
              tls=f", client_ca: {trusted}, required: true", more="workers: 1") as gate:

        def served(context, session=None):
            try:
                with gate.connect(context=context, session=session) as connection:
                    return gate.chat(connection=connection).status == 200 and connection.session
            except (OSError, EOFError):  # with TLS 1.3 a refusal is seen at the first read
                return None

        context = {authority: wire.client_context(gate.certificate, own=own[authority])
                   for authority in own}
        with gate.connect(context=context[old]) as connection:
            assert gate.chat(connection=connection).status == 200
            session = connection.session
            assert not served(context[new])
            trusted.write_text("garbage")
            if by_signal:
                gate.reload("refused")
            else:
                assert gate.says("old one stays")
            assert served(context[old]) and not served(context[new])
            shutil.copy(new.certificate, trusted)
            if by_signal:
                gate.reload()
            assert wire.wait_for(lambda: served(context[new]))
            recorder.take()
            assert not served(context[old]) and not served(context[old], session)
            assert recorder.take() == []
            assert gate.chat(connection=connection).status == 200


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o604, 0o660, 0o602])
def test_a_new_key_that_others_may_read(tmp_path, recorder, mode):
    """Is not taken, as it would not be at the start; closed, it is, without being written again."""
    certificate, key = Authority(tmp_path / "ca").issue("new", subject_alt_name="DNS:localhost")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        first = served_certificate(gate)
        key.chmod(mode)
        shutil.copy(key, gate.folder / "tls" / "new.key")
        os.chmod(gate.folder / "tls" / "new.key", mode)
        os.rename(gate.folder / "tls" / "new.key", gate.folder / "tls" / "server.key")
        shutil.copy(certificate, gate.certificate)
        assert gate.says(f"(mode {mode:04o}); run chmod")
        assert served_certificate(gate) == first
        os.chmod(gate.folder / "tls" / "server.key", 0o600)
        assert wire.wait_for(lambda: served_certificate(gate) != first)


def test_a_certificate_that_cannot_be_read_for_a_moment(tmp_path, recorder):
    """Is read when the moment has passed, although nothing of its file changes then. Said once."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        pid = gate.process.pid
        usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, usual[1]))  # nothing more is opened
        gate.certificate.chmod(0o640)
        assert gate.says("old one stays")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        assert gate.says("certificates were reloaded")
        assert gate.stderr().count("old one stays") == 1
        assert gate.chat().status == 200


@pytest.mark.parametrize("name", ["server.crt", "server.key"])
def test_a_certificate_that_is_no_file(tmp_path, recorder, name):
    """Is not waited for: a pipe in its place would hold up keys, reloads and the end."""
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        gate.certificate = shutil.copy(gate.certificate, tmp_path / "client.crt")
        os.mkfifo(gate.folder / "tls" / "pipe", 0o600)
        os.rename(gate.folder / "tls" / "pipe", gate.folder / "tls" / name)
        assert gate.says("not a regular file")
        assert gate.chat().status == 200 and gate.get("/healthz")[0] == 200
        gate.terminate()
        assert gate.stopped() == 0


def test_a_new_certificate_of_the_admin_side(tmp_path, recorder):
    """Is taken as a listener's is, and so is what a reload says of its TLS."""
    certificate, key = Authority(tmp_path / "ca").issue("new", subject_alt_name="DNS:localhost")
    with Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        own = gate.folder / "admin"
        own.mkdir()
        for name in ("server.crt", "server.key"):
            shutil.copy(gate.folder / "tls" / name, own / name)
        text = gate.policy.read_text().replace(
            "admin: { address: 127.0.0.1:0 }", "admin: { address: 127.0.0.1:0, tls: { "
            "certificate: admin/server.crt, key: { file: admin/server.key } } }")
        gate.policy.write_text(text)
        gate.process.send_signal(signal.SIGHUP)
        public = served_certificate(gate)
        assert wire.wait_for(lambda: served_with_tls(gate) == public)
        with pytest.raises(ssl.SSLError):
            served_certificate(gate, "admin", ssl.TLSVersion.TLSv1_2)
        (own / "server.crt").write_text("garbage")
        assert gate.says("old one stays")
        assert served_certificate(gate, "admin") == public
        shutil.copy(key, own / "server.key")
        shutil.copy(certificate, own / "server.crt")
        assert wire.wait_for(lambda: served_certificate(gate, "admin") != public)
        assert served_certificate(gate) == public
        gate.policy.write_text(text.replace("server.key } }", "server.key }, min_version: 1.2 }"))
        gate.process.send_signal(signal.SIGHUP)
        assert wire.wait_for(lambda: served_with_tls(gate, ssl.TLSVersion.TLSv1_2))


def served_with_tls(gate, newest=ssl.TLSVersion.TLSv1_3):
    """The admin side's certificate, None as long as it does not speak this TLS."""
    try:
        return served_certificate(gate, "admin", newest)
    except (ssl.SSLError, ConnectionError):
        return None


@pytest.mark.parametrize("begin,end,said", [
    ("20200101000000Z", "20210101000000Z", "expired at 2021-01-01T00:00:00"),
    ("20390101000000Z", "20400101000000Z", "is not valid before 2039-01-01T00:00:00"),
    ("20200101000000Z", "20400101000000Z", None)])
def test_dates_that_no_client_accepts(tmp_path, recorder, begin, end, said):
    """The check and the start say so, and the gateway runs: the files may be renewed, which is
    said no more; a renewed one that is no better is."""
    certificate, key = Authority(tmp_path / "ca").issue("dated", "DNS:localhost", begin, end)
    gate = Gate(tmp_path / "gate", upstream=f"http://127.0.0.1:{recorder.port}")
    good = [(path, path.read_bytes()) for path in (gate.certificate,
                                                   gate.folder / "tls" / "server.key")]
    shutil.copy(key, gate.folder / "tls" / "server.key")
    shutil.copy(certificate, gate.certificate)
    check = run("policy", "check", "-c", gate.policy)
    assert check.returncode == 0
    assert ("`certificate`: " in check.stdout) == (said is not None)
    with gate:
        assert len(served_certificate(gate)) > 100
        if said is None:
            assert "`certificate`" not in gate.stderr()
            return
        assert check.stdout.startswith(f"note: {gate.policy}:") and said in check.stdout
        assert gate.says(said)
        (line,) = [line for line in gate.stderr().splitlines() if said in line]
        assert json.loads(line)["level"] == "warn"
        first = served_certificate(gate)
        for path, content in good:
            path.write_bytes(content)
        assert wire.wait_for(lambda: served_certificate(gate) != first)
        assert gate.call("/v1/models").status == 200
        shutil.copy(key, gate.folder / "tls" / "server.key")
        shutil.copy(certificate, gate.certificate)
        assert wire.wait_for(lambda: gate.stderr().count(said) == 2)
