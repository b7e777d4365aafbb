"""Writers of tokenizer files: tokenizer.json, SentencePiece models."""

import json
import struct

VOCAB = {"a": 0, "b": 1, "ab": 2}
FLAGS = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
BOS = {"id": 3, "content": "<s>", **FLAGS}
# What a template must have, with nothing inserted.
AROUND = {"single": [{"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {}}


def tokenizer(vocab=VOCAB, merges=("a b",), added=(BOS,), kind="BPE", **parts):
    """tokenizer.json as bytes; `parts` are its other keys."""
    model = {"type": kind, "vocab": vocab, "merges": list(merges)}
    return json.dumps({"version": "1.0", "added_tokens": list(added), **parts, "model": model}).encode()


def _varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _bytes(number, content):
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def piece(text, kind=1, score=0.0):
    """A SentencePiece. Kinds: 1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte."""
    inner = _bytes(1, text.encode()) + _varint(2 << 3 | 5) + struct.pack("<f", score)
    return _bytes(1, inner + _varint(3 << 3) + _varint(kind))


def normalizer(charsmap=b"", rules=b"", field=3):
    inner = _bytes(1, b"identity")
    if charsmap:
        inner += _bytes(2, charsmap)
    if rules:
        inner += _bytes(6, rules)
    return _bytes(field, inner)


def sentencepiece(*pieces, tail=b""):
    start = piece("<unk>", 2) + piece("<s>", 3) + piece("</s>", 3)
    return start + b"".join(pieces) + _bytes(2, b"\x18\x01") + (tail or normalizer())
