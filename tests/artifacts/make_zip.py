"""Zip archives, right and wrong, written record by record with struct and zlib.compressobj alone.

APPNOTE.TXT 6.3.10 has the records. Every field of every record can be said; what is not said is what an
honest writer would put there.
"""

import dataclasses
import struct
import zlib

LOCAL, CENTRAL, END = 0x04034B50, 0x02014B50, 0x06054B50
END64, LOCATOR64, DESCRIPTOR = 0x06064B50, 0x07064B50, 0x08074B50
STORED, DEFLATED = 0, 8
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF


def deflate(content, level=9):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


@dataclasses.dataclass
class Member:
    """One member. `local` and `central` override fields of that record alone: name, flags, method, crc,
    packed_size, size, extra; `central` also made_by, attributes, offset, disk, comment."""

    name: str | bytes
    content: bytes = b""
    method: int = STORED
    flags: int = 0
    crc: int | None = None
    size: int | None = None
    packed: bytes | None = None  # the bytes that stand in the file
    packed_size: int | None = None
    extra: bytes = b""  # of the local header
    descriptor: bytes | None = None
    before: bytes = b""  # bytes in front of the local header
    after: bytes = b""  # bytes behind the descriptor
    local: dict = dataclasses.field(default_factory=dict)
    central: dict = dataclasses.field(default_factory=dict)

    def bytes_of_name(self):
        return self.name.encode() if isinstance(self.name, str) else self.name

    def stored_bytes(self):
        if self.packed is not None:
            return self.packed
        return deflate(self.content) if self.method == DEFLATED else self.content

    def fields(self, override):
        packed = self.stored_bytes()
        fields = {"name": self.bytes_of_name(), "flags": self.flags, "method": self.method,
                  "crc": zlib.crc32(self.content) if self.crc is None else self.crc,
                  "size": len(self.content) if self.size is None else self.size,
                  "packed_size": len(packed) if self.packed_size is None else self.packed_size,
                  "made_by": 0, "attributes": 0, "disk": 0, "comment": b""}
        fields.update(override)
        if isinstance(fields["name"], str):
            fields["name"] = fields["name"].encode()
        return fields


def local_header(member):
    f = member.fields(member.local)
    extra = f.get("extra", member.extra)
    return struct.pack("<IHHHHHIIIHH", LOCAL, 0, f["flags"], f["method"], 0, 0, f["crc"], f["packed_size"],
                       f["size"], len(f["name"]), len(extra)) + f["name"] + extra


def central_header(member, offset):
    f = member.fields(member.central)
    extra = f.get("extra", b"")
    return struct.pack("<IHHHHHHIIIHHHHHII", CENTRAL, f["made_by"], 0, f["flags"], f["method"], 0, 0, f["crc"],
                       f["packed_size"], f["size"], len(f["name"]), len(extra), len(f["comment"]), f["disk"],
                       0, f["attributes"], f.get("offset", offset)) + f["name"] + extra + f["comment"]


def end_record(entries, size, offset, comment=b"", entries_here=None, disk=0, comment_size=None):
    return struct.pack("<IHHHHIIH", END, disk, disk, entries if entries_here is None else entries_here, entries,
                       size, offset, len(comment) if comment_size is None else comment_size) + comment


def end_record64(entries, size, offset, at, located=None, disks=1):
    """The zip64 record, which stands at `at`, and the locator that says where it is."""
    record = struct.pack("<IQHHIIQQQQ", END64, 44, 45, 45, 0, 0, entries, entries, size, offset)
    return record + struct.pack("<IIQI", LOCATOR64, 0, at if located is None else located, disks)


def write(members, *, prefix=b"", between=b"", behind_directory=b"", zip64=False, tail=b"", directory=None,
          **end):
    """The archive. `end` overrides of the end record: entries, size, offset and what end_record takes;
    `directory` takes the list of central headers and gives another; `between` stands before it."""
    body = prefix
    entries = []
    for member in members:
        body += member.before
        entries.append(central_header(member, len(body)))
        body += local_header(member) + member.stored_bytes() + (member.descriptor or b"") + member.after
    body += between
    if directory is not None:
        entries = directory(entries)
    central = b"".join(entries)
    at = len(body)
    said = {"entries": len(entries), "size": len(central), "offset": at}
    body += central + behind_directory
    if zip64:
        body += end_record64(said["entries"], said["size"], said["offset"], len(body))
    said.update(end)
    return body + end_record(**said) + tail


def aligned(members, *, zip64_members=(), folder="archive"):
    """Members as PyTorch's writer makes them, from (record, content) pairs: stored, flags 0x0808, sizes in
    a data descriptor, data at multiples of 64 by an extra field `FB`."""
    out = []
    at = 0
    for record, content in members:
        name = f"{folder}/{record}"
        start = at + 30 + len(name) + 4
        padding = -start % 64
        extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
        crc = zlib.crc32(content)
        wide = record in zip64_members
        descriptor = struct.pack("<IIQQ" if wide else "<IIII", DESCRIPTOR, crc, len(content), len(content))
        out.append(Member(name, content, flags=0x0808, extra=extra, descriptor=descriptor,
                          local={"crc": 0, "size": 0, "packed_size": 0}))
        at = start + padding + len(content) + len(descriptor)
    return out
