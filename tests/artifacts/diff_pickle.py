#!/usr/bin/env python3
"""Thousands of pickles, slightly wrong: what CPython's loaders would import or call in them, `gatehouse
scan` must have reported.

    GATEHOUSE_BINARY=… diff_pickle.py [--count N] [--seed N] [--torch-python PYTHON] [--only python|torch]

Three loaders read each file: C `pickle.Unpickler`, Python's `pickle._Unpickler`, both with a `find_class`
that records names and gives inert classes, and PyTorch's `torch.load(weights_only=True)` of a checkpoint
with the pickle in it. Nothing is imported or run. Held:

- what imports or calls is never clean under a pickle's name, and under no name at all only where it is lines
  of words, or a text that loaders stop in right behind the import;
- a name outside PyTorch's list that a loader imports is in a finding of PKL-1xx, and a call of it in one
  of PKL-2xx; or the file is refused as no pickle at all (FIL-001);
- a pickle without imports that both loaders take is understood (no PKL-301, 302, 303);
- what PyTorch refuses is not clean.

PyTorch is optional: the part that needs it says so and is skipped when `--torch-python` (default: this
Python) has none. `test_differential.py` runs both.
"""

import _compat_pickle
import argparse
import io
import json
import pathlib
import pickle
import random
import re
import resource
import subprocess
import sys
import tempfile

import corpus
import cases_pickle_stream  # registers its cases, and those of cases_pickle
import gatehouse
import make_calls
import make_pickle as p
import make_torch

MEMORY = 2 << 30  # bytes: a memo index allocates up to itself
BATCH = 500
NOT_UNDERSTOOD = {"PKL-301", "PKL-302", "PKL-303"}
# Where following stops on purpose; across the end of a frame C drops bytes and goes on behind it; of joblib's
# array bytes only the first thing that they would do is told.
ON_PURPOSE = {"PKL-306", "PKL-307", "PKL-308", "PKL-316", "PKL-401", "PKL-402", "PKL-403", "PKL-404"}
NAME = re.compile(r"[\w.]+")  # another one is no module's: text is told apart from pickles by it
# Lines of words are no pickle, whatever a loader would import: `cat`, `dog` is the class dog of the module at.
WORDS = re.compile(rb"[a-zA-Z0-9 \-\r\n]*")

ALLOWED_MODULES = {"torch", "torch.cuda", "torch.sparse", "torch.cuda.sparse", "torch.storage", "torch._utils",
                   "torch._tensor", "torch.nn.parameter", "torch.serialization"}
ALLOWED_NAMES = {("collections", "OrderedDict"), ("collections", "Counter"), ("_codecs", "encode"),
                 ("builtins", "bytearray"), ("builtins", "set"), ("builtins", "complex")}


# Loading.

class Inert:
    """Stands for whatever was imported: takes every call and every change."""
    imported, called = [], []
    module = name = ""

    def __new__(cls, *arguments, **named):
        Inert.called.append((cls.module, cls.name))
        return object.__new__(cls)

    def __init__(self, *arguments, **named):
        pass

    def __call__(self, *arguments, **named):
        return self

    def append(self, value):
        pass

    extend = add = __setstate__ = append

    def __setitem__(self, key, value):
        pass

    def __repr__(self):
        return "inert"


class Recorder:
    def find_class(self, module, name):
        Inert.imported.append((module, name))
        return type("Inert", (Inert,), {"module": module, "name": name})

    def persistent_load(self, id):
        return object.__new__(Inert)


class FromC(Recorder, pickle.Unpickler):
    pass


class FromPython(Recorder, pickle._Unpickler):
    pass


class Counting(FromPython):
    """How many opcodes it gets through behind an import, other imports not counted."""
    dispatch = {}

    for code, run in pickle._Unpickler.dispatch.items():
        def counted(self, run=run, imports=code in b"ci"):
            run(self)
            self.imports |= imports
            self.done += self.imports and not imports
        dispatch[code] = counted


def opcodes_behind_an_import(content):
    loader = Counting(io.BytesIO(content), encoding="utf-8")
    loader.done, loader.imports = 0, False
    try:
        loader.load()
    except (Exception, RecursionError, MemoryError):
        pass
    return loader.done


