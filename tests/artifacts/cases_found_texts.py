"""Texts that were taken for more or for less than they are, closed since; beside each what is alike and is not."""

from corpus import told

NONE = ("unsupported", ["FIL-002"])
TEXT = ("clean", [])

# Small binary formats without a byte that no text has: protobuf's tags and lengths are control characters.
for id, name, content, (verdict, rules) in (
        ("frozen_graph", "frozen_graph", b"\n \n\x01x\x12\x06PyFunc\"\x03abc*\x04test", NONE),
        ("core_ml", "model.mlmodel", b"\x08\x04\x12\x05hello\x1a\x03abc", NONE),
        ("meta_graph", "model.ckpt.meta", b"\n\x05hello\x12\x06PyFunc", NONE),
        ("called_a_text", "notes.txt", b"\x01\x02\x03 words\n", NONE),
        ("called_weights", "model.bin", b"\x01\x02\x03 words\n", NONE),
        ("late", "notes.txt", b"x" * 2000 + b"\x01\x02\x0e", NONE),
        ("few_in_many", "notes.txt", b"word \n" * 1000 + b"\x01\x02\x0e", TEXT),
        ("two", "notes.txt", b"\x01words\x02\n", TEXT),
        ("log_of_a_terminal", "train.log", b"\x1b[32m 10%\b\b\b 20%\r 30%\x1b[0m\x1b[K\n", TEXT),
        ("form_feeds", "paper.txt", b"page\f\npage\f\npage\f\npage\v\n", TEXT)):
    told("texts/controls/" + id, content, verdict, rules, name=name)
told("texts/controls/code", b"x = '\x01\x02\x03'\n", rules=["COD-102"], name="run.py")
told("texts/controls/vocabulary", {"vocab.txt": b"\x01\n\x02\n\x03\na\n"}, "clean")
