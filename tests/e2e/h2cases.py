"""The files of tests/cases/http2 as the bytes of a connection; the README there has their language.

The cases are about the protocol alone. Here each request is one that a gateway would serve, so that
nothing but the case's own fault stands between it and the upstream: the first head of each stream
gets `fields` too, a head that ends its stream without a length gets `body`, and where the case has
`{}` the body stands, in lengths as well.
"""

import re

import cases
import h2wire

# The fields that `request` stands for, as in the unit test.
PSEUDO = [(b":scheme", b"https"), (b":authority", b"gateway.example")]
FILLER = (b"a", b"b")  # of the cases that have as many fields as there may be


class Assembler:
    def __init__(self, fields, body):
        self.fields, self.body = fields, body
        self.bytes = b""
        self._next, self._begun = 1, set()
        half = len(body) // 2
        self._bodies = {b"{}": body, b'{"a"': body[:half], b": 1}": body[half:]}

    def add(self, lines):
        at = 0
        while at < len(lines):
            at = self._line(lines, at)

    def _line(self, lines, at):
        verb, _, rest = lines[at].partition(" ")
        at += 1
        if verb == "hello":
            self.bytes += h2wire.hello()
        elif verb == "bytes":
            self.bytes += cases.unescape(rest)
        elif verb == "frame":
            self._frame(*rest.split(" ", 3))
        elif verb == "repeat":
            end = lines.index("done", at)
            for _ in range(int(rest)):
                self.add([line.replace("$", str(self._next), 1) for line in lines[at:end]])
            return end + 1
        elif verb:
            stream, _, rest = rest.partition(" ")
            at = self._of_stream(verb, int(stream), rest, lines, at)
        return at

    def _frame(self, kind, flags, stream, payload=""):
        kind, flags, payload = int(kind), int(flags), cases.unescape(payload)
        if kind == h2wire.DATA and payload[0] < len(payload):  # its padding is what it says
            payload = payload.replace(b"{}", self.body)
        if kind == h2wire.CONTINUATION and flags & h2wire.END_HEADERS:
            payload += h2wire.literals(self.fields)
        self.bytes += h2wire.frame(kind, flags, int(stream), payload)

    def _of_stream(self, verb, stream, rest, lines, at):
        self._next = max(self._next, stream + 2)
        if verb == "request":
            method, path, *end = rest.split(" ")
            pseudo = [(b":method", method.encode()), *PSEUDO, (b":path", cases.unescape(path))]
            return self._head(stream, pseudo, end == ["end"], lines, at)
        if verb == "headers":
            return self._head(stream, [], rest == "end", lines, at)
        if verb in ("data", "data-end"):
            text = cases.unescape(rest)
            self.bytes += h2wire.data(stream, self._bodies.get(text, text), verb == "data-end")
        elif verb == "reset":
            self.bytes += h2wire.reset(stream)
        elif verb == "window":
            self.bytes += h2wire.window(stream, int(rest))
        else:
            raise ValueError(f"unknown verb {verb}")
        return at

    def _head(self, stream, fields, end, lines, at):
        while at < len(lines) and lines[at].startswith("  "):
            name, _, value = lines[at][2:].partition(" = ")
            fields.append((cases.unescape(name), cases.unescape(value)))
            at += 1
        first = stream not in self._begun
        self._begun.add(stream)
        if first:
            for _ in self.fields if FILLER in fields else ():
                fields.remove(FILLER)  # makes room, so that their number stays
            fields = [self._sized(field) for field in fields] + self.fields
        names = dict(fields)
        bodiless = not first or names.get(b":method") != b"POST" or b"content-length" in names
        self.bytes += h2wire.headers(stream, fields, end and bodiless)
        if end and not bodiless:
            self.bytes += h2wire.data(stream, self.body, end=True)
        return at

    def _sized(self, field):
        """A length is as far from the body's as the case has it from that of `{}`."""
        name, value = field
        if name != b"content-length":
            return field
        more = len(self.body) - len(b"{}")
        return name, re.sub(rb"[1-9]\d*", lambda found: b"%d" % (int(found[0]) + more), value)


def read():
    """(name, lines of the request, lines of what is expected) of each file."""
    for path in sorted((cases.ROOT / "http2").glob("*.case")):
        _, named = cases.sections(path)
        yield path.stem, named["request"], [line for line in named["expect"] if line]