def load(loader, content):
    """(names imported, names called, whether it loaded to its last byte)"""
    Inert.imported, Inert.called = [], []
    source = io.BytesIO(content)
    try:
        loader(source, encoding="utf-8").load()
        loaded = source.tell() == len(content)
    except (Exception, RecursionError, MemoryError):
        loaded = False
    return set(Inert.imported), set(Inert.called), loaded


# Making.

def objects(rng, depth=3):
    kind = rng.randrange(13 if depth else 8)
    if kind < 8:
        return (None, True, rng.randrange(-5, 300), rng.getrandbits(80) - 2**79, 1.5, "text", b"bytes",
                "é" * rng.randrange(60))[kind]
    inner = [objects(rng, depth - 1) for _ in range(rng.randrange(5))]
    if kind == 8:
        return inner
    if kind == 9:
        return tuple(inner)
    if kind == 10:
        return {str(i): value for i, value in enumerate(inner)}
    if kind == 11:
        return set(range(len(inner)))
    return bytearray(b"x" * len(inner))


SNIPPETS = [
    p.name("gatehouse_marker", "touch"), p.name("posix", "system"), p.stack_name("gatehouse_marker", "touch"),
    p.call(p.name("gatehouse_marker", "touch"), p.text("x")), p.name("collections", "OrderedDict"), p.ORDERED_DICT,
    p.inst("gatehouse_marker", "touch"), p.text("collections") + p.text("OrderedDict") + p.STACK_GLOBAL,
    p.name("__builtin__", "eval"), p.name("torch", "Tensor.a.b"), p.short_text("os") + p.MEMOIZE, p.EMPTY_DICT, p.EMPTY_LIST,
    p.proto(4), p.proto(2), p.proto(0), p.frame(p.NONE), p.frame(b"", 5), p.get(0), p.get(1), p.put(0), p.put(1), p.long_get(2),
    p.get_line(b"0"), p.put_line(b"0x1"), p.int_line(b"0x10"), p.int_line(b"010"), p.int_line(b"01"), p.long_line(b"5L"),
    p.float_line(b"1.5"), p.float_line(b"1_0"), p.string_line(b"'os'"), p.string_line(b'"sys\\x74em"'),
    p.string_line("'é'".encode()), p.unicode_line(b"o\\u0073"), p.persid(b"id"), p.short_bytes(b"b"), p.bytearray8(b"b"),
    p.ext1(1), p.old_string(b"os"), p.old_string(b"\xff"), p.long1(-1), p.long4(1 << 70), p.text8("os"), p.metadata(),
    p.tensor(), p.numbers(1, 2), p.numbers(1, 2, 3, 4), p.text("x" * 300), p.binbytes(b"y" * 300), p.text("\ud800"),
    *p.PLAIN.values(), *p.PLAIN.values(),
]


# What the oldest protocol is written with: letters and lines.
LINES = [b"(", b"d", b"l", b"t", b"s", b"a", b"R", b"0", b"2", b"N", b"I1\n", b"I01\n", b"L5L\n", b"F1.5\n", b"S'x'\n", b"Vx\n", b"p1\n",
         b"g1\n", b"(dp1\n", b"(lp2\n", b"I1\nI2\ns", b"cshop\nCart\n", b"cposix\nsystem\n", b"ishop\nCart\n", b"o", b"b", b"\n", b"# words\n"]


def old_text(rng):
    """An import, and more that is text from beginning to end."""
    begin = rng.choice((b"cshop\nCart\n", b"cshop\nCart\n", b"(ishop\nCart\n", b"I1\ncshop\nCart\n", b"c__builtin__\nlist\n"))
    return begin + b"".join(rng.choice(LINES) for _ in range(rng.randrange(14))) + rng.choice((b".", b".", b"\n", b""))


