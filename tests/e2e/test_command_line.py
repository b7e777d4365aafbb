"""Words on the command line that are no commands."""

import pytest

from gate import run


@pytest.mark.parametrize("words,said", [
    (("chek",), "no command `chek`; did you mean `policy check`?"),
    (("chek", "--help"), "no command `chek`; did you mean `policy check`?"),
    (("serv", "-c", "nothing"), "no command `serv`; did you mean `serve`?"),
    (("policy", "chek"), "no command `policy chek`; did you mean `policy check`?"),
    (("policy", "chek", "--help"), "no command `policy chek`; did you mean `policy check`?"),
    (("keys", "rotate"), "no command `keys rotate`; there is create, list, show, revoke"),
    (("frobnicate",), "no command `frobnicate`; there is init, serve, "),
    (("",), "no command ``; there is init, serve, "),
    (("policy",), "A subcommand is required"),
    ((), "A subcommand is required")])
def test_what_is_no_command(words, said):
    """Named, with what was meant or what there is; exit 64, and nothing on standard output."""
    refused = run(*words)
    assert refused.returncode == 64
    assert said in refused.stderr and refused.stdout == ""


@pytest.mark.parametrize("words", [("--help",), ("policy", "--help"), ("policy", "check", "--help"),
                                   ("--version",)])
def test_what_is_help(words):
    """On standard output, exit 0."""
    shown = run(*words)
    assert shown.returncode == 0 and shown.stdout and shown.stderr == ""
