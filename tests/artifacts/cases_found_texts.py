"""Texts that were taken for more or for less than they are, closed since; beside each what is alike and is not."""

from corpus import case, told

NONE = ("unsupported", ["FIL-002"])

# Small binary formats without a byte that no text has: protobuf's tags and lengths are control characters.
for id, name, content, (verdict, rules) in (
        ("frozen_graph", "frozen_graph", b"\n \n\x01x\x12\x06PyFunc\"\x03abc*\x04test", NONE),
        ("core_ml", "model.mlmodel", b"\x08\x04\x12\x05hello\x1a\x03abc", NONE),
        ("meta_graph", "model.ckpt.meta", b"\n\x05hello\x12\x06PyFunc", NONE),
        ("called_a_text", "notes.txt", b"\x01\x02\x03 words\n", NONE),
        ("called_weights", "model.bin", b"\x01\x02\x03 words\n", NONE),
        ("late", "notes.txt", b"x" * 2000 + b"\x01\x02\x0e", NONE)):
    told("texts/controls/" + id, content, verdict, rules, name=name)
told("texts/controls/code", b"x = '\x01\x02\x03'\n", rules=["COD-102"], name="run.py")
told("texts/controls/few", {
    "few_in_many.txt": b"word \n" * 1000 + b"\x01\x02\x0e", "two.txt": b"\x01words\x02\n", "vocab.txt": b"\x01\n\x02\n\x03\na\n",
    "of_a_terminal.log": b"\x1b[32m 10%\b\b\b 20%\r 30%\x1b[0m\x1b[K\n", "feeds.txt": b"page\f\npage\f\npage\f\npage\v\n"}, "clean")

# A page that is all code: nobody imports or starts it by that name. Under other names it is what it is.
PYTHON = b"from transformers import pipeline\n\npipe = pipeline('x')\n"
for id, name, content, rules in (
        ("python", "README.md", PYTHON, ["COD-112"]), ("script", "README.md", b"#!/bin/bash\ntrue\n", ["COD-112"]),
        ("in_rst", "usage.rst", PYTHON, ["COD-112"]), ("in_a_readme_of_text", "README.txt", PYTHON, ["COD-112"]),
        ("fenced", "README.md", b"```python\n" + PYTHON + b"```\n", []),
        ("indented", "README.md", b"To use it:\n\n    import os\n", []),
        ("as_text", "notes.txt", PYTHON, ["COD-101"]), ("without_an_ending", "README", PYTHON, ["COD-101"]),
        ("script_without_an_ending", "README", b"#!/bin/bash\ntrue\n", ["COD-104"]),
        ("both_endings", "README.md.py", PYTHON, ["COD-101"])):
    told("texts/pages/" + id, {name: content}, "clean" if set(rules) <= {"COD-112"} else "findings", rules)

# Lists of records, tables and corpora beyond what is read whole (48 MiB): read in pieces. What could be settings, code
# or a template for anything in it is not judged.
RECORD, ROW, LINE = b'{"text": "one of many records"}\n', b'"id","of many"\n', b"one line of many words\n"


def large(id, name, line, *rules, first=b"", last=b""):
    case("texts/large/" + id, verdict="inconclusive" if rules else "clean", rules=rules, name=name)(
        lambda: first + line * ((48 << 20) // len(line) + 1) + last)


large("records", "train.jsonl", RECORD)
large("table", "train.csv", ROW)
large("corpus", "train.txt", LINE, last="Größe\n".encode())
large("one_document", "train.jsonl", b'"one of many",\n', "CFG-302", first=b"[\n", last=b'"end"]\n')
large("template_at_the_end", "train.txt", LINE, "CFG-302", last=b"{% for message in messages %}{{ message }}{% endfor %}\n")
large("settings", "train.txt", b"other: words\n", "CFG-302", last=b"_target_: os.system\n")
large("python", "train.txt", b"# a comment\n", "CFG-302", last=b"import os\n")

# A note on a page only where it is a text.
told("texts/page_of_controls", {"README.md": b"import os\n" + b"x = 1  # \x01\x02\x03\x04\n" * 9}, "unsupported", ["FIL-002"])
