#!/usr/bin/env python3
"""What our HTTP/1.1 codec accepts, h11 and Node frame in the same way.

usage: http1_differential.py HTTP1_ECHO [SEED [COUNT]]

SEED `random` is a new one each time. It is printed with the outcome: given as SEED, it makes the same
inputs again.

Makes requests from a grammar, breaks about half of them, and gives each to our codec and to the
others. For every request that we accept they must see the same method, target, number of fields and
body, in the same order. What we refuse they may take as they like. Fails too when we accept fewer
than 20 % of the inputs, because then little was compared; ends with 77 when neither of the others is
there.
"""
# covers: engine-7-differential algorithms-7-differential

import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys

try:
    import h11
except ImportError:
    h11 = None

FRAMING = {
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection",
    "te", "trailer", "expect", "upgrade", "http2-settings",
}


class Maker:
    """Makes one input: one to three requests on a connection, perhaps broken."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def body(self):
        size = self.pick(0, 1, 2, 7, 15, 16, 100)
        return bytes(self.random.choice(b'{}"a: \r\n0;') for _ in range(size))

    def chunked(self, body):
        out = b""
        while body:
            size = self.random.randint(1, len(body))
            form = self.pick(b"%x", b"%X", b"0%x", b"%04x")
            out += form % size + b"\r\n" + body[:size] + b"\r\n"
            body = body[size:]
        return out + self.pick(b"0", b"0", b"00") + b"\r\n\r\n"

    def fields(self):
        choices = [
            b"Accept: */*", b"X-A: b", b"x-a:b", b"Empty:", b"Tab:  a\tb ", b"X-Long: " + b"v" * 200,
            b"Authorization: Bearer gh_x", b"Connection: keep-alive", b"Connection: x, y",
            b"Content-Type: application/json", b"TE: trailers", b"Keep-Alive: timeout=5",
            b"X-!#$%&'*+.^_`|~: odd", b"Cookie: a=b; c=d", b"Transfer-Encodin: chunked",
            b"Content-Lengt: 5",
        ]
        return self.random.sample(choices, self.random.randint(0, 5))

    def request(self, last):
        method = self.pick(b"POST", b"POST", b"GET", b"PUT", b"PATCH", b"DELETE")
        target = self.pick(b"/", b"/v1/chat/completions", b"/v1/models?a=b&c=%20", b"/v1/models/a:b@c")
        lines = [b"Host: " + self.pick(b"a", b"a.example:80", b"[::1]:8443")] + self.fields()
        content = b""
        if method != b"GET":
            content = self.body()
            if self.random.random() < 0.5:
                lines.append(b"Transfer-Encoding: chunked")
                content = self.chunked(content)
            else:
                lines.append(b"Content-Length: %d" % len(content))
        if last and self.random.random() < 0.2:
            lines.append(b"Connection: close")
        self.random.shuffle(lines)
        return b"\r\n".join([method + b" " + target + b" HTTP/1.1"] + lines) + b"\r\n\r\n" + content

    def broken(self, text):
        tokens = [
            b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b"\0", b"\x0b", b"\x80", b":", b";", b",",
            b"0", b"1", b"f", b"x", b"+", b"-", b"_", b"#", b"%", b"/", b"..", b"//", b"chunked",
            b"Content-Length: 3\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n",
            b"Transfer-Encoding: identity\r\n", b"Host: b\r\n", b"Expect: 100-continue\r\n",
            b"Connection: close\r\n", b"Upgrade: h2c\r\n", b" folded\r\n", b"HTTP/1.0", b"0\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: s\r\n\r\n",
        ]
        for _ in range(self.pick(1, 1, 1, 2, 4)):
            at = self.random.randrange(len(text) + 1)
            if self.random.random() < 0.4:  # where lines begin, because it is there that it matters
                starts = [i + 1 for i, c in enumerate(text) if c == 10]
                at = self.random.choice(starts or [at])
            what = self.random.random()
            if what < 0.6:
                text = text[:at] + self.random.choice(tokens) + text[at:]
            elif what < 0.8:
                text = text[:at] + text[at + self.pick(1, 1, 2, 5):]
            elif what < 0.9:
                text = text[:at] + self.random.choice(tokens) + text[at + 1:]
            else:
                end = self.random.randrange(at, len(text) + 1)
                text = text[:end] + text[at:end] + text[end:]
        return text

    def input(self):
        count = self.pick(1, 1, 2, 3)
        text = b"".join(self.request(i + 1 == count) for i in range(count))
        return self.broken(text) if self.random.random() < 0.6 else text


def packed(inputs):
    return b"".join(struct.pack(">I", len(text)) + text for text in inputs)


def read_ours(program, inputs):
    run = subprocess.run([program], input=packed(inputs), stdout=subprocess.PIPE, check=True)
    requests, results = [], []
    for line in run.stdout.decode().splitlines():
        words = line.split(" ")
        if words[0] == "request":
            method, target, fields, body, state = words[1:]
            requests.append((method, target, int(fields), body[1:], state == "complete"))
        else:
            results.append((words[0], requests))
            requests = []
    return results


def read_h11(text):
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(text)
    seen = []
    try:
        while True:
            event = connection.next_event()
            if event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
                return seen
            if isinstance(event, h11.Request):
                names = [name.decode() for name, _ in event.headers]
                seen.append([event.method.decode(), event.target.decode(), names, "", False])
            elif isinstance(event, h11.Data):
                seen[-1][3] += bytes(event.data).hex()
            elif isinstance(event, h11.EndOfMessage):
                seen[-1][4] = True
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    return seen
                connection.start_next_cycle()
    except h11.RemoteProtocolError:
        return seen


def read_node(inputs):
    script = pathlib.Path(__file__).with_name("http1_node.mjs")
    run = subprocess.run(["node", str(script)], input=packed(inputs), stdout=subprocess.PIPE,
                         check=True)
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def difference(ours, theirs):
    """Why `theirs` is not what we accepted, or None."""
    for i, (method, target, fields, body, complete) in enumerate(ours):
        if i >= len(theirs):
            return f"request {i} is not seen"
        their = theirs[i]
        kept = [name for name in their[2] if name.lower() not in FRAMING]
        if (method, target, fields) != (their[0], their[1], len(kept)):
            return f"request {i}: {(method, target, fields)} against {(their[0], their[1], len(kept))}"
        if complete and (body, True) != (their[3], their[4]):
            return f"request {i}: body {body} against {their[3]} complete={their[4]}"
        if not complete and (their[4] or not their[3].startswith(body)) and body != their[3]:
            return f"request {i}: a part of a body, {body}, against {their[3]}"
    if len(theirs) > len(ours):
        return f"{len(theirs)} requests against {len(ours)}"
    return None


def compare(name, inputs, ours, theirs):
    failures = 0
    for text, (verdict, requests), seen in zip(inputs, ours, theirs):
        # After a refusal they may see more; before it they must see the same.
        if verdict == "refused":
            complete = [request for request in requests if request[4]]
            why = difference(complete, seen[:len(complete)])
        else:
            why = difference(requests, seen)
        if why is not None:
            failures += 1
            if failures <= 5:
                print(f"{name}: {why}\n  {text!r}")
    print(f"{name}: {failures} differences in {len(inputs)} inputs")
    return failures


def main():
    program = sys.argv[1]
    given = sys.argv[2] if len(sys.argv) > 2 else "1"
    seed = random.SystemRandom().getrandbits(32) if given == "random" else int(given)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 4000
    maker = Maker(seed)
    inputs = [maker.input() for _ in range(count)]
    ours = read_ours(program, inputs)
    assert len(ours) == count
    accepted = sum(verdict == "open" and any(r[4] for r in requests) for verdict, requests in ours)
    print(f"seed {seed}: {accepted} of {count} inputs accepted ({100 * accepted // count} %)")
    failures = 0 if accepted * 5 >= count else 1
    if h11 is not None:
        failures += compare("h11", inputs, ours, [read_h11(text) for text in inputs])
    else:
        print("h11: skipped, python3-h11 is not installed")
    if shutil.which("node"):
        failures += compare("node", inputs, ours, read_node(inputs))
    else:
        print("node: skipped, not installed")
    if failures:
        print(f"the same again: {sys.argv[0]} {program} {seed} {count}")
        return 1
    if h11 is None and not shutil.which("node"):
        print("SKIPPED: nothing was compared: neither python3-h11 nor node is installed")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
