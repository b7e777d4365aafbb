"""`./run` on a machine that lacks a package and has no network: one line says which, and nothing is
built. As root and as a user, with sudo and without; in a copy of the scripts that wants a package
that nobody has."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = "gatehouse-no-such-package"
NOBODY = 65534
OFFLINE = ("unshare", "--net", "--")
VERBS = ["build", "test", "demo", "lint", "fuzz", "bench", "live", "soak"]
# What stands in for sudo: keeps what it was asked for; then does it, or wants a password.
SUDO = """#!/bin/sh
echo "$*" >> "{log}"
[ "$1" = -n ] || exit 9
shift
{then}
"""


def is_offline_possible():
    return os.geteuid() == 0 and not subprocess.run([*OFFLINE, "true"],
                                                    capture_output=True).returncode


pytestmark = pytest.mark.skipif(not is_offline_possible(),
                                reason="only root can take a program's network and be another user")


class Copy:
    """The scripts in a folder that everybody may read, with programs of its own in front."""

    def __init__(self, folder):
        self.folder, self.programs, self.state = folder, folder / "bin", folder / "apt"
        self.temporary, open_to_all = folder / "tmp", folder / "open"
        self.built, self.log = open_to_all / "built", open_to_all / "sudo.log"
        for made in (self.programs, self.temporary, open_to_all, self.state / "lists/partial",
                     self.state / "archives/partial"):
            made.mkdir(parents=True)
        shutil.copy(ROOT / "run", folder)
        shutil.copytree(ROOT / "tools", folder / "tools")
        with open(folder / "tools" / "packages", "a") as packages:
            packages.write(f"core {PACKAGE}\nfuzz {PACKAGE}\n")
        self.program("cmake", f"#!/bin/sh\necho $* >> {self.built}\n")
        (folder / "apt.conf").write_text(  # nothing of the system's own is touched
            f'Dir::State::Lists "{self.state}/lists";\nDir::Cache "{self.state}";\n'
            'Acquire::Retries "0";\n')
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o555)
        for made in (self.temporary, open_to_all):
            made.chmod(0o777)

    def program(self, name, text):
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def run(self, verb, user=0):
        environment = {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.folder),
                       "TMPDIR": str(self.temporary), "APT_CONFIG": str(self.folder / "apt.conf"),
                       "LC_ALL": "C"}
        as_user = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
        return subprocess.run([*OFFLINE, *as_user, self.folder / "run", verb], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)

    def asked(self):
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def copy():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to others
        yield Copy(pathlib.Path(folder))


def check(copy, done, reason):
    assert done.returncode == 2, done
    (line,) = done.stderr.splitlines()
    assert line.startswith("run: missing, and ") and reason in line
    assert PACKAGE in line.rsplit(": ")[-1].split(" ")
    assert not copy.built.exists() and not (copy.folder / "build").exists()
    assert list(copy.temporary.iterdir()) == []


def said_what_it_installs(done):
    (line,) = done.stdout.splitlines()
    return line.startswith("run: installing Debian packages: ") and PACKAGE in line.split(" ")


@pytest.mark.parametrize("verb", VERBS)
def test_root(copy, verb):
    done = copy.run(verb)
    check(copy, done, "apt-get could not install them")
    assert said_what_it_installs(done)


def test_a_user_with_sudo(copy):
    copy.program("sudo", SUDO.format(log=copy.log, then='exec "$@"'))
    done = copy.run("build", NOBODY)
    check(copy, done, "apt-get could not install them")
    assert said_what_it_installs(done)
    first, update, install = copy.asked()
    assert (first, update) == ("-n true", "-n apt-get update -q")
    assert install.endswith(f" {PACKAGE}") and "apt-get install" in install


@pytest.mark.parametrize("sudo", ["none", "password"])
def test_a_user_without_sudo(copy, sudo):
    if sudo == "password":
        copy.program("sudo", SUDO.format(log=copy.log, then="exit 1"))
    done = copy.run("build", NOBODY)
    check(copy, done, "neither root nor sudo to install them")
    assert done.stdout == ""
    assert copy.asked() == (["-n true"] if sudo == "password" else [])


def test_nothing_is_asked_for_when_nothing_is_missing(copy):
    """The same user goes on to build."""
    (copy.folder / "tools" / "packages").write_text("core coreutils\ntest bash\n")
    copy.program("sudo", SUDO.format(log=copy.log, then="exit 1"))
    done = copy.run("build", NOBODY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert copy.built.exists() and copy.asked() == []
