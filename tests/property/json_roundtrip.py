#!/usr/bin/env python3
"""Holds gh::json to Python's json, which is what vLLM reads with.

For every document that Gatehouse accepts, json.loads(write(parse(text))) equals json.loads(text),
types and order of keys included. It accepts exactly the documents that Python reads and that no
two parsers can read differently (`strictly_read`). And it refuses a valid document with one known
fault in it with the kind of that fault.

usage: json_roundtrip.py JSON_ECHO [SEED]
"""

import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parents[1] / "cases" / "json"
DEPTH = 64


def echo(program, documents):
    frames = b"".join(struct.pack("<I", len(d)) + d for d in documents)
    output = subprocess.run([program], input=frames, stdout=subprocess.PIPE, check=True).stdout
    answers = []
    at = 0
    while at < len(output):
        (size,) = struct.unpack_from("<I", output, at)
        answers.append(output[at + 4 : at + 4 + size])
        at += 4 + size
    assert len(answers) == len(documents), (len(answers), len(documents))
    return answers


def python_reads(document):
    try:
        json.loads(document)
    except (ValueError, RecursionError):
        return False
    return True


def strictly_read(document):
    """What one strict reader makes of the document; ValueError when it must be refused."""

    def integer(text):
        value = int(text)
        if not -(2**63) <= value < 2**64:
            raise ValueError("integer out of range")
        return value

    def real(text):
        value = float(text)
        if not math.isfinite(value):
            raise ValueError("real out of range")
        return value

    def constant(text):
        raise ValueError(text)

    def members(pairs):
        value = dict(pairs)
        if len(value) != len(pairs):
            raise ValueError("duplicate key")
        return value

    def check(value, depth):
        if isinstance(value, str):
            value.encode("utf-8")  # no lone surrogates
        elif isinstance(value, (dict, list)):
            if depth == DEPTH:
                raise ValueError("too deep")
            for child in value.values() if isinstance(value, dict) else value:
                check(child, depth + 1)
            for key in value if isinstance(value, dict) else ():
                check(key, depth)

    value = json.loads(
        document.decode("utf-8"),
        parse_int=integer,
        parse_float=real,
        parse_constant=constant,
        object_pairs_hook=members,
    )
    check(value, 0)
    return value


class Generator:
    """Documents as raw text, so that every way of writing a value occurs."""

    SPACE = ["", "", "", " ", "\n", "\t ", "\r\n"]
    CHARACTERS = (
        'abz AZ09 {}[]:,/\'_-.%<>&\x7f\x80\xa0\xe9\u03b1\u200b\u2028\u202e\u4e2d\ud7ff\ue000\ufeff'
        "\ufffd\uffff\U00010000\U0001f600\U0010ffff"
    )
    ESCAPES = ['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001F"]
    INTEGERS = [0, 1, 7, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1]
    REALS = [
        "0.0", "1.0", "0.1", "1e22", "1E+2", "1e-7", "5e-324", "1e-400", "0e999", "2.50", "1e0",
        "1.7976931348623157e308", "2.2250738585072011e-308", "9007199254740993.0", "100000000.0",
    ]  # fmt: skip

    def __init__(self, seed):
        self.random = random.Random(seed)

    def space(self):
        return self.random.choice(self.SPACE)

    def character(self):
        kind = self.random.random()
        if kind < 0.7:
            return self.random.choice(self.CHARACTERS)
        if kind < 0.8:
            return self.random.choice(self.ESCAPES)
        code = self.random.choice([0x41, 0x7F, 0xE9, 0x2028, 0xFFFE, 0x1F600, 0x10FFFF])
        units = chr(code).encode("utf-16-be")
        escape = self.random.choice(["\\u%04x", "\\u%04X"])
        return "".join(escape % unit for unit in struct.unpack(f">{len(units) // 2}H", units))

    def string(self):
        size = self.random.choice([0, 1, 3, 7, 8, 9, 20, 70])
        return '"' + "".join(self.character() for _ in range(size)) + '"'

    def number(self):
        sign = self.random.choice(["", "", "-"])
        kind = self.random.random()
        if kind < 0.3:
            value = self.random.choice(self.INTEGERS)
            return (sign if value <= 2**63 else "") + str(value)
        if kind < 0.6:
            return sign + self.random.choice(self.REALS)
        if kind < 0.8:
            return sign + str(self.random.getrandbits(self.random.choice([3, 20, 62])))
        (value,) = struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))
        return repr(value) if math.isfinite(value) else "1.5"

    def value(self, depth):
        kind = self.random.random()
        if depth > 0 and kind < 0.25:
            return self.array(depth)
        if depth > 0 and kind < 0.5:
            return self.object(depth)
        if kind < 0.75:
            return self.string()
        if kind < 0.9:
            return self.number()
        return self.random.choice(["null", "true", "false"])

    def array(self, depth):
        items = [self.value(depth - 1) for _ in range(self.random.choice([0, 1, 2, 5]))]
        return "[" + ",".join(self.space() + item + self.space() for item in items) + "]"

    def object(self, depth, extra=()):
        count = self.random.choice([0, 1, 2, 4, 15, 16, 17, 40] if depth < 3 else [1, 2, 4])
        pairs = {}
        for _ in range(count):
            key = self.string()
            pairs.setdefault(json.loads(key), (key, self.value(depth - 1 if count < 5 else 0)))
        members = list(pairs.values())
        for member in extra:
            members.insert(self.random.randint(0, len(members)), member)
        text = (f"{self.space()}{k}{self.space()}:{self.space()}{v}{self.space()}" for k, v in members)
        return "{" + ",".join(text) + "}"

    def document(self):
        return (self.space() + self.value(self.random.randint(1, 6)) + self.space()).encode()

    def mutated(self):
        bytes_ = bytearray(self.document())
        for _ in range(self.random.choice([1, 1, 1, 1, 3])):
            at = self.random.randrange(len(bytes_) + 1)
            kind = self.random.random()
            if kind < 0.3 and at < len(bytes_):
                bytes_[at] ^= 1 << self.random.randrange(8)
            elif kind < 0.4:
                del bytes_[at : at + self.random.choice([1, 1, 3])]
            elif kind < 0.9:
                bytes_.insert(at, self.random.choice(b'"\\{}[]:,0123456789-+.eEuabz  \n\0\x80\xff'))
            else:
                end = self.random.randrange(at, len(bytes_) + 1)
                bytes_[at:at] = bytes_[at:end]
        return bytes(bytes_)

    def faulty(self):
        """(kind, document): valid but for one fault somewhere inside."""
        choice = self.random.choice
        key = '"\u03ba' + str(self.random.randrange(100)) + '"'
        kind, members = choice(
            [
                ("duplicate_key", [(key, "1"), (key.replace("\u03ba", "\\u03ba"), "2")]),
                ("number", [(key, choice(["1e309", "-1e999", str(2**64), str(-(2**63) - 1)]))]),
                ("encoding", [(key, choice(['"\\ud83d"', '"x\\udc00y"', '"\\udbff\\u0061"']))]),
                ("encoding", [(choice(['"\\ud800"', '"\\udfff"']), "1")]),
                ("syntax", [(key, choice(["01", "1.", "NaN", '"\\x"', "tru", "'a'", "", "[1,]"]))]),
                ("too_deep", [(key, "[" * DEPTH + "]" * DEPTH)]),
            ]
        )
        text = self.object(self.random.randint(1, 3), members)
        for _ in range(self.random.randint(0, 3)):
            text = choice(["[0,%s]", '{"a":%s,"b":1}', "[%s]"]).replace("%s", text)
        return kind, text.encode()