def streams(rng, seeds):
    """A pickle: of Python's objects, of a case, or of opcodes at random; then perhaps spoilt."""
    choice = rng.random()
    if choice < 0.15:
        return old_text(rng)
    if choice < 0.3:
        content = pickle.dumps(objects(rng), rng.randrange(6))
    elif choice < 0.7:
        content = rng.choice(seeds)
    else:
        content = rng.choice((b"", p.proto(2), p.proto(4))) + b"".join(
            rng.choice(SNIPPETS) for _ in range(rng.randrange(1, 12))) + b"."
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        at = rng.randrange(len(content) + 1)
        content = rng.choice((
            lambda: content[:at] + bytes([rng.randrange(256)]) + content[at + 1:],
            lambda: content[:at] + rng.choice(SNIPPETS) + content[at:],
            lambda: content[:at] + content[at + rng.randrange(1, 9):],
            lambda: content[:at] + content[max(0, at - 12):at] + content[at:],
            lambda: content[:at],
        ))()
    return content


# Comparing.

def is_listed(module, name):
    module, name = _compat_pickle.NAME_MAPPING.get(
        (module, name), (_compat_pickle.IMPORT_MAPPING.get(module, module), name))
    return module in ALLOWED_MODULES and "." not in name or (module, name) in ALLOWED_NAMES


def is_cut(content, name):
    """A name that the bytes end in, which Python's loader takes without its last byte."""
    return not name or content[:-1].endswith(b"\n" + name.encode())


def scan(contents, suffix):
    """Per content its verdict, and its findings."""
    with tempfile.TemporaryDirectory() as folder:
        for i, content in enumerate(contents):
            (pathlib.Path(folder) / f"{i:06}{suffix}").write_bytes(content)
        report = gatehouse.scan(folder, timeout=600)
    verdicts, findings = [None] * len(contents), [[] for _ in contents]
    for file in report["files"]:
        verdicts[int(pathlib.Path(file["file"]).stem)] = file["verdict"]
    for finding in report["findings"]:
        findings[int(pathlib.Path(finding["file"]).stem)].append(finding)
    return list(zip(verdicts, findings))


def complaints(content, verdict, findings):
    """What we failed to report of it."""
    ids = {finding["id"] for finding in findings}
    texts = "\n".join(finding["message"] for finding in findings if finding["id"].startswith("PKL-1"))
    data_names = {finding["message"].split()[-1].rstrip(".") for finding in findings if finding["id"] == "PKL-106"}
    # Told from pickles, and refused for its name.
    refused = verdict == "findings" and ids == {"FIL-001"}
    out = []
    loads = []
    for loader in (FromC, FromPython):
        imported, called, loaded = load(loader, content)
        loads.append(loaded and not imported)
        foreign = {name for name in imported if not is_listed(*name) and not is_cut(content, name[1])
                   and len("".join(name)) < 200 and all(map(NAME.fullmatch, name))}
        # More than 20 findings of a rule are counted and not kept.
        if foreign and len(foreign) < 15 and not ids & ON_PURPOSE and not refused:
            if verdict == "clean":
                out.append(f"{loader.__name__} imports {sorted(foreign)}, we say clean")
            for module, name in foreign:
                if name and name.isascii() and name.isprintable() and "\\" not in name and name not in texts:
                    out.append(f"{loader.__name__} imports {module}.{name}, no finding names it: {sorted(ids)}")
            # What NumPy writes is reported as an import, and may be called.
            foreign -= {name for name in foreign if ".".join(name) in data_names or f"builtins.{name[1]}" in data_names}
            if called & foreign and not any(id.startswith("PKL-2") for id in ids):
                out.append(f"{loader.__name__} calls {sorted(called & foreign)}: {sorted(ids)}")
    if refused and not WORDS.fullmatch(content) and load(FromC, content)[1]:
        out.append("C calls something in it, and it is not told for a pickle")
    if all(loads) and ids & NOT_UNDERSTOOD:
        out.append(f"both loaders take it: {[f['message'] for f in findings]}")
    return out


def compare_python(rng, count, seeds):
    failed = imports = loaded = 0
    for begin in range(0, count, BATCH):
        contents = [streams(rng, seeds) for _ in range(min(BATCH, count - begin))]
        for content, (verdict, findings), (unnamed, _) in zip(contents, scan(contents, ".pkl"), scan(contents, "")):
            imported, _, whole = load(FromC, content)
            imports += bool(imported)
            loaded += whole
            texts = complaints(content, verdict, findings)
            foreign = [name for name in imported if not is_listed(*name) and not is_cut(content, name[1])
                       and all(map(NAME.fullmatch, name))]
            if foreign and unnamed == "clean" and not WORDS.fullmatch(content) and opcodes_behind_an_import(content):
                texts.append(f"C imports {sorted(foreign)}; without a name it is clean")
            for text in texts:
                failed += 1
                print(f"{text}\n    {content[:300]!r}")
    print(f"{count} pickles, {imports} import something, {loaded} load whole; {failed} complaints")
    return failed


