"""Writes HDF5 files, byte by byte, from the HDF5 File Format Specification version 3.0.

A `Writer` is the file: `put` adds a structure and gives its address. Functions below it give the bytes of
messages. Nothing is checked: cases lie on purpose.
"""

import struct

NOWHERE = 0xFFFF_FFFF_FFFF_FFFF
SIGNATURE = b"\x89HDF\r\n\x1a\n"
M32 = 0xFFFF_FFFF


def u(width, value):
    return (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")


def pad(data, to=8):
    return data + bytes(-len(data) % to)


def checksum(data):
    """Bob Jenkins' lookup3, hashlittle, with an initial value of 0."""
    def turn(value, bits):
        return (value << bits | value >> (32 - bits)) & M32

    a = b = c = 0xDEADBEEF + len(data) & M32
    blocks = max((len(data) + 11) // 12, 1)
    for block in range(blocks):
        if not data:
            break
        x, y, z = struct.unpack("<III", data[12 * block:12 * block + 12].ljust(12, b"\0"))
        a, b, c = a + x & M32, b + y & M32, c + z & M32
        if block < blocks - 1:
            a = (a - c & M32) ^ turn(c, 4); c = c + b & M32
            b = (b - a & M32) ^ turn(a, 6); a = a + c & M32
            c = (c - b & M32) ^ turn(b, 8); b = b + a & M32
            a = (a - c & M32) ^ turn(c, 16); c = c + b & M32
            b = (b - a & M32) ^ turn(a, 19); a = a + c & M32
            c = (c - b & M32) ^ turn(b, 4); b = b + a & M32
        else:
            c = (c ^ b) - turn(b, 14) & M32
            a = (a ^ c) - turn(c, 11) & M32
            b = (b ^ a) - turn(a, 25) & M32
            c = (c ^ b) - turn(b, 16) & M32
            a = (a ^ c) - turn(c, 4) & M32
            b = (b ^ a) - turn(a, 14) & M32
            c = (c ^ b) - turn(b, 24) & M32
    return c


def sealed(data, wrong=0):
    return data + u(4, checksum(data) + wrong)


# Messages: (type, bytes) or (type, bytes, flags).

def space(*sizes, null=False):
    if null:
        return 0x01, bytes([2, 0, 0, 2])
    return 0x01, bytes([1, len(sizes), 0, 0, 0, 0, 0, 0]) + b"".join(u(8, size) for size in sizes)


FLOAT = bytes([0x11, 0x20, 0x1F, 0]) + u(4, 4) + u(2, 0) + u(2, 32) + bytes([23, 8, 0, 23]) + u(4, 127)
BYTE = bytes([0x10, 0, 0, 0]) + u(4, 1) + u(2, 0) + u(2, 8)
TEXT = bytes([0x19, 1, 0, 0]) + u(4, 16) + bytes([0x10, 0, 0, 0]) + u(4, 1) + u(2, 0) + u(2, 8)
SEQUENCE = bytes([0x19, 0, 0, 0]) + u(4, 16) + BYTE


def fixed(size):
    return bytes([0x13, 1, 0, 0]) + u(4, size)


def opaque(size):
    return bytes([0x15, 0, 0, 0]) + u(4, size)


def datatype(data):
    return 0x03, data


def attribute(name, kind, data, version=1, dims=(), flags=0):
    """A value of one datatype; `kind` its bytes. Versions 1 to 3."""
    name = name.encode() + b"\0"
    where = space(*dims)[1]
    sizes = u(2, len(name)) + u(2, len(kind)) + u(2, len(where))
    if version == 1:
        return 0x0C, bytes([1, 0]) + sizes + pad(name) + pad(kind) + pad(where) + data
    return 0x0C, bytes([version, flags]) + sizes + (b"\0" if version == 3 else b"") + name + kind + where + data


def text(name, value, **more):
    value = value.encode() if isinstance(value, str) else value
    return attribute(name, fixed(len(value)), value, **more)


def layout(address, size, version=3):
    if version < 3:
        return 0x08, bytes([version, 1, 1, 0, 0, 0, 0, 0]) + u(8, address) + u(4, size)
    return 0x08, bytes([version, 1]) + u(8, address) + u(8, size)


def compact(data):
    return 0x08, bytes([3, 0]) + u(2, len(data)) + data


def chunked(*chunk, version=3):
    if version == 4:
        return 0x08, bytes([4, 2, 0, len(chunk), 1]) + bytes(chunk) + b"\1" + u(8, NOWHERE)
    return 0x08, bytes([3, 2, len(chunk)]) + u(8, NOWHERE) + b"".join(u(4, c) for c in chunk)


def virtual(address=NOWHERE, version=4):
    return 0x08, bytes([version, 3]) + u(8, address) + u(4, 1)


def filters(*numbers, version=1, name=b"", values=1):
    data = bytes([version, len(numbers)]) + (bytes(6) if version == 1 else b"")
    for number in numbers:
        named = version == 1 or number >= 256
        data += u(2, number) + (u(2, len(pad(name)) if version == 1 else len(name)) if named else b"")
        data += u(2, 1) + u(2, values) + ((pad(name) if version == 1 else name) if named else b"")
        data += bytes(4 * (values + (values % 2 if version == 1 else 0)))
    return 0x0B, data


def link(name, target=None, soft=None, external=None, kind=None, data=b"", flags=0x08, version=1):
    name = name.encode()
    if kind is None:
        kind = 0 if target is not None else 1 if soft is not None else 64
    out = bytes([version, flags]) + (bytes([kind]) if flags & 8 else b"")
    out += (u(8, 1) if flags & 4 else b"") + (b"\1" if flags & 16 else b"") + u(1 << (flags & 3), len(name)) + name
    if target is not None:
        return 0x06, out + u(8, target)
    if soft is not None:
        data = soft.encode()
    elif external is not None:
        data = b"\0" + external[0].encode() + b"\0" + external[1].encode() + b"\0"
    return 0x06, out + u(2, len(data)) + data


def dense(kind, heap, by_name=NOWHERE, by_order=None):
    """Link info (0x02) or attribute info (0x15)."""
    flags = 0 if by_order is None else 3
    number = b"" if by_order is None else u(8 if kind == 0x02 else 2, 9)
    return kind, bytes([0, flags]) + number + u(8, heap) + u(8, by_name) + (b"" if by_order is None else u(8, by_order))


# What makes an object a group in the newer form; its few links are messages.
GROUP = (dense(0x02, NOWHERE), (0x0A, bytes(2)))


class Writer:
    """The superblock is written last, over what was kept free for it."""

    def __init__(self, base=0):
        self.base = base
        self.data = bytearray(104)

    def put(self, data):
        self.data += bytes(-len(self.data) % 8)
        self.data += data
        return len(self.data) - len(data)

    def later(self):
        """The address of what is put next."""
        return len(self.data) + -len(self.data) % 8

    # Object headers.

    def header1(self, *messages, count=None, size=None, version=1, left=b""):
        body = b""
        for kind, data, *flags in messages:
            data = pad(data)
            body += u(2, kind) + u(2, len(data)) + u(1, *(flags or (0,))) + bytes(3) + data
        body += left
        return self.put(bytes([version, 0]) + u(2, len(messages) if count is None else count) + u(4, 1)
                        + u(4, len(body) if size is None else size) + bytes(4) + body)

    def header2(self, *messages, wrong=0, gap=0, flags=0x02, version=2):
        body = b"".join(u(1, kind) + u(2, len(data)) + u(1, *(more or (0,))) + data for kind, data, *more in messages)
        body += bytes(gap)
        times = bytes(16) if flags & 0x20 else b""
        phase = bytes(4) if flags & 0x10 else b""
        return self.put(sealed(b"OHDR" + bytes([version, flags]) + times + phase + u(1 << (flags & 3), len(body))
                               + body, wrong))

    def block1(self, *messages):
        """A continuation: the message, and what stands where it says."""
        body = b"".join(u(2, kind) + u(2, len(pad(data))) + bytes(4) + pad(data) for kind, data in messages)
        return 0x10, u(8, self.put(body)) + u(8, len(body))

    def block2(self, *messages, magic=b"OCHK", wrong=0):
        body = sealed(magic + b"".join(u(1, kind) + u(2, len(data)) + b"\0" + data for kind, data in messages), wrong)
        return 0x10, u(8, self.put(body)) + u(8, len(body))

    # Groups in the old form: [(name, address of its header or None for a soft link)].

    def heap(self, texts, version=0, size=None, address=None):
        data = bytes(8)
        places = []
        for one in texts:
            places.append(len(data))
            data += pad(one.encode() + b"\0")
        at = self.put(data)
        return places, self.put(b"HEAP" + bytes([version, 0, 0, 0]) + u(8, len(data) if size is None else size)
                                + u(8, 1) + u(8, at if address is None else address))

    def table(self, entries, count=None, version=1):
        body = b"".join(u(8, place) + u(8, NOWHERE if target is None else target) + u(4, 2 if target is None else 0)
                        + bytes(20) for place, target in entries)
        return self.put((b"SNOD" + bytes([version, 0]) + u(2, len(entries) if count is None else count)
                         + body).ljust(8 + 8 * 40, b"\0"))

    def tree(self, children, level=0, count=None, kind=0, last=8):
        """`last`: the place of the greatest name in the heap."""
        body = u(8, 0) + b"".join(u(8, child) + u(8, last) for child in children)
        return self.put((b"TREE" + bytes([kind, level]) + u(2, len(children) if count is None else count)
                         + u(8, NOWHERE) * 2 + body).ljust(24 + 32 * 16 + 8, b"\0"))

    def group(self, links=(), *messages):
        """Its object header; `self.tree_at` and `self.heap_at` are what it was made of."""
        links = sorted(links)
        places, self.heap_at = self.heap([name for name, _ in links])
        table = self.table(list(zip(places, [target for _, target in links])))
        self.tree_at = self.tree([table], last=places[-1] if places else 0)
        return self.header1((0x11, u(8, self.tree_at) + u(8, self.heap_at)), *messages)

    # Values of any length, and files that data comes from.

    def values(self, *values, size=None, version=1, length=None, free=None):
        """A global heap; the bytes that refer to each value."""
        body = b""
        for index, value in enumerate(values, 1):
            body += u(2, index) + u(2, 1) + bytes(4) + u(8, len(value) if length is None else length) + pad(value)
        whole = max(16 + len(body) + 16, 4096)
        at = self.put((b"GCOL" + bytes([version, 0, 0, 0]) + u(8, whole if size is None else size) + body
                       + bytes(8) + u(8, whole - 16 - len(body) if free is None else free)).ljust(whole, b"\0"))
        return [u(4, len(value)) + u(8, at) + u(4, index) for index, value in enumerate(values, 1)]

    def external(self, *names, version=1):
        places, heap = self.heap(names)
        slots = b"".join(u(8, place) + u(8, 0) + u(8, 64) for place in places)
        return 0x07, bytes([version, 0, 0, 0]) + u(2, len(names)) * 2 + u(8, heap) + slots

    # Many links or attributes: one block of a fractal heap, one leaf of a B-tree.

    def fractal(self, objects, id_size=8, filtered=0, wrong=0, sealed_blocks=True):
        """(address of the heap, ids of its objects)."""
        at = self.later()
        head_size = 26 + 12 * 8 + 3 * 8
        block_at = at + head_size + -head_size % 8
        before = 5 + 8 + 4 + (4 if sealed_blocks else 0)
        body, ids = b"", []
        for one in objects:
            ids.append((b"\0" + u(4, before + len(body)) + u(2, len(one))).ljust(id_size, b"\0"))
            body += one
        size = 512
        while size < before + len(body):
            size *= 2
        self.put(sealed(b"FRHP\0" + u(2, id_size) + u(2, filtered) + bytes([2 if sealed_blocks else 0]) + u(4, 4096)
                        + u(8, 0) + u(8, NOWHERE) + u(8, 0) + u(8, NOWHERE) + u(8, size) * 3 + u(8, len(ids))
                        + u(8, 0) * 4 + u(2, 4) + u(8, size)
                        + u(8, 65536) + u(2, 32) + u(2, 1) + u(8, block_at) + u(2, 0), wrong))
        start = b"FHDB\0" + u(8, at) + u(4, 0)
        if sealed_blocks:
            sum_of = checksum((start + bytes(4) + body).ljust(size, b"\0"))
            start += u(4, sum_of + wrong)
        assert self.put((start + body).ljust(size, b"\0")) == block_at
        return at, ids

    def records(self, kind, records, wrong=0, depth=0):
        leaf = self.put(sealed(b"BTLF\0" + bytes([kind]) + b"".join(records)).ljust(512, b"\0"))
        return self.put(sealed(b"BTHD\0" + bytes([kind]) + u(4, 512) + u(2, len(records[0]) if records else 11)
                               + u(2, depth) + bytes([100, 40]) + u(8, leaf) + u(2, len(records)) + u(8, len(records)),
                               wrong))

    def dense_attributes(self, attributes, **more):
        """{name: message}"""
        at, ids = self.fractal([data for _, data in attributes.values()], **more)
        records = sorted((checksum(name.encode()), one) for name, one in zip(attributes, ids))
        return dense(0x15, at, self.records(8, [one + b"\0" + u(4, 0) + u(4, sum) for sum, one in records]))

    def dense_links(self, links, **more):
        at, ids = self.fractal([data for _, data in links.values()], id_size=7, **more)
        records = sorted((checksum(name.encode()), one) for name, one in zip(links, ids))
        return dense(0x02, at, self.records(5, [u(4, sum) + one for sum, one in records]))

    # The whole.

    def close0(self, root, version=0, cached=None, end=None, driver=NOWHERE, widths=(8, 8), base=None):
        """With a superblock of version 0 or 1."""
        end = len(self.data) + self.base if end is None else end
        tree, heap = cached or (0, 0)
        head = SIGNATURE + bytes([version, 0, 0, 0, 0, *widths, 0]) + u(2, 4) + u(2, 16) + u(4, 0)
        head += u(2, 32) + bytes(2) if version == 1 else b""
        head += u(8, self.base if base is None else base) + u(8, NOWHERE) + u(8, end) + u(8, driver)
        head += u(8, 0) + u(8, root) + u(4, 1 if cached else 0) + bytes(4) + u(8, tree) + u(8, heap)
        return head + bytes(self.data[len(head):])

    def close2(self, root, version=2, extension=NOWHERE, end=None, wrong=0):
        end = len(self.data) + self.base if end is None else end
        head = sealed(SIGNATURE + bytes([version, 8, 8, 0]) + u(8, self.base) + u(8, extension) + u(8, end)
                      + u(8, root), wrong)
        return head + bytes(self.data[len(head):])
