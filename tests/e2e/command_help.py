"""What `--help` says that there is: what was generated from the same definitions must have it all."""

import re

from gate import run


def _section(text, title):
    """The lines under a title of help, up to an empty one."""
    return text.split(f"\n{title}:\n", 1)[1].split("\n\n")[0] if f"\n{title}:\n" in text else ""


def commands(*words):
    """Every command as a tuple of words; () is the program itself."""
    text = run(*words, "--help").stdout
    found = [words]
    for name in re.findall(r"^  ([a-z]\S*)", _section(text, "Subcommands"), re.MULTILINE):
        found += commands(*words, name)
    return found


def options(*words):
    """{name: what help calls its value, "" for a flag} of a command; both names of -c,--config."""
    text = run(*words, "--help").stdout
    found = {}
    item = re.compile(r"^  (-\S+)(?: ([^ =:]+)(?![^ =\n]))?", re.MULTILINE)  # not "Needs: --once"
    for names, value in item.findall(_section(text, "Options")):
        found |= dict.fromkeys(names.split(","), value)
    assert {"-h", "--help"} <= found.keys()
    return found


def positionals(*words):
    """{name: whether it is required} of what a command takes beside its options."""
    text = run(*words, "--help").stdout
    found = re.findall(r"^  ([A-Z]\S*)(.*)$", _section(text, "Positionals"), re.MULTILINE)
    return {name: "REQUIRED" in more for name, more in found}


def words_of(value):
    """{"text", "json"} of "{text,json}"; empty when any word will do."""
    return set(value[1:-1].split(",")) if value.startswith("{") else set()
