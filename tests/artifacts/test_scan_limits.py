"""Files that are made to keep a scanner busy, and its limits."""

import collections
import gzip
import io
import resource
import struct
import subprocess
import time
import zipfile

import pytest

import gatehouse
from make_stdlib import REBUILD, Call, Name, Storage, dump
from scanning import ids, long_pickle, verdicts


# covers: engine-7-scanner-bombs
def test_a_file_that_takes_too_long_is_inconclusive(tmp_path):
    long_pickle(tmp_path / "long.pkl", 512)
    begin = time.monotonic()
    report = gatehouse.scan(tmp_path, "--timeout", "1s")
    assert ids(report) == {"SYS-002"} and verdicts(report) == {"long.pkl": "inconclusive"}
    assert time.monotonic() - begin < 20


def test_a_sparse_file_ends_soon(tmp_path):
    for name, begin in (("a.bin", b"\xc8\xc9\xca"), ("b.pkl", b"\x80\x02}q\x00."), ("c.txt", b"text\n")):
        with open(tmp_path / name, "wb") as file:
            file.write(begin)
            file.truncate(200 << 30)
    begin = time.monotonic()
    report = gatehouse.scan(tmp_path, "--timeout", "2s")
    assert report["summary"]["clean"] == 0 and report["summary"]["files"] == 3
    assert {"a.bin", "b.pkl"} <= {finding["file"] for finding in report["findings"] if finding["id"] == "SYS-011"}
    assert time.monotonic() - begin < 20


