#!/usr/bin/env python3
"""Thousands of chat templates, slightly wrong: what Jinja compiles must parse here, and what it
refuses must never be called clean.

    GATEHOUSE_BINARY=… diff_jinja.py [--count N] [--seed N]

Jinja is set up as transformers does: trimmed blocks, loop controls, the `generation` tag, filters
and tests of its own only. Names beyond ASCII are refused here on purpose (TPL-305).

Needs the `jinja2` Python package, 3.1 (Debian's python3-jinja2); says so and ends with 77 without it.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import warnings

import gatehouse

SEEDS = pathlib.Path(__file__).parent.parent / "cases/chat_templates"
REFUSALS = {"TPL-301", "TPL-401"}
# What is put in place of a piece of a template, or between two.
PIECES = ["{%", "%}", "{{", "}}", "{#", "#}", "-%}", "{%-", "+%}", "{%+", "(", ")", "[", "]", "{", "}", "'", '"', "|", "~",
          "**", "//", "not ", " is ", " in ", "if ", "else ", "elif a", "endif", "for ", "endfor", "set ", "endset", "raw",
          "endraw", "{% raw %}", "{% endraw %}", "macro x(a,b=1)", "endmacro", "call", "filter upper", "with a=1", "block x",
          "endblock", "generation", "endgeneration", "break", "continue", "recursive", "import", "0x1f", "1_0", "1e5", ".5",
          "1.", "\\x41", "\\x4", "\\", "\n", "\r\n", " ", ",", ":", ";", "*a", "**k", "a=1", "none", "True", "loop", "self", "@",
          "!", "?", "$", "\u00e9", "\u00a0", "1__0", "0b1", "07", "is not", "as x", "print", "autoescape true", "scoped",
          "required", "caller", "\u2028", "\x1c"]
WORDS = PIECES + ["a", "b.c", "x[1]", "'s'", "1", "|upper", "~'a'", "is defined", "and", "or"]


def environment(jinja2):
    import jinja2.ext
    import jinja2.sandbox

    class Generation(jinja2.ext.Extension):
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

        def _body(self, caller):
            return caller()

    return jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])


def small(rng):
    body = " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 14)))
    return rng.choice(("{{ %s }}", "{{ %s }}", "{%% %s %%}", "{%% %s %%}", "%s")) % body


def spoilt(rng, text):
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text) + 1)
        how = rng.random()
        if how < 0.3:
            text = text[:at] + text[at + rng.randint(1, 6):]
        elif how < 0.7:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        else:
            other = rng.randrange(len(text) + 1)
            text = text[:at] + text[other:other + rng.randint(1, 40)] + text[at:]
    return text


def compiles(templates, text):
    try:
        templates.from_string(text)
    except Exception:  # whatever it is, the template does not load
        return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        import jinja2
    except ImportError:
        print("skipped: no jinja2")
        return 77
    # Python warns of `"a" is b` in what Jinja compiles.
    warnings.simplefilter("ignore")
    rng = random.Random(options.seed)
    seeds = [path.read_text() for path in sorted(SEEDS.glob("*.jinja"))]
    texts = [small(rng) if rng.random() < 0.5 else spoilt(rng, rng.choice(seeds)) for _ in range(options.count)]
    with tempfile.TemporaryDirectory() as root:
        for index, text in enumerate(texts):
            pathlib.Path(root, f"{index}.jinja").write_bytes(text.encode())
        report = gatehouse.scan("--fail-on", "info", root, timeout=600)
    verdicts = {file["file"]: file["verdict"] for file in report["files"]}
    refused = {finding["file"] for finding in report["findings"] if finding["id"] in REFUSALS}
    templates = environment(jinja2)
    good = 0
    wrong = []
    for index, text in enumerate(texts):
        name = f"{index}.jinja"
        if compiles(templates, text):
            good += 1
            if name in refused:
                wrong.append(("Jinja compiles what is refused here", text))
        elif verdicts[name] in ("clean", "excluded"):
            wrong.append(("Jinja refuses what is clean here", text))
    for why, text in wrong[:10]:
        print(f"{why}: {text[:300]!r}")
    print(f"jinja2 {jinja2.__version__}: {len(texts)} templates, {good} that it compiles, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