def case_lines(file):
    for line in (CASES / file).read_text().splitlines():
        if line and not line.startswith("#"):
            yield re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), line.encode())


def check_tables():
    """The tables say what Python makes of each document: true?"""
    for line in case_lines("refused.txt"):
        _, python, *rest = line.split(b" ", 2)
        document = rest[0] if rest else b""
        assert python_reads(document) == (python == b"reads"), line
    for line in case_lines("accepted.txt"):
        document, written = line.split(b" => ")
        assert repr(json.loads(document)) == repr(json.loads(written)), line


def check_documents(program, documents):
    answers = echo(program, documents)
    written = [answer[1:] for answer in answers if answer[:1] == b"="]
    assert echo(program, written) == [b"=" + text for text in written], "not a fixed point"
    for document, answer in zip(documents, answers):
        try:
            expected = strictly_read(document)
        except (ValueError, RecursionError) as error:
            assert answer[:1] == b"!", (document, answer, error)
            continue
        assert answer[:1] == b"=", (document, answer)
        # repr tells 1 from 1.0 and True, -0.0 from 0.0, and the order of keys.
        assert repr(json.loads(answer[1:])) == repr(expected), (document, answer)
        assert repr(json.loads(document)) == repr(expected), document
    return len(written)


def main():
    program = sys.argv[1]
    generator = Generator(int(sys.argv[2]) if len(sys.argv) > 2 else 20240229)
    check_tables()

    documents = [generator.document() for _ in range(3000)]
    accepted = check_documents(program, documents)
    assert accepted == len(documents), f"{len(documents) - accepted} valid documents refused"

    mutants = [generator.mutated() for _ in range(6000)]
    survived = check_documents(program, mutants)
    assert survived > len(mutants) / 5, f"only {survived} of {len(mutants)} mutants accepted"
    assert survived < len(mutants), "no mutant was refused"

    faulty = [generator.faulty() for _ in range(2000)]
    for (kind, document), answer in zip(faulty, echo(program, [d for _, d in faulty])):
        assert answer.decode() == "!" + kind, (kind, document, answer)

    print(
        f"{len(documents)} documents and {survived} of {len(mutants)} mutants"
        f" ({100 * survived // len(mutants)} %) read as Python reads them;"
        f" {len(faulty)} faults refused by name"
    )


if __name__ == "__main__":
    main()
