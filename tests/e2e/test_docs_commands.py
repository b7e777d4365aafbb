"""What README.md and the pages of docs/ tell people to type is there: commands, options, words."""

import pathlib
import re
import shlex
import subprocess

import pytest

from command_help import commands, options, positionals, words_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
COMMANDS = set(commands())
ENDS = {"|", "||", "&&", ";", "&", "{", ">"}


def typed(page):
    """The words of each `gatehouse …` line in the shell blocks of a page."""
    for block in re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        block = re.sub(r"<<'(\w+)'\n.*?^\1$", "", block, flags=re.MULTILINE | re.DOTALL)
        for line in block.replace("\\\n", " ").splitlines():
            found = re.match(r"(?:sudo (?:-u \w+ )?)?gatehouse (.+)", line)
            if found:
                yield until_it_ends(shlex.split(found[1], comments=True))


def mentioned(page):
    """The same of what stands in the text as code; a name alone is not meant to be complete."""
    text = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`gatehouse ([^`]+)`", text):
        yield until_it_ends(span.split())


def until_it_ends(words):
    end = next((i for i, word in enumerate(words) if word in ENDS), len(words))
    return words[:end]


def wrong(words, complete):
    """Why the program would not take these words, or None."""
    deepest = max((name for name in COMMANDS if tuple(words[:len(name)]) == name), key=len)
    known, rest = options(*deepest), words[len(deepest):]
    places, given = positionals(*deepest), set()
    while rest:
        word, rest = rest[0], rest[1:]
        if not word.startswith("-"):
            if not places:
                return f"`{word}` has no place"
            given |= {word}
            continue
        name, equals, value = word.partition("=")
        if name not in known:
            return f"no option `{name}`"
        if known[name] and not equals:
            if not rest:
                return f"`{name}` lacks its value"
            value, rest = rest[0], rest[1:]
        if words_of(known[name]) and value not in words_of(known[name]):
            return f"`{value}` is no value of `{name}`"
    if complete and any(places.values()) and not given:
        return f"lacks {', '.join(places)}"
    if complete and deepest and any(name[:len(deepest)] == deepest != name for name in COMMANDS):
        return "lacks a subcommand"
    return None


@pytest.mark.parametrize("path", PAGES)
def test_what_is_to_be_typed(path):
    page = (ROOT / path).read_text()
    faults = [(" ".join(words), fault) for finder, complete in ((typed, True), (mentioned, False))
              for words in finder(page) if (fault := wrong(words, complete))]
    assert faults == []


@pytest.mark.parametrize("path", PAGES)
def test_what_of_run_is_to_be_typed(path):
    """The verbs of `./run`."""
    told = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True).stdout
    verbs = set(re.findall(r"^\./run (\w+)", told, re.MULTILINE)) | {"help"}
    assert set(re.findall(r"\./run ([\w-]+)", (ROOT / path).read_text())) <= verbs


@pytest.mark.parametrize("words,fault", [
    ("polcy check", "`polcy` has no place"), ("policy chek", "`chek` has no place"),
    ("policy", "lacks a subcommand"), ("policy check -k x", "no option `-k`"),
    ("serve --confg x", "no option `--confg`"), ("keys create --tenant", "`--tenant` lacks its value"),
    ("scan . --format xml", "`xml` is no value of `--format`"), ("scan", "lacks PATH"),
    ("serve now", "`now` has no place"), ("scan . --format=sarif --jobs 2", None),
    ("--version", None), ("policy show -c … --tenant demo", None)])
def test_what_would_be_seen(words, fault):
    assert wrong(words.split(), True) == fault


def test_the_quick_start_is_read():
    """Its lines are found at all: every step has one."""
    lines = [" ".join(words[:2]) for words in typed((ROOT / "docs/quick-start.md").read_text())]
    assert {"--version", "sim --listen", "init ./gate", "policy check", "keys create", "serve -c",
            "policy explain", "keys revoke"} <= set(lines)


def test_the_first_page_is_short():
    """What it is and how to begin; the rest has pages of its own."""
    assert len((ROOT / "README.md").read_text().splitlines()) < 150
