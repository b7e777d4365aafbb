"""Keys that take long to hash, or that all have the same hash."""

import struct

from cases_blind_containers import checkpoint, dump
from corpus import told

PROTO, STOP = b"\x80\x02", b"."


def stream(body):
    return checkpoint(PROTO + body + STOP, ())


def put(index):
    return b"q" + bytes([index])


def get(index):
    return b"h" + bytes([index])


def doubled(levels):
    """A tuple of two numbers, twice in the next, and so on; all are left behind and in the memo."""
    out = b"K\x01K\x02\x86" + put(0)
    for i in range(levels):
        out += get(i) + get(i) + b"\x86" + put(i + 1)
    return out


def nested(levels, top=b"K\x01"):
    return top + b"\x85" * levels


def found(id, body, *rules):
    told("found/hashes/" + id, stream(body), "findings" if rules else "clean", rules=rules)


# As a key, an element, an element of what is called, the key of a pair. What is no key is only slow to compare.
for name, before, key in (("doubled", doubled(59), get(59)), ("deep", b"", nested(50_000)), ("inside", doubled(40), get(40) + b"K\x05\x86")):
    def hashed(id, body, *rules):
        found(f"{name}/{id}", b"(" + before + body + b"t", *rules)

    hashed("key", b"}" + key + b"K\x01s", "PKL-408")
    hashed("keys", b"}(" + key + b"K\x01u", "PKL-408")
    hashed("dict", b"(" + key + b"K\x01d", "PKL-304", "PKL-408")
    hashed("set", b"c__builtin__\nset\n(](" + key + b"etR", "PKL-206")
    hashed("ordered", b"ccollections\nOrderedDict\n(](" + key + b"K\x01\x86etR", "PKL-207")
    hashed("ordered_list", b"ccollections\nOrderedDict\n(](](" + key + b"K\x01eetR", "PKL-207")
    hashed("value", b"}K\x01" + key + b"s")
    hashed("listed", b"](" + key + b"e")
# What programs write.
found("pairs", dump({(1, 2): 3, ((1, 2), (3, 4)): 5, ("a", ("b", ("c", 1))): 6})[2:-1])
found("many_pairs_of_texts", dump({("a", str(i)): i for i in range(20_000)})[2:-1])
found("few_pairs_of_numbers", dump({(i, i + 1): i for i in range(10_000)})[2:-1])
# Each pair of 300 numbers that have one hash.
BIG = [5 + i * (2**61 - 1) for i in range(1, 151)]
found("colliding_pairs", dump({(a, b): 0 for a in BIG for b in BIG})[2:-1], "PKL-407")
found("colliding_empty_texts", dump({("", a, b): 0 for a in BIG for b in BIG})[2:-1], "PKL-407")
complex_keys = b"c__builtin__\ncomplex\nq\x00" + b"}(" + b"".join(
    b"h\x00(G" + struct.pack(">d", -1000003.0 * i) + b"G" + struct.pack(">d", i) + b"tRK\x00" for i in range(10_001)) + b"u"
found("colliding_complex", complex_keys, "PKL-407")
# One long number, again and again: its hash is computed each time.
LONG = b"\x8b" + struct.pack("<i", 1 << 20) + b"\x01" * (1 << 20) + put(0)
found("long_number", b"}(" + LONG + b"K\x00" + (get(0) + b"K\x00") * 2_000 + b"u", "PKL-304", "PKL-408")
found("long_number_once", b"}" + LONG + b"K\x00s", "PKL-304")

# What a call makes of a list, or of a tuple: its elements become keys.
SET, ORDERED = b"c__builtin__\nset\n", b"ccollections\nOrderedDict\n"
PAIRS = b"".join(b"K\x01J" + struct.pack("<i", i) + b"\x86" for i in range(10_001))
KEYED = b"".join(b"K\x01J" + struct.pack("<i", i) + b"\x86N\x86" for i in range(10_001))
found("called/set", SET + b"](" + PAIRS + b"e\x85R", "PKL-407")
found("called/set_of_few", SET + b"](" + PAIRS[:-8] + b"e\x85R")
found("called/set_of_a_tuple", SET + b"((" + PAIRS + b"ttR", "PKL-407")
found("called/ordered", ORDERED + b"](" + KEYED + b"e\x85R", "PKL-407")
found("called/list", b"](" + PAIRS + b"e")
found("called/sets", b"](" + b"".join(SET + b"](" + PAIRS[:8 * 101] + b"e\x85R" for _ in range(100)) + b"e", "PKL-407")
found("called/set_of_texts", SET + b"](" + b"".join(b"X\x05\0\0\0%05d" % i for i in range(20_000)) + b"e\x85R")
# One list, or megabytes, for many calls.
LIST = b"](" + b"".join(b"J" + struct.pack("<i", i) for i in range(50_000)) + b"e" + put(0)
found("again/set", b"(" + LIST + (SET + get(0) + b"\x85R") * 10_000 + b"t", "PKL-409")
found("again/set_few", b"(" + LIST + (SET + get(0) + b"\x85R") * 100 + b"t")
# Tuples, which could be keys themselves.
found("again/ordered", b"(](" + b"".join(b"J" + struct.pack("<i", i) + b"N\x86" for i in range(50_000)) + b"e" + put(0)
      + (ORDERED + get(0) + b"\x85R") * 10_000 + b"t", "PKL-407", "PKL-409")
found("again/bytes", b"(X\0\0\x10\0" + b"x" * (1 << 20) + put(0) + (b"c_codecs\nencode\n" + get(0) + b"X\6\0\0\0latin1\x86R") * 1_000
      + b"t", "PKL-409")
