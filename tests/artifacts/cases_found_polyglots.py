"""Files of one format whose first bytes are the opcodes of another loader, closed since."""

import random
import struct

from cases_blind_containers import tar
from corpus import case
from make_gguf import STRING, write as gguf

RUNS = ("PKL-101", "PKL-201")
SYSTEM = b"cposix\nsystem\n(Vtrue\ntR."


def told(id, make, rules=(), verdict=None, name="pytorch_model.bin", arguments=()):
    notes = {"STF-005", "STF-006", "STF-020"}
    case("polyglot/" + id, verdict=verdict or ("findings" if set(rules) - notes else "clean"), rules=rules, name=name,
         arguments=arguments)(make if callable(make) else lambda: make)


def tensors(length, data, at=None, text=b"V"):
    """A safetensors file whose header has that length; `text` stands at byte `at` of the file, in a note."""
    fields = b'"a":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (len(data), len(data))
    begin = b'{"__metadata__":{"k":"'
    note = b"" if at is None else begin + b"a" * (at - 8 - len(begin)) + text + b'"},'
    header = ((note or b"{") + fields).ljust(length)
    assert len(header) == length, "the header is too short for that"
    return struct.pack("<Q", length) + header + data


LINE = b"\n0" + SYSTEM  # ends a V, takes its text off the stack, and acts

# What the first byte of a length is to a pickle: an opcode whose argument takes the zeroes behind it.
for id, opcode, begin in (("binunicode", b"X", 5), ("binstring", b"T", 5), ("binbytes", b"B", 5), ("long4", b"\x8b", 5),
                          ("short_binstring", b"U", 2), ("short_binbytes", b"C", 2), ("long1", b"\x8a", 2),
                          ("short_binunicode", b"\x8c", 2)):
    size = opcode[0] + 256 * 40
    told("safetensors/" + id, tensors(size, LINE, begin + 40), ["FIL-001", *RUNS, *(["STF-020"] if size % 8 else [])])
told("safetensors/unicode", tensors(0x156, LINE), ["FIL-001", *RUNS, "STF-020"])
told("safetensors/string", tensors(0x2253, b'"' + LINE), ["FIL-001", *RUNS, "STF-020"])
told("safetensors/mark_before", tensors(0x5628, LINE), ["FIL-001", *RUNS])
told("safetensors/persistent_id", tensors(0x150, LINE), ["FIL-001", "PKL-230", *RUNS])
for name in ("model.safetensors", "model.joblib", "model.gguf", "weights"):
    told("safetensors/named_" + name, tensors(0x2858, LINE, 45), ["FIL-001", *RUNS], name=name)

# Nothing else has to be right: a loader has run the beginning by then.
told("safetensors/junk_behind", tensors(0x2858, b"\n0cshop\nf\n)R\0\xff", 45), ["FIL-001", "PKL-102", "PKL-201"])
told("safetensors/import_alone", tensors(0x2858, b"\n0cshop\nf\n\0\xff", 45), ["FIL-001", "PKL-102"])
told("safetensors/end_in_the_name", tensors(0x2858, b"\n0cos\nsystem", 45), ["FIL-001", "PKL-101"])
told("safetensors/allowed_alone", tensors(0x2858, b"\n0ccollections\nOrderedDict\n)R.", 45), ["FIL-001"])
told("safetensors/second_pickle", tensors(0x2858, b"\n." + SYSTEM, 45), ["FIL-001", *RUNS])
told("safetensors/in_the_header", tensors(0x2858, b"\0", 45, b"X".ljust(60, b"a")), name="model.safetensors")
told("safetensors/far_away", tensors(0x2858, bytes(3_000_000) + LINE, 45), ["FIL-001", *RUNS])
told("safetensors/many_opcodes", tensors(0x2858, b"\n" + b"N0" * 1_000_000 + LINE[1:], 45), ["FIL-001", *RUNS])

# Where following it ends before anything is sure, the name decides who would go on.
FAR = 70 << 20
told("safetensors/farther_than_is_followed", lambda: tensors(0x2858, bytes(FAR) + LINE, 45), ["FIL-001", "FIL-011"])
told("safetensors/farther_by_name", lambda: tensors(0x2858, bytes(FAR) + LINE, 45), ["FIL-012"], "clean",
     name="model.safetensors")

# Lengths of honest files are opcodes, too.
for length in range(0x100, 0x200):
    told(f"safetensors/ordinary_{length:x}", tensors(length, random.Random(length).randbytes(5000)),
         ["STF-020"] if length % 8 else [], name="model.safetensors")
told("safetensors/words", tensors(0x150, b"the\ncat\ndog\nsat\n"), name="model.safetensors")
told("safetensors/names_that_are_no_words", tensors(0x2858, b"\n0c\1\2\n\3\4\n)R.", 45), name="model.safetensors")
told("safetensors/calls_of_nothing", tensors(0x2858, b"\n)R.", 45), name="model.safetensors")

# A float and the number of tensors.
MANY = [("t%d" % i, 0, [1]) for i in range(0x5600)]
for name in ("pytorch_model.bin", "model.gguf"):
    told("gguf/named_" + name, lambda: gguf([("general.architecture", STRING, "llama"), ("general.name", STRING, LINE)], MANY),
         ["FIL-001", *RUNS], name=name)
told("gguf/ordinary", lambda: gguf([("general.architecture", STRING, "llama"), ("general.name", STRING, "a\nb\n")], MANY),
     name="model.gguf")

# The block of the user before an HDF5 file, and the name of the first member of a tar.
told("hdf5/user_block", SYSTEM.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n" + bytes(4000),
     ["FIL-001", "KER-006", "KER-013", "PKL-304", *RUNS], name="m.h5")
told("hdf5/ordinary_block", b"Made by words.\n".ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n" + bytes(4000),
     ["KER-006", "KER-013"], "inconclusive", name="m.h5")
told("tar/member", lambda: tar([("cposix\nsystem\n(Vtrue\ntR.", b"")]), ["FIL-001", "ARC-005", "ARC-010", *RUNS], name="model.pkl")
told("tar/labels", lambda: tar([("Vocabulary.txt", b"the\ncat\ndog\n")]), ["ARC-010"], name="a.tar")