# PyTorch.

TORCH = """
import json, sys, warnings
try:
    import torch
except ImportError:
    sys.exit(77)
warnings.simplefilter("ignore")
print(json.dumps(torch.__version__), flush=True)
for path in sys.stdin:
    try:
        torch.load(path.rstrip("\\n"), weights_only=True)
        print("true", flush=True)
    except Exception as error:
        print(json.dumps(str(error)[-200:]), flush=True)
"""


# What it says where it knows a device and has none.
NO_DEVICE = re.compile("No NVIDIA driver|no NVIDIA driver|CUDA device|not compiled with CUDA|(HPU|MPS|XPU) .*(not|False)")


def checkpoints(rng, count):
    """data.pkl of a state dict, spoilt, with the storages that it had; and of calls with arguments of all kinds."""
    out = []
    for _ in range(count // 2):
        calls = make_calls.Calls(rng, rng.choice((0, 0.02, 0.05, 0.1, 0.2)))
        out.append(make_calls.checkpoint(calls.value(), calls.numbers_for_storages()))
    while len(out) < count:
        content = make_torch.state_dict(make_torch.TENSORS)
        if rng.random() < 0.5:
            content = content[:-1] + p.metadata() + b"."
        for _ in range(rng.choice((0, 1, 1, 1, 2))):
            at = rng.randrange(2, len(content))
            content = rng.choice((
                lambda: content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1:],
                lambda: content[:at] + rng.choice(SNIPPETS) + content[at:],
                lambda: content[:at] + content[at + rng.randrange(1, 4):],
            ))()
        out.append(make_torch.checkpoint(data=content))
    return out


def torch_answers(python, paths):
    """PyTorch's version, and per file True or why it was refused; it ends in the middle of some. None without PyTorch."""
    answers = []
    while len(answers) < len(paths):
        done = subprocess.run([python, "-c", TORCH], input="\n".join(map(str, paths[len(answers):])) + "\n",
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if done.returncode == 77:
            return None
        version, *more = map(json.loads, done.stdout.splitlines())
        answers += more
        if len(answers) < len(paths):
            answers.append(f"the process ended: {done.returncode}")
    return version, answers


def compare_torch(rng, count, python):
    contents = checkpoints(rng, count)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, content in enumerate(contents):
            paths.append(pathlib.Path(folder) / f"{i}.pt")
            paths[-1].write_bytes(content)
        seen = torch_answers(python, paths)
    if seen is None:
        print("skipped: no PyTorch; what torch.load(weights_only=True) refuses was not compared")
        return 0
    version, answers = seen
    failed = 0
    for content, answer, (verdict, findings) in zip(contents, answers, scan(contents, ".pt")):
        if answer is not True and verdict == "clean" and not NO_DEVICE.search(answer):
            failed += 1
            print(f"PyTorch refuses, we say clean: {answer}\n    {content[64:600]!r}")
    taken = sum(answer is True for answer in answers)
    print(f"PyTorch {version}: {count} checkpoints, {taken} load; {failed} complaints")
    return failed


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=6000)
    options.add_argument("--seed", type=int, default=20261125)
    options.add_argument("--torch-python", default=sys.executable)
    options.add_argument("--only", choices=("python", "torch"))
    chosen = options.parse_args()
    rng = random.Random(chosen.seed)
    seeds = [content for content in (case.make() for case in corpus.CASES
                                     if case.id.startswith("pickle/") and "many" not in case.id)
             if isinstance(content, bytes) and len(content) < 5000 and content[:2] != b"PK"]
    failed = 0
    if chosen.only != "python":
        failed += compare_torch(rng, chosen.count // 4, chosen.torch_python)
    if chosen.only != "torch":
        # Only now: PyTorch needs more.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        failed += compare_python(rng, chosen.count, seeds)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
