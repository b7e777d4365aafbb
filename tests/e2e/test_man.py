"""`man`: pages that `man` and groff take, with all that `--help` says."""

import re
import shutil
import subprocess

import pytest

from command_help import commands, options, words_of
from gate import run

COMMANDS = commands()


def page(*words):
    done = run("man", *words)
    assert done.returncode == 0 and done.stderr == ""
    return done.stdout


def plain(roff):
    """Without what is for roff: only for looking things up."""
    return re.sub(r"\\f[BIR]", "", roff).replace("\\-", "-").replace("\\(aq", "'")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_all_of_help_is_in_the_pages(words):
    """On the command's own page and on the program's, which has them all."""
    own, whole = plain(page(*words)), plain(page())
    called = " ".join(("gatehouse", *words))
    part = whole.split(f'.SS "{called}"\n')[1].split("\n.SS ")[0] if words else whole
    for name, value in options(*words).items():
        item = re.compile(rf"^\.TP\n(-\w, )?{re.escape(name)}(, --\S+)?( \S+)?\n", re.MULTILINE)
        assert item.search(own), name
        assert item.search(part) or name in ("-h", "--help"), name
        assert all(re.search(rf"\b{word}\b", own) for word in words_of(value)), name
    assert f".SH SYNOPSIS\n{called} " in own
    assert "0 fine, 1 findings" in own


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_groff_takes_it(words):
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8"], input=page(*words), text=True,
                          capture_output=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    assert "gatehouse" in done.stdout


def test_man_takes_it():
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    for words in ((), ("policy", "check")):
        done = subprocess.run(["man", "--warnings", "-l", "-"], input=page(*words), text=True,
                              capture_output=True, timeout=60, env={"MANWIDTH": "80", "LC_ALL": "C.UTF-8",
                                                                    "PATH": "/usr/bin:/bin"})
        assert done.returncode == 0 and done.stderr == ""
        assert "EXIT STATUS" in done.stdout


@pytest.mark.parametrize("words,said", [
    (("chek",), "no command `chek`; did you mean `policy check`?"),
    (("policy", "chek"), "no command `policy chek`; did you mean `policy check`?"),
    (("scan", "more"), "no command `scan more`"),
    (("policy", "check", "more"), "no command `policy check more`"),
    (("x\x1b[31m",), "no command `x\\x1b[31m`")])
def test_of_what_is_no_command(words, said):
    done = run("man", *words)
    assert done.returncode == 64 and said in done.stderr and done.stdout == ""
