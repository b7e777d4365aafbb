"""`completion`: the scripts, as the shells run them."""

import os
import pty
import select
import shutil
import subprocess
import time

import pytest

from command_help import commands, options, words_of
from gate import run

COMMANDS = commands()
# What the shell asks, without a terminal. `compopt` only works within a completion, so it is told.
ASK = """
. "$1"; shift
[[ $(complete -p gatehouse) == 'complete -F _gatehouse gatehouse' ]] || exit 9
compopt() { printf 'compopt %s\\n' "$*"; }
COMP_WORDS=(gatehouse "$@"); COMP_CWORD=$#; COMPREPLY=()
_gatehouse
printf '%s\\n' "${COMPREPLY[@]}"
"""
FILES = ["compopt -o default"]


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("completion") / "gatehouse.bash"
    path.write_text(run("completion", "bash").stdout)
    return path


@pytest.fixture
def asked(script):
    def ask(*words):
        """What bash would offer for the last of `words`."""
        done = subprocess.run(["bash", "-c", ASK, "bash", script, *words], capture_output=True,
                              text=True, timeout=30)
        assert done.returncode == 0 and done.stderr == "", done
        return done.stdout.split("\n")[:-1] if done.stdout.strip() else []
    return ask


@pytest.mark.parametrize("words,offered", [
    (["sc"], ["scan"]),
    (["policy", ""], ["check", "show", "explain", "reference", "-h", "--help"]),
    (["policy", "ch"], ["check"]),
    (["scan", "--form"], ["--format"]),
    (["scan", "--format", ""], ["text", "json", "ndjson", "sarif", "junit"]),
    (["scan", "--fail-on", "h"], ["high"]),
    (["scan", "--profile", "w"], ["weights"]),
    (["scan", "--format", "=", "js"], ["json"]),  # --format=js, as bash parts it
    (["scan", "--format", "="], ["text", "json", "ndjson", "sarif", "junit"]),
    (["verify", "model", "--role", "ad"], ["adapter"]),
    (["keys", "create", "--endpoints", "comp"], ["completions"]),
    (["keys", "create", "--name", ""], []),
    (["keys", "create", "--name", "list", "--ten"], ["--tenant"]),
    (["completion", ""], ["bash", "zsh", "fish"]),
    (["man", "pol"], ["policy"]),
    (["policy", "chek", ""], []),
    (["nothing", ""], []),
    (["policy", "reference", ""], ["-h", "--help"]),
    (["scan", ""], FILES),
    (["scan", "some/fi"], FILES),
    (["scan", "--output", ""], FILES),
    (["scan", "--output", "=", "x"], FILES),
    (["policy", "check", "-c", ""], FILES),
    (["policy", "explain", ""], FILES),
    (["init", ""], FILES),
    (["explain", ""], ["-h", "--help"]),
    (["scan", "a $(touch x) `b` *", "--fail-on", "h"], ["high"]),
])
def test_what_is_offered(asked, words, offered):
    assert [word for word in asked(*words) if word] == offered


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_all_of_help_is_offered(asked, words):
    """Whatever option comes next: it is completed, and so are the words that it takes."""
    known = options(*words)
    assert set(asked(*words, "-")) == known.keys()
    for name, value in known.items():
        offered = asked(*words, name, "")
        if words_of(value):
            assert set(offered) == words_of(value), name
        elif value:
            assert offered == (FILES + [""] if value in ("FILE", "DIR", "PATH") else []), name
    below = {other[-1] for other in COMMANDS if other[:-1] == words and other != ()}
    assert not below or below < set(asked(*words, ""))


def test_bash_on_a_terminal(script, tmp_path):
    """As typed: the word is ended, `--format=` keeps its name, and a path is that of a file there.
    What came of it is what a command of that name is then called with."""
    (tmp_path / "my model.bin").touch()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"],
                   {"PATH": os.environ["PATH"], "PS1": "ready> ", "TERM": "dumb", "HOME": "/",
                    "INPUTRC": "/dev/null", "HISTFILE": ""})
    shown = ""

    def until(text):
        nonlocal shown
        end = time.monotonic() + 30
        while text not in shown:
            assert select.select([terminal], [], [], max(0, end - time.monotonic()))[0], shown
            shown += os.read(terminal, 4096).decode()
        shown = shown.split(text, 1)[1]

    try:
        until("ready> ")
        os.write(terminal, f"source {script}; gatehouse() {{ printf '<%s>' \"$@\"; echo; }}\r".encode())
        until("ready> ")
        for typed, called in [("pol\tend", "<policy><end>"),
                              ("scan --format=sa\tend", "<scan><--format=sarif><end>"),
                              ("scan my\tend", "<scan><my model.bin><end>"),
                              ("keys create --name my\tend", "<keys><create><--name><myend>")]:
            os.write(terminal, f"gatehouse {typed}\r".encode())
            until(called)
            until("ready> ")
    finally:
        os.close(terminal)
        os.kill(pid, 9)
        os.waitpid(pid, 0)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_syntax(shell, tmp_path):
    script = tmp_path / "script"
    script.write_text(run("completion", shell).stdout)
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_all_of_help_is_in_the_script(shell):
    """Of shells that may not be there: each option of each command has its words."""
    lines = run("completion", shell).stdout
    for words in filter(None, COMMANDS):
        assert f"{words[-1]}:" in lines if shell == "zsh" else f"-a {words[-1]} " in lines
    if shell == "zsh":
        branches = dict(part.split(" '", 1) for part in lines.split("    ('")[1:])
        for words in COMMANDS:
            branch = branches[" ".join(words)]
            assert all(f"){name}" in branch or f"*{name}" in branch for name in options(*words)), words
    else:
        for words in COMMANDS:
            mine = [line for line in lines.splitlines()
                    if f" '__gatehouse_{'in' if (*words, '') else 'is'} {' '.join(words)}'" in line
                    or f" '{' '.join(('__gatehouse_is', *words))}'" in line]
            for name in options(*words):
                flag = f" -l {name[2:]} " if name.startswith("--") else f" -s {name[1:]} "
                assert any(flag in line for line in mine), (words, name)


def test_what_is_no_shell():
    for words in (["completion"], ["completion", "tcsh"]):
        done = run(*words)
        assert done.returncode == 64 and done.stdout == ""
