"""Reads the case files of tests/cases; their READMEs say what is in them."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1] / "cases"


def sections(path):
    """The header lines, and a dict of the lines under each `--- name`."""
    header, named, current = [], {}, None
    for line in path.read_text().split("\n"):
        if line.startswith("--- "):
            current = named.setdefault(line[4:].strip(), [])
        elif current is None:
            header.append(line)
        else:
            current.append(line)
    return header, named


def unescape(text: str) -> bytes:
    out = bytearray()
    simple = {"r": 13, "n": 10, "t": 9, "0": 0, "\\": 92}
    at = 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
            continue
        following = text[at + 1]
        repeated = re.match(r"\{(\d+)\*(.*?)\}", text[at + 1:])
        if repeated:
            out += unescape(repeated[2]) * int(repeated[1])
            at += 1 + repeated.end()
        elif following == "x":
            out.append(int(text[at + 2:at + 4], 16))
            at += 4
        else:
            out.append(simple[following])
            at += 2
    return bytes(out)


def http1_cases():
    for path in sorted((ROOT / "http1").glob("*.case")):
        _, named = sections(path)
        request = b"".join(unescape(line) for line in named["request"])
        expect = [line for line in named["expect"] if line]
        yield path.stem, request, expect


def request_cases():
    for path in sorted((ROOT / "request").glob("*.case")):
        header, named = sections(path)
        settings = dict(line.split(": ", 1) for line in header
                        if ": " in line and not line.startswith("#"))
        client = "\n".join(named["client"]).strip("\n").encode()
        yield path.stem, settings, client, named
