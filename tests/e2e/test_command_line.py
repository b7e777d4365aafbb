"""Words on the command line that are no commands."""

import os
import subprocess

import pytest

from gate import BINARY, run


@pytest.mark.parametrize("words,said", [
    (("chek",), "no command `chek`; did you mean `policy check`?"),
    (("chek", "--help"), "no command `chek`; did you mean `policy check`?"),
    (("serv", "-c", "nothing"), "no command `serv`; did you mean `serve`?"),
    (("policy", "chek"), "no command `policy chek`; did you mean `policy check`?"),
    (("policy", "chek", "--help"), "no command `policy chek`; did you mean `policy check`?"),
    (("keys", "rotate"), "no command `keys rotate`; there is create, list, show, revoke"),
    (("frobnicate",), "no command `frobnicate`; there is init, serve, "),
    (("",), "no command ``; there is init, serve, "),
    (("help",), "no command `help`; write `--help`"),
    (("policy",), "a command is missing; there is check, show, explain, reference\nSee `gatehouse policy --help`"),
    ((), "a command is missing; there is init, serve, ")])
def test_what_is_no_command(words, said):
    """Named, with what was meant or what there is; exit 64, and nothing on standard output."""
    refused = run(*words)
    assert refused.returncode == 64
    assert said in refused.stderr and refused.stdout == ""


@pytest.mark.parametrize("words,said", [
    (("keys", "create", "--tenat", "a", "--name", "b"),
     "there is no option `--tenat`; did you mean `--tenant`?\nSee `gatehouse keys create --help`\n"),
    (("keys", "create", "--tenat=a"), "no option `--tenat`; did you mean `--tenant`?"),
    (("keys", "create", "--name", "b"), "--tenant is required\nSee `gatehouse keys create --help`\n"),
    (("-c", "gatehouse.yaml", "policy", "check"),
     "`-c` belongs behind `check`: gatehouse policy check … -c\n"),
    (("scan", "--"), "PATH is required\n"),
    (("serve", "-x"), "there is no option `-x`\n"),
    (("--zzzzzz",), "there is no option `--zzzzzz`\nSee `gatehouse --help`\n"),
    (("scan", "--fail-onn", "low", "."), "no option `--fail-onn`; did you mean `--fail-on`?"),
    (("scan",), "PATH is required\nSee `gatehouse scan --help`\n"),
    (("demo", "now"), "`now` is a word too many\nSee `gatehouse demo --help`\n"),
    (("demo", "\x1b[31m"), "`\\x1b[31m` is a word too many"),
    (("scan", "--\x1b[31m", "."), "no option `--\\x1b[31m`"),
    (("policy", "check", "-c"), "--config: 1 required"),
    (("rules", "list", "--format", "yaml"), "--format")])
def test_what_is_no_option(words, said):
    """The same for options and for words that nothing takes, with the help to read."""
    refused = run(*words)
    assert refused.returncode == 64
    assert said in refused.stderr and refused.stdout == ""
    assert refused.stderr.startswith("gatehouse: ")
    assert refused.stderr.endswith(" --help`\n") and "\x1b" not in refused.stderr


@pytest.mark.parametrize("words", [("--help",), ("policy", "--help"), ("policy", "check", "--help"),
                                   ("--version",)])
def test_what_is_help(words):
    """On standard output, exit 0."""
    shown = run(*words)
    assert shown.returncode == 0 and shown.stdout and shown.stderr == ""


@pytest.mark.parametrize("words", [("--help",), ("policy", "check", "--help"), ("--version",)])
def test_help_that_cannot_be_written(words):
    """As with any other command: exit 2, and a word on it."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=60)
    assert done.returncode == 2
    assert done.stderr == "gatehouse: cannot write to standard output\n"


@pytest.mark.parametrize("variable,words,read", [
    (None, (), "/etc/gatehouse/gatehouse.yaml"),
    ("", (), "/etc/gatehouse/gatehouse.yaml"),
    ("/none/variable.yaml", (), "/none/variable.yaml"),
    ("/none/variable.yaml", ("-c", "/none/option.yaml"), "/none/option.yaml"),
    ("/none/variable.yaml", ("--config", "/none/option.yaml"), "/none/option.yaml"),
    ("/none/variable.yaml", ("--config=/none/option.yaml",), "/none/option.yaml")])
def test_which_policy(variable, words, read):
    """The option, else GATEHOUSE_CONFIG, else the place where it is installed."""
    environment = {name: value for name, value in os.environ.items() if name != "GATEHOUSE_CONFIG"}
    if variable is not None:
        environment["GATEHOUSE_CONFIG"] = variable
    if read == "/etc/gatehouse/gatehouse.yaml" and os.path.exists(read):
        pytest.skip(f"{read} is there")
    done = run("policy", "check", *words, env=environment)
    assert done.returncode == 2 and f"cannot read `{read}`" in done.stderr


def run_unread(*words):
    """What it prints goes into a pipe whose reader has left, as in `gatehouse rules list | true`."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run([BINARY, *map(str, words)], stdout=writer, stderr=subprocess.PIPE,
                              text=True, timeout=60)
    finally:
        os.close(writer)


@pytest.mark.parametrize("words", [("rules", "list"), ("rules", "list", "--format", "json"),
                                   ("policy", "reference"), ("policy", "reference", "tenants"),
                                   ("explain", "PKL-101"), ("completion", "bash"), ("man",)])
def test_a_reader_who_has_left(words):
    """One line says so, and no signal ends it."""
    done = run_unread(*words)
    assert (done.returncode, done.stderr) == (2, "gatehouse: cannot write to standard output\n")


@pytest.mark.parametrize("form", ["text", "json", "ndjson", "sarif", "junit"])
def test_a_reader_of_a_report_who_has_left(tmp_path, form):
    for i in range(20):
        (tmp_path / f"{i}.json").write_text("{}")
    done = run_unread("scan", tmp_path, "--format", form)
    assert (done.returncode, done.stderr) == (
        2, "gatehouse: the report could not be written to standard output: Broken pipe\n")


def test_nobody_reads_what_is_said(tmp_path):
    """The exit code is the same where standard error is closed at its other end."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([BINARY, "policy", "reference", "nothing"], stderr=writer, timeout=60)
    missing = subprocess.run([BINARY, "policy", "check", "-c", tmp_path / "none"], stderr=writer,
                             timeout=60)
    os.close(writer)
    assert (done.returncode, missing.returncode) == (64, 2)