def test_a_file_that_needs_too_much_memory_is_inconclusive(tmp_path):
    if "asan" in gatehouse.BINARY or "tsan" in gatehouse.BINARY:
        pytest.skip("sanitizers map more than any limit")
    header = b'{"__metadata__":{' + b",".join(b'"%07d":"%050d"' % (i, i) for i in range(1_000_000)) + b"}}"
    (tmp_path / "big.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    limit = 120 << 20
    done = subprocess.run(["prlimit", f"--as={limit}", gatehouse.BINARY, "scan", tmp_path],
                          stdout=subprocess.PIPE, text=True, timeout=60)
    assert "SYS-003" in done.stdout and done.returncode == 2, done.stdout


def bombs():
    """Names, exit codes, contents: some are no more than long, and clean."""
    import bz2
    import gzip
    import io
    import lzma
    import zipfile
    import zlib

    def zipped(name, content):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return packed.getvalue()

    nest = b"(lp0\n" + b"".join(b"(lp%d\n" % (i + 1) + b"g%d\na" % i * 10 for i in range(50))
    yield "memo.pkl", 0, b"\x80\x02" + b"]q\x00" + b"".join(
        b"]q" + bytes([i + 1]) + b"(" + b"h" + bytes([i]) + b"h" + bytes([i]) + b"e" for i in range(200)) + b"."
    yield "lists.pkl", 1, nest + b"."
    yield "dup.pkl", 1, b"\x80\x02](" + b"2" * 200_000 + b"e."
    yield "marks.pkl", 2, b"\x80\x02" + b"(" * 500_000 + b"."
    yield "tuples.pkl", 0, b"\x80\x02)" + b"\x85" * 500_000 + b"."
    # Of several streams each reader makes one: 1 GiB.
    yield "zeroes.gz", 1, gzip.compress(bytes(64 << 20)) * 16
    yield "zeroes.bz2", 1, bz2.compress(bytes(64 << 20)) * 16
    yield "zeroes.xz", 1, lzma.compress(bytes(64 << 20)) * 16
    yield "zeroes.zz", 1, zlib.compress(bytes(64 << 20)) * 16
    yield "zeroes.zip", 2, zipped("x.bin", bytes(64 << 20))
    yield "zeroes.bin", 1, zipped("m/data.pkl", bytes(500 << 20))
    nested = b"x"
    for _ in range(100):
        nested = zipped("a.zip", nested)
    yield "nested.zip", 2, nested
    yield "header.safetensors", 1, struct.pack("<Q", 90_000_000) + b"{" + b" " * 2_000_000
    yield "long.safetensors", 1, struct.pack("<Q", 2**63) + b"{"
    entries = b",".join(b'"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % i for i in range(20_000))
    yield "entries.safetensors", 0, struct.pack("<Q", len(entries) + 2) + b"{" + entries + b"}"
    yield "deep.json", 2, b"[" * 1_000_000
    yield "wide.json", 0, b"[" + b"0," * 500_000 + b"0]"
    yield "counts.gguf", 1, b"GGUF" + struct.pack("<Iqq", 3, 2**62, 2**62)
    yield "keys.gguf", 0, b"GGUF" + struct.pack("<Iqq", 3, 0, 100_000) + b"".join(
        struct.pack("<Q", 6) + b"%06d" % i + struct.pack("<IB", 0, 1) for i in range(100_000))
    yield "globals.pkl", 1, b"\x80\x02" + b"cos\nabc\n" * 3_000_000 + b"."
    yield "names.pkl", 1, b"\x80\x02" + b"".join(b"cm\n%06x\n" % i for i in range(1_000_000)) + b"."
    yield "calls.pkl", 1, b"\x80\x02cos\nabc\nq\x00" + b"h\x00)R0" * 3_000_000 + b"."
    yield "states.pkl", 1, b"\x80\x02N" + b"}b" * 3_000_000 + b"."
    yield "protocols.pkl", 1, b"\x80\x02" + b"\x80\x09" * 3_000_000 + b"N."
    yield "pickles.pkl", 2, b"N." * 3_000_000
    yield "globals.txt", 1, b"cxx\nabc\n0" * 1_000_000
    yield "tokens/vocab.txt", 0, b"".join(b"t%d\n" % i for i in range(500_000))
    yield "loop.jinja", 2, b"{% for a in messages %}" * 2000
    yield "brackets.jinja", 2, b"{{ " + b"(" * 100_000


@pytest.mark.parametrize("name,exit,content", bombs(), ids=lambda value: value if isinstance(value, str) else "")
def test_bombs_end_at_once(tmp_path, name, exit, content):
    """In a second of processor time where the machine is as any; the bound leaves room for what is slower."""
    # covers: engine-7-scanner-bombs
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = gatehouse.scan(tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < (8 if "asan" in gatehouse.BINARY else 3)
    assert report["summary"]["exit"] == exit and len(report["files"]) == 1
    assert not {rule for rule in ids(report) if rule.startswith("SYS-")}


def sparse_tensors(count, numbers):
    """A checkpoint packed again, whose sparse tensors each have one index, the last number of one storage."""
    layout = Call(Name("torch.serialization", "_get_layout"), "torch.sparse_coo")
    hooks = collections.OrderedDict()

    def tensor(kind, key, elements, offset, shape):
        return Call(REBUILD, Storage(elements, key=key, kind=kind), offset, shape, (1,) * len(shape), False, hooks)

    values = {f"x{i}": Call(Name("torch._utils", "_rebuild_sparse_tensor"), layout, (
        tensor("Long", "0", numbers, numbers - 1, (1, 1)), tensor("Float", "1", 1, 0, (1,)), Call(Name("torch", "Size"), (4,)), True))
        for i in range(count)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("data.pkl", dump(values)), ("version", b"3\n"), ("data/0", bytes(8 * numbers)), ("data/1", bytes(4))):
            archive.writestr("a/" + name, content)
    return out.getvalue()


def test_many_sparse_tensors_unpack_their_storage_once(tmp_path):
    (tmp_path / "m.pt").write_bytes(sparse_tensors(100, 1 << 17))
    report = gatehouse.scan(tmp_path, "--max-bytes", "8MiB")
    assert ids(report) == {"ZIP-006"} and verdicts(report) == {"m.pt": "clean"}


def test_sparse_tensors_beyond_the_limit_are_not_examined(tmp_path):
    """What was not unpacked is not shorter than it says."""
    (tmp_path / "m.pt").write_bytes(sparse_tensors(2, 1 << 19))
    for limit in ("3MiB", "5MiB", "7MiB"):
        report = gatehouse.scan(tmp_path, "--max-bytes", limit)
        assert ids(report) == {"ZIP-006", "ZIP-036"} and verdicts(report) == {"m.pt": "inconclusive"}, limit
    assert verdicts(gatehouse.scan(tmp_path, "--max-bytes", "16MiB")) == {"m.pt": "clean"}
